package sip

import (
	"context"
	"sync"
)

// lines are the calls that may be up at once. Their number may change at any time.
type lines struct {
	mu          sync.Mutex
	limit, used int
	freed       chan struct{} // closed when a line may have become free
}

func newLines(limit int) *lines { return &lines{limit: limit, freed: make(chan struct{})} }

// take waits for a free line; false when ctx ended first.
func (l *lines) take(ctx context.Context) bool {
	for {
		l.mu.Lock()
		freed := l.freed
		free := l.used < l.limit
		if free {
			l.used++
		}
		l.mu.Unlock()
		if free {
			return true
		}

		select {
		case <-freed:
		case <-ctx.Done():
			return false
		}
	}
}

func (l *lines) release() { l.change(func() { l.used-- }) }

func (l *lines) resize(limit int) { l.change(func() { l.limit = limit }) }

func (l *lines) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.freed)
	l.freed = make(chan struct{})
}
