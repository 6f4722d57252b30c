package engine_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// explainedAt is the time of the report; codes were made five minutes before it.
var explainedAt = time.Date(2026, 4, 25, 15, 30, 0, 0, time.UTC)

func made(o otp.OTP, m ...message.Message) []query.OTP {
	begin := explainedAt.Add(-5 * time.Minute)
	o.ID, o.CreatedAt, o.MaxAttempts = id.NewOTP(begin), begin, 5
	if o.ExpiresAt.IsZero() {
		o.ExpiresAt = explainedAt.Add(time.Minute)
	}
	out := query.OTP{OTP: store.OTP{OTP: o}, Now: explainedAt}
	for _, one := range m {
		out.Sent = append(out.Sent, store.Message{Message: one})
	}

	return []query.OTP{out}
}

// sentMessage is a message whose attempts have this progress, each over another step.
func sentMessage(state message.State, attempts ...message.Attempt) message.Message {
	begin := explainedAt.Add(-5 * time.Minute)
	m := message.Message{ID: id.NewMessage(begin), State: state, CreatedAt: begin}
	for i, a := range attempts {
		a.Step, a.At = i, begin.Add(time.Duration(i+1)*time.Second)
		m.Plan = append(m.Plan, message.Step{
			Channel: []message.Channel{message.WhatsApp, message.SMS}[i], Carrier: fmt.Sprint("carrier-", i+1),
			Receipts: true,
		})
		m.Attempts, m.Latest = append(m.Attempts, a), i
		m.Reason, m.CarrierCode = a.Reason, a.CarrierCode
		if a.Progress == message.AttemptDelivered {
			m.DeliveredAt = begin.Add(10 * time.Second)
		}
	}

	return m
}

// triedAgain is a message whose first step asked for a retry, whose second was rejected, and whose first then accepted it.
func triedAgain() message.Message {
	m := sentMessage(message.Sent, message.Attempt{Progress: message.AttemptAccepted, Submits: 2},
		message.Attempt{Progress: message.AttemptRejected, Submits: 1})
	m.Attempts[0].At = m.Attempts[1].At.Add(time.Second)

	return m
}

// waitingFor is a message that none of its carriers has accepted.
func waitingFor(carriers ...string) message.Message {
	m := sentMessage(message.Pending)
	for _, name := range carriers {
		m.Plan = append(m.Plan, message.Step{Channel: message.SMS, Carrier: name})
	}

	return m
}

func refusedNext(f *fault.Fault) engine.NextSend { return engine.NextSend{Refused: f} }

func TestNumberFacts_Explain(t *testing.T) {
	t.Parallel()
	accepted, delivered := message.Attempt{Progress: message.AttemptAccepted}, message.Attempt{
		Progress: message.AttemptDelivered, Closed: true,
	}
	rejected := message.Attempt{
		Progress: message.AttemptRejected, Reason: message.Unreachable, CarrierCode: "E21",
	}
	undelivered := rejected
	undelivered.Closed = true
	optedOut := fault.New(fault.InvalidPhone, "this number opted out").WithReason("opted_out")
	open, past := otp.OTP{Status: otp.Open}, explainedAt.Add(-time.Minute)

	for _, c := range []struct {
		name    string
		facts   engine.NumberFacts
		verdict string
		summary string   // a part of it
		kinds   string   // of the findings, in order
		texts   []string // parts of the findings
		next    string   // a part of what a code meets now
	}{
		{name: "never asked", verdict: "no_request", summary: "No message to this number was accepted"},
		{
			name: "landline", verdict: "refused", summary: "fixed_line", kinds: "refusal",
			facts: engine.NumberFacts{Next: refusedNext(fault.New(fault.InvalidPhone,
				"to: this is a fixed_line number; use another"))},
			texts: []string{"A code that is asked for now is refused: this is a fixed_line number."},
		},
		{
			name: "opted out, codes are blocked", verdict: "refused", summary: "opted out", kinds: "opt_out refusal",
			facts: engine.NumberFacts{
				OptOut: store.OptOut{Source: "keyword", At: past}, OptOutBlocksOTP: true, Next: refusedNext(optedOut),
			},
			texts: []string{"by a keyword.", "settings refuse codes"},
		},
		{
			name: "delivered, and opted out since", verdict: "delivered",
			kinds:   "request attempt receipt opt_out refusal",
			summary: "A code that is asked for now is refused: the number has opted out",
			facts: engine.NumberFacts{
				OTPs: made(open, sentMessage(message.Delivered, delivered)), OptOutBlocksOTP: true,
				OptOut: store.OptOut{Source: "api", At: past}, Next: refusedNext(optedOut),
			},
			texts: []string{"", "", "", "opted out over the API."},
		},
		{
			name: "opted out, codes are not blocked", verdict: "no_request", kinds: "opt_out",
			next:  "Texts are refused",
			facts: engine.NumberFacts{OptOut: store.OptOut{Source: "api", At: past}},
		},
		{
			name: "limit of sends", verdict: "refused", summary: "at most 5 codes in 10 min", kinds: "limit",
			facts: engine.NumberFacts{Next: refusedNext(fault.Limited("5/10m", guard.SendsPerNumber, 90*time.Second,
				"too many"))},
			texts: []string{"allowed again in 1 min 30 s."},
		},
		{
			name: "verified, and too soon for another", verdict: "verified", summary: "The newest code was verified.",
			facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Verified, VerifiedAt: past}, sentMessage(message.Delivered, delivered)),
				Next: refusedNext(fault.Limited("30s", guard.SendGaps, 2*time.Second, "too many")),
			},
			kinds: "request attempt receipt result limit", texts: []string{
				"", "", "", "",
				"too soon after the last one; it is allowed again in 2 s.",
			},
		},
		{
			name: "no credits", verdict: "refused", summary: "it can cost 8 credits, which the account does not have",
			kinds: "refusal",
			facts: engine.NumberFacts{Next: engine.NextSend{Credits: 8, Refused: fault.New(fault.InsufficientCredits,
				"no")}},
		},
		{
			name: "accepted, with its price", verdict: "no_request", next: "is accepted, and costs at most 8 credits.",
			facts: engine.NumberFacts{Next: engine.NextSend{Credits: 8, Carriers: []string{"a"}}},
		},
		{
			name: "every carrier is paused", verdict: "waiting", kinds: "request",
			summary: "No carrier of its route works now: carrier-1 is paused by an operator.",
			next:    "but waits, because no carrier",
			facts: engine.NumberFacts{
				OTPs: made(open, waitingFor("carrier-1")), Next: engine.NextSend{Carriers: []string{"carrier-1"}},
				Troubles: map[string]string{"carrier-1": "is paused by an operator"},
			},
		},
		{
			name: "one carrier is paused", verdict: "waiting",
			summary: "No carrier has accepted the newest code yet.", kinds: "request",
			facts: engine.NumberFacts{
				OTPs:     made(open, waitingFor("carrier-1", "carrier-2")),
				Troubles: map[string]string{"carrier-1": "is paused"},
			},
		},
		{
			name: "a step that was tried again after the next one", verdict: "waiting",
			kinds: "request attempt attempt attempt",
			facts: engine.NumberFacts{OTPs: made(open, triedAgain())},
			texts: []string{
				"", "Given to carrier-1 by whatsapp. It was not settled by that",
				"the next step, carrier-2 by sms. The carrier rejected",
				"Given to carrier-1 by whatsapp again. The carrier accepted",
			},
		},
		{
			name: "guess budget spent", verdict: "delivered", kinds: "request attempt receipt limit",
			facts: engine.NumberFacts{
				OTPs:       made(open, sentMessage(message.Delivered, delivered)),
				GuessLimit: &guard.Refusal{Limit: "15/h", After: time.Minute},
			},
			texts: []string{"", "", "", "checks are refused for 1 min"},
		},
		{
			name: "rejected", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Failed}, sentMessage(message.Failed, rejected)),
			},
			verdict: "failed", summary: "could not be reached, because it was off or out of range (E21)",
			kinds: "request attempt",
			texts: []string{"", "carrier-1 by whatsapp. The carrier rejected it"},
		},
		{
			name: "a failed receipt", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Failed}, sentMessage(message.Failed, undelivered)),
			},
			verdict: "failed", summary: "(E21)", kinds: "request receipt", texts: []string{"", "not delivered"},
		},
		{
			name: "no receipt", facts: engine.NumberFacts{OTPs: made(open, sentMessage(message.Sent, accepted))},
			verdict: "waiting", summary: "no receipt has come", kinds: "request attempt",
		},
		{
			name: "no answer yet", verdict: "waiting", summary: "No carrier has accepted", kinds: "request attempt",
			facts: engine.NumberFacts{
				OTPs: made(open, sentMessage(message.Pending, message.Attempt{Progress: message.AttemptUnknown})),
			},
			texts: []string{"", "it is not known whether it took it"},
		},
		{
			name: "fallback", facts: engine.NumberFacts{
				OTPs: made(open, sentMessage(message.Delivered, accepted, delivered)),
			},
			verdict: "delivered", kinds: "request attempt attempt receipt",
			texts: []string{"", "no receipt has come", "the next step, carrier-2 by sms"},
		},
		{
			name: "wrong codes", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Open, FailedGuesses: 2}, sentMessage(message.Delivered, delivered)),
			},
			verdict: "wrong_code", summary: "entered 2 times", kinds: "request attempt receipt check",
			texts: []string{"", "", "", "3 of 5 checks are left"},
		},
		{
			name: "verified", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Verified, FailedGuesses: 1, VerifiedAt: past},
					sentMessage(message.Delivered, delivered)),
			},
			verdict: "verified", kinds: "request attempt receipt check result",
		},
		{
			name: "expired unread", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Open, ExpiresAt: past}, sentMessage(message.Delivered, delivered)),
			},
			verdict: "expired", summary: "was delivered, and expired", kinds: "request attempt receipt result",
		},
		{
			name: "expired without a receipt", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Expired, ExpiresAt: past}, sentMessage(message.Sent, accepted)),
			},
			verdict: "expired", summary: "no receipt says that it arrived", kinds: "request attempt result",
		},
		{
			name: "canceled", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Canceled}, sentMessage(message.Delivered, delivered)),
			},
			verdict: "canceled", kinds: "request attempt receipt result",
		},
		{
			name: "a text", facts: engine.NumberFacts{
				Texts: []query.Message{{Message: store.Message{Message: sentMessage(message.Failed, rejected)}}},
			},
			verdict: "failed", summary: "newest text failed", kinds: "request attempt",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.facts.Now, c.facts.Since = explainedAt, explainedAt.Add(-24*time.Hour)
			r := c.facts.Explain()
			var kinds []string
			for i, f := range r.Findings {
				kinds = append(kinds, f.Kind)
				if i < len(c.texts) && !strings.Contains(f.Text, c.texts[i]) {
					t.Errorf("finding %d is %q, without %q", i, f.Text, c.texts[i])
				}
				if f.At.IsZero() || f.At.After(explainedAt) {
					t.Errorf("%q is at %v", f.Text, f.At)
				}
			}
			if r.Verdict != c.verdict || !strings.Contains(r.Summary, c.summary) || r.Summary == "" ||
				strings.Join(kinds, " ") != c.kinds || !strings.Contains(r.Next, c.next) || r.Next == "" {
				t.Errorf("%s: %q with %v, then %q", r.Verdict, r.Summary, kinds, r.Next)
			}
			if ended := c.verdict == "verified" || c.verdict == "canceled"; !ended && len(r.Advice) == 0 {
				t.Error("no advice")
			}
		})
	}
}

// TestExplainNumber_Next: what a code meets that is asked for now is what it then meets, and asking for it changes nothing.
func TestExplainNumber_Next(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		world testworld.Options
		make  func(t *testing.T, w *testworld.World)
		want  string
	}{
		{name: "accepted", world: testworld.Options{Credits: 100}, want: "is accepted, and costs at most 8 credits."},
		{
			name: "no credits", world: testworld.Options{Credits: 7},
			want: "it can cost 8 credits, which the account does not have",
		},
		{
			name: "the cap of an hour", world: testworld.Options{Credits: 100}, want: "spend_cap_hour",
			make: func(t *testing.T, w *testworld.World) { testworld.Set(t, w, "spend_cap_hour=5") },
		},
		{
			name: "too soon", want: "too soon after the last one",
			world: testworld.Options{Credits: 100, Limits: engine.Limits{SendGaps: []time.Duration{time.Minute}}},
			make:  func(t *testing.T, w *testworld.World) { testworld.Send(t, w, testworld.To(testworld.Number(1))) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.world.Carriers = []carrier.Carrier{testworld.NewCarrier("smsc", message.SMS)}
			c.world.Prices = []route.Price{{Channel: message.SMS, Credits: 8}}
			w := testworld.New(t, c.world)
			if c.make != nil {
				c.make(t, w)
			}

			before, sent := w.Balance(t), w.Contact(t, w.Live.Mode, testworld.Number(1))
			for range 2 {
				r, err := w.ExplainNumber(t.Context(), w.Live, testworld.Number(1))
				if err != nil || !strings.Contains(r.Next, c.want) {
					t.Fatalf("%q, %v", r.Next, err)
				}
			}
			after, contact := w.Balance(t), w.Contact(t, w.Live.Mode, testworld.Number(1))
			if !reflect.DeepEqual(after, before) || !reflect.DeepEqual(contact, sent) {
				t.Errorf("balance %+v, was %+v; contact %+v, was %+v", after, before, contact, sent)
			}

			_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(testworld.Number(1)), nil)
			if accepted := strings.Contains(c.want, "accepted"); accepted != (err == nil) {
				t.Errorf("the send: %v", err)
			}
		})
	}
}

// TestExplainNumber reads what is stored, and nothing of another number or mode.
func TestExplainNumber(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{
			Backend: b, Carriers: []carrier.Carrier{testworld.NewCarrier("smsc", message.SMS)},
		})
		number, other := testworld.Number(1), testworld.Number(2)
		sent, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(number), nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Add(time.Second)
		if _, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(other), nil); err != nil {
			t.Fatal(err)
		}

		r, err := w.ExplainNumber(t.Context(), w.Test, number)
		if err != nil || r.Verdict != "delivered" || len(r.Findings) != 3 || r.Findings[0].OTP != sent.OTP.ID.String() {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := w.ExplainNumber(t.Context(), w.Live, number); err != nil || r.Verdict != "no_request" {
			t.Errorf("in the other mode: %+v, %v", r, err)
		}

		w.Clock.Add(25 * time.Hour)
		if r, err := w.ExplainNumber(t.Context(), w.Test, number); err != nil || r.Verdict != "no_request" {
			t.Errorf("after a day: %+v, %v", r, err)
		}
	})
}
