package dispatch

import (
	"context"
	"maps"
	"regexp"
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
		time.AfterFunc(max(unmatchedGrace, unmatchedEvery-time.Since(u.told)), func() { d.TellUnmatched(unmatchedGrace) })
	}
}

// TellUnmatched writes a line for each carrier whose receipts still match nothing. Those that came less than grace ago have
// their answers to come yet; at the end of the process no answer is awaited, and grace is 0.
func (d *Dispatcher) TellUnmatched(grace time.Duration) {
	u, now := &d.unmatched, time.Now()
	u.mu.Lock()
	ripe := slices.IndexFunc(u.waiting, func(e early) bool { return now.Sub(e.at) < grace })
	if ripe < 0 {
		ripe = len(u.waiting)
	}

	waiting, count, last := u.waiting[:ripe], u.more, map[string]string{}
	u.waiting, u.more, u.due = slices.Clone(u.waiting[ripe:]), nil, false
	u.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), unmatchedGrace)
	defer cancel()
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

	for _, name := range slices.Sorted(maps.Keys(count)) {
		d.Config.Log.Warn("receipts match no message", "carrier", name, "count", count[name], "last_id", longDigits.ReplaceAllString(last[name], "…"))
	}

	u.mu.Lock()
	defer u.mu.Unlock()
	if len(count) > 0 {
		u.told = now
	}
	if len(u.waiting) > 0 {
		d.scheduleUnmatched()
	}
}

// longDigits may be somebody's number: carriers put it into their ids.
var longDigits = regexp.MustCompile(`[0-9]{7,}`)
