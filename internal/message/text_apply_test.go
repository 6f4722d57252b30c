package message

import (
	"testing"
	"time"
)

// text is an SMS that waits for its time, with two carriers.
func text() Message {
	return Message{
		State: Scheduled, Type: TextMessage, DueAt: epoch.Add(time.Second), ScheduledAt: epoch.Add(time.Second),
		Deadline: epoch.Add(24 * time.Hour), Hold: 8,
		Plan: []Step{
			{Channel: SMS, Carrier: "a", Price: 5, Receipts: true},
			{Channel: SMS, Carrier: "b", Price: 8, Receipts: true},
		},
	}
}

// play applies the events a minute apart and gives the last effects.
func play(m Message, events ...Input) (Message, Effects) {
	var out Effects
	for i, e := range events {
		m, out = Apply(m, e, epoch.Add(time.Duration(i+1)*time.Minute))
	}
	return m, out
}

func TestApply_TextAccepted(t *testing.T) {
	t.Parallel()
	m, out := play(text(), Input{Kind: Timer})
	if !out.Submit || m.State != Pending || m.Current() != 0 {
		t.Fatalf("at its time: %v, submit %v", m.State, out.Submit)
	}

	// Accepted ends the plan: without a receipt it is not sent over the second carrier, and the rest of the hold is
	// free.
	m, out = play(m, Input{Kind: AnswerAccepted, Parts: 1})
	if m.State != Sent || !m.Over || !m.DueAt.IsZero() || m.Charged != 5 || out.Release != 3 || m.Hold != 0 {
		t.Errorf("accepted: %+v, released %d", m, out.Release)
	}

	m, out = play(m, Input{Kind: ReceiptFailed, Reason: Unreachable})
	if m.State != Failed || m.Reason != Unreachable || out.Refund != 5 || out.Submit {
		t.Errorf("failed by receipt: %v, refund %d, submit %v", m.State, out.Refund, out.Submit)
	}
}

func TestApply_TextRejected(t *testing.T) {
	t.Parallel()
	m, out := play(text(), Input{Kind: Timer}, Input{Kind: AnswerRejected, Reason: CarrierRejected})
	if !out.Submit || m.Current() != 1 || m.State != Pending {
		t.Fatalf("after a rejection: %v, attempt %d, submit %v", m.State, m.Current(), out.Submit)
	}
	if m, out = play(m, Input{Kind: AnswerAccepted, Attempt: 1, Parts: 1}); m.Charged != 8 || out.Capture != 8 ||
		m.Hold != 0 {
		t.Errorf("the dear step: charged %d, captured %d, held %d", m.Charged, out.Capture, m.Hold)
	}
}

// TestApply_TextUnknown: each repeat after no answer may be one more on the phone, so there is one, and only when no
// other carrier is left.
func TestApply_TextUnknown(t *testing.T) {
	t.Parallel()
	m, _ := play(text(), Input{Kind: Timer}, Input{Kind: AnswerUnknown},
		Input{Kind: AnswerRejected, Attempt: 1, Reason: CarrierRejected})
	submits := 0
	for !m.Over && submits < 10 {
		var out Effects
		if m, out = Apply(m, Input{Kind: Timer}, m.DueAt); out.Submit {
			submits++
			m, _ = Apply(m, Input{Kind: AnswerUnknown, Attempt: m.Current()}, m.Attempts[0].At.Add(time.Second))
		}
	}

	if submits != 1 || m.State != Unknown || m.Hold != 0 || m.Charged != 0 || !m.Attempts[0].Repeated {
		t.Errorf("%d repeats, %v, held %d, charged %d, %+v", submits, m.State, m.Hold, m.Charged, m.Attempts)
	}
}

// TestApply_TextHoldUnknown: with on_unknown = "hold" a text is neither repeated nor sent over another carrier.
func TestApply_TextHoldUnknown(t *testing.T) {
	t.Parallel()
	m := text()
	m.NeverRepeat = true
	m, out := play(m, Input{Kind: Timer}, Input{Kind: AnswerUnknown, Reason: CarrierTimeout})
	if m.State != Unknown || out.Submit || out.Release != 0 {
		t.Errorf("after no reply: %v, submit %v, released %d", m.State, out.Submit, out.Release)
	}

	m, out = Apply(m, Input{Kind: Timer}, m.DueAt)
	if m.State != Unknown || out.Submit || out.Release != 8 || !m.Over {
		t.Errorf("without a late answer: %v, over %v, submit %v, released %d", m.State, m.Over, out.Submit, out.Release)
	}

	m, _ = Apply(m, Input{Kind: ReceiptDelivered}, epoch.Add(time.Hour))
	if m.State != Delivered || m.Charged != 0 {
		t.Errorf("after its receipt: %v, charged %d", m.State, m.Charged)
	}
}

func TestApply_TextBlocked(t *testing.T) {
	t.Parallel()
	stop := Input{Kind: Block, Reason: OptedOut}
	for name, c := range map[string]struct {
		before []Input
		state  State
		reason Reason
	}{
		"scheduled": {state: Failed, reason: OptedOut},
		"waiting for a retry": {
			before: []Input{{Kind: Timer}, {Kind: AnswerRejected}, {Kind: AnswerRetry, Attempt: 1}}, state: Failed,
			reason: OptedOut,
		},
		"crashed in a submit": {before: []Input{{Kind: Timer}}, state: Unknown},
		"without an answer": {
			before: []Input{{Kind: Timer}, {Kind: AnswerRejected}, {Kind: AnswerUnknown, Attempt: 1}}, state: Unknown,
		},
		"accepted": {before: []Input{{Kind: Timer}, {Kind: AnswerAccepted}}, state: Sent},
		"canceled": {before: []Input{{Kind: Cancel}}, state: Canceled},
		"failed for something": {
			before: []Input{{Kind: Timer}, {Kind: AnswerAccepted}, {Kind: ReceiptFailed, Reason: Busy}}, state: Failed,
			reason: Busy,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := play(text(), append(c.before, stop)...)
			if m.State != c.state || m.Reason != c.reason || !m.Over || m.Hold != 0 {
				t.Errorf("%v, reason %q, over %v, held %d", m.State, m.Reason, m.Over, m.Hold)
			}
			if again, out := play(m, Input{Kind: Timer}); out.Submit || again.State != m.State {
				t.Errorf("it went on as %v", again.State)
			}
		})
	}
}
