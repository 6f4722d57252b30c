package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/testworld"
)

// A drain does not wait for a submit beyond its context. The outcome of the submit is unknown then.
func TestDrain_Timeout(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w trio) {
		w.SMS.Script(testworld.Held(make(chan carrier.Result)))
		s := send(t, w.World, testworld.To(phoneA, message.SMS))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := w.Dispatcher.Drain(ctx); err == nil || time.Since(start) > 2*time.Second {
			t.Errorf("drained after %v: %v", time.Since(start), err)
		}
		if got := messageOf(t, w.World, s); got.Attempts[0].Progress == message.AttemptSubmitting {
			t.Error("the submit has no outcome")
		}
	})
}
