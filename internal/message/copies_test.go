package message

import (
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// twoCarriers is a code over one channel and two carriers, the first submit of which is under way.
func twoCarriers() Message {
	m := Message{
		State: Pending, Deadline: epoch.Add(5 * time.Minute), Mode: id.Live, Counted: epoch,
		Plan: []Step{
			{Channel: SMS, Carrier: "a", Wait: 45 * time.Second, Receipts: true},
			{Channel: SMS, Carrier: "b", Wait: 45 * time.Second, Receipts: true},
		},
	}
	m, _ = Start(m, epoch, nil)
	return m
}

func oneCarrier() Message {
	m := twoCarriers()
	m.Plan = m.Plan[:1]
	m, _ = Start(Message{State: m.State, Deadline: m.Deadline, Mode: m.Mode, Counted: m.Counted, Plan: m.Plan}, epoch,
		nil)
	return m
}

func held(m Message) Message {
	m.NeverRepeat = true
	return m
}

// copyCase is what happens to a message, and what that makes of it.
type copyCase struct {
	m       Message
	events  []Input // a Timer comes when the message is due, all else a second after what was before
	submits string
	state   State
	over    bool
	due     time.Duration // since epoch; 0 = never
}

func copyCases() map[string]copyCase {
	const s = time.Second
	accepted, unknown := Input{Kind: AnswerAccepted, Parts: 1}, Input{Kind: AnswerUnknown}
	rejected, retry := Input{Kind: AnswerRejected, Reason: CarrierRejected}, Input{Kind: AnswerRetry}
	of := func(attempt int, e Input) Input { e.Attempt = attempt; return e }
	late := func(attempt int, e Input) Input { e.Attempt, e.Late = attempt, true; return e }
	timer := Input{Kind: Timer}

	return map[string]copyCase{
		"unknown is repeated once": {
			m: oneCarrier(), events: []Input{unknown, timer, unknown}, submits: "aa", state: Pending, due: 23 * s,
		},
		"and is unknown then": {
			m: oneCarrier(), events: []Input{unknown, timer, unknown, timer}, submits: "aa", state: Unknown, over: true,
		},
		"and fails in the end": {
			m: oneCarrier(), events: []Input{unknown, timer, unknown, timer, {Kind: Expire}}, submits: "aa",
			state: Failed, over: true,
		},
		"held, it is not repeated": {
			m: held(oneCarrier()), events: []Input{unknown}, submits: "a", state: Pending, due: 21 * s,
		},
		"held, the timer goes on": {
			m: held(twoCarriers()), events: []Input{unknown, timer}, submits: "ab", state: Pending,
		},
		"held, it waits for it": {
			m: held(twoCarriers()), events: []Input{unknown}, submits: "a", state: Pending, due: 45 * s,
		},

		"unknown continues immediately": {
			m: twoCarriers(), events: []Input{unknown, of(1, accepted)}, submits: "ab", state: Sent, over: true,
		},
		"no repeat of one before one": {
			m: twoCarriers(), events: []Input{unknown, of(1, accepted), timer, timer}, submits: "ab", state: Sent,
			over: true,
		},
		"repeated when none is left": {
			m: twoCarriers(), events: []Input{unknown, of(1, rejected), timer, accepted}, submits: "aba", state: Sent,
			over: true,
		},
		"each of two is repeated": {
			m: twoCarriers(), events: []Input{unknown, of(1, unknown), timer, unknown, of(1, unknown), timer},
			submits: "abab", state: Unknown, over: true,
		},
		"others have their turn": {
			m: twoCarriers(), events: []Input{unknown, of(1, retry), timer, of(1, retry), timer, of(1, retry)},
			submits: "abbba", state: Pending,
		},

		"late OK ends it": {
			m: oneCarrier(), events: []Input{unknown, late(0, accepted), timer}, submits: "a", state: Sent, over: true,
		},
		"late OK during the repeat": {
			m: oneCarrier(), events: []Input{unknown, timer, late(0, accepted), rejected}, submits: "aa", state: Sent,
			over: true,
		},
		"late rejection ends it": {
			m: oneCarrier(), events: []Input{unknown, late(0, rejected)}, submits: "a", state: Failed, over: true,
		},
		"late rejection during a repeat": {
			m: oneCarrier(), events: []Input{unknown, timer, late(0, rejected), accepted}, submits: "aa", state: Sent,
			over: true,
		},
		"late throttle leaves none": {
			m: oneCarrier(), events: []Input{unknown, late(0, retry), timer, unknown, timer, unknown}, submits: "aaa",
			state: Pending, due: 30 * s,
		},
		"late OK after a throttle": {
			m: twoCarriers(), events: []Input{unknown, of(1, retry), late(0, accepted)}, submits: "ab", state: Sent,
			due: 45 * s,
		},
		"a receipt settles it": {
			m: oneCarrier(), events: []Input{unknown, {Kind: ReceiptDelivered}, timer}, submits: "a", state: Delivered,
			over: true,
		},
		"a failed receipt settles it": {
			m: oneCarrier(), events: []Input{unknown, {Kind: ReceiptFailed, Reason: Unreachable}}, submits: "a",
			state: Failed, over: true,
		},

		"rejections are final": {
			m: twoCarriers(), events: []Input{rejected, of(1, rejected), timer}, submits: "ab", state: Failed,
			over: true,
		},
		"one rejected, one retried": {
			m: twoCarriers(), events: []Input{rejected, of(1, retry), timer, of(1, retry), timer}, submits: "abbb",
			state: Pending,
		},
		"the way back": {
			m: twoCarriers(), events: []Input{retry, of(1, retry), timer, retry, of(1, retry), timer, accepted},
			submits: "ababa", state: Sent, due: 7*s + 45*s,
		},
		"Retry-After of one": {
			m: twoCarriers(), events: []Input{{Kind: AnswerRetry, After: 30 * s}, of(1, retry), timer, of(1, retry)},
			submits: "abb", state: Pending, due: 6 * s,
		},
		"the fallback timer": {
			m: twoCarriers(), events: []Input{timer, of(1, accepted)}, submits: "ab", state: Sent, over: true,
		},
		"no answer after the timer": {
			m: twoCarriers(), events: []Input{timer, unknown, of(1, rejected), timer}, submits: "aba", state: Pending,
		},
		"no repeat while it is answered": {
			m: twoCarriers(), events: []Input{timer, of(1, rejected)}, submits: "ab", state: Pending, due: 60 * s,
		},
		"an OK after the timer": {
			m: twoCarriers(), events: []Input{timer, accepted, of(1, rejected)}, submits: "ab", state: Sent, over: true,
		},
		"a rejection after the timer": {
			m: twoCarriers(), events: []Input{timer, rejected, of(1, rejected), timer}, submits: "ab", state: Failed,
			over: true,
		},
		"crashed twice": {
			m: oneCarrier(), events: []Input{{Kind: Crashed}, {Kind: Crashed}}, submits: "aa", state: Pending,
			due: 22 * s,
		},
		"the first final receipt counts": {
			m: oneCarrier(),
			events: []Input{
				accepted,
				{Kind: ReceiptFailed, Reason: ExpiredInTransit},
				{Kind: ReceiptDelivered},
				{Kind: ReceiptRead},
			},
			submits: "a", state: Failed, over: true,
		},
		"delivered is final": {
			m:       oneCarrier(),
			events:  []Input{accepted, {Kind: ReceiptDelivered}, {Kind: ReceiptFailed}, {Kind: ReceiptRead}},
			submits: "a", state: Read, over: true,
		},
		"delivered although rejected": {
			m: oneCarrier(), events: []Input{unknown, timer, rejected, {Kind: ReceiptDelivered}}, submits: "aa",
			state: Delivered, over: true,
		},
		"no step begins after its time": {
			m: expiring(twoCarriers()), events: []Input{rejected}, submits: "a", state: Failed, over: true,
		},
		"a failed receipt and a throttle": {
			m: twoCarriers(), events: []Input{retry, of(1, accepted), {Kind: ReceiptFailed, Attempt: 1}, timer},
			submits: "aba", state: Sent,
		},
		"no receipt and a throttle": {
			m: twoCarriers(), events: []Input{retry, of(1, accepted), timer}, submits: "ab", state: Sent, over: true,
		},
	}
}

// TestApply_Copies: what follows an answer, in carriers by the order of their submits, and where that leaves the
// message.
func TestApply_Copies(t *testing.T) {
	t.Parallel()
	room := Allowance{Known: true}
	for name, c := range copyCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, now, submits := c.m, epoch, "a"
			var transitions []State
			for _, e := range c.events {
				e.Allowance = room
				if now = now.Add(time.Second); e.Kind == Timer {
					if m.DueAt.IsZero() {
						continue
					}
					now = m.DueAt
				}

				var out Effects
				m, out = Apply(m, e, now)
				transitions = append(transitions, out.Transitions...)
				if out.Submit {
					submits += m.StepOf(m.Current()).Carrier
				}
			}

			due := time.Duration(0)
			if !m.DueAt.IsZero() {
				due = m.DueAt.Sub(epoch)
			}
			if submits != c.submits || m.State != c.state || m.Over != c.over || c.due != 0 && due != c.due {
				t.Errorf("submits %q, %v, over %v, due %v; want %q, %v, %v, %v\n%+v", submits, m.State, m.Over, due,
					c.submits, c.state, c.over, c.due, m.Attempts)
			}
			if n := len(slices.DeleteFunc(transitions, func(s State) bool { return s != Sent })); n > len(m.Attempts) {
				t.Errorf("reported as sent %d times", n)
			}
		})
	}
}

func expiring(m Message) Message {
	m.Deadline = epoch.Add(time.Second)
	return m
}
