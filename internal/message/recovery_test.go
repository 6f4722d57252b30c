package message

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// carriers answers each submit of a message, and can mark carriers as out of order.
type carriers struct {
	answer  func(carrier string, at time.Duration) Input
	down    func(at time.Duration) []string
	room    func(at time.Duration) time.Duration // how long the number's limits leave none
	submits []string                             // carrier@seconds
	copies  int                                  // that the number's limits count
}

// deliver plays a message from its first submit to its end, or for two minutes.
func (f *carriers) deliver(m Message) Message {
	now := epoch
	submitted := true
	for range 100 {
		at := now.Sub(epoch)
		e := Input{Kind: Timer}
		if submitted {
			name := m.StepOf(m.Current()).Carrier
			f.submits = append(f.submits, fmt.Sprintf("%s@%g", name, at.Seconds()))
			e = f.answer(name, at)
			e.Attempt = m.Current()
		}

		e.Allowance.Known = true
		if f.down != nil {
			e.Down = f.down(at)
		}
		if f.room != nil {
			e.Allowance.Wait = f.room(at)
		}

		var out Effects
		m, out = Apply(m, e, now)
		f.copies += len(out.AddCopies) - len(out.RemoveCopies)
		submitted = out.Submit
		if m.Over || m.State == Sent || !submitted && m.DueAt.Sub(epoch) > 2*time.Minute {
			return m
		}
		if !submitted {
			now = m.DueAt
		}
	}

	return m
}

// TestApply_RetryAfterBounded: a carrier that asks for an absurd wait is asked again within a minute, alone or next to
// another that asks for a retry.
func TestApply_RetryAfterBounded(t *testing.T) {
	t.Parallel()
	for _, asked := range []time.Duration{
		61 * time.Second, time.Hour, 100_000 * time.Second, 31_536_000 * time.Second,
	} {
		for name, start := range map[string]func() Message{"alone": oneCarrier, "next to another": twoCarriers} {
			f := carriers{answer: func(carrier string, at time.Duration) Input {
				switch {
				case carrier == "b":
					return Input{Kind: AnswerRetry}
				case at == 0:
					return Input{Kind: AnswerRetry, After: asked}
				}
				return Input{Kind: AnswerAccepted, Parts: 1}
			}}

			m := f.deliver(start())
			last := f.submits[len(f.submits)-1]
			if m.State != Sent || last != "a@60" && last != "a@63" {
				t.Errorf("%v %s: %v after %v", asked, name, m.State, f.submits)
			}
		}
	}
}

// TestApply_CarrierDown: a carrier that is out of order is tried when nothing else can be, as early as if it were
// alone.
func TestApply_CarrierDown(t *testing.T) {
	t.Parallel()
	open := func(at time.Duration) []string {
		if at >= 15*time.Second {
			return []string{"b"} // after its fifth failure in a row
		}
		return nil
	}

	barred := func(time.Duration) time.Duration { return time.Hour }
	retry := Input{Kind: AnswerRetry}
	answersOfA := func(a Input) func(string, time.Duration) Input {
		return func(carrier string, _ time.Duration) Input {
			if carrier == "a" {
				return a
			}
			return retry
		}
	}

	for name, c := range map[string]struct {
		f    carriers
		want string // the submits of b
	}{
		"the other asked for a long wait": {
			f:    carriers{answer: answersOfA(Input{Kind: AnswerRetry, After: time.Hour}), down: open},
			want: "b@0 b@1 b@3 b@7 b@15 b@31 b@63",
		},
		"the other is barred by a limit": {
			f:    carriers{answer: answersOfA(Input{Kind: AnswerUnknown}), down: open, room: barred},
			want: "b@0 b@1 b@3 b@7 b@15 b@31 b@63",
		},
		"the other is tried meanwhile": {f: carriers{answer: answersOfA(retry), down: func(at time.Duration) []string {
			if at >= 15*time.Second && at < 45*time.Second {
				return []string{"b"}
			}
			return nil
		}}, want: "b@0 b@1 b@3 b@7 b@61"},
		"the other is put off for a moment": {f: carriers{
			answer: answersOfA(Input{Kind: AnswerRetry, After: 2 * time.Second}),
			down:   func(time.Duration) []string { return []string{"b"} },
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.f.deliver(twoCarriers())
			b := slices.DeleteFunc(slices.Clone(c.f.submits), func(s string) bool { return s[0] != 'b' })
			if got := strings.Join(b, " "); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("submits %v, want %s", c.f.submits, c.want)
			}
		})
	}
}

// TestApply_Doubt: of a message's submits that were answered 500, the first counts nothing, and each later one counts
// once.
func TestApply_Doubt(t *testing.T) {
	t.Parallel()
	maybe := Input{Kind: AnswerRetry, MaybeAccepted: true}
	retry, accepted := Input{Kind: AnswerRetry}, Input{Kind: AnswerAccepted, Parts: 1}
	for name, c := range map[string]struct {
		m       Message
		answers []Input
		code    bool // the send itself counts
		copies  int
	}{
		"500":           {m: oneCarrier(), answers: []Input{maybe}},
		"500, 429":      {m: oneCarrier(), answers: []Input{maybe, retry}},
		"500, accepted": {m: oneCarrier(), answers: []Input{maybe, accepted}, code: true},
		"500, 500":      {m: oneCarrier(), answers: []Input{maybe, maybe}, code: true},
		"500, 500, 429": {m: oneCarrier(), answers: []Input{maybe, maybe, retry}, code: true},
		"500, 500, 500": {m: oneCarrier(), answers: []Input{maybe, maybe, maybe}, code: true, copies: 1},
		"500, 500, accepted": {
			m: oneCarrier(), answers: []Input{maybe, maybe, accepted}, code: true, copies: 1,
		},
		"429, 500":                     {m: oneCarrier(), answers: []Input{retry, maybe}, code: true},
		"500 from both":                {m: twoCarriers(), answers: []Input{maybe, maybe}, code: true},
		"500 from both, then accepted": {m: twoCarriers(), answers: []Input{maybe, maybe, accepted}, code: true},
		"a text: 500":                  {m: liveText(), answers: []Input{maybe}},
		"a text: 500, accepted":        {m: liveText(), answers: []Input{maybe, accepted}},
		"a text: 500, 500":             {m: liveText(), answers: []Input{maybe, maybe}, copies: 1},
		"a text: 500, 500, 500":        {m: liveText(), answers: []Input{maybe, maybe, maybe}, copies: 2},
		"a text: unknown, then 500":    {m: liveText(), answers: []Input{{Kind: AnswerUnknown}, maybe}, copies: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			f := carriers{answer: func(string, time.Duration) Input {
				if n++; n > len(c.answers) {
					n = len(c.answers)
					return Input{} // unused
				}
				return c.answers[n-1]
			}}

			m := c.m
			for i := range c.answers {
				m = f.one(t, m, c.answers[i])
			}
			if m.Counted.IsZero() == c.code || f.copies != c.copies {
				t.Errorf("the send counts: %v, want %v; copies %d, want %d", !m.Counted.IsZero(), c.code, f.copies,
					c.copies)
			}
		})
	}
}

// TestApply_RetryWithinLimits: what will count when it is answered 500 again needs the limits' allowance, also a text.
func TestApply_RetryWithinLimits(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]Message{"code": oneCarrier(), "text": liveText()} {
		t.Run(name, func(t *testing.T) {
			m, _ = Apply(m, Input{Kind: AnswerRetry, MaybeAccepted: true}, epoch)
			full := Input{Kind: Timer, Allowance: Allowance{Known: true, Wait: time.Minute}}
			if next, out := Apply(m, full, m.DueAt); out.Submit || next.DueAt.Before(m.DueAt.Add(time.Minute)) {
				t.Errorf("submit %v, due %v", out.Submit, next.DueAt)
			}
		})
	}
}

func liveText() Message {
	m := oneCarrier()
	m.Type, m.Counted = TextMessage, time.Time{}
	return m
}

// one answers the submit that is under way, and begins the next submit before it if none is.
func (f *carriers) one(t *testing.T, m Message, answer Input) Message {
	t.Helper()
	note := func(out Effects) { f.copies += len(out.AddCopies) - len(out.RemoveCopies) }
	answer.Allowance.Known, answer.Places = true, []string{}
	now := m.Attempts[m.Current()].At.Add(100 * time.Millisecond)
	for range 5 {
		if m.Attempts[m.Current()].Progress == AttemptSubmitting {
			break
		}
		now = m.DueAt
		var out Effects
		m, out = Apply(m, Input{Kind: Timer, Allowance: Allowance{Known: true}}, now)
		note(out)
	}

	answer.Attempt = m.Current()
	m, out := Apply(m, answer, now)
	note(out)

	return m
}

// TestApply_SentOnce: a message is reported as sent when its first step is accepted, and for each fallback that was
// begun after that, never for a step that was under way when another was accepted.
func TestApply_SentOnce(t *testing.T) {
	t.Parallel()
	accepted := func(attempt int, late bool) Input {
		return Input{Kind: AnswerAccepted, Attempt: attempt, Parts: 1, Late: late}
	}
	unknown, timer := Input{Kind: AnswerUnknown}, Input{Kind: Timer}
	for name, c := range map[string]struct {
		events []Input
		sent   int
	}{
		"late, after the fallback was accepted": {[]Input{unknown, accepted(1, false), accepted(0, true)}, 1},
		"late, while the fallback is under way": {[]Input{unknown, accepted(0, true), accepted(1, false)}, 1},
		"a receipt, after the fallback was accepted": {
			[]Input{unknown, accepted(1, false), {Kind: ReceiptDelivered}}, 1,
		},
		"by the timer, then late": {[]Input{timer, accepted(1, false), accepted(0, false)}, 1},
		"both late": {
			[]Input{unknown, {Kind: AnswerUnknown, Attempt: 1}, accepted(1, true), accepted(0, true)}, 1,
		},
		"a fallback without a receipt": {[]Input{accepted(0, false), timer, accepted(1, false)}, 2},
		"a fallback after a failed receipt": {
			[]Input{accepted(0, false), {Kind: ReceiptFailed}, accepted(1, false)}, 2,
		},
		"late, of a fallback": {
			[]Input{accepted(0, false), timer, {Kind: AnswerUnknown, Attempt: 1}, accepted(1, true)}, 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, now, sent := twoCarriers(), epoch, 0
			for _, e := range c.events {
				if now = now.Add(time.Second); e.Kind == Timer {
					now = m.DueAt
				}
				e.Allowance.Known = true
				var out Effects
				m, out = Apply(m, e, now)
				sent += len(slices.DeleteFunc(out.Transitions, func(s State) bool { return s != Sent }))
			}
			if sent != c.sent {
				t.Errorf("reported as sent %d times, want %d", sent, c.sent)
			}
		})
	}
}

// TestApply_LateAnswers: when both submits of a text got no answer in time, and the answers that come late say that
// neither was accepted, it is tried again; one that was held back, too.
func TestApply_LateAnswers(t *testing.T) {
	t.Parallel()
	late, unknown := Input{Kind: AnswerRetry, Late: true, CarrierCode: "0x00000058"}, Input{Kind: AnswerUnknown}
	for name, c := range map[string]struct {
		m      Message
		events []Input
		submit bool // another one follows
		state  State
	}{
		"both after the second": {
			m: liveText(), events: []Input{unknown, {Kind: Timer}, unknown, late, late}, submit: true, state: Unknown,
		},
		"the first during the next": {
			m: liveText(), events: []Input{unknown, {Kind: Timer}, late, unknown, late}, submit: true, state: Pending,
		},
		"only one of them": {
			m: liveText(), events: []Input{unknown, {Kind: Timer}, unknown, late}, submit: true, state: Unknown,
		},
		"held": {m: held(liveText()), events: []Input{unknown, late}, submit: true, state: Unknown},
		"a code": {
			m: oneCarrier(), events: []Input{unknown, {Kind: Timer}, unknown, late, late}, submit: true, state: Pending,
		},
		"no late answer": {m: liveText(), events: []Input{unknown, {Kind: Timer}, unknown}, state: Unknown},
		"too late": {
			m: liveText(), events: []Input{unknown, {Kind: Timer}, unknown, {Kind: Timer}, late, late}, state: Failed,
		},
		"one of them too late": {
			m: liveText(), events: []Input{unknown, {Kind: Timer}, unknown, {Kind: Timer}, late}, state: Unknown,
		},
		"blocked meanwhile": {
			m:      liveText(),
			events: []Input{unknown, {Kind: Timer}, unknown, late, late, {Kind: Block, Reason: OptedOut}},
			state:  Failed,
		},
		"its time is over": {
			m: liveText(), events: []Input{unknown, {Kind: Timer}, unknown, late, late, {Kind: Expire}}, state: Failed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, now, copies := c.m, epoch, 0
			step := func(e Input) (out Effects) {
				if now = now.Add(time.Second); e.Kind == Timer {
					now = m.DueAt
				}
				e.Allowance.Known = true
				m, out = Apply(m, e, now)
				copies += len(out.AddCopies) - len(out.RemoveCopies)
				return out
			}

			for _, e := range c.events {
				step(e)
			}
			if m.State != c.state {
				t.Errorf("the message is %v, want %v", m.State, c.state)
			}

			submits := false
			for range 5 {
				submits = submits || !m.DueAt.IsZero() && step(Input{Kind: Timer}).Submit
			}
			if submits != c.submit {
				t.Errorf("submitted again: %v, want %v; %+v", submits, c.submit, m.Attempts)
			}
			if !submits {
				return
			}
			if m, _ = Apply(m, Input{Kind: AnswerAccepted, Attempt: 0, Parts: 1}, now); m.State != Sent || copies > 1 {
				t.Errorf("accepted in the end, it is %v with %d copies counted", m.State, copies)
			}
		})
	}
}
