package dispatch

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

const (
	// unmatchedGrace is how long a receipt may be ahead of its answer before it counts as one that matches nothing.
	unmatchedGrace = 5 * time.Second
	// unmatchedEvery is the least time between two lines about them.
	unmatchedEvery = time.Minute
	// maxUnmatched bounds those that are looked at a second time; more are only counted.
	maxUnmatched = 1000
)

// unmatched collects receipts that match no message, so that the log has a line a minute and not one for each.
type unmatched struct {
	mu      sync.Mutex
	waiting []early
	more    map[string]int // by carrier, beyond maxUnmatched
	due     bool           // a line is going to be written
	told    time.Time
}

// early is a receipt that may only be ahead of its answer.
type early struct {
	carrier.Receipt
	at time.Time
}

// unmatchedReceipt notes a receipt that matches nothing. A moment later, when its answer is no longer awaited, it is looked
// for once more.
func (d *Dispatcher) unmatchedReceipt(r carrier.Receipt) {
	u := &d.unmatched
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.waiting) < maxUnmatched {
		u.waiting = append(u.waiting, early{r, time.Now()})
	} else {
		if u.more == nil {
			u.more = map[string]int{}
		}
		u.more[r.Carrier]++
	}
	d.scheduleUnmatched()
}

// scheduleUnmatched has a line written in time. The caller holds the lock.
func (d *Dispatcher) scheduleUnmatched() {
	if u := &d.unmatched; !u.due {
		u.due = true
		time.AfterFunc(max(unmatchedGrace, unmatchedEvery-time.Since(u.told)), d.tellUnmatched)
	}
}

// tellUnmatched writes a line for each carrier whose receipts still match nothing.
func (d *Dispatcher) tellUnmatched() {
	u := &d.unmatched
	u.mu.Lock()
	now := time.Now()
	// The newest have their answers to come yet.
	ripe := slices.IndexFunc(u.waiting, func(e early) bool { return now.Sub(e.at) < unmatchedGrace })
	if ripe < 0 {
		ripe = len(u.waiting)
	}
	waiting, count := u.waiting[:ripe], u.more
	u.waiting, u.more, u.due = slices.Clone(u.waiting[ripe:]), nil, false
	if len(u.waiting) > 0 {
		defer func() {
			u.mu.Lock()
			defer u.mu.Unlock()
			d.scheduleUnmatched()
		}()
	}
	u.mu.Unlock()

	ctx, cancel := context.WithTimeout(d.hurry, unmatchedEvery/2)
	defer cancel()
	last := map[string]string{}
	for _, r := range waiting {
		_, found, err := d.lookUp(ctx, r.Receipt)
		if err != nil {
			return // the database is out, which others tell
		}
		if !found {
			if count == nil {
				count = map[string]int{}
			}
			count[r.Carrier]++
			last[r.Carrier] = r.ID
		}
	}
	if len(count) > 0 {
		u.mu.Lock()
		u.told = now
		u.mu.Unlock()
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		d.Log.Warn("receipts match no message", "carrier", name, "count", count[name], "last_id", last[name])
	}
}
