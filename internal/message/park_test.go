package message

import (
	"testing"
	"time"
)

// What happens to a message in a restored backup, and when the operator releases or cancels it.
func TestApply_Park(t *testing.T) {
	t.Parallel()
	code := func(m Message) Message { m, _ = Start(m, epoch, nil); return m }
	heldBack := func(m Message) Message { m.NeverRepeat = true; return m }
	accepted := Input{Kind: AnswerAccepted, Parts: 1}
	for name, c := range map[string]struct {
		m        Message
		before   []Input
		parked   bool
		state    State
		hold     int64
		released State // after Release and its time
		submit   bool
		canceled State // after Cancel in its place
	}{
		"a text that waits for its time": {
			m: text(), parked: true, state: Scheduled, hold: 8, released: Pending, submit: true, canceled: Canceled,
		},
		"a text in a submit": {
			m: text(), before: []Input{{Kind: Timer}}, parked: true, state: Pending, hold: 8, released: Pending,
			submit: true, canceled: Unknown,
		},
		"a text to be tried again": {
			m: text(), before: []Input{{Kind: Timer}, {Kind: AnswerRejected}, {Kind: AnswerRetry, Attempt: 1}},
			parked: true, state: Pending, hold: 8, released: Pending, submit: true, canceled: Canceled,
		},
		"a text that may not be repeated": {
			m: heldBack(text()), before: []Input{{Kind: Timer}}, state: Unknown, released: Unknown, canceled: Unknown,
		},
		"a text that was accepted": {
			m: text(), before: []Input{{Kind: Timer}, accepted}, state: Sent, released: Sent, canceled: Sent,
		},
		"a canceled text": {
			m: text(), before: []Input{{Kind: Cancel}}, state: Canceled, released: Canceled, canceled: Canceled,
		},
		"a code in a submit": {
			m: code(whatsappThenSMS()), state: Failed, released: Failed, canceled: Failed,
		},
		"a code that waits for its receipt": {
			m: code(whatsappThenSMS()), before: []Input{accepted}, state: Sent, released: Sent, canceled: Sent,
		},
		"a code to be tried again": {
			m: code(whatsappThenSMS()), before: []Input{{Kind: AnswerRejected}, {Kind: AnswerRetry, Attempt: 1}},
			state: Failed, released: Failed, canceled: Failed,
		},
		"a code in a submit after its message": {
			m: code(whatsappThenSMS()), before: []Input{{Kind: Stop}}, state: Pending, released: Pending,
			canceled: Canceled,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := play(c.m, c.before...)
			m.Owner = 7 * int64(min(1, len(c.before))) // a node that works on it
			m, out := Apply(m, Input{Kind: Park}, epoch.Add(time.Hour))
			if m.Parked() != c.parked || m.State != c.state || m.Hold != c.hold || out.Submit || m.Over == c.parked ||
				m.DueAt.IsZero() == c.parked {
				t.Errorf("parked %v, %v, held %d, submit %v, over %v, due %v", m.Parked(), m.State, m.Hold,
					out.Submit, m.Over, m.DueAt)
			}
			if again, _ := Apply(m, Input{Kind: Park}, epoch.Add(2*time.Hour)); again.Parked() != m.Parked() ||
				again.State != m.State || !again.DueAt.Equal(m.DueAt) {
				t.Errorf("parked twice it is %v, due %v", again.State, again.DueAt)
			}
			if still, out := Apply(m, Input{Kind: Timer}, epoch.Add(3*time.Hour)); out.Submit || still.State != m.State {
				t.Error("it continued before it was released")
			}

			on, _ := Apply(m, Input{Kind: Release}, epoch.Add(4*time.Hour))
			on, out = Apply(on, Input{Kind: Timer}, epoch.Add(4*time.Hour))
			if on.State != c.released || out.Submit != c.submit || on.Parked() {
				t.Errorf("released it is %v, submit %v", on.State, out.Submit)
			}
			if off, out := Apply(m, Input{Kind: Cancel}, epoch.Add(4*time.Hour)); off.State != c.canceled ||
				off.Hold != 0 || off.Owner != 0 || out.Release != m.Hold {
				t.Errorf("canceled it is %v, owner %d, held %d, released %d", off.State, off.Owner, off.Hold,
					out.Release)
			}
		})
	}
}

// A submit that was under way when the backup was made is repeated under the same reference when no other carrier is
// left, and says so.
func TestApply_ParkDuringSubmit(t *testing.T) {
	t.Parallel()
	m := text()
	m.Plan = m.Plan[:1]
	m, _ = play(m, Input{Kind: Timer}, Input{Kind: Park}, Input{Kind: Release}, Input{Kind: Timer})
	if len(m.Attempts) != 1 || !m.Attempts[0].Repeated || m.Attempts[0].Progress != AttemptSubmitting {
		t.Errorf("%+v", m.Attempts)
	}

	m, _ = play(text(), Input{Kind: Timer}, Input{Kind: Park}, Input{Kind: Release}, Input{Kind: Timer})
	if len(m.Attempts) != 2 || m.Attempts[0].Progress != AttemptUnknown || m.Attempts[1].Progress != AttemptSubmitting {
		t.Errorf("with another carrier left: %+v", m.Attempts)
	}
}

// Receipts count while a message is parked. A step that follows one waits until the message is released.
func TestApply_ParkReceipts(t *testing.T) {
	t.Parallel()
	m, _ := play(text(), Input{Kind: Timer}, Input{Kind: Park}, Input{Kind: ReceiptFailed, Reason: Unreachable})
	if !m.Parked() || m.State != Pending || m.Hold != 8 || len(m.Attempts) != 1 ||
		m.Attempts[0].Progress != AttemptRejected {
		t.Fatalf("after a failed receipt: %+v", m)
	}

	m, out := play(m, Input{Kind: Release}, Input{Kind: Timer, Down: nil})
	if !out.Submit && m.DueAt.IsZero() {
		t.Fatalf("released it is stuck: %+v", m)
	}

	m, out = Apply(m, Input{Kind: Timer}, epoch.Add(time.Hour))
	if len(m.Attempts) != 2 || m.StepOf(1).Carrier != "b" || !out.Submit {
		t.Errorf("released it did not go on with the next step: %+v", m.Attempts)
	}

	m, out = play(text(), Input{Kind: Timer}, Input{Kind: Park}, Input{Kind: ReceiptDelivered})
	if m.Parked() || m.State != Delivered || m.Charged != 5 || out.Release != 3 || m.Owner != 0 {
		t.Errorf("after its receipt: %+v", m)
	}
}
