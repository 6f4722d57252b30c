package cluster

import "time"

// Timings of membership. A node that cannot renew its heartbeat stops its own work well before others may take it.
const (
	HeartbeatEvery = 5 * time.Second
	LookEvery      = time.Second
	// HoldFor is how long after its last heartbeat a node may begin to submit.
	HoldFor = 20 * time.Second
	// DeadAfter is how long a heartbeat has to stand still before the node's work is taken.
	DeadAfter = 30 * time.Second
)

// Heartbeat is a node's heartbeat as it stands in the database.
type Heartbeat struct {
	Epoch int64
	// At is by the database's clock.
	At time.Time
}

// Watch remembers when each heartbeat was last seen to move. The zero value has seen none.
type Watch struct {
	seen map[int64]sight
}

type sight struct {
	heartbeat Heartbeat
	since     time.Time // by the watcher's clock
}

// Look takes what stands in the database at now, which is the watcher's own clock, and gives the heartbeats that stand
// still. A watcher that could not look for a while, because the database was away or the machine slept, starts over: it
// did not see that they stood still.
func (w Watch) Look(live []Heartbeat, lastLook, now time.Time) (next Watch, dead []Heartbeat) {
	blind := now.Sub(lastLook) > DeadAfter/3
	next.seen = make(map[int64]sight, len(live))

	for _, h := range live {
		known, ok := w.seen[h.Epoch]
		if !ok || blind || !known.heartbeat.At.Equal(h.At) {
			known = sight{h, now}
		}

		next.seen[h.Epoch] = known
		if now.Sub(known.since) >= DeadAfter {
			dead = append(dead, h)
		}
	}

	return next, dead
}

// Holds reports whether a node that last renewed its heartbeat at renewed may begin to submit at now.
func Holds(renewed, now time.Time) bool {
	// By both clocks: the monotonic one stands still while a machine is suspended, the other may be set.
	return now.Sub(renewed) < HoldFor && now.Round(0).Sub(renewed.Round(0)) < HoldFor
}
