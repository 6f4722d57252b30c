package dispatch

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// A row that waits for a paused carrier is looked at again after lookAgain, and after lookSoon when the carriers that are
	// down have changed since, because another carrier may take it then.
	lookSoon  = 15 * time.Second
	lookAgain = 2 * time.Minute
	// maxHeld bounds the memory of held rows to about 20 MB.
	maxHeld = 100_000
)

// paused are rows that wait for paused carriers, and that no other carrier can take. Sweeps skip them.
type paused struct {
	mu    sync.Mutex
	rows  map[store.Key]string // the carrier of each
	since time.Time
	down  []string // the carriers that were down then
}

// clear lets sweeps find all rows again.
func (p *paused) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows = nil
}

// add holds a row. When there are too many, all are looked at again.
func (p *paused) add(name string, k store.Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rows == nil || len(p.rows) == maxHeld {
		p.rows = map[store.Key]string{}
	}
	p.rows[k] = name
}

// expire lets sweeps find all rows again when it is time.
func (p *paused) expire(down []string, now time.Time) {
	slices.Sort(down)
	p.mu.Lock()
	defer p.mu.Unlock()
	age := now.Sub(p.since)
	if age >= lookAgain || age < 0 || age >= lookSoon && !slices.Equal(down, p.down) {
		p.rows, p.since, p.down = nil, now, down
	}
}

func (p *paused) holds(name string, k store.Key) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rows[k] == name && name != ""
}

// moveOrHold gives rows that wait for a paused carrier to the next carrier of their plans. A row without one is held.
func (d *Dispatcher) moveOrHold(ctx context.Context, rows []waitingRow) error {
	now := d.Config.Now()
	d.paused.expire(d.Down(now), now)

	due, carriers := make([]store.Due, 0, len(rows)), map[store.Key]string{}
	for _, r := range rows {
		due, carriers[r.due.Key] = append(due, r.due), r.carrier
	}

	return inParallel(due, func(row store.Due) error {
		m, _, _, err := d.claim(ctx, row, message.Timer, nil, nil)
		name := carriers[row.Key]
		if err == nil && m.WaitingStep > 0 && m.Plan[m.WaitingStep-1].Carrier == name {
			d.paused.add(name, row.Key)
		}
		return err
	})
}

// pause makes these the carriers that are paused.
func (d *Dispatcher) pause(names []string) {
	for name := range d.carriers {
		d.pool.Pause(name, slices.Contains(names, name))
	}
	d.paused.clear()
	d.wakeSweep()
}

// loadOf is what a carrier has to do on this node.
func (d *Dispatcher) loadOf(name string) (l carrierwatch.Load) {
	l.InFlight, l.Spent = d.pool.Load(name)
	k := d.carriers[name]
	l.Rate = k.Limits().Rate
	if b, ok := k.(carrier.Bound); ok {
		l.Bound, l.Sessions, l.Problem = b.Sessions()
	}

	return l
}
