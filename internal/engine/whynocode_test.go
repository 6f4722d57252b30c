package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
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
			Channel: []message.Channel{message.WhatsApp, message.SMS}[i], Carrier: fmt.Sprint("carrier-", i+1), Receipts: true,
		})
		m.Attempts, m.Latest = append(m.Attempts, a), i
		m.Reason, m.CarrierCode = a.Reason, a.CarrierCode
		if a.Progress == message.AttemptDelivered {
			m.DeliveredAt = begin.Add(10 * time.Second)
		}
	}

	return m
}

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
	open, past := otp.OTP{Status: otp.Open}, explainedAt.Add(-time.Minute)

	for _, c := range []struct {
		name    string
		facts   engine.NumberFacts
		verdict string
		summary string   // a part of it
		kinds   string   // of the findings, in order
		texts   []string // parts of the findings
	}{
		{name: "never asked", verdict: "no_request", summary: "No message to this number was accepted"},
		{
			name: "landline", facts: engine.NumberFacts{Refusal: "this is a fixed_line number"}, verdict: "refused",
			summary: "fixed_line", kinds: "refusal",
		},
		{
			name: "opted out, codes are blocked", verdict: "refused", summary: "opted out", kinds: "opt_out",
			facts: engine.NumberFacts{OptOut: store.OptOut{Source: "keyword", At: past}, OptOutBlocksOTP: true},
			texts: []string{"by a keyword; texts and codes are refused"},
		},
		{
			name: "opted out, codes are not blocked", verdict: "no_request", kinds: "opt_out",
			facts: engine.NumberFacts{OptOut: store.OptOut{Source: "api", At: past}},
			texts: []string{"codes are not"},
		},
		{
			name: "limit of sends", verdict: "refused", summary: "reached its limit", kinds: "limit",
			facts: engine.NumberFacts{SendLimit: &guard.Refusal{Limit: "5/10m", After: 90 * time.Second}},
			texts: []string{"(5/10m): another code is refused for 1m30s"},
		},
		{
			name: "guess budget spent", verdict: "delivered", kinds: "request attempt receipt limit",
			facts: engine.NumberFacts{
				OTPs:       made(open, sentMessage(message.Delivered, delivered)),
				GuessLimit: &guard.Refusal{Limit: "15/h", After: time.Minute},
			},
			texts: []string{"", "", "", "checks are refused for 1m0s"},
		},
		{
			name: "rejected", facts: engine.NumberFacts{
				OTPs: made(otp.OTP{Status: otp.Failed}, sentMessage(message.Failed, rejected)),
			},
			verdict: "failed", summary: "could not be reached, because it was off or out of range (E21)", kinds: "request attempt",
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
			texts: []string{"", "", "", "3 of 5 tries are left"},
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
				strings.Join(kinds, " ") != c.kinds {
				t.Errorf("%s: %q with %v", r.Verdict, r.Summary, kinds)
			}
			if ended := c.verdict == "verified" || c.verdict == "canceled"; !ended && len(r.Advice) == 0 {
				t.Error("no advice")
			}
		})
	}
}

// TestExplainNumber reads what is stored, and nothing of another number or mode.
func TestExplainNumber(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b})
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
