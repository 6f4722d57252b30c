package dispatch_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// leaving is a database whose client goes away after some transactions.
type leaving struct {
	store.Backend
	left atomic.Int32
	gone func()
}

func (l *leaving) Group(ctx context.Context, fn func(store.Batch) error) error {
	err := l.Backend.Group(ctx, fn)
	if l.left.Add(-1) == 0 {
		l.gone()
	}
	return err
}

// TestAClientOfTheClockThatGoesAway leaves nothing stuck, whenever it goes: a submit that is never stored would be
// tried for ever, and would keep every sandbox's clock with it.
func TestAClientOfTheClockThatGoesAway(t *testing.T) {
	t.Parallel()
	for after := int32(1); after <= 12; after++ {
		synctest.Test(t, func(t *testing.T) {
			defer time.Sleep(time.Hour) // workers end when they have rested
			b := &leaving{Backend: testworld.Backends["memory"](t)}
			w := testworld.New(t, testworld.Options{Backend: b})
			s := sandboxSend(t, w, "+15005550010", message.WhatsApp, message.SMS)
			ctx, cancel := context.WithCancel(t.Context())
			b.gone = cancel
			b.left.Store(after)
			done := make(chan struct{})
			go func() {
				_, _, _ = w.Advance(ctx, w.Test, 21*time.Second)
				close(done)
			}()

			select {
			case <-done:
			case <-time.After(time.Hour):
				t.Fatalf("after %d transactions the clock stands still", after)
			}

			advance(t, w, 21*time.Second)
			if got := sandboxState(t, w, s); got != "delivered" {
				t.Errorf("after %d transactions: %s", after, got)
			}
			if err := w.Dispatcher.Config.Store.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTimesAreWhatADatabaseKeeps: by a clock of nanoseconds, a row that the committer remembers was due later than its
// index said, and the sandbox's clock waited for it for ever.
func TestTimesAreWhatADatabaseKeeps(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		start := time.Date(2026, 4, 25, 15, 27, 0, 123_456_789, time.UTC)
		w := testworld.New(t, testworld.Options{Backend: b, Now: func() time.Time { return start }})
		silent := sandboxSend(t, w, "+15005550010", message.WhatsApp, message.SMS)
		short := sandboxSend(t, w, "+15005550019", message.SMS)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, _, err := w.Advance(ctx, w.Test, 30*time.Second); err != nil {
			t.Fatalf("advance: %v", err)
		}
		if a, b := sandboxState(t, w, silent), sandboxState(t, w, short); a != "delivered" || b != "expired" {
			t.Errorf("%s and %s", a, b)
		}
	})
}
