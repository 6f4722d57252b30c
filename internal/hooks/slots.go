package hooks

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
)

// slots bound the attempts under way. An account has bound.Callbacks of them in a mode, and all accounts together as
// many as the process can have connections for. A queue that has something to post and no slot for it waits here:
// queues of one account in the order in which they came, and accounts in turn.
type slots struct {
	limit  int
	taken  int
	by     map[accountMode]int // taken ones
	turns  []accountMode       // those with queues that wait, the next one first
	queues map[accountMode][]*targetQueue
}

func newSlots(limit int) slots {
	if limit <= 0 || limit > maxStarted {
		limit = maxStarted
	}
	return slots{limit: limit, by: map[accountMode]int{}, queues: map[accountMode][]*targetQueue{}}
}

const (
	// keptForTargets are slots of an account that only targets without an attempt under way get.
	keptForTargets = 8
	// few is how many attempts an account may have under way when half of all slots are taken: the other half is kept
	// for accounts that have few.
	few = 4
)

// free reports whether another attempt of an account may begin, at a target with some attempts under way. Some slots
// are kept for those that have few: neither accounts with many slow targets, nor a slow target, can take them all.
func (s *slots) free(a accountMode, running int) bool {
	mine := s.by[a]
	return mine < bound.Callbacks && (mine < bound.Callbacks-keptForTargets || running == 0) &&
		s.taken < s.limit && (s.taken < s.limit/2 || mine < few)
}

func (s *slots) take(a accountMode) {
	s.taken++
	s.by[a]++
}

func (s *slots) giveBack(a accountMode) {
	s.taken--
	if s.by[a]--; s.by[a] == 0 {
		delete(s.by, a)
	}
}

// wait lets a queue wait for a slot.
func (s *slots) wait(q *targetQueue) {
	if q.waiting {
		return
	}

	q.waiting = true
	a := q.owner()
	if len(s.queues[a]) == 0 {
		s.turns = append(s.turns, a)
	}
	s.queues[a] = append(s.queues[a], q)
}

// next removes and returns the queue whose turn it is, of an account that has a slot free for it; nil when there is
// none.
func (s *slots) next() *targetQueue {
	for range s.turns {
		a := s.turns[0]
		s.turns = s.turns[1:]
		waiting := s.queues[a]
		i := slices.IndexFunc(waiting, func(q *targetQueue) bool { return s.free(a, q.running) })
		if i < 0 {
			s.turns = append(s.turns, a)
			continue
		}

		q := waiting[i]
		if waiting = slices.Delete(waiting, i, i+1); len(waiting) > 0 {
			s.queues[a], s.turns = waiting, append(s.turns, a)
		} else {
			delete(s.queues, a)
		}
		q.waiting = false

		return q
	}

	return nil
}

// startWaiting begins what waited for a slot. The caller holds mu.
func (h *Hooks) startWaiting(now time.Time) {
	for q := h.slots.next(); q != nil; q = h.slots.next() {
		before := h.slots.taken
		h.start(q, now)
		if q.waiting && h.slots.taken == before {
			return // it waits for something other than a slot
		}
	}
}

// errBusy refuses a test of an endpoint while the account has as many posts under way as it may.
func errBusy() *fault.Fault {
	return fault.Limited("callbacks", "in_flight", time.Second,
		"this account has %d webhook requests in progress, which is the maximum; "+
			"wait as long as Retry-After says, then retry",
		bound.Callbacks)
}

// takeSlot takes a slot for a post that a request waits for.
func (h *Hooks) takeSlot(a accountMode) bool {
	h.mu.Lock()
	defer h.mu.Unlock()

	if !h.slots.free(a, 0) {
		return false
	}
	h.slots.take(a)

	return true
}

// giveBackSlot gives it back.
func (h *Hooks) giveBackSlot(a accountMode) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()

	h.slots.giveBack(a)
	h.startWaiting(now)
}
