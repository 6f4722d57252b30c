package restore_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/restore"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// copied is a world that was stopped in the middle of its work, and a copy of its database.
type copied struct {
	testworld.Trio
	next                      *testworld.World // that serves the copy
	restorer                  restore.Restorer
	open                      []id.OTP // codes that were valid
	codes                     map[id.OTP]string
	scheduled, later, hanging id.Message
	box                       id.Message // scheduled in the sandbox
	submits                   int        // until the copy was made
	zombie                    func()     // gives the hanging submit its answer, before the database closes
}

func (c *copied) text(t *testing.T, r engine.SMSRequest) id.Message {
	t.Helper()
	r.Body = "x"
	m, _, err := c.SendSMS(t.Context(), c.Live, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

func (c *copied) code(t *testing.T, n int, channels ...message.Channel) id.OTP {
	t.Helper()
	s := testworld.Send(t, c.World, testworld.To(testworld.Number(n), channels...))
	k := c.SMS
	if len(channels) > 0 {
		k = c.WhatsApp
	}
	c.codes[s.OTP.ID] = testworld.CodeOf(k)
	c.open = append(c.open, s.OTP.ID)

	return s.OTP.ID
}

func newCopied(t *testing.T, b store.Backend) *copied {
	t.Helper()
	c := &copied{Trio: testworld.NewTrio(t, testworld.Options{Backend: b}), codes: map[id.OTP]string{}}
	c.Receiver.Answers(func(context.Context,
		testworld.Received,
	) egress.Response {
		return egress.Response{Status: 500}
	})
	used := c.code(t, 1)
	if r := testworld.Verify(t, c.World, used, c.codes[used]); r != otp.Valid {
		t.Fatal(r)
	}

	c.open = nil
	c.code(t, 2)
	c.code(t, 3, message.WhatsApp, message.SMS) // waits for its receipt
	c.SMS.Script(testworld.Throttles(7 * time.Second))
	c.code(t, 4) // to be tried again
	c.later = c.text(t, engine.SMSRequest{To: testworld.Number(5)})
	c.SMS.Script(testworld.Accepts)
	c.text(t, engine.SMSRequest{
		To:          testworld.Number(6),
		CallbackURL: "https://example.com/callback",
	}) // its event is rejected
	c.scheduled = c.text(t, engine.SMSRequest{To: testworld.Number(7), ScheduledAt: c.Clock.Now().Add(time.Hour)})
	m, _, err := c.SendSMS(t.Context(), c.Test, engine.SMSRequest{
		To: testworld.Number(8), Body: "x",
		ScheduledAt: c.Clock.Now().Add(time.Hour),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}

	c.box = m.ID
	c.Receiver.Wait(t, 1)
	if err := c.Hooks.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}

	c.hang(t)
	c.submits = len(c.SMS.Sent()) + len(c.WhatsApp.Sent())
	c.next = c.Restart(t, shared{b})
	c.restorer = restore.New(dispatch.New(dispatch.Config{
		Store: c.next.Dispatcher.Config.Store, Keys: c.Dispatcher.Config.Keys, Index: c.Dispatcher.Config.Index, Epoch: c.Dispatcher.Config.Epoch + 1000, Now: c.Clock.Now, Log: testworld.Discard,
	}))

	return c
}

// shared is a database that two stores use: the first of them closes it.
type shared struct{ store.Backend }

func (shared) Close() error { return nil }

// hang begins a submit that gets no answer before the copy is made.
func (c *copied) hang(t *testing.T) {
	t.Helper()
	answers, done := make(chan carrier.Result), make(chan struct{})
	began := len(c.SMS.Sent())
	c.SMS.Script(testworld.Held(answers), testworld.Accepts)
	at := c.Clock.Now().Add(time.Minute)
	c.hanging = c.text(t, engine.SMSRequest{To: testworld.Number(9), ScheduledAt: at})
	c.Clock.Add(2 * time.Second) // not yet the throttled ones' time
	row := c.row(t, c.hanging)
	if err := c.Dispatcher.Config.Store.Restore(t.Context(), []store.Record{dueNow(row, c.Clock.Now())},
		nil); err != nil {
		t.Fatal(err)
	}

	go func() {
		defer close(done)
		_, _ = c.Dispatcher.Sweep(context.Background())
		_ = c.Dispatcher.Drain(context.Background())
	}()

	for deadline := time.Now().Add(20 * time.Second); len(c.SMS.Sent()) == began; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was submitted")
		}
	}

	c.zombie = func() {
		answers <- carrier.Result{Outcome: carrier.Rejected}
		<-done
	}
}

func dueNow(m store.Message, now time.Time) store.Message {
	m.DueAt = now
	return m
}

func (c *copied) row(t *testing.T, m id.Message) store.Message {
	t.Helper()
	s := c.Dispatcher.Config.Store
	if c.next != nil {
		s = c.next.Dispatcher.Config.Store
	}

	rows, err := s.Find(t.Context(), store.MessageKey(c.Account, m))
	if err != nil {
		t.Fatal(err)
	}
	row, _ := store.Get[store.Message](rows, store.MessageKey(c.Account, m))

	return row
}

// serve lets the servers on the copy do all that they do by themselves.
func (c *copied) serve(t *testing.T) *testworld.World {
	t.Helper()
	if err := c.next.Dispatcher.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}

	c.next.Sweep(t)
	if _, _, err := c.next.Advance(t.Context(), c.next.Test, 2*time.Hour); err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(t.Context())
	stop()
	_ = c.next.Hooks.Run(ctx)
	c.next.Hooks.Sweep()
	_ = c.next.Hooks.Drain(t.Context())

	return c.next
}

// TestApply_RevivesNothing checks codes, messages and events of every kind, in both modes.
func TestApply_RevivesNothing(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		c := newCopied(t, b)
		defer c.zombie()
		n, err := c.restorer.Apply(t.Context())
		if want := (restore.Counts{Codes: 3, Messages: 4, Deliveries: 1, Scanned: 4}); err != nil ||
			n.Codes != want.Codes || n.Messages != want.Messages || n.Deliveries != want.Deliveries ||
			n.Scanned != want.Scanned {
			t.Fatalf("%+v, %v; want %+v", n, err, want)
		}
		if again, err := c.restorer.Apply(t.Context()); err != nil || again.Codes+again.Messages+again.Deliveries != 0 {
			t.Errorf("the second time %+v, %v", again, err)
		}

		posts := len(c.Receiver.Got())
		next := c.serve(t)
		if sent := len(c.SMS.Sent()) + len(c.WhatsApp.Sent()) - c.submits; sent != 0 {
			t.Errorf("%d submits that the operator did not release", sent)
		}
		if more := len(c.Receiver.Got()) - posts; more != 0 {
			t.Errorf("%d posts that the operator did not release", more)
		}

		for _, o := range c.open {
			if r := testworld.Verify(t, next, o, c.codes[o]); r != otp.HasExpired {
				t.Errorf("verify of an old code: %q", r)
			}
			if _, _, err := next.ResendOTP(t.Context(), next.Live, o, 0, nil); err == nil {
				t.Error("an old code was sent again")
			}
		}
		if got := next.Balance(t); got.Held != 3*8 {
			t.Errorf("balance %+v, want the holds of the texts that wait", got)
		}

		for m, want := range map[id.Message]message.State{
			c.scheduled: message.Scheduled, c.later: message.Pending,
			c.hanging: message.Pending, c.box: message.Scheduled,
		} {
			if got := c.row(t, m); got.State != want || !got.Parked() {
				t.Errorf("%v, parked %v; want %v", got.State, got.Parked(), want)
			}
		}
		// A customer may cancel a parked message, and a new code is not one of the old ones.
		if got, _, err := next.CancelMessage(t.Context(), next.Live, c.later, nil); err != nil ||
			got.State != message.Canceled || next.Balance(t).Held != 2*8 {
			t.Errorf("canceled: %v, %v, %+v", got.State, err, next.Balance(t))
		}

		fresh := testworld.Send(t, next, testworld.To(testworld.Number(2)))
		if fresh.OTP.ID == c.open[0] {
			t.Error("a send reused an old code")
		}
		if r := testworld.Verify(t, next, fresh.OTP.ID, testworld.CodeOf(c.SMS)); r != otp.Valid {
			t.Errorf("a new code: %q", r)
		}
	})
}

// TestDecide_Release checks that released messages are sent once each, and that the one that may have been sent before
// has the same reference.
func TestDecide_Release(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		c := newCopied(t, b)
		defer c.zombie()
		if _, err := c.restorer.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}

		next := c.serve(t)
		c.Clock.Add(2 * time.Second) // behind the time of all but the scheduled one
		decide := func(d restore.Resolution, messages, deliveries int64) {
			t.Helper()
			if n, err := c.restorer.ResolveParked(t.Context(), d); err != nil || n.Messages != messages ||
				n.Deliveries != deliveries {
				t.Fatalf("%+v decided about %+v, %v", d, n, err)
			}
		}

		later := c.Clock.Now().Add(10 * time.Minute)
		decide(restore.Resolution{Send: true, Messages: true, From: later}, 2, 0) // of both modes
		next.Sweep(t)
		if sent := len(c.SMS.Sent()) + len(c.WhatsApp.Sent()) - c.submits; sent != 0 {
			t.Errorf("%d submits before their time", sent)
		}

		c.Clock.Add(time.Hour)
		decide(restore.Resolution{Send: true, Messages: true}, 2, 0)
		next.Sweep(t)
		next.Sweep(t)
		refs := map[string]int{}
		for _, m := range c.SMS.Sent() {
			refs[m.Ref]++
		}

		for m, want := range map[id.Message]int{c.scheduled: 1, c.later: 2, c.hanging: 2} {
			row := c.row(t, m)
			if got := refs[dispatch.RefOf(row, 0)]; got != want || row.State != message.Sent || row.Owner != 0 ||
				row.Attempts[0].Repeated != (m == c.hanging) {
				t.Errorf("%d submits, want %d; %v, owner %d, %+v", got, want, row.State, row.Owner, row.Attempts)
			}
		}
		if got := next.Balance(t); got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
		decide(restore.Resolution{Send: true, Deliveries: true}, 0, 1)
		decide(restore.Resolution{Send: true, Messages: true, Deliveries: true}, 0, 0)
	})
}

func TestDecide_Discard(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		c := newCopied(t, b)
		defer c.zombie()
		if _, err := c.restorer.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := restore.Parked(t.Context(), c.next.Dispatcher.Config.Store); err != nil || n.Messages != 4 ||
			n.Deliveries != 1 {
			t.Errorf("parked %+v, %v", n, err)
		}

		n, err := c.restorer.ResolveParked(t.Context(), restore.Resolution{Messages: true, Deliveries: true})
		if err != nil || n.Messages != 4 || n.Deliveries != 1 {
			t.Fatalf("%+v, %v", n, err)
		}

		next := c.serve(t)
		for m, want := range map[id.Message]message.State{
			c.scheduled: message.Canceled, c.later: message.Canceled,
			c.hanging: message.Unknown, c.box: message.Canceled,
		} {
			if got := c.row(t, m); got.State != want || got.Owner != 0 {
				t.Errorf("%v, owner %d; want %v", got.State, got.Owner, want)
			}
		}
		if got := next.Balance(t); got != (ledger.Balance{Credits: 1000 - 8 - 8 - 3 - 8}) {
			t.Errorf("balance %+v", got)
		}
		if sent := len(c.SMS.Sent()) + len(c.WhatsApp.Sent()) - c.submits; sent != 0 {
			t.Errorf("%d submits", sent)
		}

		err = c.next.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
			rows, err := v.Scan(store.TableDelivery, nil, 10)
			for _, r := range rows {
				if d := r.(store.Delivery); d.State == webhook.Waiting || d.Owner != 0 {
					t.Errorf("a delivery is %v, owner %d", d.State, d.Owner)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := restore.Parked(t.Context(), c.next.Dispatcher.Config.Store); err != nil ||
			n.Messages+n.Deliveries != 0 {
			t.Errorf("parked %+v, %v", n, err)
		}
	})
}
