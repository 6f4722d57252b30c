package dispatch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/testworld"
)

// A sweep can find the row of a new message before the request that stored it has queued it. The request then waits for
// the sweep's job, and answers what came of it.
func TestDeliverInTurn_SweptBefore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer   bool // of the carrier, while the request waits
		accepted bool
	}{
		"the carrier accepts in time": {answer: true, accepted: true},
		"the carrier hangs":           {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				one := testworld.NewCarrier("one", message.SMS).Limited(carrier.Limits{InFlight: 1})
				answers := make(chan carrier.Result, 2)
				one.Script(testworld.Held(answers))
				w := testworld.New(t, testworld.Options{Now: time.Now, Carriers: []carrier.Carrier{one}})

				// The first code has the carrier's only place, so the second waits for it in the queue.
				for _, to := range []string{phoneA, testworld.Number(2)} {
					go func() { _, _, _ = w.SendOTP(context.WithoutCancel(t.Context()), w.Live, testworld.To(to), nil) }()
					synctest.Wait()
					time.Sleep(time.Millisecond) // lists have the newest first
				}
				list, _, err := w.Dispatcher.Query.ListOTPs(t.Context(), w.Live, query.Filter{}, [16]byte{}, 1)
				if err != nil || len(list) != 1 {
					t.Fatalf("list %v, %v", list, err)
				}

				if c.answer {
					time.AfterFunc(time.Second, func() {
						answers <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"1"}}
						answers <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"2"}}
					})
				}
				begin := time.Now()
				m := w.Dispatcher.DeliverInTurn(t.Context(), list[0].Sent[0])
				if m.SentAt.IsZero() == c.accepted {
					t.Errorf("sent at %v, want accepted: %v", m.SentAt, c.accepted)
				}
				want := w.Dispatcher.Config.SendWait
				if c.answer {
					want = time.Second
				}
				if took := time.Since(begin); took != want {
					t.Errorf("answered after %v, want %v", took, want)
				}
			})
		})
	}
}
