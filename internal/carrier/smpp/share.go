package smpp

import (
	"context"
	"sync"

	"github.com/syssecure/syssecure/internal/carrier"
)

// Share implements carrier.Shared. All nodes share the rate and the number of binds that the message centre allows the
// account. A new node gets its binds once the others have given them up; until then the centre may reject its binds,
// and it retries.
func (c *Carrier) Share(part func(total int) int) {
	if c.cfg.Rate > 0 {
		c.pace.setLimit(max(1, float64(part(int(c.cfg.Rate)))))
	}
	c.binds.set(part(c.cfg.Connections))
}

var _ carrier.Shared = (*Carrier)(nil)

// Limits implements carrier.Carrier: a window on each link that this node has.
func (c *Carrier) Limits() carrier.Limits {
	inFlight := c.cfg.Window * max(1, c.binds.count())
	if c.cfg.MaxInFlight > 0 {
		inFlight = min(inFlight, c.cfg.MaxInFlight)
	}

	return carrier.Limits{InFlight: inFlight, Rate: c.pace.configured()}
}

// binds is how many links this node should have bound.
type binds struct {
	mu     sync.Mutex
	wanted int
	change chan struct{} // closed when wanted changes
}

func newBinds(n int) *binds { return &binds{wanted: n, change: make(chan struct{})} }

func (l *binds) set(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n != l.wanted {
		l.wanted = n
		close(l.change)
		l.change = make(chan struct{})
	}
}

func (l *binds) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.wanted
}

// keep runs bound while the link with the number is wanted, until ctx ends.
func (l *binds) keep(ctx context.Context, number int, bound func(context.Context)) {
	for ctx.Err() == nil {
		l.mu.Lock()
		wanted, change := number < l.wanted, l.change
		l.mu.Unlock()
		if !wanted {
			select {
			case <-ctx.Done():
			case <-change:
			}
			continue
		}
		l.runWhileWanted(ctx, number, bound)
	}
}

// runWhileWanted runs bound until the link is no longer wanted.
func (l *binds) runWhileWanted(ctx context.Context, number int, bound func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	watching.Go(func() {
		for {
			l.mu.Lock()
			wanted, change := number < l.wanted, l.change
			l.mu.Unlock()
			if !wanted {
				cancel()
				return
			}

			select {
			case <-ctx.Done():
				return
			case <-change:
			}
		}
	})
	bound(ctx)
}
