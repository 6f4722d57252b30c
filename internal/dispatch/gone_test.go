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

// leaving is a database whose client disconnects after some transactions.
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

// A client that disconnects during a move leaves no submit whose answer is never stored, and the clock can be moved
// again.
func TestMoveClock_ClientGone(t *testing.T) {
	t.Parallel()
	for after := int32(1); after <= 12; after++ {
		synctest.Test(t, func(t *testing.T) {
			defer time.Sleep(time.Hour) // until the idle workers have ended
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
				t.Fatalf("after %d transactions: the clock does not move", after)
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

// Times have the precision of a database: with nanoseconds, a row in the store's memory was due later than its index
// entry, and a move waited for it for ever.
func TestMoveClock_Precision(t *testing.T) {
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
