package message

import (
	"slices"
	"testing"
	"time"
)

// TestApply_Places holds that an attempt begins only over a carrier of which the caller holds a place, and that the
// message waits for its turn otherwise.
func TestApply_Places(t *testing.T) {
	t.Parallel()
	none := []string{}
	for name, c := range map[string]struct {
		before []Input
		event  Input
		submit bool
		step   int // of the attempt that begins, or that is waited for
	}{
		"a rejected waits for the next carrier": {
			event: Input{Kind: AnswerRejected, Reason: NotOnChannel, Places: none}, step: 1,
		},
		"silence waits for the next carrier": {event: Input{Kind: AnswerUnknown, Places: none}, step: 1},
		"a place of the next carrier": {
			before: []Input{{Kind: AnswerRejected, Reason: NotOnChannel, Places: none}},
			event:  Input{Kind: Timer, Places: []string{"smsc"}}, submit: true, step: 1,
		},
		"after silence, a place of the next carrier": {
			before: []Input{{Kind: AnswerUnknown, Places: none}},
			event:  Input{Kind: Timer, Places: []string{"smsc"}}, submit: true, step: 1,
		},
		"a place of another carrier": {
			before: []Input{{Kind: AnswerRejected, Reason: NotOnChannel, Places: none}},
			event:  Input{Kind: Timer, Places: []string{"wa"}}, step: 1,
		},
		"the fallback timer without a place": {
			before: []Input{{Kind: AnswerAccepted, Parts: 1}}, event: Input{Kind: Timer, Places: none}, step: 1,
		},
		"a failed receipt waits for the next carrier": {
			before: []Input{{Kind: AnswerAccepted, Parts: 1}},
			event:  Input{Kind: ReceiptFailed, Reason: Unreachable, Places: none}, step: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := Start(whatsappThenSMS(), epoch, nil)
			now := epoch
			for _, e := range append(slices.Clone(c.before), c.event) {
				if e.Kind == Timer {
					now = now.Add(20 * time.Second)
				}
				var out Effects
				if m, out = Apply(m, e, now); e.Kind == c.event.Kind && out.Submit != c.submit {
					t.Fatalf("submit %v, want %v", out.Submit, c.submit)
				}
			}

			if c.submit {
				if got := m.Attempts[m.Current()].Step; got != c.step {
					t.Errorf("step %d began, want %d", got, c.step)
				}
				return
			}

			step, ok := m.NextStep(nil)
			if !ok || step != c.step || m.DueAt.After(now) {
				t.Errorf("waits for step %d (%v) at %v, want %d at %v", step, ok, m.DueAt, c.step, now)
			}
		})
	}
}
