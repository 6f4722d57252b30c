package dispatch_test

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// revoking is a carrier that can take messages back.
type revoking struct {
	*testworld.Carrier
	answer func(ctx context.Context) error

	mu  sync.Mutex
	ids []string
}

func (r *revoking) Revoke(ctx context.Context, id, ref string) error {
	r.mu.Lock()
	r.ids = append(r.ids, cmp.Or(id, ref))
	r.mu.Unlock()
	if r.answer == nil {
		return nil
	}
	return r.answer(ctx)
}

func (r *revoking) revoked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ids)
}

// newRevoking is a world with a carrier that can take messages back, and one that cannot.
func newRevoking(t *testing.T, b store.Backend) (*testworld.World, *revoking) {
	t.Helper()
	k := &revoking{Carrier: testworld.NewCarrier("tg", message.Telegram)}
	sms := testworld.NewCarrier("smsc", message.SMS)
	w := testworld.New(t, testworld.Options{
		Backend: b, Carriers: []carrier.Carrier{k, sms}, Prices: prices, Credits: 1000,
	})

	return w, k
}

// What a carrier accepted and the phone did not get is revoked by a cancellation.
func TestRevoke_WhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w, k := newRevoking(t, b)
		for n, c := range []struct {
			name    string
			channel message.Channel
			script  []testworld.Answer
			then    func(s engine.OTPSent)
			want    []string
		}{
			{name: "accepted", channel: message.Telegram, want: []string{"tg-1"}},
			{
				name: "delivered", channel: message.Telegram,
				then: func(s engine.OTPSent) { receipt(t, w, s, 0, carrier.Delivered, "") },
			},
			{name: "rejected", channel: message.Telegram, script: []testworld.Answer{testworld.Rejects(message.NotOnChannel)}},
			{name: "on another carrier", channel: message.SMS},
			{
				name: "accepted at the second try", channel: message.Telegram, want: []string{"tg-5"},
				script: []testworld.Answer{testworld.Throttles(0), testworld.Accepts},
			},
		} {
			k.Script(c.script...)
			s := send(t, w, testworld.To(testworld.Number(n), c.channel))
			pass(t, w, time.Second)
			if c.then != nil {
				c.then(s)
			}

			before := len(k.revoked())
			cancel(t, w, s.OTP.ID)
			w.Settle()
			if got := k.revoked()[before:]; !slices.Equal(got, c.want) {
				t.Errorf("%s: revoked %q, want %q", c.name, got, c.want)
			}
		}
	})
}

// A submit that waits for its answer, such as a call that rings, is revoked by our reference.
func TestRevoke_Unanswered(t *testing.T) {
	t.Parallel()
	w, k := newRevoking(t, nil)
	answers := make(chan carrier.Result)
	k.Script(testworld.Held(answers))
	done := make(chan struct{})
	go func() {
		defer close(done)
		send(t, w, testworld.To(phoneA, message.Telegram))
	}()
	for deadline := time.Now().Add(time.Minute); len(k.Sent()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was submitted")
		}
	}

	ref := k.Sent()[0].Ref
	key, _, _ := dispatch.ParseRef(ref)
	rows, err := w.Dispatcher.Config.Store.Find(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := store.Get[store.Message](rows, key)
	cancel(t, w, m.OTP)
	for deadline := time.Now().Add(time.Minute); len(k.revoked()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the submit was not revoked")
		}
	}
	if got := k.revoked(); !slices.Equal(got, []string{ref}) {
		t.Errorf("revoked %q, want %q", got, ref)
	}
	answers <- carrier.Result{Outcome: carrier.Rejected, Reason: message.NoAnswer}
	<-done
	w.Settle()
}

func TestRevoke_Replaced(t *testing.T) {
	t.Parallel()
	w, k := newRevoking(t, nil)
	first := send(t, w, testworld.To(phoneA, message.Telegram))
	again := testworld.To(phoneA, message.Telegram)
	again.ForceNew = true
	if second := send(t, w, again); second.OTP.ID == first.OTP.ID {
		t.Fatal("the code was not replaced")
	}
	w.Settle()
	if got := k.revoked(); !slices.Equal(got, []string{"tg-1"}) {
		t.Errorf("revoked %q, want the first message", got)
	}
}

// A carrier that hangs or refuses neither delays nor fails a cancellation, and holds up at most so many.
func TestRevoke_Hangs(t *testing.T) {
	t.Parallel()
	w, k := newRevoking(t, nil)
	release := make(chan struct{})
	k.answer = func(context.Context) error {
		<-release
		return errors.New("refused")
	}

	const more = 10
	for n := range dispatch.MaxRevoking + more {
		s := send(t, w, testworld.To(testworld.Number(n), message.Telegram))
		cancel(t, w, s.OTP.ID)
		if got := w.Read(t, s.OTP.ID); got.State() != "canceled" {
			t.Fatalf("the OTP is %s", got.State())
		}
	}

	close(release)
	w.Settle()
	if got := len(k.revoked()); got != dispatch.MaxRevoking {
		t.Errorf("%d were revoked, want %d", got, dispatch.MaxRevoking)
	}
}

// A code that expired unseen after its OTP ended gives its credits back.
func TestCredits_ExpiredInTransit(t *testing.T) {
	t.Parallel()
	w, _ := newRevoking(t, nil)
	before := w.Balance(t).Credits
	s := send(t, w, testworld.To(phoneA, message.Telegram))
	if got := w.Balance(t); got.Credits != before-testworld.TelegramPrice.Credits {
		t.Errorf("%d credits after the send", got.Credits)
	}

	pass(t, w, 6*time.Minute)
	receipt(t, w, s, 0, carrier.Failed, message.ExpiredInTransit)
	if got := w.Balance(t); got.Credits != before || got.Held != 0 {
		t.Errorf("%+v, want %d credits back", got, before)
	}
}

// What a carrier accepted lately and did not report on is found for its next run.
func TestUnreported(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w, _ := newRevoking(t, b)
		old := send(t, w, testworld.To(testworld.Number(1), message.Telegram))
		pass(t, w, time.Minute)
		since := w.Clock.Now()
		open := send(t, w, testworld.To(testworld.Number(2), message.Telegram))
		done := send(t, w, testworld.To(testworld.Number(3), message.Telegram))
		receipt(t, w, done, 0, carrier.Delivered, "")
		send(t, w, testworld.To(testworld.Number(4), message.SMS))

		find := func(name string, since time.Time, most int) []carrier.Unreported {
			got, err := w.Sink().Unreported(t.Context(), name, since, most)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		m := messageOf(t, w, open)
		want := carrier.Unreported{ID: "tg-2", Ref: dispatch.RefOf(m, 0), At: m.Attempts[0].At, Validity: 5 * time.Minute}
		got := find("tg", since, 10)
		if len(got) != 1 || got[0].ID != want.ID || got[0].Ref != want.Ref || !got[0].At.Equal(want.At) ||
			got[0].Validity.Round(time.Second) != want.Validity {
			t.Errorf("got %+v, want %+v", got, want)
		}

		all := find("tg", time.Time{}, 10)
		if len(all) != 2 || all[0].Ref != dispatch.RefOf(messageOf(t, w, old), 0) || len(find("tg", time.Time{}, 1)) != 1 {
			t.Errorf("got %+v", all)
		}
	})
}
