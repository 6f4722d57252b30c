package hooks

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
)

// places are those of attempts under way. An account has bound.Callbacks of them in a mode, and all accounts together as
// many as the process can have connections for. A lane that has something to post and no place for it waits here: those of
// one account in the order in which they came, and accounts in turn.
type places struct {
	most  int
	taken int
	by    map[place]int // taken ones
	turns []place       // those with lanes that wait, the next one first
	wait  map[place][]*lane
}

func newPlaces(most int) places {
	if most <= 0 || most > maxBegun {
		most = maxBegun
	}
	return places{most: most, by: map[place]int{}, wait: map[place][]*lane{}}
}

const (
	// keptForTargets are places of an account that only targets with nothing under way get.
	keptForTargets = 8
	// few is how many attempts an account may have under way when half of all places are taken: the other half is kept for
	// accounts that have few.
	few = 4
)

// free reports whether another attempt of an account may begin, at a target with some under way. Some places are kept for
// those that have few: neither accounts with many slow targets, nor a slow target, can take them all.
func (p *places) free(of place, under int) bool {
	mine := p.by[of]
	return mine < bound.Callbacks && (mine < bound.Callbacks-keptForTargets || under == 0) &&
		p.taken < p.most && (p.taken < p.most/2 || mine < few)
}

func (p *places) take(of place) {
	p.taken++
	p.by[of]++
}

func (p *places) giveBack(of place) {
	p.taken--
	if p.by[of]--; p.by[of] == 0 {
		delete(p.by, of)
	}
}

// queue lets a lane wait for a place.
func (p *places) queue(l *lane) {
	if l.blocked {
		return
	}
	l.blocked = true
	of := l.place()
	if len(p.wait[of]) == 0 {
		p.turns = append(p.turns, of)
	}
	p.wait[of] = append(p.wait[of], l)
}

// next takes the lane out whose turn it is, of an account that has a place free for it; nil when there is none.
func (p *places) next() *lane {
	for range p.turns {
		of := p.turns[0]
		p.turns = p.turns[1:]
		lanes := p.wait[of]
		i := slices.IndexFunc(lanes, func(l *lane) bool { return p.free(of, l.under) })
		if i < 0 {
			p.turns = append(p.turns, of)
			continue
		}

		l := lanes[i]
		if lanes = slices.Delete(lanes, i, i+1); len(lanes) > 0 {
			p.wait[of], p.turns = lanes, append(p.turns, of)
		} else {
			delete(p.wait, of)
		}
		l.blocked = false

		return l
	}

	return nil
}

// startNext begins what waited for a place. The caller holds mu.
func (h *Hooks) startNext(now time.Time) {
	for l := h.places.next(); l != nil; l = h.places.next() {
		before := h.places.taken
		h.start(l, now)
		if l.blocked && h.places.taken == before {
			return // what it waits for is not a place of these
		}
	}
}

// errBusy refuses a test of an endpoint while the account has as many posts under way as it may.
func errBusy() *fault.Fault {
	return fault.Limited("callbacks", "in_flight", time.Second,
		"%d posts to endpoints of this account are under way, which is the most; try again after the time in Retry-After", bound.Callbacks)
}

// reserve takes a place for a post that a request waits for.
func (h *Hooks) reserve(of place) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.places.free(of, 0) {
		return false
	}
	h.places.take(of)
	return true
}

// releasePlace gives it back.
func (h *Hooks) releasePlace(of place) {
	now := h.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.places.giveBack(of)
	h.startNext(now)
}
