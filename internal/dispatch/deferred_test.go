package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// More rows than one batch of a sweep, and than one of a move of a sandbox's clock.
const (
	manyDue     = 400
	manyInClock = 100
)

// damageMany adds damaged rows to the account that are first in every list of due rows: open codes, and messages that
// are due or owned.
func damageMany(t *testing.T, w *testworld.World, many int, mode id.Mode, carrier string) {
	t.Helper()
	then := w.Clock.Now().Add(-time.Hour)
	rows := make([]store.Record, 0, 4*many)
	for range many {
		rows = append(rows, store.OTP{Contact: store.ContactID{1}, OTP: otp.OTP{
			ID: id.NewOTP(then), Account: w.Account, Mode: mode, Status: otp.Open,
			CreatedAt: then, ExpiresAt: then.Add(time.Minute),
			Messages: []id.Message{id.NewMessage(then)},
		}})
		for _, purpose := range []message.Type{message.CodeMessage, message.TextMessage} {
			rows = append(rows, waitingMessage(w, mode, purpose, carrier, 0, then))
		}
		rows = append(rows, waitingMessage(w, mode, message.TextMessage, carrier, 77, then)) // of a run that is gone
	}
	testworld.Damage(t, w, rows...)
}

func waitingMessage(
	w *testworld.World, mode id.Mode, p message.Type, carrier string, owner int64, due time.Time,
) store.Message {
	return store.Message{Number: []byte{1}, Message: message.Message{
		Owner: owner, Account: w.Account, ID: id.NewMessage(due), Mode: mode, Type: p, DueAt: due, CreatedAt: due,
		Plan: []message.Step{{Channel: message.SMS, Carrier: carrier}},
	}}
}

// Many damaged rows at the head of every list do not stop other rows, even of the same account.
func TestSweep_DamagedRows(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.NewTrio(t, testworld.Options{Backend: b})
		w.SMS.Script(testworld.Throttles(time.Minute), testworld.Accepts)
		code := testworld.Send(t, w.World, testworld.To(testworld.PhoneA, message.WhatsApp))
		_, _, err := w.SendSMS(t.Context(), w.Live, engine.SMSRequest{
			To: testworld.Number(7), Body: "x", ScheduledAt: w.Clock.Now().Add(10 * time.Minute),
		}, nil)
		if err != nil {
			t.Fatal(err)
		}

		damageMany(t, w.World, manyDue, id.Live, w.SMS.Name())
		damageMany(t, w.World, manyDue, id.Live, "gone")
		w.Clock.Add(15 * time.Minute)
		// Each sweep defers the damaged rows that it finds. With SQLite it finds them once they have settled.
		pgtest.Wait(t, "the code and the text behind damaged rows to be worked on", func() bool {
			w.Sweep(t)
			return w.Read(t, code.OTP.ID).OTP.Status != otp.Open && len(w.SMS.Sent()) > 0
		})
		w.Do(t, w.Dispatcher.Recover)
		w.Do(t, w.Dispatcher.Reclaim)
	})
}

// A deferred row is worked on after the damaged row was repaired.
func TestSweep_RepairedRow(t *testing.T) {
	t.Parallel()
	w := testworld.NewTrio(t, testworld.Options{})
	sent := testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
	m := testworld.MessageOf(t, w.World, sent)
	testworld.Damage(t, w.World, m)
	w.Clock.Add(time.Hour)
	w.Sweep(t)
	w.Do(t, func(ctx context.Context) error { return w.Dispatcher.Config.Store.Restore(ctx, []store.Record{m}, nil) })
	w.Sweep(t)
	if got := w.Read(t, sent.OTP.ID); got.OTP.Status != otp.Open {
		t.Errorf("%v while the code is deferred", got.OTP.Status)
	}

	w.Clock.Add(10 * time.Minute)
	w.Sweep(t)
	if got := w.Read(t, sent.OTP.ID); got.OTP.Status == otp.Open {
		t.Error("the code has not ended")
	}
}

// Damaged messages do not stop moves and resets of a sandbox's clock.
func TestMoveClock_DamagedRows(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.NewTrio(t, testworld.Options{Backend: b})
		damageMany(t, w.World, manyInClock, id.Test, "sandbox")
		m, _, err := w.SendSMS(t.Context(), w.Test, engine.SMSRequest{
			To: testworld.PhoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(10 * time.Minute),
		}, nil)
		if err != nil {
			t.Fatal(err)
		}

		if _, offset, err := w.Advance(t.Context(), w.Test, time.Hour); err != nil || offset != time.Hour {
			t.Fatalf("the clock moved by %s: %v", offset, err)
		}
		got, err := w.Dispatcher.Query.GetMessage(t.Context(), w.Test, m.ID)
		if err != nil || got.State == message.Scheduled {
			t.Errorf("the message behind damaged ones is %v (%v)", got.State, err)
		}
		if c, err := w.Dispatcher.ResetClock(t.Context(), w.Account, func(*store.Tx) {}); err != nil || !c.Done {
			t.Errorf("reset: %+v, %v", c, err)
		}
	})
}
