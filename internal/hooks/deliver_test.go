package hooks_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// When the database is out while a delivery ends, its outcome is stored once the database is back, and it is not sent
// again.
func TestOutcomes_DatabaseIsOut(t *testing.T) {
	t.Parallel()
	out := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	w := newWorld(t, testworld.Options{Backend: out})
	e := endpoint(t, w, w.Live, webhook.MessageSent)
	w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
		out.Out.Store(true)
		return egress.Response{Status: 200}
	})

	send(t, w, 1)
	w.Receiver.Wait(t, 1)
	out.Out.Store(false)
	w.Hooks.Settle()
	if d := deliveries(t, w, w.Live, e); len(d) != 1 || d[0].State != webhook.Delivered || len(w.Receiver.Got()) != 1 {
		t.Errorf("%+v after %d posts", d, len(w.Receiver.Got()))
	}
}

func TestRedeliver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	e := endpoint(t, w, w.Live, webhook.MessageSent)
	w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
		return egress.Response{Status: 400, Body: []byte("no \xff\x00 thanks")}
	})

	send(t, w, 1)
	w.Hooks.Settle()
	d := deliveries(t, w, w.Live, e)[0]
	if d.State != webhook.Waiting || d.Answers[0] != "no \ufffd\ufffd thanks" || d.Tries[0].Status != 400 || d.DueAt.Sub(w.Clock.Now()) != 5*time.Second {
		t.Fatalf("got %+v %q", d.Delivery, d.Answers)
	}

	w.Receiver.Answers(nil)
	for n := 2; n <= 3; n++ { // also what was delivered
		if _, _, err := w.Hooks.Redeliver(t.Context(), w.Live, e.ID, d.Event, nil); err != nil {
			t.Fatal(err)
		}
		got := w.Receiver.Wait(t, n)
		w.Hooks.Settle()
		if d = deliveries(t, w, w.Live, e)[0]; d.State != webhook.Delivered || d.Total != n || got[n-1].Header[webhook.HeaderAttempt] != itoa(n) ||
			got[n-1].Header[webhook.HeaderEventID] != got[0].Header[webhook.HeaderEventID] || got[n-1].Body != got[0].Body {
			t.Errorf("redelivery %d: %+v", n, d.Delivery)
		}
	}
	_, _, err := w.Hooks.Redeliver(t.Context(), w.Live, e.ID, id.Event{9}, nil)
	is(t, err, fault.NotFound, "no such delivery")
}

// Deliveries that wait for an endpoint that is deleted fail when their turn comes, without a request.
func TestDelete_RowsThatWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	e := endpoint(t, w, w.Live, webhook.MessageSent)
	w.Receiver.Answers(status(500))
	send(t, w, 1)
	w.Hooks.Settle()
	if err := w.Hooks.Delete(t.Context(), w.Live, e.ID); err != nil {
		t.Fatal(err)
	}

	w.Clock.Add(time.Minute)
	w.Hooks.Sweep()
	w.Hooks.Settle()
	var left []store.WaitingTarget
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) (err error) {
		left, err = v.WaitingTargets(store.TargetRef{}, 10)
		return err
	})
	if err != nil || len(left) != 0 || len(w.Receiver.Got()) != 1 {
		t.Errorf("%d targets wait, %d posts: %v", len(left), len(w.Receiver.Got()), err)
	}
}

// After 30 days an event goes, and its deliveries with it; a younger one stays. A database that drops days leaves
// an event to its day.
func TestDelivery_RemovedAfter30Days(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, testworld.Options{Backend: fresh(t)})
			e := endpoint(t, w, w.Live, webhook.MessageSent)
			for n := range 120 { // more than one batch
				send(t, w, n)
			}

			w.Hooks.Settle()
			w.Clock.Add(webhook.Keep + 25*time.Hour)
			send(t, w, 500)
			w.Hooks.Settle()
			w.Clock.Add(time.Second)
			w.Do(t, w.Janitor.RemoveEvents)
			if len(events(t, w, w.Live)) != 1 || len(deliveries(t, w, w.Live, e)) != 1 {
				t.Errorf("%d events and %d deliveries are left", len(events(t, w, w.Live)), len(deliveries(t, w, w.Live, e)))
			}

			w.Clock.Add(time.Hour)
			w.Hooks.Sweep()
			if n := w.Hooks.Queues(); n != 0 {
				t.Errorf("%d idle queues are kept", n)
			}
		})
	}
}

// A test is sent once, marked and signed, and its result is returned; nothing of it is kept.
func TestTest_PostsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	e := endpoint(t, w, w.Live, webhook.OTPVerified)
	w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
		return egress.Response{Status: 302, Body: []byte("elsewhere")}
	})

	try, _, err := w.Hooks.Test(t.Context(), w.Live, e.ID, webhook.MessageFailed, nil)
	if err != nil || try.Status != 302 || string(try.Answer) != "elsewhere" {
		t.Errorf("%+v, %v", try, err)
	}

	g := w.Receiver.Wait(t, 1)[0]
	check(t, g, e.Secret)
	if body(t, g)["test"] != true || body(t, g)["event"] != "message.failed" || len(deliveries(t, w, w.Live, e))+len(events(t, w, w.Live)) != 0 {
		t.Errorf("got %s", g.Body)
	}
	_, _, err = w.Hooks.Test(t.Context(), w.Live, e.ID, "otp.sent", nil)
	is(t, err, fault.InvalidParams, "event")
}
