package speech

import (
	"sync/atomic"
	"time"
)

// How a machine differs from a person: a person says a word or two and listens, a voicemail goes on speaking. Only the
// pauses
// of the call are listened to, because what is said in them is no echo of the call itself.
const (
	// echoTime is how long after our own sound its echo may come.
	echoTime = 200 * time.Millisecond
	// loudness is the mean size of samples from which on a frame is speech, about -33 dB.
	loudness = 700
	// machineSpeech is the least speech of a machine in the pauses of one reading, and machineShare its least part of
	// them in
	// percent.
	machineSpeech = 900 * time.Millisecond
	machineShare  = 60
)

// Greeting is what was heard in the pauses of a call. The zero value has heard nothing. It is safe for concurrent use.
type Greeting struct{ heard, loud atomic.Int64 } // samples

// Hear takes sound that came in a pause: µ-law, or A-law.
func (g *Greeting) Hear(sound []byte, aLaw bool) {
	if len(sound) == 0 {
		return
	}

	decode, sum := decodeMu, 0
	if aLaw {
		decode = decodeA
	}
	for _, b := range sound {
		sample := int(decode(b))
		sum += max(sample, -sample)
	}

	g.heard.Add(int64(len(sound)))
	if sum >= loudness*len(sound) {
		g.loud.Add(int64(len(sound)))
	}
}

// Machine reports whether the other side spoke all the time.
func (g *Greeting) Machine() bool {
	loud := g.loud.Load()
	return loud >= int64(machineSpeech*SampleRate/time.Second) && 100*loud >= machineShare*g.heard.Load()
}
