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
	event Input
}

type applyCase struct {
	events      []at
	state       State
	attempts    []Progress
	hold        int64
	charged     int64
	due         time.Duration // after the start, 0 = never
	transitions []State
	reason      Reason
}

func applyCases() map[string]applyCase {
	accepted := func(i int) Input { return Input{Kind: AnswerAccepted, Attempt: i, Parts: 1} }
	rejected := func(i int, reason Reason) Input { return Input{Kind: AnswerRejected, Attempt: i, Reason: reason} }
	delivered := func(i int) Input { return Input{Kind: ReceiptDelivered, Attempt: i} }
	failed := func(i int, reason Reason) Input { return Input{Kind: ReceiptFailed, Attempt: i, Reason: reason} }
	const s = time.Second

	return map[string]applyCase{
		"accepted, waits for the receipt": {
			events: []at{{0, accepted(0)}}, state: Sent, attempts: []Progress{AttemptAccepted}, hold: 3, charged: 5,
			due: 20 * s, transitions: []State{Sent},
		},
		"delivered ends the plan and releases the rest": {
			events: []at{{0, accepted(0)}, {2 * s, delivered(0)}}, state: Delivered,
			attempts: []Progress{AttemptDelivered}, charged: 5, transitions: []State{Sent, Delivered},
		},
		"read": {
			events: []at{{0, accepted(0)}, {2 * s, Input{Kind: ReceiptRead}}}, state: Read,
			attempts: []Progress{AttemptRead}, charged: 5, transitions: []State{Sent, Delivered, Read},
		},
		"a hard failure continues immediately": {
			events: []at{{0, rejected(0, NotOnChannel)}, {0, accepted(1)}}, state: Sent,
			attempts: []Progress{AttemptRejected, AttemptAccepted}, charged: 8, transitions: []State{Sent},
		},
		"silence goes on by the timer": {
			events: []at{{0, accepted(0)}, {20 * s, Input{Kind: Timer}}, {21 * s, accepted(1)}}, state: Sent,
			attempts: []Progress{AttemptAccepted, AttemptAccepted}, charged: 8, transitions: []State{Sent, Sent},
		},
		"a timer too early does nothing": {
			events: []at{{0, accepted(0)}, {19 * s, Input{Kind: Timer}}}, state: Sent,
			attempts: []Progress{AttemptAccepted}, hold: 3, charged: 5, due: 20 * s, transitions: []State{Sent},
		},
		"late receipt of the first step while the second is submitted": {
			events: []at{
				{0, accepted(0)},
				{20 * s, Input{Kind: Timer}},
				{21 * s, delivered(0)},
				{22 * s, rejected(1, CarrierRejected)},
			},
			state:       Delivered,
			attempts:    []Progress{AttemptDelivered, AttemptRejected},
			charged:     5,
			transitions: []State{Sent, Delivered},
		},
		"a failed receipt gives back and goes on": {
			events: []at{{0, accepted(0)}, {1 * s, failed(0, Unreachable)}}, state: Sent,
			attempts: []Progress{AttemptRejected, AttemptSubmitting}, hold: 8, transitions: []State{Sent},
		},
		"both fail by receipt": {
			events: []at{
				{0, accepted(0)},
				{1 * s, failed(0, Unreachable)},
				{1 * s, accepted(1)},
				{3 * s, failed(1, ExpiredInTransit)},
			},
			state:       Failed,
			attempts:    []Progress{AttemptRejected, AttemptRejected},
			transitions: []State{Sent, Sent, Failed},
			reason:      ExpiredInTransit,
		},
		"number rejected by every carrier": {
			events:      []at{{0, rejected(0, InvalidDestination)}, {0, rejected(1, InvalidDestination)}},
			state:       Failed,
			attempts:    []Progress{AttemptRejected, AttemptRejected},
			transitions: []State{Failed},
			reason:      InvalidDestination,
		},
		"rejected for another reason waits for a moment": {
			events:   []at{{0, rejected(0, NotOnChannel)}, {0, rejected(1, Unreachable)}},
			state:    Pending,
			attempts: []Progress{AttemptRejected, AttemptRejected},
			hold:     8, due: 2 * s,
		},
		"and fails without another submit": {
			events: []at{
				{0, rejected(0, NotOnChannel)}, {0, rejected(1, Unreachable)}, {2 * s, Input{Kind: Timer}},
			},
			state:       Failed,
			attempts:    []Progress{AttemptRejected, AttemptRejected},
			transitions: []State{Failed},
			reason:      Unreachable,
		},
		"a rejection after a throttle is final": {
			events: []at{
				{0, rejected(0, NotOnChannel)},
				{0, Input{Kind: AnswerRetry, Attempt: 1}},
				{1 * s, Input{Kind: Timer}},
				{1 * s, rejected(1, Unreachable)},
				{3 * s, Input{Kind: Timer}},
			},
			state:       Failed,
			attempts:    []Progress{AttemptRejected, AttemptRejected},
			transitions: []State{Failed},
			reason:      Unreachable,
		},
		"throttled on the last step waits as asked": {
			events: []at{{0, rejected(0, NotOnChannel)}, {0, Input{Kind: AnswerRetry, Attempt: 1, After: 7 * s}}},
			state:  Pending, attempts: []Progress{AttemptRejected, AttemptRetrying}, hold: 8, due: 7 * s,
		},
		"throttled on the first step goes on": {
			events: []at{{0, Input{Kind: AnswerRetry, After: 7 * s}}, {0, accepted(1)}}, state: Sent,
			attempts: []Progress{AttemptRetrying, AttemptAccepted}, charged: 8, due: 45 * s, transitions: []State{Sent},
		},
		"no reply goes on; its late receipt is charged while the hold is there": {
			events: []at{
				{0, Input{Kind: AnswerUnknown, Reason: CarrierTimeout}},
				{1 * s, delivered(0)},
				{2 * s, rejected(1, CarrierRejected)},
			},
			state:       Delivered,
			attempts:    []Progress{AttemptDelivered, AttemptRejected},
			charged:     5,
			transitions: []State{Sent, Delivered},
		},
		"verified before the fallback": {
			events: []at{{0, accepted(0)}, {3 * s, Input{Kind: Stop}}, {20 * s, Input{Kind: Timer}}}, state: Sent,
			attempts: []Progress{AttemptAccepted}, charged: 5, transitions: []State{Sent},
		},
		"expired while waiting to be tried again": {
			events: []at{
				{0, rejected(0, NotOnChannel)},
				{0, Input{Kind: AnswerRetry, Attempt: 1}},
				{300 * s, Input{Kind: Timer}},
			},
			state:       Failed,
			attempts:    []Progress{AttemptRejected, AttemptRejected},
			transitions: []State{Failed},
			reason:      UnknownReason,
		},
		"cancelled before an answer, which then says accepted": {
			events: []at{{0, Input{Kind: Cancel}}, {1 * s, accepted(0)}}, state: Sent,
			attempts: []Progress{AttemptAccepted}, charged: 5, transitions: []State{Canceled, Sent},
		},
		"crashed while submitting goes on": {
			events: []at{{0, Input{Kind: Crashed}}, {1 * s, accepted(1)}}, state: Sent,
			attempts: []Progress{AttemptUnknown, AttemptAccepted}, charged: 8, transitions: []State{Sent},
		},
		"crashed in the last step repeats it": {
			events:      []at{{0, rejected(0, NotOnChannel)}, {1 * s, Input{Kind: Crashed}}, {2 * s, accepted(1)}},
			state:       Sent,
			attempts:    []Progress{AttemptRejected, AttemptAccepted},
			charged:     8,
			transitions: []State{Sent},
		},
		"a carrier out of order is passed by": {
			events: []at{{0, accepted(0)}, {20 * s, Input{Kind: Timer, Down: []string{"smsc"}}}}, state: Sent,
			attempts: []Progress{AttemptAccepted, AttemptSubmitting}, hold: 3, charged: 5, transitions: []State{Sent},
		},
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	for name, c := range applyCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := Start(whatsappThenSMS(), epoch, nil)
			var transitions []State
			for _, e := range c.events {
				var out Effects
				m, out = Apply(m, e.event, epoch.Add(e.after))
				transitions = append(transitions, out.Transitions...)
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
				due != c.due || !slices.Equal(transitions, c.transitions) || m.Reason != c.reason {
				t.Errorf("state %v attempts %v hold %d charged %d due %v transitions %v reason %q,\n"+
					"want %v attempts %v hold %d charged %d due %v transitions %v reason %q",
					m.State, progress, m.Hold, m.Charged, due, transitions, m.Reason,
					c.state, c.attempts, c.hold, c.charged, c.due, c.transitions, c.reason)
			}
		})
	}
}

func TestApply_ReceiptOfEachPart(t *testing.T) {
	t.Parallel()
	m, _ := Start(whatsappThenSMS(), epoch, nil)
	m, _ = Apply(m, Input{Kind: AnswerAccepted, Parts: 3}, epoch)
	for i, part := range []int{2, 2, 0, 1} {
		if m.State == Delivered {
			t.Fatalf("delivered before receipt %d", i)
		}
		m, _ = Apply(m, Input{Kind: ReceiptDelivered, Part: part}, epoch)
	}

	if m.State != Delivered {
		t.Errorf("state %v after all parts", m.State)
	}
}
