package dispatch_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestCredits_Cost(t *testing.T) {
	t.Parallel()
	both := []message.Channel{message.WhatsApp, message.SMS}
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 10_000})
		for i, c := range []struct {
			name     string
			channels []message.Channel
			wa, sms  testworld.Answer
			then     func(s engine.OTPSent)
			held     int64 // right after the send
			cost     int64 // when it is over
		}{
			{
				name: "the cheap step is captured, the rest released", channels: both, held: 5, cost: 3,
				then: func(s engine.OTPSent) { receipt(t, w.World, s, 0, carrier.Delivered, "") },
			},
			{name: "the expensive step is captured after a rejection", channels: both, wa: testworld.Rejects(message.NotOnChannel), cost: 8},
			{
				name: "both steps are accepted: the most expensive counts", channels: both, held: 5, cost: 8,
				then: func(engine.OTPSent) { pass(t, w.World, 21*time.Second) },
			},
			{
				name: "both are accepted, and the expensive one fails", channels: both, held: 5, cost: 3,
				then: func(s engine.OTPSent) {
					pass(t, w.World, 21*time.Second)
					receipt(t, w.World, s, 1, carrier.Failed, message.Unreachable)
				},
			},
			{
				name: "the first fails by receipt, the second is accepted", channels: both, held: 5, cost: 8,
				then: func(s engine.OTPSent) { receipt(t, w.World, s, 0, carrier.Failed, message.Unreachable) },
			},
			{
				name: "both fail by receipt", channels: both, held: 5, cost: 0,
				then: func(s engine.OTPSent) {
					receipt(t, w.World, s, 0, carrier.Failed, message.Unreachable)
					receipt(t, w.World, s, 1, carrier.Failed, message.Unreachable)
				},
			},
			{
				name: "one step, failed by receipt", channels: both[1:], cost: 0,
				then: func(s engine.OTPSent) { receipt(t, w.World, s, 0, carrier.Failed, message.Unreachable) },
			},
			{
				name: "verified while the fallback waits", channels: both, held: 5, cost: 3,
				then: func(s engine.OTPSent) { verify(t, w.World, s.OTP.ID, codeOf(w.WhatsApp)) },
			},
			{
				name: "cancelled while the last step is retried", channels: both[1:], sms: testworld.Throttles(0), held: 8, cost: 0,
				then: func(s engine.OTPSent) { cancel(t, w.World, s.OTP.ID) },
			},
			{
				name: "expired while the last step is retried", channels: both[1:], sms: testworld.Throttles(0), held: 8, cost: 0,
				then: func(engine.OTPSent) { pass(t, w.World, 6*time.Minute) },
			},
			{
				name: "resent: paid for each send", channels: both[1:], cost: 16,
				then: func(s engine.OTPSent) { send(t, w.World, testworld.To(s.To.E164())) },
			},
		} {
			w.WhatsApp.Script(c.wa)
			w.SMS.Script(c.sms)
			before := w.Balance(t)
			s := send(t, w.World, testworld.To(testworld.Number(i), c.channels...))
			if got := w.Balance(t); got.Held != c.held {
				t.Errorf("%s: held %d after the send, want %d", c.name, got.Held, c.held)
			}
			if c.then != nil {
				c.then(s)
			}
			if got := w.Balance(t); got.Held != 0 || before.Credits-got.Credits != c.cost {
				t.Errorf("%s: cost %d, held %d; want %d, 0", c.name, before.Credits-got.Credits, got.Held, c.cost)
			}
		}
	})
}

func TestCredits_PerSegment(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	if m := s.Message; m.Plan[0].Price != 8*int64(m.Plan[0].Segments) || m.Plan[0].Segments < 1 {
		t.Errorf("step %+v", m.Plan[0])
	}
}

// money is the world of the model, with the OTPs that exist.
type money struct {
	trio
	sent  []engine.OTPSent
	codes map[int]string
}

func answerOf(rt *rapid.T, label string) testworld.Answer {
	return rapid.SampledFrom([]testworld.Answer{
		testworld.Accepts, testworld.Accepts, testworld.Rejects(message.InvalidDestination),
		testworld.Rejects(message.Unreachable), testworld.Throttles(0),
		func(context.Context, carrier.Message) carrier.Result { return carrier.Result{} },
	}).Draw(rt, label)
}

// After any operations in any order, the entries sum to the balance, no balance is below zero, and nothing is held when
// everything is over.
func TestCredits_Model(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := money{trio: newTrio(t, testworld.Options{Credits: 60}), codes: map[int]string{}}
		defer func() { _ = w.Dispatcher.Config.Store.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"send":    w.send,
			"receipt": w.receipt,
			"verify": func(rt *rapid.T) {
				if i := w.pick(rt); i >= 0 {
					code := rapid.SampledFrom([]string{w.codes[i], wrong(w.codes[i])}).Draw(rt, "code")
					_, _, _ = w.VerifyOTP(context.Background(), w.Live, w.sent[i].OTP.ID, secret.NewString(code), nil)
				}
			},
			"cancel": func(rt *rapid.T) {
				if i := w.pick(rt); i >= 0 {
					_, _, _ = w.CancelOTP(context.Background(), w.Live, w.sent[i].OTP.ID, nil)
				}
			},
			"resend": func(rt *rapid.T) {
				if i := w.pick(rt); i >= 0 {
					w.keep(w.ResendOTP(context.Background(), w.Live, w.sent[i].OTP.ID, 0, nil))
				}
			},
			"time": func(rt *rapid.T) {
				w.Clock.Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
				w.Sweep(t)
			},
			"restart": func(*rapid.T) {
				w.World = w.Restart(t, nil)
				if err := w.Dispatcher.Recover(context.Background()); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(*rapid.T) { w.Balance(t) },
		})

		for range 15 {
			w.Clock.Add(30 * time.Second)
			w.Sweep(t)
		}
		if got := w.Balance(t); got.Held != 0 {
			rt.Fatalf("%d credits are held although everything is over", got.Held)
		}

		var paid int64
		for _, s := range w.sent {
			paid += messageOf(t, w.World, s).Charged
		}
		if got := reportOf(t, w.World, 0).Total.Credits; got != paid {
			rt.Fatalf("statistics count %d credits, messages were charged %d", got, paid)
		}
		if got := w.Balance(t); got.Credits+paid != 60 {
			rt.Fatalf("messages were charged %d, and %d of 60 credits are left", paid, got.Credits)
		}
	})
}

func (w *money) pick(rt *rapid.T) int {
	if len(w.sent) == 0 {
		return -1
	}
	return rapid.IntRange(0, len(w.sent)-1).Draw(rt, "which")
}

func (w *money) keep(s engine.OTPSent, _ *idempotency.Answer, err error) {
	if err != nil {
		return
	}
	w.codes[len(w.sent)] = "000000"
	for _, c := range []*testworld.Carrier{w.WhatsApp, w.SMS, w.Telegram} {
		if sent := c.Sent(); len(sent) > 0 && sent[len(sent)-1].Ref == dispatch.RefOf(s.Message, 0) {
			w.codes[len(w.sent)] = codeOf(c)
		}
	}
	w.sent = append(w.sent, s)
}

func (w *money) send(rt *rapid.T) {
	for _, c := range []*testworld.Carrier{w.WhatsApp, w.SMS, w.Telegram} {
		c.Script(answerOf(rt, "first"), answerOf(rt, "second"), answerOf(rt, "then"))
	}
	channels := []message.Channel{message.WhatsApp, message.SMS, message.Telegram}
	r := testworld.To(testworld.Number(rapid.IntRange(0, 2).Draw(rt, "number")),
		rapid.Permutation(channels).Draw(rt, "channels")[:rapid.IntRange(1, 3).Draw(rt, "steps")]...)
	r.ForceNew = rapid.Bool().Draw(rt, "force")
	w.keep(w.SendOTP(context.Background(), w.Live, r, nil))
}

func (w *money) receipt(rt *rapid.T) {
	i := w.pick(rt)
	if i < 0 {
		return
	}

	m := w.sent[i].Message
	attempt := rapid.IntRange(0, 2).Draw(rt, "attempt")
	for _, k := range []string{"wa", "smsc", "tg"} {
		// Only the receipt of the attempt's carrier is applied.
		_, _ = w.Dispatcher.Receipt(context.Background(), carrier.Receipt{
			Carrier: k, Ref: dispatch.RefOf(m, attempt), Reason: message.Unreachable,
			Status: rapid.SampledFrom([]carrier.Status{carrier.Delivered, carrier.Read, carrier.Failed}).Draw(rt, "status"),
		})
	}
	w.Settle()
}
