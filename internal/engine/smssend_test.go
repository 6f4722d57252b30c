package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// pair is a world with two carriers for SMS, prices and 1,000 credits.
type pair struct {
	*testworld.World
	a, b *testworld.Carrier
}

func newPair(t *testing.T, o testworld.Options) pair {
	t.Helper()
	w := pair{a: testworld.NewCarrier("a", message.SMS), b: testworld.NewCarrier("b", message.SMS)}
	o.Carriers = []carrier.Carrier{w.a, w.b}
	o.Prices = []route.Price{smsPrice}
	if o.Credits == 0 {
		o.Credits = 1000
	}
	w.World = testworld.New(t, o)

	return w
}

func text(t *testing.T, w *testworld.World, r engine.SMSRequest) query.Message {
	t.Helper()
	m, _, err := w.SendSMS(t.Context(), w.Live, r, nil)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return m
}

func readMessage(t *testing.T, w *testworld.World, m id.Message) query.Message {
	t.Helper()
	got, err := w.Dispatcher.Query.GetMessage(t.Context(), w.Live, m)
	if err != nil {
		t.Fatalf("read the message: %v", err)
	}
	return got
}

func report(t *testing.T, w *testworld.World, m query.Message, attempt int, status carrier.Status,
	reason message.Reason,
) {
	t.Helper()
	row := readMessage(t, w, m.ID).Message
	_, err := w.Dispatcher.Receipt(t.Context(),
		carrier.Receipt{
			Carrier: row.StepOf(attempt).Carrier, Ref: dispatch.RefOf(row, attempt), Status: status, Reason: reason,
		})
	if err != nil {
		t.Fatalf("receipt: %v", err)
	}
	w.Settle()
}

func TestSendSMS_EndToEnd(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newPair(t, testworld.Options{Backend: b})
		body := "Your parcel [No. 5] costs 3 €"
		m := text(t, w.World, engine.SMSRequest{
			To: phoneA, Body: body, From: "Acme", Metadata: []byte(`{"order":5}`), CallbackURL: "https://example.com/s",
		})
		if m.State != message.Sent || m.ShownStep().Encoding != message.GSM7 || m.ShownStep().Segments != 1 ||
			m.Credits() != 8 || m.To != phoneA || m.Sender != "Acme" {
			t.Errorf("answered %+v", m)
		}

		sent := w.a.Sent()
		if len(sent) != 1 || sent[0].Body.Reveal() != body || sent[0].From != "Acme" || sent[0].To != phoneA ||
			sent[0].Code.Reveal() != "" || sent[0].Validity != 24*time.Hour {
			t.Fatalf("the carrier got %+v", sent)
		}

		// No second carrier is tried, however long the receipt takes.
		elapse(t, w.World, 2*time.Minute)
		report(t, w.World, m, 0, carrier.Delivered, "")
		got := readMessage(t, w.World, m.ID)
		if got.State != message.Delivered || len(got.Attempts) != 1 || len(w.b.Sent()) != 0 ||
			got.CallbackURL != "https://example.com/s" || string(got.Metadata) != `{"order":5}` {
			t.Errorf("it is %+v", got)
		}
		if balance := w.Balance(t); balance != (ledger.Balance{Credits: 992}) {
			t.Errorf("balance %+v", balance)
		}
		if strings.Contains(string(got.Body), "parcel") || strings.Contains(string(got.Number), "32470") {
			t.Error("the text or the number is readable in the database")
		}
	})
}

// TestSendSMS_Costs follows hold, capture and release.
func TestSendSMS_Costs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ж", 71) // two segments
	for name, c := range map[string]struct {
		body       string
		a, b       testworld.Answer
		then       func(w pair, m query.Message)
		state      message.State
		cost, held int64
	}{
		"accepted":         {body: "x", state: message.Sent, cost: 8},
		"two segments":     {body: long, state: message.Sent, cost: 16},
		"the next carrier": {body: long, a: testworld.Rejects(message.CarrierRejected), state: message.Sent, cost: 16},
		"failed by receipt": {
			body: "x", then: func(w pair, m query.Message) { report(t, w.World, m, 0, carrier.Failed, message.Busy) },
			state: message.Failed,
		},
		"throttled by both": {
			body: "x", a: testworld.Throttles(0), b: testworld.Throttles(0), state: message.Pending, held: 8,
		},
		"rejected by both": {
			body: "x", a: testworld.Rejects(message.CarrierRejected), b: testworld.Rejects(message.CarrierRejected),
			then: func(w pair, _ query.Message) { elapse(t, w.World, 5*time.Second) }, state: message.Failed,
		},
		"given up after days": {
			body: "x", a: testworld.Throttles(0), b: testworld.Throttles(time.Hour), state: message.Failed,
			then: func(w pair, _ query.Message) {
				for range 26 {
					w.Clock.Add(time.Hour)
					w.Sweep(t)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newPair(t, testworld.Options{})
			w.a.Script(c.a)
			w.b.Script(c.b)
			m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: c.body})
			if c.then != nil {
				c.then(w, m)
			}
			if got := readMessage(t, w.World, m.ID); got.State != c.state {
				t.Errorf("%v, want %v", got.State, c.state)
			}
			if got := w.Balance(t); got != (ledger.Balance{Credits: 1000 - c.cost - c.held, Held: c.held}) {
				t.Errorf("balance %+v, want %d spent and %d held", got, c.cost, c.held)
			}
		})
	}
}

func TestSendSMS_Refusals(t *testing.T) {
	t.Parallel()
	w := newPair(t, testworld.Options{Credits: 15})
	now := w.Clock.Now()
	for name, c := range map[string]struct {
		r             engine.SMSRequest
		code          fault.Code
		field, reason string
	}{
		"no number": {
			r: engine.SMSRequest{Body: "x"}, code: fault.InvalidPhone, field: "to", reason: "format",
		},
		"a sender of 12": {
			r: engine.SMSRequest{To: phoneA, Body: "x", From: "TwelveLetter"}, code: fault.InvalidParams, field: "from",
		},
		"a sender, no letter": {
			r: engine.SMSRequest{To: phoneA, Body: "x", From: "12-3"}, code: fault.InvalidParams, field: "from",
		},
		"a script as callback": {
			r: engine.SMSRequest{To: phoneA, Body: "x", CallbackURL: "javascript:alert(1)"}, code: fault.InvalidParams,
			field: "callback_url",
		},
		"a password in the URL": {
			r:    engine.SMSRequest{To: phoneA, Body: "x", CallbackURL: "https://u:p@example.com/"},
			code: fault.InvalidParams, field: "callback_url",
		},
		"a time that is now": {
			r: engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: now}, code: fault.InvalidParams,
			field: "scheduled_at",
		},
		"a time that is past": {
			r: engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: now.Add(-time.Second)}, code: fault.InvalidParams,
			field: "scheduled_at",
		},
		"a time too far ahead": {
			r:    engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: now.Add(engine.MaxSchedule + time.Microsecond)},
			code: fault.InvalidParams, field: "scheduled_at",
		},
		"more than the balance": {
			r: engine.SMSRequest{To: phoneA, Body: strings.Repeat("a", 161)}, code: fault.InsufficientCredits,
		},
		"the same, for tomorrow": {
			r:    engine.SMSRequest{To: phoneA, Body: strings.Repeat("a", 161), ScheduledAt: now.Add(24 * time.Hour)},
			code: fault.InsufficientCredits,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, a, err := w.SendSMS(t.Context(), w.Live, c.r, keyed(w.World, w.Live, "k", name))
			f := refused(t, err, c.code)
			if a != nil || f.Details.Field != c.field || f.Details.Reason != c.reason {
				t.Errorf("answer %v, %+v", a, f.Details)
			}
		})
	}
	if n := len(w.a.Sent()) + len(w.b.Sent()); n != 0 || w.Balance(t) != (ledger.Balance{Credits: 15}) {
		t.Errorf("%d texts were sent, balance %+v", n, w.Balance(t))
	}

	list, _, err := w.Dispatcher.Query.ListMessages(t.Context(), w.Live, query.Filter{}, [16]byte{}, 10)
	if err != nil || len(list) != 0 {
		t.Errorf("refusals left %v, %v", list, err)
	}
}

// TestSendSMS_NumberRejected: the answer is stored, because carriers were tried.
func TestSendSMS_NumberRejected(t *testing.T) {
	t.Parallel()
	w := newPair(t, testworld.Options{})
	w.a.Script(testworld.Rejects(message.InvalidDestination))
	w.b.Script(testworld.Rejects(message.InvalidDestination))
	r := engine.SMSRequest{To: phoneA, Body: "x"}
	_, first, err := w.SendSMS(t.Context(), w.Live, r, keyed(w.World, w.Live, "k", "x"))
	if f := refused(t, err, fault.InvalidPhone); f.Details.Reason != "invalid_destination" || first.Status != 422 {
		t.Errorf("refused with %+v, stored %v", f.Details, first)
	}

	_, again, err := w.SendSMS(t.Context(), w.Live, r, keyed(w.World, w.Live, "k", "x"))
	if err != nil || again == nil || string(again.Body) != string(first.Body) || len(w.a.Sent()) != 1 {
		t.Errorf("a repeat got %v, %v", again, err)
	}
	if got := w.Balance(t); got != (ledger.Balance{Credits: 1000}) {
		t.Errorf("balance %+v", got)
	}
}

func TestSendSMS_OnUnknown(t *testing.T) {
	t.Parallel()
	noAnswer := testworld.AnswersWith(carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierTimeout})
	for setting, want := range map[string]struct {
		state  message.State
		second int
	}{"retry": {message.Sent, 1}, "hold": {message.Unknown, 0}} {
		w := newPair(t, testworld.Options{})
		w.Live.Settings.OnUnknown = setting
		w.a.Script(noAnswer)
		m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
		elapse(t, w.World, 2*time.Minute)
		got := readMessage(t, w.World, m.ID)
		if got.State != want.state || len(w.b.Sent()) != want.second || len(w.a.Sent()) != 1 {
			t.Errorf("%s: %v, the second carrier got %d", setting, got.State, len(w.b.Sent()))
		}
		if held := w.Balance(t).Held; held != 0 {
			t.Errorf("%s: %d held", setting, held)
		}
	}

	// With one carrier left, retry means two submits at most, because both may have reached the phone.
	w := newPair(t, testworld.Options{})
	w.a.Script(testworld.Rejects(message.CarrierRejected))
	w.b.Script(noAnswer)
	m := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
	elapse(t, w.World, 5*time.Minute)
	if got := readMessage(t, w.World, m.ID); got.State != message.Unknown || len(w.b.Sent()) != 2 ||
		!got.Attempts[1].Repeated {
		t.Errorf("%v after %d submits", got.State, len(w.b.Sent()))
	}
}

// TestSendSMS_NoLimitsOfCodes: texts neither have the limits of codes nor use them up.
func TestSendSMS_NoLimitsOfCodes(t *testing.T) {
	t.Parallel()
	w := newPair(t, testworld.Options{Limits: engine.Limits{SendsPerNumber: []guard.Rate{{N: 1, Per: time.Hour}}}})
	for range 5 {
		text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
	}

	send(t, w.World, testworld.To(phoneA))
	_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil)
	refused(t, err, fault.RateLimitExceeded)
	text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
}

func TestSendSMS_OptedOut(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newPair(t, testworld.Options{Backend: b})
		text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
		later := text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(time.Hour)})
		inbound := func(word string) {
			in := carrier.Inbound{Carrier: "a", From: phoneA, Body: secret.NewString(word)}
			if _, err := w.Inbound(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}

		inbound("STOP")
		_, _, err := w.SendSMS(t.Context(), w.Live, engine.SMSRequest{To: phoneA, Body: "x"}, nil)
		if f := refused(t, err, fault.InvalidPhone); f.Details.Reason != "opted_out" || f.Details.Field != "to" {
			t.Errorf("refused with %+v", f.Details)
		}

		send(t, w.World, testworld.To(phoneA)) // a code is sent nevertheless
		// A text that was scheduled before is not sent either, and its credits are released.
		w.Clock.Add(time.Hour)
		w.Sweep(t)
		if got := readMessage(t, w.World, later.ID); got.State != message.Failed || got.Reason != message.OptedOut ||
			len(got.Attempts) != 0 {
			t.Errorf("the scheduled one is %v %q", got.State, got.Reason)
		}
		if n := len(w.a.Sent()); n != 2 {
			t.Errorf("%d submits, want the first text and the code", n)
		}

		inbound("START")
		text(t, w.World, engine.SMSRequest{To: phoneA, Body: "x"})
		if got := w.Balance(t); got.Held != 0 || got.Credits != 1000-3*8 {
			t.Errorf("balance %+v", got)
		}
	})
}

// TestOptOut_AccountOfText: STOP applies to the account that sent to the number last, also if that was a text.
func TestOptOut_AccountOfText(t *testing.T) {
	t.Parallel()
	w := newPair(t, testworld.Options{})
	other, err := w.Admin.CreateAccount(t.Context(), "Other", 100)
	if err != nil {
		t.Fatal(err)
	}

	send(t, w.World, testworld.To(phoneA))
	w.Clock.Add(time.Minute)
	caller, r := testworld.CallerOf(other.Account, id.Live), engine.SMSRequest{To: phoneA, Body: "x"}
	if _, _, err := w.SendSMS(t.Context(), caller, r, nil); err != nil {
		t.Fatal(err)
	}

	stop := carrier.Inbound{Carrier: "a", From: phoneA, Body: secret.NewString("STOP")}
	if _, err := w.Inbound(t.Context(), stop); err != nil {
		t.Fatal(err)
	}

	text(t, w.World, r)
	_, _, err = w.SendSMS(t.Context(), caller, r, nil)
	refused(t, err, fault.InvalidPhone)
}
