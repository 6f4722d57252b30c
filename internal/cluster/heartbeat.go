package cluster

import "time"

// Timings of membership. A node that cannot renew its heartbeat stops submitting well before others may take over its
// work.
const (
	HeartbeatEvery = 5 * time.Second
	PollEvery      = time.Second
	// SubmitFor is how long after its last heartbeat a node may begin submits.
	SubmitFor = 20 * time.Second
	// DeadAfter is how long a heartbeat has to stay the same before the node's work is taken over.
	DeadAfter = 30 * time.Second
)

// Heartbeat is a node's heartbeat in the database.
type Heartbeat struct {
	Epoch int64
	// At is by the database's clock.
	At time.Time
}

// Watch remembers when each heartbeat last changed. The zero value has seen none.
type Watch struct {
	seen map[int64]sighting
}

type sighting struct {
	heartbeat Heartbeat
	since     time.Time // by the clock of the node that watches
}

// Observe compares the heartbeats in the database with those seen before, and returns those of dead nodes. now is by
// the watching node's own clock. A node that could not read them for a while, because the database was out or the
// machine slept, starts over: it does not know whether the others renewed their heartbeats meanwhile.
func (w Watch) Observe(live []Heartbeat, lastPoll, now time.Time) (next Watch, dead []Heartbeat) {
	blind := now.Sub(lastPoll) > DeadAfter/3
	next.seen = make(map[int64]sighting, len(live))

	for _, h := range live {
		known, ok := w.seen[h.Epoch]
		if !ok || blind || !known.heartbeat.At.Equal(h.At) {
			known = sighting{h, now}
		}

		next.seen[h.Epoch] = known
		if now.Sub(known.since) >= DeadAfter {
			dead = append(dead, h)
		}
	}

	return next, dead
}

// MaySubmit reports whether a node that last renewed its heartbeat at renewed may begin a submit at now.
func MaySubmit(renewed, now time.Time) bool {
	// By both clocks: the monotonic one stops while a machine is suspended, the wall clock may be set.
	return now.Sub(renewed) < SubmitFor && now.Round(0).Sub(renewed.Round(0)) < SubmitFor
}
