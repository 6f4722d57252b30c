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
	// unmatchedGrace is how long a receipt may be ahead of its answer before it counts as unmatched.
	unmatchedGrace = 5 * time.Second
	// unmatchedEvery is the shortest time between two log lines about them.
	unmatchedEvery = time.Minute
	// maxUnmatched bounds the receipts that are looked up a second time; others are only counted.
	maxUnmatched = 1000
)

// unmatched collects receipts that match no message, so that the log has one line a minute and not one for each.
type unmatched struct {
	mu        sync.Mutex
	waiting   []earlyReceipt
	more      map[string]int // by carrier, beyond maxUnmatched
	scheduled bool           // a line will be logged
	loggedAt  time.Time
}

// earlyReceipt is a receipt that may be ahead of its answer.
type earlyReceipt struct {
	carrier.Receipt
	at time.Time
}

// unmatchedReceipt adds a receipt that matches no message. It is looked up once more after unmatchedGrace, when its
// answer must have come.
func (d *Dispatcher) unmatchedReceipt(r carrier.Receipt) {
	u := &d.unmatched
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.waiting) < maxUnmatched {
		u.waiting = append(u.waiting, earlyReceipt{r, time.Now()})
	} else {
		if u.more == nil {
			u.more = map[string]int{}
		}
		u.more[r.Carrier]++
	}
	d.scheduleUnmatched()
}

// scheduleUnmatched schedules LogUnmatched. The caller holds the lock.
func (d *Dispatcher) scheduleUnmatched() {
	if u := &d.unmatched; !u.scheduled {
		u.scheduled = true
		wait := max(unmatchedGrace, unmatchedEvery-time.Since(u.loggedAt))
		time.AfterFunc(wait, func() { d.LogUnmatched(unmatchedGrace) })
	}
}

// LogUnmatched logs a line for each carrier with receipts that still match nothing. Receipts that came less than grace
// ago wait for their answers; at the end of the process, when no answer can come, grace is 0.
func (d *Dispatcher) LogUnmatched(grace time.Duration) {
	u, now := &d.unmatched, time.Now()
	u.mu.Lock()
	due := slices.IndexFunc(u.waiting, func(e earlyReceipt) bool { return now.Sub(e.at) < grace })
	if due < 0 {
		due = len(u.waiting)
	}

	waiting, count, last := u.waiting[:due], u.more, map[string]string{}
	u.waiting, u.more, u.scheduled = slices.Clone(u.waiting[due:]), nil, false
	u.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), unmatchedGrace)
	defer cancel()
	for _, r := range waiting {
		_, found, err := d.lookUp(ctx, r.Receipt)
		if err != nil {
			return // the database is out, which is logged elsewhere
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
		masked := longDigits.ReplaceAllString(last[name], "…")
		d.Config.Log.Warn("receipts match no message", "carrier", name, "count", count[name], "last_id", masked)
	}

	u.mu.Lock()
	defer u.mu.Unlock()
	if len(count) > 0 {
		u.loggedAt = now
	}
	if len(u.waiting) > 0 {
		d.scheduleUnmatched()
	}
}

// longDigits may be a phone number: some carriers put it into their ids.
var longDigits = regexp.MustCompile(`[0-9]{7,}`)
