package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// lost has an unknown outcome.
func lost(context.Context, carrier.Message) carrier.Result {
	return carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierTimeout}
}

// broken asks for a retry, and may have accepted the message nevertheless.
func broken(context.Context, carrier.Message) carrier.Result {
	return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 500", MaybeAccepted: true}
}

func perNumber(n int) engine.Limits {
	return engine.Limits{SendsPerNumber: []guard.Rate{{N: n, Per: 10 * time.Minute}}}
}

// TestSendGap_AfterRejection: nothing reached the phone, so a caller that then asks for another channel need not wait,
// and no limit has counted the send.
func TestSendGap_AfterRejection(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Limits: defaults, Credits: 10_000})
		for name, c := range map[string]struct {
			answer testworld.Answer
			code   fault.Code // of the first send's refusal; empty = none
		}{
			"not on the channel":  {answer: testworld.Rejects(message.NotOnChannel)},
			"no such number":      {answer: testworld.Rejects(message.InvalidDestination), code: fault.InvalidPhone},
			"throttled":           {answer: testworld.Throttles(0)},
			"HTTP 500, the first": {answer: broken},
			"the operator's fault": {
				answer: testworld.AnswersWith(carrier.Result{Outcome: carrier.Retry, CarrierCode: "HTTP 401"}),
			},
		} {
			to := testworld.Number(len(name))
			w.SMS.Script(c.answer)
			_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(to), nil)
			if c.code != "" {
				refused(t, err, c.code)
			} else if err != nil {
				t.Errorf("%s: the first send: %v", name, err)
			}
			if log := w.Contact(t, id.Live, to).Sends; len(log) != 0 {
				t.Errorf("%s: the number's log has %v", name, log)
			}

			s, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(to, message.WhatsApp), nil)
			if err != nil || !s.Accepted() {
				t.Errorf("%s: the second send: %v", name, err)
			}
			if log := w.Contact(t, id.Live, to).Sends; len(log) != 1 {
				t.Errorf("%s: the number's log has %v after an accepted send", name, log)
			}
			if _, _, err = w.SendOTP(t.Context(), w.Live, testworld.To(to), nil); err == nil {
				t.Errorf("%s: the gap did not begin with the accepted send", name)
			}
		}
	})
}

// TestSendGap_AfterUnknown: a submit without an answer begins the gap, and so does the second that was answered 500.
func TestSendGap_AfterUnknown(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]testworld.Answer{"unknown": lost, "HTTP 500": broken} {
		t.Run(name, func(t *testing.T) {
			w := newTrio(t, testworld.Options{Limits: defaults})
			w.SMS.Script(answer)
			s := send(t, w.World, testworld.To(phoneA))
			if name != "unknown" {
				elapse(t, w.World, 2*time.Second)
			}

			_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA, message.WhatsApp), nil)
			if f := refused(t, err, fault.RateLimitExceeded); f.Details.OTPID != s.OTP.ID.String() {
				t.Errorf("details %+v, want the pending %s", f.Details, s.OTP.ID)
			}
		})
	}
}

// How often a carrier is given a code that lives for five minutes, within the limits of its number.
func TestCopies_WithinLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limits  engine.Limits
		answer  testworld.Answer
		submits int
		counted int // in the number's limits
	}{
		"unknown, repeated once":   {answer: lost, submits: 2, counted: 2},
		"unknown, no room":         {limits: perNumber(1), answer: lost, submits: 1, counted: 1},
		"unknown, room for one":    {limits: perNumber(2), answer: lost, submits: 2, counted: 2},
		"500, as often as allowed": {limits: perNumber(3), answer: broken, submits: 4, counted: 3},
		"429 is never a copy":      {limits: perNumber(2), answer: testworld.Throttles(0), submits: 10, counted: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, testworld.Options{Limits: c.limits})
			w.SMS.Script(c.answer)
			send(t, w.World, testworld.To(phoneA))
			elapse(t, w.World, 6*time.Minute)
			contact := w.Contact(t, id.Live, phoneA)
			if got := len(w.SMS.Sent()); got != c.submits || len(contact.Sends)+len(contact.Copies) != c.counted {
				t.Errorf("%d submits, want %d; the number's logs have %d and %d, want %d in all",
					got, c.submits, len(contact.Sends), len(contact.Copies), c.counted)
			}
			if b := w.Balance(t); b.Held != 0 || b.Credits != 1000 {
				t.Errorf("balance %+v", b)
			}
		})
	}
}

// TestRetry_After500: a gateway that answered 500 three times and then works gets the code, within a limit of three.
func TestRetry_After500(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: perNumber(3)})
	w.SMS.Script(broken)
	s := send(t, w.World, testworld.To(phoneA))
	elapse(t, w.World, 5*time.Second)
	before := len(w.SMS.Sent())
	w.SMS.Script(testworld.Accepts)
	elapse(t, w.World, 5*time.Second)
	if m := messageOf(t, w.World, s); before != 3 || m.State != message.Sent || len(w.SMS.Sent()) != 4 {
		t.Errorf("%v after %d and %d submits", m.State, before, len(w.SMS.Sent()))
	}

	contact := w.Contact(t, id.Live, phoneA)
	if n := len(contact.Sends) + len(contact.Copies); n != 3 {
		t.Errorf("%d count in the number's limits, want 3", n)
	}
}

// TestCopies_UseUpLimits: a copy counts like a send.
func TestCopies_UseUpLimits(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: perNumber(2)})
	w.SMS.Script(lost)
	send(t, w.World, testworld.To(phoneA))
	elapse(t, w.World, 2*time.Minute)
	w.SMS.Script(testworld.Accepts)
	_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil)
	if f := refused(t, err, fault.RateLimitExceeded); f.Details.Limit != "2/10m" {
		t.Errorf("details %+v", f.Details)
	}
}

// TestCopies_WaitingMessages: codes that waited for a carrier all leave when it is back, but no more than the
// number may get.
func TestCopies_WaitingMessages(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: perNumber(2)})
	w.SMS.Script(testworld.Throttles(0))
	for _, purpose := range []string{"login", "payment", "address"} {
		r := testworld.To(phoneA)
		r.Purpose = purpose
		send(t, w.World, r)
	}

	before := len(w.SMS.Sent())
	w.SMS.Script(testworld.Accepts)
	elapse(t, w.World, 4*time.Minute)
	if got := len(w.SMS.Sent()) - before; got != 2 {
		t.Errorf("%d codes left, want 2", got)
	}
	if contact := w.Contact(t, id.Live, phoneA); len(contact.Sends) != 2 {
		t.Errorf("the number's log has %v", contact.Sends)
	}
}

// TestRetry_OtherCarrierRecovers: a carrier that recovers gets the code, even if another was tried last.
func TestRetry_OtherCarrierRecovers(t *testing.T) {
	t.Parallel()
	w := newPair(t, testworld.Options{})
	down := testworld.AnswersWith(carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "connect",
	})
	w.a.Script(down)
	w.b.Script(broken)
	s := send(t, w.World, testworld.To(phoneA))
	elapse(t, w.World, 3*time.Second)
	w.a.Script(testworld.Accepts)
	elapse(t, w.World, 10*time.Second)
	if m := messageOf(t, w.World, s); m.State != message.Sent || m.StepOf(m.Shown()).Carrier != "a" {
		t.Errorf("%v over %s", m.State, m.StepOf(m.Shown()).Carrier)
	}

	for _, sent := range [][]carrier.Message{w.a.Sent(), w.b.Sent()} {
		for _, m := range sent {
			if m.Ref != sent[0].Ref {
				t.Errorf("a repeat has the reference %s, want %s", m.Ref, sent[0].Ref)
			}
		}
	}
}

// TestOnUnknown_HoldCode: the fallback timer begins a held code's next step, and it is never repeated.
func TestOnUnknown_HoldCode(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	held := w.Live
	held.Settings.OnUnknown = "hold"
	w.WhatsApp.Script(lost)
	w.SMS.Script(lost)
	if _, _, err := w.SendOTP(t.Context(), held, testworld.To(phoneA, message.WhatsApp, message.SMS), nil); err != nil {
		t.Fatal(err)
	}

	elapse(t, w.World, 19*time.Second)
	if n := len(w.SMS.Sent()); n != 0 {
		t.Errorf("%d texts before the timer", n)
	}

	elapse(t, w.World, 5*time.Minute)
	if a, b := len(w.WhatsApp.Sent()), len(w.SMS.Sent()); a != 1 || b != 1 {
		t.Errorf("%d and %d submits, want one each", a, b)
	}
}

// TestRetry_AfterOperatorError: a wrong token fails no message. A text that became due meanwhile is sent once the token
// is right.
func TestRetry_AfterOperatorError(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.SMS.Script(testworld.AnswersWith(carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 401",
	}))
	m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(2 * time.Second)})
	s := send(t, w.World, testworld.To(testworld.Number(1)))
	elapse(t, w.World, 9*time.Second)
	if got := readMessage(t, w.World, m.ID); got.State != message.Pending {
		t.Errorf("the text is %v while the token is wrong", got.State)
	}

	w.SMS.Script(testworld.Accepts)
	elapse(t, w.World, 10*time.Second)
	if got := readMessage(t, w.World, m.ID); got.State != message.Sent {
		t.Errorf("the text is %v in the end", got.State)
	}
	if got := messageOf(t, w.World, s); got.State != message.Sent {
		t.Errorf("the code is %v in the end", got.State)
	}
}

// TestRetry_CarrierDownAndLimitReached: when the number's limit leaves no room for one carrier, the other is tried
// although it is out of order, as early as if it were alone in the plan.
func TestRetry_CarrierDownAndLimitReached(t *testing.T) {
	t.Parallel()
	w := newPair(t, testworld.Options{Limits: perNumber(2)})
	w.a.Script(broken)
	w.b.Script(testworld.AnswersWith(carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "connect",
	}))
	s := send(t, w.World, testworld.To(phoneA))
	elapse(t, w.World, 20*time.Second)
	if down := w.Dispatcher.Down(w.Clock.Now()); len(down) == 0 {
		t.Fatal("no carrier is out of order")
	}

	w.b.Script(testworld.Accepts)
	elapse(t, w.World, 14*time.Second)
	if m := messageOf(t, w.World, s); m.State != message.Sent || m.StepOf(m.Shown()).Carrier != "b" {
		t.Errorf("%v; %d and %d submits", m.State, len(w.a.Sent()), len(w.b.Sent()))
	}
}

// TestLateAnswers_Text: both submits got no answer in time, and by late answers neither was accepted.
func TestLateAnswers_Text(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.SMS.Script(lost)
	m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
	elapse(t, w.World, 3*time.Second)
	if got := readMessage(t, w.World, m.ID); got.State != message.Unknown || len(w.SMS.Sent()) != 2 {
		t.Fatalf("%v after %d submits", got.State, len(w.SMS.Sent()))
	}

	w.SMS.Script(testworld.Accepts)
	for _, sent := range w.SMS.Sent() {
		late := carrier.Answer{
			Carrier: "smsc", Ref: sent.Ref,
			Result: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x00000058"},
		}
		if err := w.Sink().Answer(t.Context(), late); err != nil {
			t.Fatal(err)
		}
	}

	elapse(t, w.World, 20*time.Second)
	if got := readMessage(t, w.World, m.ID); got.State != message.Sent || len(w.SMS.Sent()) != 3 {
		t.Errorf("%v after %d submits", got.State, len(w.SMS.Sent()))
	}
	if b := w.Balance(t); b.Held != 0 || b.Credits != 992 {
		t.Errorf("balance %+v", b)
	}
}
