package stats_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
)

// TestDelta_Costs: an attempt costs the operator something once, when its carrier accepts it, whatever comes later.
func TestDelta_Costs(t *testing.T) {
	t.Parallel()
	accepted := func(i int) message.Input { return message.Input{Kind: message.AnswerAccepted, Attempt: i, Parts: 1} }
	delivered := message.Input{Kind: message.ReceiptDelivered}
	failed := message.Input{Kind: message.ReceiptFailed, Reason: message.Unreachable}
	for name, c := range map[string]struct {
		events []message.Input
		want   map[string]int64
	}{
		"accepted":                 {[]message.Input{accepted(0)}, map[string]int64{"wa": 2}},
		"accepted and delivered":   {[]message.Input{accepted(0), delivered, delivered}, map[string]int64{"wa": 2}},
		"a receipt before":         {[]message.Input{delivered, accepted(0)}, map[string]int64{"wa": 2}},
		"a failed receipt":         {[]message.Input{accepted(0), failed, accepted(1)}, map[string]int64{"wa": 2, "smsc": 10}},
		"a failed receipt before":  {[]message.Input{failed, accepted(0)}, map[string]int64{"wa": 2}},
		"rejected":                 {[]message.Input{{Kind: message.AnswerRejected}, accepted(1)}, map[string]int64{"smsc": 10}},
		"no answer":                {[]message.Input{{Kind: message.AnswerUnknown}}, nil},
		"no answer, but a receipt": {[]message.Input{{Kind: message.AnswerUnknown}, delivered}, map[string]int64{"wa": 2}},
		"a fallback, then both":    {[]message.Input{accepted(0), {Kind: message.Timer}, accepted(1), delivered}, map[string]int64{"wa": 2, "smsc": 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sums := map[string]int64{}
			m := play(func(m message.Message) message.Message {
				m.Plan[0].Cost = message.Cost{Credits: 2, Known: true}
				m.Plan[1].Cost = message.Cost{Credits: 10, Known: true}
				return m
			}, func(l stats.Line) { sums[l.Carrier] += l.Cost }, c.events...)

			var shown int64
			for i := range m.Attempts {
				shown += m.CostOf(i).Credits
			}
			for carrier, want := range c.want {
				if sums[carrier] != want {
					t.Errorf("%s costs %d, want %d", carrier, sums[carrier], want)
				}
				shown -= want
			}
			if shown != 0 {
				t.Errorf("the attempts show %+d than the statistics", shown)
			}
		})
	}
}
