// Package node owns the rules of several servers on one database: who counts as alive, whose work may be taken over, and
// which part of what they share is whose.
//
// It asks nobody and knows no clock. Its one hard idea is that death is observed and then written down: a node is dead when
// its heartbeat has not moved for DeadAfter while somebody watched, never because two clocks differ; and what is written
// down is what fences it.
package node

import (
	"encoding/binary"
	"slices"
	"time"
)

// Timings of membership. A node that cannot renew its heartbeat stops its own work well before others may take it.
const (
	BeatEvery = 5 * time.Second
	LookEvery = time.Second
	// HoldFor is how long after its last heartbeat a node may begin to submit.
	HoldFor = 20 * time.Second
	// DeadAfter is how long a heartbeat has to stand still before the node's work is taken.
	DeadAfter = 30 * time.Second
)

// Set is who works on the database, as one node saw it. The zero value has nobody in it.
type Set struct {
	// Mine is the epoch of the node that looked: each start has its own, and a later one is larger.
	Mine int64
	// Live are the epochs of the nodes that live, Mine among them, ascending.
	Live []int64
	// Newest is the newest epoch that had been given out. What carries a newer one was begun by a node that is not in the
	// set because it is too young, and not because it is dead.
	Newest int64
}

// Alone is the set of a database that one server has for itself.
func Alone(epoch int64) Set { return Set{Mine: epoch, Live: []int64{epoch}, Newest: epoch} }

// Gone reports whether rows of the owner may be taken over: it was a node, and lives no more. 0 and what is below are no
// nodes: nobody works on such rows.
func (s Set) Gone(owner int64) bool {
	return owner > 0 && owner != s.Mine && owner <= s.Newest && !slices.Contains(s.Live, owner)
}

// Size is how many nodes live, at least 1.
func (s Set) Size() int { return max(1, len(s.Live)) }

// Takes reports whether due work falls to this node: each row falls to one of those that live, by its id, so that they do
// not wait for each other's locks. id is random at its end, as every id here is. Two nodes that see different sets may both
// take a row, and the first to write it has it.
func (s Set) Takes(id string) bool {
	if len(s.Live) < 2 {
		return true
	}
	var end [8]byte
	copy(end[:], id[max(0, len(id)-8):])
	return s.Live[binary.BigEndian.Uint64(end[:])%uint64(len(s.Live))] == s.Mine
}

// Share is this node's part of what all nodes have together, and never nothing: a carrier's rate in messages a second, its
// binds, or the requests of an API key. The parts add up to total while there are no more nodes than there is to share.
func (s Set) Share(total int) int {
	if total <= 0 || len(s.Live) < 2 {
		return total
	}
	n, place := len(s.Live), max(0, slices.Index(s.Live, s.Mine))
	part := total / n
	if place < total%n {
		part++
	}
	return max(1, part)
}

// Equal reports whether two sets are the same.
func (s Set) Equal(o Set) bool { return s.Mine == o.Mine && slices.Equal(s.Live, o.Live) }

// Beat is a node's heartbeat as it stands in the database.
type Beat struct {
	Epoch int64
	// At is by the database's clock.
	At time.Time
}

// Watch remembers when each heartbeat was last seen to move. The zero value has seen nothing.
type Watch struct {
	seen map[int64]sight
}

type sight struct {
	beat  Beat
	since time.Time // by the watcher's clock
}

// Look takes what stands in the database at now, which is the watcher's own clock, and gives the heartbeats that stand
// still. A watcher that could not look for a while, because the database was away or the machine slept, begins anew: it
// did not see that they stood still.
func (w Watch) Look(beats []Beat, lastLook, now time.Time) (next Watch, dead []Beat) {
	blind := now.Sub(lastLook) > DeadAfter/3
	next.seen = make(map[int64]sight, len(beats))
	for _, b := range beats {
		known, ok := w.seen[b.Epoch]
		if !ok || blind || !known.beat.At.Equal(b.At) {
			known = sight{b, now}
		}
		next.seen[b.Epoch] = known
		if now.Sub(known.since) >= DeadAfter {
			dead = append(dead, b)
		}
	}
	return next, dead
}

// Holds reports whether a node whose heartbeat was last renewed at beat may begin to submit at now.
func Holds(beat, now time.Time) bool {
	// By both clocks: the monotonic one stands still while a machine is suspended, the other may be set.
	return now.Sub(beat) < HoldFor && now.Round(0).Sub(beat.Round(0)) < HoldFor
}

// Slot is the smallest number that no living node has, for rows that each node has of its own.
func Slot(taken []uint8) (slot uint8, ok bool) {
	for n := range 256 {
		if !slices.Contains(taken, uint8(n)) {
			return uint8(n), true
		}
	}
	return 0, false
}
