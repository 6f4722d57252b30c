package dispatch_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/testworld"
)

// hung sends a code whose only submit gets no answer in time.
func hung(t *testing.T) (trio, func(carrier.Answer)) {
	t.Helper()
	w := newTrio(t, testworld.Options{})
	w.SMS.Script(testworld.AnswersWith(carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierTimeout}))
	send(t, w.World, testworld.To(phoneA))

	return w, func(a carrier.Answer) {
		t.Helper()
		a.Ref = w.SMS.Sent()[0].Ref
		if err := w.Sink().Answer(t.Context(), a); err != nil {
			t.Fatalf("late answer: %v", err)
		}
		w.Settle()
	}
}

// The message is sent and paid once, no copy follows, and receipts with the late ids are matched.
func TestAnswer_LateAccepted(t *testing.T) {
	t.Parallel()
	w, answer := hung(t)
	answer(carrier.Answer{Carrier: "smsc", Result: carrier.Result{Outcome: carrier.Accepted, IDs: []string{"late-1"}}})
	pass(t, w.World, 2*time.Minute)

	if n := len(w.SMS.Sent()); n != 1 {
		t.Errorf("%d submits, want 1", n)
	}
	if b := w.Balance(t); b.Credits != 992 || b.Held != 0 {
		t.Errorf("balance %+v", b)
	}

	list := newest(t, w)
	if list.State != message.Sent {
		t.Errorf("the message is %v, want sent", list.State)
	}

	_, err := w.Dispatcher.Receipt(t.Context(), carrier.Receipt{Carrier: "smsc", ID: "late-1", Status: carrier.Delivered})
	if got := newest(t, w); err != nil || got.State != message.Delivered {
		t.Errorf("after its receipt: %v, %v", got.State, err)
	}
}

func TestAnswer_LateRejected(t *testing.T) {
	t.Parallel()
	w, answer := hung(t)
	answer(carrier.Answer{Carrier: "smsc", Result: carrier.Result{
		Outcome: carrier.Rejected, Reason: message.InvalidDestination, CarrierCode: "0x0000000b",
	}})
	pass(t, w.World, 2*time.Minute)

	if n := len(w.SMS.Sent()); n != 1 {
		t.Errorf("%d submits, want 1", n)
	}
	if m := newest(t, w); m.State != message.Failed || m.Reason != message.InvalidDestination || m.CarrierCode != "0x0000000b" {
		t.Errorf("the message is %v, %s %s", m.State, m.Reason, m.CarrierCode)
	}
}

// The carrier did not accept the submit, so the next one is no copy.
func TestAnswer_LateRetry(t *testing.T) {
	t.Parallel()
	w, answer := hung(t)
	answer(carrier.Answer{Carrier: "smsc", Result: carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x00000058",
	}})
	if m := newest(t, w); m.Attempts[0].Progress != message.AttemptRetrying || m.Attempts[0].UnknownSubmits != 0 {
		t.Errorf("the attempt is %+v", m.Attempts[0])
	}

	w.SMS.Script(testworld.Accepts)
	pass(t, w.World, 3*time.Second)
	if m := newest(t, w); m.State != message.Sent || m.Attempts[0].Repeated || len(w.SMS.Sent()) != 2 {
		t.Errorf("the message is %v after %d submits, %+v", m.State, len(w.SMS.Sent()), m.Attempts)
	}
}

// Answers of another carrier, with an unknown reference or with an unknown outcome change nothing.
func TestAnswer_LateIgnored(t *testing.T) {
	t.Parallel()
	w, answer := hung(t)
	accepted := carrier.Result{Outcome: carrier.Accepted, IDs: []string{"x"}}
	answer(carrier.Answer{Carrier: "wa", Result: accepted})
	answer(carrier.Answer{Carrier: "smsc", Result: carrier.Result{Outcome: carrier.Unknown}})
	for _, ref := range []string{"", "x", w.SMS.Sent()[0].Ref + "7"} {
		late := carrier.Answer{Carrier: "smsc", Ref: ref, Result: accepted}
		if err := w.Sink().Answer(t.Context(), late); err != nil {
			t.Errorf("reference %q: %v", ref, err)
		}
	}
	if m := newest(t, w); m.State != message.Pending || m.Attempts[0].Progress != message.AttemptUnknown {
		t.Errorf("the message is %v, its attempt %v", m.State, m.Attempts[0].Progress)
	}
}

// newest is the message of the world's newest code.
func newest(t *testing.T, w trio) message.Message {
	t.Helper()
	list, _, err := w.Dispatcher.Query.ListOTPs(t.Context(), w.Live, query.Filter{}, [16]byte{}, 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("list %v, %v", list, err)
	}
	return list[0].Sent[len(list[0].Sent)-1].Message
}

// The fallback timer starts with the submit, so the next step may begin before the first has its answer, which is
// stored later.
func TestFallback_Unanswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		late     carrier.Result
		progress message.Progress
	}{
		"accepted": {carrier.Result{Outcome: carrier.Accepted, IDs: []string{"late"}}, message.AttemptAccepted},
		"rejected": {carrier.Result{Outcome: carrier.Rejected, Reason: message.NotOnChannel}, message.AttemptRejected},
		"retry":    {carrier.Result{Outcome: carrier.Retry}, message.AttemptRejected},
		"unknown":  {carrier.Result{Outcome: carrier.Unknown}, message.AttemptUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, w trio) {
				answers := make(chan carrier.Result)
				w.WhatsApp.Script(testworld.Held(answers))
				r := testworld.To(phoneA, message.WhatsApp, message.SMS)
				r.FallbackAfter = 5 * time.Second
				send(t, w.World, r)
				if took := until(t, w.SMS, 1, 5*time.Second); took > time.Second {
					t.Errorf("fell back %v after the answer to the client", took)
				}

				answers <- c.late
				time.Sleep(time.Second)
				m := newest(t, w)
				second := m.Attempts[1].Progress
				if m.State != message.Sent || m.Attempts[0].Progress != c.progress || second != message.AttemptAccepted {
					t.Errorf("%v, %+v", m.State, m.Attempts)
				}

				time.Sleep(6 * time.Minute)
				if a, b := len(w.WhatsApp.Sent()), len(w.SMS.Sent()); a != 1 || b != 1 {
					t.Errorf("%d and %d submits, want 1 each", a, b)
				}
			})
		})
	}
}
