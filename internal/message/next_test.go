package message

import (
	"testing"
	"time"
)

// TestMessage_NextStep holds what the index of waiting work says to what a submit does.
func TestMessage_NextStep(t *testing.T) {
	t.Parallel()
	code := func() Message { m, _ := Start(whatsappThenSMS(), epoch, nil); return m }
	for name, c := range map[string]struct {
		m      Message
		events []Input
		step   int
		ok     bool
	}{
		"scheduled":              {m: text(), step: 0, ok: true},
		"under way":              {m: text(), events: []Input{{Kind: Timer}}},
		"waits for its fallback": {m: code(), events: []Input{{Kind: AnswerAccepted, Parts: 1}}, step: 1, ok: true},
		"the last step throttled": {
			m: text(), events: []Input{{Kind: Timer}, {Kind: AnswerRejected}, {Kind: AnswerRetry, Attempt: 1}}, step: 1,
			ok: true,
		},
		"the last step unknown": {
			m: text(), events: []Input{{Kind: Timer}, {Kind: AnswerRejected}, {Kind: AnswerUnknown, Attempt: 1}},
			step: 1, ok: true,
		},
		"over":     {m: text(), events: []Input{{Kind: Timer}, {Kind: AnswerAccepted, Parts: 1}}},
		"canceled": {m: text(), events: []Input{{Kind: Cancel}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := c.m
			for i, e := range c.events {
				m, _ = Apply(m, e, epoch.Add(time.Duration(i+1)*time.Second))
			}

			step, ok := m.NextStep(nil)
			if step != c.step || ok != c.ok {
				t.Fatalf("step %d, %v; want %d, %v", step, ok, c.step, c.ok)
			}
			if !ok {
				return
			}

			m, out := Apply(m, Input{Kind: Timer}, m.DueAt)
			if !out.Submit || m.Attempts[m.Current()].Step != step {
				t.Errorf("when due: submit %v, attempts %+v", out.Submit, m.Attempts)
			}
		})
	}
}
