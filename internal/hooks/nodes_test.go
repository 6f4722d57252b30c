package hooks_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// pair is the list of nodes of a database that another node works on, too, which does nothing.
type pair struct{ other int64 }

func (p pair) Renew(_ context.Context, epoch int64) (cluster.Heartbeats, error) {
	now := time.Now()
	return cluster.Heartbeats{Live: []cluster.Heartbeat{{Epoch: epoch, At: now}, {Epoch: p.other, At: now}}, Newest: max(epoch, p.other), Now: now}, nil
}
func (pair) Fence(context.Context, cluster.Heartbeat) error { return nil }
func (pair) Leave(context.Context, int64) error             { return nil }

// among is the membership of a node that has a neighbour.
func among(epoch int64) *cluster.Membership {
	k, err := cluster.Join(context.Background(), pair{epoch + 1}, epoch, slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err) // a pair never fails
	}
	return k
}

// Among several nodes a claim is written. What was claimed for an endpoint that then fails is released, and delivered
// by the same node when it works again.
func TestNodes_Backlog(t *testing.T) {
	t.Parallel()
	bubbleOf(t, testworld.Options{Nodes: among}, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		e := endpointAt(t, w, w.Live, "https://weak.example", webhook.MessageSent)
		var good atomic.Int64 // answers to come that are good
		w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
			if good.Add(-1) < 0 {
				return egress.Response{Status: 503}
			}
			return egress.Response{Status: 200}
		})

		for n := range 200 {
			send(t, w, n)
		}

		for range 12 { // well for a moment, in which more is claimed than is answered
			time.Sleep(10 * time.Minute)
			good.Store(12)
		}

		time.Sleep(10 * time.Minute)
		good.Store(1000)
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		for _, d := range everyDelivery(t, w, e) {
			if d.State != webhook.Delivered {
				t.Errorf("%s is %v after %d attempts, due %v", d.Event, d.State, d.Total, d.DueAt)
			}
		}
	})
}

// A delivery that this node owns and that is not in flight, as a commit leaves whose answer was lost, is reclaimed.
func TestNodes_OrphansAreReclaimed(t *testing.T) {
	t.Parallel()
	bubbleOf(t, testworld.Options{Nodes: among}, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		e := endpointAt(t, w, w.Live, "https://up.example", webhook.MessageSent)
		send(t, w, 1)
		time.Sleep(time.Second)
		synctest.Wait()
		list := everyDelivery(t, w, e)
		if len(list) != 1 || list[0].State != webhook.Delivered {
			t.Fatalf("%+v", list)
		}

		row := store.Delivery{Delivery: list[0].Delivery}
		row.State, row.Owner, row.DueAt = webhook.Waiting, w.Dispatcher.Config.Epoch, time.Time{}
		if err := w.Dispatcher.Config.Store.Update(t.Context(), row.Account, []store.Key{row.Key()}, func(tx *store.Tx) error { tx.Put(row); return nil }); err != nil {
			t.Fatal(err)
		}

		run(w.Hooks)
		time.Sleep(5 * time.Minute)
		if got := len(w.Receiver.Got()); got != 2 {
			t.Errorf("%d posts, want 2", got)
		}
	})
}
