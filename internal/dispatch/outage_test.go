package dispatch_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// An answer is stored after an outage of the database. Without it, the message would be sent and paid for twice.
func TestOutage_AnswerStoredLater(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
		w := newTrio(t, testworld.Options{Backend: b, Now: time.Now})
		w.SMS.Script(func(ctx context.Context, m carrier.Message) carrier.Result {
			b.Out.Store(true)
			return testworld.Accepts(ctx, m)
		})

		s := send(t, w.World, testworld.To(phoneA)) // returns after SendWait
		if s.Accepted() {
			t.Error("accepted although nothing could be stored")
		}

		b.Out.Store(false)
		w.Settle()
		if got := w.Read(t, s.OTP.ID); got.State() != "sent" || len(w.SMS.Sent()) != 1 {
			t.Errorf("state %s, %d texts", got.State(), len(w.SMS.Sent()))
		}
		if got := w.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

// A drain waits for submits under way, but not for a database that stays out. The next start reclaims the rest.
func TestDrain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
		w := newTrio(t, testworld.Options{Backend: b, Now: time.Now})
		answers := make(chan carrier.Result)
		w.SMS.Script(testworld.Held(answers), testworld.Accepts)
		var s engine.OTPSent
		var sending sync.WaitGroup
		sending.Go(func() { s = send(t, w.World, testworld.To(phoneA)) })
		synctest.Wait()
		drained := make(chan error, 1)
		go func() { drained <- w.Dispatcher.Drain(t.Context()) }()
		synctest.Wait()
		select {
		case err := <-drained:
			t.Fatalf("drained with a submit under way: %v", err)
		default:
		}

		b.NoWrites.Store(true)
		answers <- carrier.Result{Outcome: carrier.Accepted}
		synctest.Wait()
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := w.Dispatcher.Drain(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("drain: %v", err)
			}
			cancel()
		}

		sending.Wait()
		b.NoWrites.Store(false)
		next := w.Restart(t, nil)
		if err := next.Dispatcher.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}

		next.Settle()
		if got := next.Read(t, s.OTP.ID); got.State() != "sent" || len(w.SMS.Sent()) != 2 {
			t.Errorf("state %s, %d texts", got.State(), len(w.SMS.Sent()))
		}
		if got := next.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

// A send without a place waits as a row, is "pending", and is submitted once later.
func TestPlaces_MoreSends(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		const sends = 1100 // the carrier has 1,000 places
		w := newTrio(t, testworld.Options{Now: time.Now, Credits: 8 * sends})
		release := make(chan struct{})
		w.SMS.Script(func(ctx context.Context, m carrier.Message) carrier.Result {
			<-release
			return testworld.Accepts(ctx, m)
		})

		var all sync.WaitGroup
		for i := range sends {
			all.Go(func() { send(t, w.World, testworld.To(testworld.Number(i))) })
		}

		synctest.Wait()
		if n := len(w.SMS.Sent()); n != 1000 {
			t.Errorf("%d parallel submits, want 1,000", n)
		}

		close(release)
		all.Wait()
		w.Sweep(t)
		refs := map[string]bool{}
		for _, m := range w.SMS.Sent() {
			refs[m.Ref] = true
		}
		if len(refs) != sends || len(w.SMS.Sent()) != sends {
			t.Errorf("%d messages in %d submits, want %d", len(refs), len(w.SMS.Sent()), sends)
		}
		if got := w.Balance(t); got.Credits != 0 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

// A row whose number cannot be decrypted does not delay others.
func TestSweep_UnreadableRow(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newTrio(t, testworld.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	bad := send(t, w.World, testworld.To(testworld.Number(1), message.WhatsApp, message.SMS))
	good := send(t, w.World, testworld.To(testworld.Number(2), message.WhatsApp, message.SMS))
	k := store.MessageKey(w.Account, bad.Message.ID)
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, []store.Key{k}, func(tx *store.Tx) error {
		m, _ := store.Get[store.Message](tx, k)
		m.Number = []byte("garbage that no key decrypts, but long enough")
		tx.Put(m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	w.Clock.Add(21 * time.Second)
	if err := w.SweepOnce(t); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "could not be claimed") {
		t.Errorf("the bad row is not logged: %s", log.String())
	}
	if got := messageOf(t, w.World, good); got.StepOf(got.Current()).Channel != message.SMS {
		t.Errorf("the good message is still on %v", got.StepOf(got.Current()).Channel)
	}

	w.Clock.Add(6 * time.Minute)
	_ = w.SweepOnce(t)
	if got := w.Read(t, good.OTP.ID); got.Status != otp.Expired {
		t.Errorf("status %v", got.Status)
	}
}

// FuzzParseRef parses references as carriers may send them back.
func FuzzParseRef(f *testing.F) {
	f.Add("msg_01KQ2M0MGVX78FP3C9QB3CV89S-01KQ2M0MGVFMB6JHG7588CQE8N-0")
	f.Add("msg_--1")
	f.Fuzz(func(t *testing.T, s string) {
		k, attempt, ok := dispatch.ParseRef(s)
		if ok && (attempt < 0 || len(k.ID) != 16 || k.Table != store.TableMessage) {
			t.Fatalf("%q is attempt %d of %+v", s, attempt, k)
		}
	})
}
