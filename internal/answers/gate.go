// Package answers bounds how many large answers a server makes, and holds in memory for clients that read slowly.
package answers

import (
	"context"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// Bounds of lists and reports, whose answers may be large. What is not let in waits, for a moment.
const (
	// Made is how many are read and made at once: more would use memory, and no more of the machine.
	Made = 4
	// OfAccount is how many of one account are made or being read by their clients: one that reads slowly keeps the
	// whole answer in memory, and takes a place of its own account.
	OfAccount = 16
	// wait is how long a request waits for a place.
	wait = 10 * time.Second
)

// Gate holds the places. It is safe for concurrent use. The zero value is ready.
type Gate struct {
	once sync.Once
	made chan struct{}

	mu sync.Mutex
	by map[id.Account]*places
}

// places are those of one account; users counts who holds or waits for one.
type places struct {
	held  chan struct{}
	users int
}

// Enter waits for the places of a list. The first function is called when its answer is made, the second when it was
// written. It is false when there was no place for a while, or ctx ended.
func (g *Gate) Enter(ctx context.Context, a id.Account) (made, written func(), ok bool) {
	g.once.Do(func() { g.made = make(chan struct{}, Made) })
	mine, leave := g.of(a)
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

// of finds or makes an account's places; they go with who uses them last.
func (g *Gate) of(a id.Account) (p *places, leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p = g.by[a]; p == nil {
		if g.by == nil {
			g.by = map[id.Account]*places{}
		}
		p = &places{held: make(chan struct{}, OfAccount)}
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
