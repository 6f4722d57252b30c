package speech

import (
	"math"
	"testing"
	"time"
)

// tone is a sound of a length, with samples of this mean size.
func tone(d time.Duration, size float64, encode func(int16) byte) []byte {
	out := make([]byte, int(d*SampleRate/time.Second))
	for i := range out {
		out[i] = encode(int16(size * math.Pi / 2 * math.Sin(float64(i)/3)))
	}
	return out
}

func TestGreeting_Machine(t *testing.T) {
	t.Parallel()
	type part struct {
		length time.Duration
		size   float64
	}
	for name, c := range map[string]struct {
		parts []part
		want  bool
	}{
		"nothing":                  {nil, false},
		"silence":                  {[]part{{3 * time.Second, 0}}, false},
		"a person says hello":      {[]part{{400 * time.Millisecond, 3000}, {2 * time.Second, 20}}, false},
		"a person says two words":  {[]part{{850 * time.Millisecond, 3000}, {2 * time.Second, 20}}, false},
		"a person in a quiet room": {[]part{{3 * time.Second, 200}}, false},
		"a voicemail":              {[]part{{2 * time.Second, 3000}}, true},
		"a voicemail that breathes": {
			[]part{{time.Second, 3000}, {300 * time.Millisecond, 10}, {700 * time.Millisecond, 3000}}, true,
		},
		"a short part of a long call": {[]part{{time.Second, 3000}, {4 * time.Second, 10}}, false},
	} {
		for law, encode := range map[bool]func(int16) byte{false: encodeMu, true: encodeA} {
			var g Greeting
			for _, p := range c.parts {
				sound := tone(p.length, p.size, encode)
				for len(sound) > 0 {
					n := min(FrameSize, len(sound))
					g.Hear(sound[:n], law)
					sound = sound[n:]
				}
			}
			g.Hear(nil, law)
			if got := g.Machine(); got != c.want {
				t.Errorf("%s (A-law %v): %v", name, law, got)
			}
		}
	}
}

// TestPlayer_Quiet: a pause counts once the echo of what was said is over.
func TestPlayer_Quiet(t *testing.T) {
	t.Parallel()
	voice := &Voice{Sentence: tone(time.Second, 3000, encodeMu)}
	for i := range voice.Digits {
		voice.Digits[i] = tone(time.Second/2, 3000, encodeMu)
	}
	p, frame := NewPlayer(voice.Reading("12")), make([]byte, FrameSize)
	quiet, said := 0, 0
	for !p.Said() {
		if !p.Next(frame) {
			t.Fatal("it ended")
		}
		loud := frame[0] != muSilence || frame[FrameSize/2] != muSilence
		if p.Quiet() {
			quiet++
		}
		if loud {
			said++
		}
		if loud && p.Quiet() {
			t.Fatal("quiet while it says something")
		}
	}
	// 700 + 500 + 2 × 450 ms of pauses, of which 4 × 200 ms may have an echo.
	if want := 1300 / 20; quiet < want-5 || quiet > want+5 || said < 90 {
		t.Errorf("%d quiet frames and %d with sound, want about %d", quiet, said, want)
	}
}
