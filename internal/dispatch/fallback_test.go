package dispatch_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/testworld"
)

// inBubble runs the engine's loops in a synctest bubble.
func inBubble(t *testing.T, test func(t *testing.T, w trio)) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now})
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- w.Dispatcher.Run(ctx) }()
		test(t, w)
		stop()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
		w.Settle()
	})
}

// until waits for the carrier's n-th submit, and returns how long that took.
func until(t *testing.T, c *testworld.Carrier, n int, within time.Duration) time.Duration {
	t.Helper()
	start := time.Now()
	for len(c.Sent()) < n {
		if time.Since(start) > within {
			t.Fatalf("%s has %d texts after %v, want %d", c.Name(), len(c.Sent()), within, n)
		}
		time.Sleep(100 * time.Millisecond)
	}
	synctest.Wait()

	return time.Since(start)
}

func TestFallback_Timer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, second message.Channel
		after, want   time.Duration
	}{
		"telegram":              {message.Telegram, message.SMS, 0, 15 * time.Second},
		"whatsapp":              {message.WhatsApp, message.SMS, 0, 20 * time.Second},
		"sms":                   {message.SMS, message.WhatsApp, 0, 45 * time.Second},
		"fallback.after 5 s":    {message.SMS, message.WhatsApp, 5 * time.Second, 5 * time.Second},
		"fallback.after 300 s":  {message.Telegram, message.SMS, 300 * time.Second, 300 * time.Second},
		"fallback.after 2m, wa": {message.WhatsApp, message.SMS, 120 * time.Second, 120 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, w trio) {
				by := map[message.Channel]*testworld.Carrier{
					message.Telegram: w.Telegram, message.WhatsApp: w.WhatsApp, message.SMS: w.SMS,
				}
				r := testworld.To(phoneA, c.first, c.second)
				r.FallbackAfter, r.ExpiresIn = c.after, time.Hour
				s := send(t, w.World, r)
				took := until(t, by[c.second], 1, 10*time.Minute)
				if took < c.want || took > c.want+time.Second {
					t.Errorf("fell back after %v, want %v", took, c.want)
				}
				if codeOf(by[c.first]) != codeOf(by[c.second]) {
					t.Error("the second channel got another code")
				}

				got := w.Read(t, s.OTP.ID)
				if got.Channel() != c.second || len(got.Sent[0].Attempts) != 2 || got.State() != "sent" {
					t.Errorf("over %v, %s", got.Channel(), got.State())
				}
			})
		})
	}
}

func TestFallback_Rejected(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w trio) {
		w.Telegram.Script(testworld.Rejects(message.NotOnChannel))
		w.WhatsApp.Script(testworld.Throttles(time.Hour))
		start := time.Now()
		s := send(t, w.World, testworld.To(phoneA, message.Telegram, message.WhatsApp, message.SMS))
		if took := time.Since(start); took > time.Second || !s.Accepted() || s.Channel() != message.SMS {
			t.Errorf("over %v after %v", s.Channel(), took)
		}
		if b := w.Balance(t); b.Credits != 992 || b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
	})
}

func TestFallback_FailedReceipt(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w trio) {
		s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
		time.Sleep(3 * time.Second)
		receipt(t, w.World, s, 0, carrier.Failed, message.NotOnChannel)
		if took := until(t, w.SMS, 1, time.Minute); took > time.Second {
			t.Errorf("fell back after %v", took)
		}

		time.Sleep(10 * time.Minute)
		if n := len(w.SMS.Sent()) + len(w.WhatsApp.Sent()); n != 2 {
			t.Errorf("%d texts, want 2", n)
		}
	})
}

func TestFallback_NotWhenDelivered(t *testing.T) {
	t.Parallel()
	for _, status := range []carrier.Status{carrier.Delivered, carrier.Read} {
		inBubble(t, func(t *testing.T, w trio) {
			s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
			time.Sleep(19 * time.Second)
			receipt(t, w.World, s, 0, status, "")
			time.Sleep(10 * time.Minute)
			if n := len(w.SMS.Sent()); n != 0 {
				t.Errorf("%d texts by SMS", n)
			}
			if got := w.Read(t, s.OTP.ID); got.State() != "expired" {
				t.Errorf("state %s", got.State())
			}
		})
	}
}

// Late and repeated receipts of both steps do not move the message back.
func TestReceipt_WrongOrder(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w trio) {
		s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
		until(t, w.SMS, 1, time.Minute)
		receipt(t, w.World, s, 1, carrier.Delivered, "")
		for _, late := range []carrier.Status{carrier.Buffered, carrier.Failed, carrier.Delivered} {
			receipt(t, w.World, s, 0, late, message.Unreachable)
			if m := messageOf(t, w.World, s); m.State != message.Delivered {
				t.Errorf("after a late %v the message is %v", late, m.State)
			}
		}

		receipt(t, w.World, s, 1, carrier.Failed, message.Unreachable)
		receipt(t, w.World, s, 0, carrier.Read, "") // after the first final one of its step
		if m := messageOf(t, w.World, s); m.State != message.Delivered {
			t.Errorf("the message is %v, want delivered", m.State)
		}

		receipt(t, w.World, s, 1, carrier.Read, "")
		receipt(t, w.World, s, 1, carrier.Delivered, "")
		if m := messageOf(t, w.World, s); m.State != message.Read {
			t.Errorf("the message is %v, want read", m.State)
		}
		if b := w.Balance(t); b.Held != 0 || b.Credits != 992 {
			t.Errorf("balance %+v", b)
		}
	})
}

// Without an answer the caller gets "pending" after SendWait, and the submit continues.
func TestSendWait_NoAnswer(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w trio) {
		w.WhatsApp.Script(testworld.Hangs)
		start := time.Now()
		s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
		if took := time.Since(start); took != 5*time.Second || s.Accepted() {
			t.Errorf("answered after %v, accepted %v", took, s.Accepted())
		}

		until(t, w.SMS, 1, dispatch.CarrierTimeout)
		if got := w.Read(t, s.OTP.ID); got.State() != "sent" || got.Sent[0].Attempts[0].Progress != message.AttemptUnknown {
			t.Errorf("state %s, attempts %+v", got.State(), got.Sent[0].Attempts)
		}
	})
}

// A caller that hangs up does not interrupt the submit.
func TestSendWait_CallerGone(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w trio) {
		answers := make(chan carrier.Result)
		w.SMS.Script(testworld.Held(answers))
		ctx, hangUp := context.WithCancel(t.Context())
		sent := make(chan engine.OTPSent, 1)
		go func() {
			s, _, _ := w.SendOTP(ctx, w.Live, testworld.To(phoneA), nil)
			sent <- s
		}()

		synctest.Wait()
		hangUp()
		answers <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"x"}}
		if s := <-sent; w.Read(t, s.OTP.ID).State() != "sent" {
			t.Errorf("state %s", w.Read(t, s.OTP.ID).State())
		}
	})
}

func TestCarrier_Panics(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.WhatsApp.Script(func(context.Context, carrier.Message) carrier.Result { panic("bug") })
	s := send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
	if got := w.Read(t, s.OTP.ID); !s.Accepted() || got.Sent[0].Attempts[0].Progress != message.AttemptUnknown {
		t.Errorf("sent %+v", got.Sent[0])
	}
	if got := verify(t, w.World, s.OTP.ID, codeOf(w.SMS)); got != otp.Valid {
		t.Errorf("the code is %q", got)
	}
}

// A carrier that fails is avoided until its rest is over.
func TestCarrier_Down(t *testing.T) {
	t.Parallel()
	first, second := testworld.NewCarrier("first", message.SMS), testworld.NewCarrier("second", message.SMS)
	w := testworld.New(t, testworld.Options{
		Carriers: []carrier.Carrier{second, first}, Credits: 1000, Prices: []route.Price{smsPrice},
		Routes: []route.Rule{{Channel: message.SMS, Carriers: []string{"first", "second"}}},
	})

	first.Script(testworld.Throttles(0))
	for i := range 8 {
		if s := send(t, w, testworld.To(testworld.Number(i))); s.Message.StepOf(s.Message.Shown()).Carrier != "second" {
			t.Errorf("send %d went over %s", i, s.Message.StepOf(s.Message.Shown()).Carrier)
		}
	}
	if n := len(first.Sent()); n != 5 {
		t.Errorf("the failing carrier was tried %d times, want 5", n)
	}

	first.Script()
	w.Clock.Add(route.Rest)
	send(t, w, testworld.To(testworld.Number(9)))
	if n := len(first.Sent()); n != 6 {
		t.Errorf("the carrier was not tried again after its rest")
	}
	if b := w.Balance(t); b.Credits != 1000-9*8 || b.Held != 0 {
		t.Errorf("balance %+v", b)
	}
}

// After its rest, a carrier that fails gets one message; the others go to the next carrier until that one is answered.
func TestCarrier_OneProbe(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		first, second := testworld.NewCarrier("first", message.SMS), testworld.NewCarrier("second", message.SMS)
		w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{first, second}, Now: time.Now})
		first.Script(testworld.Throttles(0))
		for i := range 5 {
			send(t, w, testworld.To(testworld.Number(i)))
		}

		answers := make(chan carrier.Result)
		first.Script(testworld.Held(answers), testworld.Accepts)
		time.Sleep(route.Rest)
		var sending sync.WaitGroup
		sending.Go(func() { send(t, w, testworld.To(testworld.Number(10))) })
		synctest.Wait()
		for i := range 3 {
			send(t, w, testworld.To(testworld.Number(20+i)))
		}
		if a, b := len(first.Sent()), len(second.Sent()); a != 6 || b != 8 {
			t.Errorf("while it is probed, %d and %d submits, want 6 and 8", a, b)
		}

		answers <- carrier.Result{Outcome: carrier.Accepted}
		sending.Wait()
		send(t, w, testworld.To(testworld.Number(30)))
		if n := len(first.Sent()); n != 7 {
			t.Errorf("it works again and has %d submits, want 7", n)
		}
	})
}

// The plan ends when a carrier without receipts accepts the message.
func TestFallback_NotWithoutReceipts(t *testing.T) {
	t.Parallel()
	quiet := testworld.NewCarrier("quiet", message.SMS).WithoutReceipts()
	other := testworld.NewCarrier("wa", message.WhatsApp)
	w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{quiet, other}})
	s := send(t, w, testworld.To(phoneA, message.SMS, message.WhatsApp))
	pass(t, w, 2*time.Minute)
	if m := messageOf(t, w, s); !m.Over || len(other.Sent()) != 0 {
		t.Errorf("over %v, %d texts on the second channel", m.Over, len(other.Sent()))
	}
}
