package message

import (
	"testing"
	"time"
)

// What becomes of a message in a restored copy, and then by the operator's word.
func TestPark(t *testing.T) {
	t.Parallel()
	code := func(m Message) Message { m, _ = Start(m, epoch, nil); return m }
	heldBack := func(m Message) Message { m.HoldUnknown = true; return m }
	took := Event{Kind: AnswerAccepted, Parts: 1}
	for name, c := range map[string]struct {
		m        Message
		before   []Event
		parked   bool
		state    State
		hold     int64
		released State // after Unpark and its time
		submit   bool
		canceled State // after Cancel in its place
	}{
		"a text that waits for its time":       {text(), nil, true, Scheduled, 8, Pending, true, Canceled},
		"a text in a submit":                   {text(), []Event{{Kind: Timer}}, true, Pending, 8, Pending, true, Unknown},
		"a text to be tried again":             {text(), []Event{{Kind: Timer}, {Kind: AnswerRejected}, {Kind: AnswerRetry, Attempt: 1}}, true, Pending, 8, Pending, true, Canceled},
		"a text that may not be repeated":      {heldBack(text()), []Event{{Kind: Timer}}, false, Unknown, 0, Unknown, false, Unknown},
		"a text that was accepted":             {text(), []Event{{Kind: Timer}, took}, false, Sent, 0, Sent, false, Sent},
		"a canceled text":                      {text(), []Event{{Kind: Cancel}}, false, Canceled, 0, Canceled, false, Canceled},
		"a code in a submit":                   {code(whatsappThenSMS()), nil, false, Failed, 0, Failed, false, Failed},
		"a code that waits for its receipt":    {code(whatsappThenSMS()), []Event{took}, false, Sent, 0, Sent, false, Sent},
		"a code to be tried again":             {code(whatsappThenSMS()), []Event{{Kind: AnswerRejected}, {Kind: AnswerRetry, Attempt: 1}}, false, Failed, 0, Failed, false, Failed},
		"a code in a submit after its message": {code(whatsappThenSMS()), []Event{{Kind: Stop}}, false, Pending, 0, Pending, false, Canceled},
	} {
		m, _ := play(c.m, c.before...)
		m.Owner = 7 * int64(min(1, len(c.before))) // whoever worked on it
		m, out := Apply(m, Event{Kind: Park}, epoch.Add(time.Hour))
		if m.Parked() != c.parked || m.State != c.state || m.Hold != c.hold || out.Submit || m.Over == c.parked || m.DueAt.IsZero() == c.parked {
			t.Errorf("%s: parked %v, %v, held %d, submit %v, over %v, due %v", name, m.Parked(), m.State, m.Hold, out.Submit, m.Over, m.DueAt)
		}
		if again, _ := Apply(m, Event{Kind: Park}, epoch.Add(2*time.Hour)); again.Parked() != m.Parked() || again.State != m.State || !again.DueAt.Equal(m.DueAt) {
			t.Errorf("%s: parked twice it is %v, due %v", name, again.State, again.DueAt)
		}
		if still, out := Apply(m, Event{Kind: Timer}, epoch.Add(3*time.Hour)); out.Submit || still.State != m.State {
			t.Errorf("%s: it went on without the operator's word", name)
		}

		on, _ := Apply(m, Event{Kind: Unpark}, epoch.Add(4*time.Hour))
		on, out = Apply(on, Event{Kind: Timer}, epoch.Add(4*time.Hour))
		if on.State != c.released || out.Submit != c.submit || on.Parked() {
			t.Errorf("%s: released it is %v, submit %v", name, on.State, out.Submit)
		}
		if off, out := Apply(m, Event{Kind: Cancel}, epoch.Add(4*time.Hour)); off.State != c.canceled || off.Hold != 0 || off.Owner != 0 || out.Release != m.Hold {
			t.Errorf("%s: canceled it is %v, owner %d, held %d, released %d", name, off.State, off.Owner, off.Hold, out.Release)
		}
	}
}

// A submit that was under way when the copy was made is repeated under the same reference when no other carrier is left,
// and says so.
func TestPark_SubmitUnderWay(t *testing.T) {
	t.Parallel()
	m := text()
	m.Plan = m.Plan[:1]
	m, _ = play(m, Event{Kind: Timer}, Event{Kind: Park}, Event{Kind: Unpark}, Event{Kind: Timer})
	if len(m.Attempts) != 1 || !m.Attempts[0].Repeated || m.Attempts[0].Progress != AttemptSubmitting {
		t.Errorf("%+v", m.Attempts)
	}

	m, _ = play(text(), Event{Kind: Timer}, Event{Kind: Park}, Event{Kind: Unpark}, Event{Kind: Timer})
	if len(m.Attempts) != 2 || m.Attempts[0].Progress != AttemptUnknown || m.Attempts[1].Progress != AttemptSubmitting {
		t.Errorf("with another carrier left: %+v", m.Attempts)
	}
}

// Receipts are taken while a message is parked. One that asks for the next step waits with it.
func TestPark_Receipts(t *testing.T) {
	t.Parallel()
	m, _ := play(text(), Event{Kind: Timer}, Event{Kind: Park}, Event{Kind: ReceiptFailed, Reason: Unreachable})
	if !m.Parked() || m.State != Pending || m.Hold != 8 || len(m.Attempts) != 1 || m.Attempts[0].Progress != AttemptRejected {
		t.Fatalf("after a failed receipt: %+v", m)
	}

	m, out := play(m, Event{Kind: Unpark}, Event{Kind: Timer, Down: nil})
	if !out.Submit && m.DueAt.IsZero() {
		t.Fatalf("released it is stuck: %+v", m)
	}

	m, out = Apply(m, Event{Kind: Timer}, epoch.Add(time.Hour))
	if len(m.Attempts) != 2 || m.StepOf(1).Carrier != "b" || !out.Submit {
		t.Errorf("released it did not go on with the next step: %+v", m.Attempts)
	}

	m, out = play(text(), Event{Kind: Timer}, Event{Kind: Park}, Event{Kind: ReceiptDelivered})
	if m.Parked() || m.State != Delivered || m.Charged != 5 || out.Release != 3 || m.Owner != 0 {
		t.Errorf("after its receipt: %+v", m)
	}
}
