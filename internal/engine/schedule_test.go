package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestSchedule_SendsAtItsTime(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newPair(t, testworld.Options{Backend: b})
		at := w.Clock.Now().Add(engine.MaxSchedule)
		m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: at})
		if m.State != message.Scheduled || !m.ScheduledAt.Equal(at) || m.Credits() != 8 || len(m.Attempts) != 0 {
			t.Errorf("answered %+v", m)
		}
		if got := w.Balance(t); got != (ledger.Balance{Credits: 992, Held: 8}) {
			t.Errorf("balance %+v", got)
		}

		w.Clock.Add(engine.MaxSchedule - time.Microsecond)
		w.Sweep(t)
		if n := len(w.a.Sent()); n != 0 || readMessage(t, w.World, m.ID).State != message.Scheduled {
			t.Fatalf("%d submits before its time", n)
		}

		w.Clock.Add(time.Microsecond)
		w.Sweep(t)
		w.Sweep(t)
		got := readMessage(t, w.World, m.ID)
		if sent := w.a.Sent(); len(sent) != 1 || sent[0].Body.Reveal() != "x" || sent[0].Validity != 24*time.Hour ||
			got.State != message.Sent || !got.SentAt.Equal(at) {
			t.Errorf("%d submits, %v at %v", len(sent), got.State, got.SentAt)
		}
		if got := w.Balance(t); got != (ledger.Balance{Credits: 992}) {
			t.Errorf("balance %+v", got)
		}
	})
}

// TestSchedule_RealLoops runs the engine's own loops: a text is sent within a second of its time.
func TestSchedule_RealLoops(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := newPair(t, testworld.Options{Now: time.Now})
		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = w.Dispatcher.Run(ctx) }()
		at := time.Now().Add(90*time.Second + 50*time.Millisecond)
		m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: at})
		time.Sleep(time.Until(at.Add(time.Second)))
		synctest.Wait()
		if got := readMessage(t, w.World, m.ID); got.SentAt.Before(at) || got.SentAt.After(at.Add(time.Second)) {
			t.Errorf("scheduled for %v, sent at %v", at, got.SentAt)
		}
		stop()
	})
}

func TestSchedule_OverRestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	w := newPair(t, testworld.Options{Backend: testworld.OpenSQLite(t, path)})
	m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(time.Hour)})
	if err := w.Dispatcher.Config.Store.Close(); err != nil {
		t.Fatal(err)
	}

	w.Clock.Add(2 * time.Hour)
	next := w.Restart(t, testworld.OpenSQLite(t, path))
	if err := next.Dispatcher.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}

	next.Sweep(t)
	if got := readMessage(t, next, m.ID); got.State != message.Sent || got.Attempts[0].Repeated ||
		len(w.a.Sent()) != 1 {
		t.Errorf("%v after %d submits", got.State, len(w.a.Sent()))
	}
}

func TestSchedule_Cancel(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newPair(t, testworld.Options{Backend: b})
		m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(time.Hour)})
		cancel := func(m query.Message, key string) (query.Message, *idempotency.Answer, error) {
			return w.CancelMessage(t.Context(), w.Live, m.ID, keyed(w.World, w.Live, key, "cancel"))
		}

		got, first, err := cancel(m, "k")
		if err != nil || got.State != message.Canceled || got.Hold != 0 {
			t.Fatalf("canceled: %+v, %v", got, err)
		}
		if _, again, err := cancel(m, "k"); err != nil || string(again.Body) != string(first.Body) {
			t.Errorf("a repeat got %v, %v", again, err)
		}

		w.Clock.Add(2 * time.Hour)
		w.Sweep(t)
		sent := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
		code := send(t, w.World, testworld.To(phoneA))
		for name, m := range map[string]query.Message{
			"canceled": m, "sent": sent, "a code's": {Message: code.Message},
		} {
			_, _, err := cancel(m, name)
			if f := refused(t, err, fault.InvalidParams); f.Details.Reason != "not_scheduled" ||
				f.Details.Field != "message_id" {
				t.Errorf("%s: %+v", name, f.Details)
			}
		}
		if len(w.a.Sent()) != 2 || readMessage(t, w.World, m.ID).State != message.Canceled {
			t.Error("the canceled text was sent")
		}
		if got := w.Balance(t); got != (ledger.Balance{Credits: 1000 - 16}) {
			t.Errorf("balance %+v", got)
		}
		_, _, err = w.CancelMessage(t.Context(), w.Test, m.ID, nil)
		refused(t, err, fault.NotFound)
	})
}

// TestSchedule_Flood schedules far more texts for one time than there are places. Each is sent once, no more are
// claimed than can be submitted, and a code that becomes due after them does not wait for them.
func TestSchedule_Flood(t *testing.T) {
	t.Parallel()
	const flood = 600
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now, Credits: 100_000})
		w.SMS.Limited(carrier.Limits{InFlight: 256})
		w.Dispatcher.RefreshLimits()
		var running, most atomic.Int64
		slow := func(context.Context, carrier.Message) carrier.Result {
			n := running.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			time.Sleep(3 * time.Second)
			running.Add(-1)
			return carrier.Result{Outcome: carrier.Accepted}
		}

		at := time.Now().Add(time.Minute)
		for i := range flood {
			text(t, w.World, engine.SMSRequest{To: testworld.Number(i), Body: "x", ScheduledAt: at})
		}

		w.SMS.Script(slow)
		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = w.Dispatcher.Run(ctx) }()
		time.Sleep(time.Until(at.Add(-18 * time.Second)))
		// Its fallback, to Telegram, becomes due two seconds after the flood.
		s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.Telegram))
		time.Sleep(time.Until(at.Add(2500 * time.Millisecond)))
		synctest.Wait()
		if got := messageOf(t, w.World, s); len(got.Attempts) != 2 {
			t.Errorf("the code's fallback waits for the flood: %d attempts", len(got.Attempts))
		}
		if n := most.Load(); n < 200 || n > 256 {
			t.Errorf("%d texts were submitted in parallel", n)
		}

		claimed := 0
		for below := ([16]byte{}); ; {
			page, next, err := w.Dispatcher.Query.ListMessages(t.Context(), w.Live, query.Filter{Status: "pending"},
				below, 100)
			if err != nil {
				t.Fatal(err)
			}
			if claimed += len(page); next == ([16]byte{}) {
				break
			}
			below = next
		}
		if claimed > 256 {
			t.Errorf("%d texts are claimed", claimed)
		}

		time.Sleep(time.Minute)
		synctest.Wait()
		seen := map[string]int{}
		for _, m := range w.SMS.Sent() {
			seen[m.Ref]++
		}
		if len(seen) != flood || len(w.SMS.Sent()) != flood {
			t.Errorf("%d submits of %d texts, want %d", len(w.SMS.Sent()), len(seen), flood)
		}
		// 600 texts, 256 at a time, three seconds each: the places are filled as they become free.
		if last := running.Load(); last != 0 {
			t.Errorf("%d submits still run", last)
		}
		stop()
	})
}

// TestSchedule_FastCarrier: places that become free are filled immediately, not at the next tick.
func TestSchedule_FastCarrier(t *testing.T) {
	t.Parallel()
	const flood = 800
	bubble(t, func(t *testing.T) {
		w := newPair(t, testworld.Options{Now: time.Now, Credits: 100_000})
		at := time.Now().Add(time.Minute)
		for i := range flood {
			text(t, w.World, engine.SMSRequest{To: testworld.Number(i), Body: "x", ScheduledAt: at})
		}

		w.a.Script(func(context.Context, carrier.Message) carrier.Result {
			time.Sleep(20 * time.Millisecond)
			return carrier.Result{Outcome: carrier.Accepted}
		})

		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = w.Dispatcher.Run(ctx) }()
		// Four rounds of at most 256 that take 20 ms each; with a tick of 200 ms for each round, three of them are over
		// by then.
		time.Sleep(time.Until(at.Add(400 * time.Millisecond)))
		if n := len(w.a.Sent()); n != flood {
			t.Errorf("%d of %d texts were sent within 400 ms", n, flood)
		}
		stop()
	})
}

// TestIdempotency_TextAfterCrash: the first request with a key crashes in its submit, the second gets its result.
func TestIdempotency_TextAfterCrash(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := newPair(t, testworld.Options{Now: time.Now, Backend: testworld.Backends["memory"](t)})
		hold := make(chan carrier.Result)
		w.a.Script(testworld.Held(hold), testworld.Accepts)
		r := engine.SMSRequest{To: phoneA, Body: "x"}
		go func() {
			_, _, _ = w.SendSMS(context.Background(), w.Live, r, keyed(w.World, w.Live, "k", "x"))
		}()

		synctest.Wait()
		_, _, err := w.SendSMS(t.Context(), w.Live, r, keyed(w.World, w.Live, "k", "x"))
		if f := refused(t, err, fault.RateLimitExceeded); f.Details.Reason != "in_flight" {
			t.Errorf("while in flight: %+v", f.Details)
		}

		next := w.Restart(t, nil)
		if err := next.Dispatcher.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}

		next.Settle()
		_, a, err := next.SendSMS(t.Context(), next.Live, r, keyed(next, next.Live, "k", "x"))
		var answer struct{ Message, State string }
		if err != nil || a == nil || json.Unmarshal(a.Body, &answer) != nil || answer.State != "sent" {
			t.Fatalf("after the crash: %v, %v", a, err)
		}
		if len(w.a.Sent()) != 1 || len(w.b.Sent()) != 1 {
			t.Errorf("%d and %d submits, want one over each carrier", len(w.a.Sent()), len(w.b.Sent()))
		}

		hold <- carrier.Result{Outcome: carrier.Rejected}
		w.Settle()
		if got := next.Balance(t); got != (ledger.Balance{Credits: 992}) {
			t.Errorf("balance %+v", got)
		}
	})
}

func TestIdempotency_Texts(t *testing.T) {
	t.Parallel()
	w := newPair(t, testworld.Options{})
	for i, r := range []engine.SMSRequest{
		{To: phoneA, Body: "x"}, {To: phoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(time.Hour)},
	} {
		key := fmt.Sprint("k", i)
		_, first, err := w.SendSMS(t.Context(), w.Live, r, keyed(w.World, w.Live, key, "x"))
		if err != nil || first == nil {
			t.Fatalf("%v, %v", first, err)
		}

		for range 3 {
			if _, again, err := w.SendSMS(t.Context(), w.Live, r, keyed(w.World, w.Live, key, "x")); err != nil ||
				string(again.Body) != string(first.Body) {
				t.Errorf("a repeat got %v, %v", again, err)
			}
		}

		_, _, err = w.SendSMS(t.Context(), w.Live, r, keyed(w.World, w.Live, key, "y"))
		if f := refused(t, err, fault.InvalidParams); f.Details.Reason != "idempotency_key_reused" {
			t.Errorf("another request under the key: %+v", f.Details)
		}
	}
	if n := len(w.a.Sent()); n != 1 {
		t.Errorf("%d submits", n)
	}
}

// TestSchedule_Sandbox: a text is sent by the sandbox's clock, and lists use that clock.
func TestSchedule_Sandbox(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newPair(t, testworld.Options{Backend: b})
		at := w.Clock.Now().Add(29 * 24 * time.Hour)
		m, _, err := w.SendSMS(t.Context(), w.Test, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: at}, nil)
		if err != nil {
			t.Fatal(err)
		}

		live := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: at})
		if _, _, err := w.Advance(t.Context(), w.Test, 29*24*time.Hour+time.Hour); err != nil {
			t.Fatal(err)
		}

		got, err := w.Dispatcher.Query.GetMessage(t.Context(), w.Test, m.ID)
		if err != nil || got.State != message.Delivered || !got.SentAt.Equal(at) {
			t.Errorf("%v at %v, %v", got.State, got.SentAt, err)
		}
		if got := readMessage(t, w.World, live.ID).State; got != message.Scheduled {
			t.Errorf("the live one is %v", got)
		}

		next, _, err := w.SendSMS(t.Context(), w.Test, engine.SMSRequest{To: phoneA, Body: "y"}, nil)
		if err != nil {
			t.Fatal(err)
		}

		code, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(phoneA), nil)
		if err != nil {
			t.Fatal(err)
		}

		f := query.Filter{From: at, Before: at.Add(2 * time.Hour)}
		texts, _, err := w.Dispatcher.Query.ListMessages(t.Context(), w.Test, f, [16]byte{}, 10)
		codes, _, err2 := w.Dispatcher.Query.ListOTPs(t.Context(), w.Test, f, [16]byte{}, 10)
		if err != nil || err2 != nil || len(texts) != 1 || texts[0].ID != next.ID || len(codes) != 1 ||
			codes[0].ID != code.OTP.ID {
			t.Errorf("created in that hour: %v, %v, %v, %v", texts, codes, err, err2)
		}
	})
}
