package speech

import (
	"bytes"
	"time"
)

// FrameSize is the samples of one frame of 20 ms, which a packet carries.
const (
	FrameTime = 20 * time.Millisecond
	FrameSize = SampleRate / int(time.Second/FrameTime)
)

// The pauses of a call. They are long enough to write a digit down.
const (
	beforeAll      = 700 * time.Millisecond // the phone is on its way to the ear
	beforeDigits   = 500 * time.Millisecond
	afterDigit     = 450 * time.Millisecond
	beforeRepeat   = time.Second
	afterAll       = 5 * time.Second // for a 1, which has it said again
	longestCall    = time.Minute
	repeatKey      = '1'
	readings       = 2
	longestCode    = 12
	framesOfMinute = int(longestCall / FrameTime)
)

func silence(d time.Duration) []byte {
	return bytes.Repeat([]byte{muSilence}, int(d*SampleRate/time.Second))
}

// Reading is what is said of a code once: the sentence and its digits one by one, in µ-law. It is nil when the code has
// anything but digits, or more of them than a person can note.
func (v *Voice) Reading(code string) []byte {
	if code == "" || len(code) > longestCode {
		return nil
	}

	said := append(bytes.Clone(v.Sentence), silence(beforeDigits)...)
	for _, c := range []byte(code) {
		if c < '0' || c > '9' {
			return nil
		}
		said = append(append(said, v.Digits[c-'0']...), silence(afterDigit)...)
	}

	return said
}

// Player says a code twice, waits a moment, and has ended. When the phone sends a 1 it begins again. A call that is
// longer
// than a minute ends in any case. It is not safe for concurrent use.
type Player struct {
	reading []byte
	queue   []byte // what is left to say
	left    int    // readings after this one
	frames  int    // so far
	first   int    // samples until the first reading is complete
	quiet   int    // frames of silence since the last sound
}

// NewPlayer says a reading.
func NewPlayer(reading []byte) *Player {
	p := &Player{reading: reading}
	p.begin()
	p.first = len(p.queue)

	return p
}

func (p *Player) begin() {
	p.queue, p.left = append(silence(beforeAll), p.reading...), readings-1
}

// Next writes the next frame, of FrameSize bytes in µ-law. It returns false when the call is over, and writes nothing
// then.
func (p *Player) Next(frame []byte) bool {
	if len(p.queue) == 0 && p.left > 0 {
		p.queue = append(silence(beforeRepeat), p.reading...)
		if p.left--; p.left == 0 {
			p.queue = append(p.queue, silence(afterAll)...)
		}
	}
	if len(p.queue) == 0 || p.frames >= framesOfMinute {
		return false
	}

	n := copy(frame[:FrameSize], p.queue)
	for i := n; i < FrameSize; i++ {
		frame[i] = muSilence
	}
	p.queue = p.queue[n:]
	p.frames++
	if p.quiet++; !isSilence(frame[:FrameSize]) {
		p.quiet = 0
	}
	p.first -= n

	return true
}

// Press takes a key that the phone sent.
func (p *Player) Press(key byte) {
	if key != repeatKey {
		return
	}
	p.begin()
	if p.first > 0 {
		p.first = len(p.queue)
	}
}

func isSilence(frame []byte) bool {
	for _, u := range frame {
		if u != muSilence {
			return false
		}
	}
	return true
}

// Quiet reports whether nothing was said for so long that no echo of it comes any more.
func (p *Player) Quiet() bool { return time.Duration(p.quiet)*FrameTime > echoTime }

// Said reports whether the code was said once to its end.
func (p *Player) Said() bool { return p.first <= 0 }
