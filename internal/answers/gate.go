// Package answers limits how many large answers a server makes in parallel, and keeps in memory for slow clients.
package answers

import (
	"context"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// Limits of lists and reports, whose answers may be large. Beyond them a request waits.
const (
	// Made is how many are made in parallel: more would use memory without being faster.
	Made = 4
	// OfAccount is how many of one account are made or being written: a client that reads slowly keeps the whole answer
	// in memory, and so uses a slot of its account.
	OfAccount = 16
	// wait is how long a request waits for a slot.
	wait = 10 * time.Second
)

// Gate holds the slots. It is safe for concurrent use. The zero value is ready.
type Gate struct {
	once sync.Once
	made chan struct{}

	mu sync.Mutex
	by map[id.Account]*slots
}

// slots are those of one account; users counts the requests that hold or wait for one.
type slots struct {
	held  chan struct{}
	users int
}

// Enter waits for the slots of an answer. Call the first function when the answer is made, the second when it was
// written. It is false when no slot became free in time, or ctx ended.
func (g *Gate) Enter(ctx context.Context, a id.Account) (made, written func(), ok bool) {
	g.once.Do(func() { g.made = make(chan struct{}, Made) })
	mine, leave := g.slotsOf(a)
	timer := time.NewTimer(wait)
	defer timer.Stop()

	if !take(ctx, mine.held, timer) {
		leave()
		return nil, nil, false
	}

	if !take(ctx, g.made, timer) {
		<-mine.held
		leave()
		return nil, nil, false
	}

	made = sync.OnceFunc(func() { <-g.made })

	return made, func() {
		made()
		<-mine.held
		leave()
	}, true
}

func take(ctx context.Context, free chan struct{}, timer *time.Timer) bool {
	select {
	case free <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-timer.C:
	}
	return false
}

// slotsOf finds or makes an account's slots, which the last leave removes.
func (g *Gate) slotsOf(a id.Account) (p *slots, leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p = g.by[a]; p == nil {
		if g.by == nil {
			g.by = map[id.Account]*slots{}
		}
		p = &slots{held: make(chan struct{}, OfAccount)}
		g.by[a] = p
	}

	p.users++

	return p, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if p.users--; p.users == 0 {
			delete(g.by, a)
		}
	}
}
