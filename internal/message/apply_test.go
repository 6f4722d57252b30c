package message

import (
	"slices"
	"testing"
	"time"
)

var epoch = time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)

// whatsappThenSMS is a plan with a cheap first step and a dear second one.
func whatsappThenSMS() Message {
	return Message{
		State: Pending, Deadline: epoch.Add(5 * time.Minute), Hold: 8, Owner: 7,
		Plan: []Step{
			{Channel: WhatsApp, Carrier: "wa", Price: 5, Wait: 20 * time.Second, Receipts: true},
			{Channel: SMS, Carrier: "smsc", Price: 8, Wait: 45 * time.Second, Receipts: true},
		},
	}
}

type at struct {
	after time.Duration
	event Event
}

type applyCase struct {
	events   []at
	state    State
	attempts []Progress
	hold     int64
	charged  int64
	due      time.Duration // after the start, 0 = never
	became   []State
	reason   Reason
}

func applyCases() map[string]applyCase {
	took := func(i int) Event { return Event{Kind: AnswerAccepted, Attempt: i, Parts: 1} }
	refused := func(i int, why Reason) Event { return Event{Kind: AnswerRejected, Attempt: i, Reason: why} }
	got := func(i int) Event { return Event{Kind: ReceiptDelivered, Attempt: i} }
	lost := func(i int, why Reason) Event { return Event{Kind: ReceiptFailed, Attempt: i, Reason: why} }
	const s = time.Second

	return map[string]applyCase{
		"accepted, waits for the receipt": {
			[]at{{0, took(0)}}, Sent, []Progress{AttemptAccepted}, 3, 5, 20 * s, []State{Sent}, "",
		},
		"delivered ends the plan and releases the rest": {
			[]at{{0, took(0)}, {2 * s, got(0)}}, Delivered, []Progress{AttemptDelivered}, 0, 5, 0, []State{Sent, Delivered}, "",
		},
		"read": {
			[]at{{0, took(0)}, {2 * s, Event{Kind: ReceiptRead}}}, Read, []Progress{AttemptRead}, 0, 5, 0, []State{Sent, Delivered, Read}, "",
		},
		"a hard failure goes on at once": {
			[]at{{0, refused(0, NotOnChannel)}, {0, took(1)}}, Sent, []Progress{AttemptRejected, AttemptAccepted}, 0, 8, 0, []State{Sent}, "",
		},
		"silence goes on by the timer": {
			[]at{{0, took(0)}, {20 * s, Event{Kind: Timer}}, {21 * s, took(1)}}, Sent, []Progress{AttemptAccepted, AttemptAccepted}, 0, 8, 0, []State{Sent, Sent}, "",
		},
		"a timer too early does nothing": {
			[]at{{0, took(0)}, {19 * s, Event{Kind: Timer}}}, Sent, []Progress{AttemptAccepted}, 3, 5, 20 * s, []State{Sent}, "",
		},
		"late receipt of the first step while the second is submitted": {
			[]at{{0, took(0)}, {20 * s, Event{Kind: Timer}}, {21 * s, got(0)}, {22 * s, refused(1, CarrierRejected)}},
			Delivered,
			[]Progress{AttemptDelivered, AttemptRejected},
			0, 5, 0,
			[]State{Sent, Delivered},
			"",
		},
		"a failed receipt gives back and goes on": {
			[]at{{0, took(0)}, {1 * s, lost(0, Unreachable)}}, Sent, []Progress{AttemptRejected, AttemptSubmitting}, 8, 0, 0, []State{Sent}, "",
		},
		"both fail by receipt": {
			[]at{{0, took(0)}, {1 * s, lost(0, Unreachable)}, {1 * s, took(1)}, {3 * s, lost(1, ExpiredInTransit)}},
			Failed,
			[]Progress{AttemptRejected, AttemptRejected},
			0, 0, 0,
			[]State{Sent, Sent, Failed},
			ExpiredInTransit,
		},
		"refused by all for the number": {
			[]at{{0, refused(0, InvalidDestination)}, {0, refused(1, InvalidDestination)}},
			Failed,
			[]Progress{AttemptRejected, AttemptRejected},
			0, 0, 0,
			[]State{Failed},
			InvalidDestination,
		},
		"refused for another reason waits for a moment": {
			[]at{{0, refused(0, NotOnChannel)}, {0, refused(1, Unreachable)}},
			Pending,
			[]Progress{AttemptRejected, AttemptRejected},
			8, 0, 2 * s, nil, "",
		},
		"and fails without another submit": {
			[]at{{0, refused(0, NotOnChannel)}, {0, refused(1, Unreachable)}, {2 * s, Event{Kind: Timer}}},
			Failed,
			[]Progress{AttemptRejected, AttemptRejected},
			0, 0, 0,
			[]State{Failed},
			Unreachable,
		},
		"a refusal after a throttle is final": {
			[]at{{0, refused(0, NotOnChannel)}, {0, Event{Kind: AnswerRetry, Attempt: 1}}, {1 * s, Event{Kind: Timer}}, {1 * s, refused(1, Unreachable)}, {3 * s, Event{Kind: Timer}}},
			Failed,
			[]Progress{AttemptRejected, AttemptRejected},
			0, 0, 0,
			[]State{Failed},
			Unreachable,
		},
		"throttled on the last step waits as asked": {
			[]at{{0, refused(0, NotOnChannel)}, {0, Event{Kind: AnswerRetry, Attempt: 1, After: 7 * s}}}, Pending, []Progress{AttemptRejected, AttemptWaiting}, 8, 0, 7 * s, nil, "",
		},
		"throttled on the first step goes on": {
			[]at{{0, Event{Kind: AnswerRetry, After: 7 * s}}, {0, took(1)}}, Sent, []Progress{AttemptWaiting, AttemptAccepted}, 0, 8, 45 * s, []State{Sent}, "",
		},
		"no reply goes on; its late receipt is charged while the hold is there": {
			[]at{{0, Event{Kind: AnswerUnknown, Reason: CarrierTimeout}}, {1 * s, got(0)}, {2 * s, refused(1, CarrierRejected)}},
			Delivered,
			[]Progress{AttemptDelivered, AttemptRejected},
			0, 5, 0,
			[]State{Sent, Delivered},
			"",
		},
		"verified before the fallback": {
			[]at{{0, took(0)}, {3 * s, Event{Kind: Stop}}, {20 * s, Event{Kind: Timer}}}, Sent, []Progress{AttemptAccepted}, 0, 5, 0, []State{Sent}, "",
		},
		"expired while waiting to be tried again": {
			[]at{{0, refused(0, NotOnChannel)}, {0, Event{Kind: AnswerRetry, Attempt: 1}}, {300 * s, Event{Kind: Timer}}},
			Failed,
			[]Progress{AttemptRejected, AttemptRejected},
			0, 0, 0,
			[]State{Failed},
			UnknownReason,
		},
		"cancelled before an answer, which then says accepted": {
			[]at{{0, Event{Kind: Cancel}}, {1 * s, took(0)}}, Sent, []Progress{AttemptAccepted}, 0, 5, 0, []State{Canceled, Sent}, "",
		},
		"crashed while submitting goes on": {
			[]at{{0, Event{Kind: Crashed}}, {1 * s, took(1)}}, Sent, []Progress{AttemptUnknown, AttemptAccepted}, 0, 8, 0, []State{Sent}, "",
		},
		"crashed in the last step repeats it": {
			[]at{{0, refused(0, NotOnChannel)}, {1 * s, Event{Kind: Crashed}}, {2 * s, took(1)}},
			Sent,
			[]Progress{AttemptRejected, AttemptAccepted},
			0, 8, 0,
			[]State{Sent},
			"",
		},
		"a carrier out of order is passed by": {
			[]at{{0, took(0)}, {20 * s, Event{Kind: Timer, Down: []string{"smsc"}}}}, Sent, []Progress{AttemptAccepted, AttemptSubmitting}, 3, 5, 0, []State{Sent}, "",
		},
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	for name, c := range applyCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := Start(whatsappThenSMS(), epoch, nil)
			var became []State
			for _, e := range c.events {
				var out Effects
				m, out = Apply(m, e.event, epoch.Add(e.after))
				became = append(became, out.Became...)
			}

			var progress []Progress
			for _, a := range m.Attempts {
				progress = append(progress, a.Progress)
			}

			due := time.Duration(0)
			if !m.DueAt.IsZero() {
				due = m.DueAt.Sub(epoch)
			}
			if m.State != c.state || !slices.Equal(progress, c.attempts) || m.Hold != c.hold || m.Charged != c.charged ||
				due != c.due || !slices.Equal(became, c.became) || m.Reason != c.reason {
				t.Errorf("state %v attempts %v hold %d charged %d due %v became %v reason %q;\nwant  %v          %v      %d         %d     %v        %v        %q",
					m.State, progress, m.Hold, m.Charged, due, became, m.Reason,
					c.state, c.attempts, c.hold, c.charged, c.due, c.became, c.reason)
			}
		})
	}
}

func TestReceipts_LongMessageNeedsEveryPart(t *testing.T) {
	t.Parallel()
	m, _ := Start(whatsappThenSMS(), epoch, nil)
	m, _ = Apply(m, Event{Kind: AnswerAccepted, Parts: 3}, epoch)
	for i, part := range []int{2, 2, 0, 1} {
		if m.State == Delivered {
			t.Fatalf("delivered before receipt %d", i)
		}
		m, _ = Apply(m, Event{Kind: ReceiptDelivered, Part: part}, epoch)
	}
	if m.State != Delivered {
		t.Errorf("state %v after all parts", m.State)
	}
}
