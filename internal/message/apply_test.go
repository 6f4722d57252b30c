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
	took := func(i int) Event { return Event{Kind: Took, Attempt: i, Parts: 1} }
	refused := func(i int, why Reason) Event { return Event{Kind: Refusal, Attempt: i, Reason: why} }
	got := func(i int) Event { return Event{Kind: ReceiptDelivered, Attempt: i} }
	lost := func(i int, why Reason) Event { return Event{Kind: ReceiptFailed, Attempt: i, Reason: why} }
	const s = time.Second
	return map[string]applyCase{
		"accepted, waits for the receipt": {
			[]at{{0, took(0)}}, Sent, []Progress{Accepted}, 3, 5, 20 * s, []State{Sent}, ""},
		"delivered ends the plan and releases the rest": {
			[]at{{0, took(0)}, {2 * s, got(0)}}, Delivered, []Progress{Arrived}, 0, 5, 0, []State{Sent, Delivered}, ""},
		"read": {
			[]at{{0, took(0)}, {2 * s, Event{Kind: ReceiptRead}}}, Read, []Progress{Opened}, 0, 5, 0, []State{Sent, Delivered, Read}, ""},
		"a hard failure goes on at once": {
			[]at{{0, refused(0, NotOnChannel)}, {0, took(1)}}, Sent, []Progress{Refused, Accepted}, 0, 8, 0, []State{Sent}, ""},
		"silence goes on by the timer": {
			[]at{{0, took(0)}, {20 * s, Event{Kind: Timer}}, {21 * s, took(1)}}, Sent, []Progress{Accepted, Accepted}, 0, 8, 0, []State{Sent, Sent}, ""},
		"a timer too early does nothing": {
			[]at{{0, took(0)}, {19 * s, Event{Kind: Timer}}}, Sent, []Progress{Accepted}, 3, 5, 20 * s, []State{Sent}, ""},
		"late receipt of the first step while the second is submitted": {
			[]at{{0, took(0)}, {20 * s, Event{Kind: Timer}}, {21 * s, got(0)}, {22 * s, refused(1, CarrierRejected)}},
			Delivered, []Progress{Arrived, Refused}, 0, 5, 0, []State{Sent, Delivered}, ""},
		"a failed receipt gives back and goes on": {
			[]at{{0, took(0)}, {1 * s, lost(0, Unreachable)}}, Sent, []Progress{Refused, Submitting}, 8, 0, 0, []State{Sent}, ""},
		"both fail by receipt": {
			[]at{{0, took(0)}, {1 * s, lost(0, Unreachable)}, {1 * s, took(1)}, {3 * s, lost(1, ExpiredInTransit)}},
			Failed, []Progress{Refused, Refused}, 0, 0, 0, []State{Sent, Sent, Failed}, ExpiredInTransit},
		"refused by all for the number": {
			[]at{{0, refused(0, InvalidDestination)}, {0, refused(1, InvalidDestination)}},
			Failed, []Progress{Refused, Refused}, 0, 0, 0, []State{Failed}, InvalidDestination},
		"refused for another reason waits for a moment": {
			[]at{{0, refused(0, NotOnChannel)}, {0, refused(1, Unreachable)}},
			Pending, []Progress{Refused, Refused}, 8, 0, 2 * s, nil, ""},
		"and fails without another submit": {
			[]at{{0, refused(0, NotOnChannel)}, {0, refused(1, Unreachable)}, {2 * s, Event{Kind: Timer}}},
			Failed, []Progress{Refused, Refused}, 0, 0, 0, []State{Failed}, Unreachable},
		"a refusal after a throttle is final": {
			[]at{{0, refused(0, NotOnChannel)}, {0, Event{Kind: Later, Attempt: 1}}, {1 * s, Event{Kind: Timer}}, {1 * s, refused(1, Unreachable)}, {3 * s, Event{Kind: Timer}}},
			Failed, []Progress{Refused, Refused}, 0, 0, 0, []State{Failed}, Unreachable},
		"throttled on the last step waits as asked": {
			[]at{{0, refused(0, NotOnChannel)}, {0, Event{Kind: Later, Attempt: 1, After: 7 * s}}}, Pending, []Progress{Refused, Waiting}, 8, 0, 7 * s, nil, ""},
		"throttled on the first step goes on": {
			[]at{{0, Event{Kind: Later, After: 7 * s}}, {0, took(1)}}, Sent, []Progress{Waiting, Accepted}, 0, 8, 45 * s, []State{Sent}, ""},
		"no reply goes on; its late receipt is charged while the hold is there": {
			[]at{{0, Event{Kind: NoReply, Reason: CarrierTimeout}}, {1 * s, got(0)}, {2 * s, refused(1, CarrierRejected)}},
			Delivered, []Progress{Arrived, Refused}, 0, 5, 0, []State{Sent, Delivered}, ""},
		"verified before the fallback": {
			[]at{{0, took(0)}, {3 * s, Event{Kind: Stop}}, {20 * s, Event{Kind: Timer}}}, Sent, []Progress{Accepted}, 0, 5, 0, []State{Sent}, ""},
		"expired while waiting to be tried again": {
			[]at{{0, refused(0, NotOnChannel)}, {0, Event{Kind: Later, Attempt: 1}}, {300 * s, Event{Kind: Timer}}},
			Failed, []Progress{Refused, Refused}, 0, 0, 0, []State{Failed}, UnknownReason},
		"cancelled before an answer, which then says accepted": {
			[]at{{0, Event{Kind: Cancel}}, {1 * s, took(0)}}, Sent, []Progress{Accepted}, 0, 5, 0, []State{Canceled, Sent}, ""},
		"crashed while submitting goes on": {
			[]at{{0, Event{Kind: Crashed}}, {1 * s, took(1)}}, Sent, []Progress{Ambiguous, Accepted}, 0, 8, 0, []State{Sent}, ""},
		"crashed in the last step repeats it": {
			[]at{{0, refused(0, NotOnChannel)}, {1 * s, Event{Kind: Crashed}}, {2 * s, took(1)}},
			Sent, []Progress{Refused, Accepted}, 0, 8, 0, []State{Sent}, ""},
		"a carrier out of order is passed by": {
			[]at{{0, took(0)}, {20 * s, Event{Kind: Timer, Down: []string{"smsc"}}}}, Sent, []Progress{Accepted, Submitting}, 3, 5, 0, []State{Sent}, ""},
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

func TestLongMessageArrivesWhenEveryPartDid(t *testing.T) {
	t.Parallel()
	m, _ := Start(whatsappThenSMS(), epoch, nil)
	m, _ = Apply(m, Event{Kind: Took, Parts: 3}, epoch)
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

// FuzzApply plays any events in any order: money is neither made nor lost, a message does not move backwards, and
// playing the whole list a second time changes nothing that matters.
func FuzzApply(f *testing.F) {
	f.Add([]byte{2, 0, 6, 0, 1, 20})
	f.Add([]byte{3, 0, 2, 16, 8, 16, 6, 0})
	f.Add([]byte{5, 0, 9, 0, 2, 16, 11, 0, 6, 0})
	f.Add([]byte{0, 5, 4, 0, 0, 5, 4, 0, 0, 5, 4, 0, 9})
	f.Add([]byte{0, 5, 8, 0, 12, 0, 1, 0, 9})
	f.Add([]byte{1, 0, 13, 0, 7, 0, 14, 0, 0, 5})
	f.Add([]byte{13, 0, 0, 5, 14, 0, 0, 5, 13, 0, 9, 0, 1})
	rank := map[State]int{Scheduled: 0, Pending: 0, Uncertain: 1, Canceled: 1, Sent: 2, Failed: 3, Delivered: 4, Read: 5}
	f.Fuzz(func(t *testing.T, script []byte) {
		m, _ := Start(whatsappThenSMS(), epoch, nil)
		if len(script)%2 == 1 {
			m = text()
		}
		now, spent, held := epoch, int64(0), m.Hold
		step := func(e Event) {
			before := m
			var out Effects
			m, out = Apply(m, e, now)
			spent += out.Capture - out.Refund
			held -= out.Capture + out.Release
			// Whoever stores an attempt that is Submitting makes the message his own.
			submits := slices.ContainsFunc(m.Attempts, func(a Attempt) bool { return a.Progress == Submitting })
			if m.Hold > 0 && m.DueAt.IsZero() && !submits {
				t.Fatalf("%+v: %d credits are held for a message that waits for nothing, and would go with its day", e, m.Hold)
			}
			if held != m.Hold || spent != m.Charged || held < 0 || spent < 0 || held+spent > 8 {
				t.Fatalf("%+v: held %d (message says %d), spent %d (message says %d)", e, held, m.Hold, spent, m.Charged)
			}
			if rank[m.State] < rank[before.State] {
				t.Fatalf("%+v: %v went back to %v", e, before.State, m.State)
			}
			if before.Over && (out.Submit || !m.Over) {
				t.Fatalf("%+v: a plan that was over went on", e)
			}
			if m.Over && !m.DueAt.IsZero() {
				t.Fatalf("%+v: over, and still due", e)
			}
			if before.Parked() && (out.Submit || !m.Over && e.Kind != Unpark && (!m.Parked() || m.DueAt.IsZero())) {
				t.Fatalf("%+v: a parked message went on without the operator's word", e)
			}
		}
		for i := 0; i+1 < len(script); i += 2 {
			now = now.Add(time.Duration(script[i+1]&15) * 2 * time.Second)
			step(Event{Kind: Kind(script[i]%15 + 1), Attempt: int(script[i+1] >> 4 & 3), Part: int(script[i+1] >> 6),
				Parts: 1 + int(script[i]>>6), Reason: Unreachable})
		}
		step(Event{Kind: Expire})
		for i := range m.Attempts {
			step(Event{Kind: Refusal, Attempt: i, Reason: Busy})
		}
		if m.Hold != 0 || m.Owner != 0 {
			t.Fatalf("after the end %d credits are still held, owner %d", m.Hold, m.Owner)
		}
		end := m
		for _, k := range []Kind{Timer, Cancel, Stop, Expire, Crashed, Block, Park, Unpark} {
			step(Event{Kind: k})
		}
		if m.State != end.State || m.Charged != end.Charged {
			t.Fatalf("events after the end moved %v to %v", end.State, m.State)
		}
	})
}
