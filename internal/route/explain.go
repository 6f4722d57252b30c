package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
)

// LeftOut is a carrier that serves a channel, and is not in the plan for a number.
type LeftOut struct {
	Channel message.Channel
	Carrier string
	Why     string // a clause without its end
}

// LeftOut lists the carriers of a channel that are not in the plan for a number, in the order of the configuration.
func (t Table) LeftOut(ch message.Channel, to phone.Number) (list []LeftOut) {
	in, rule := t.carriers(ch, to)
	for _, c := range t.Carriers {
		if slices.Contains(c.Channels, ch) && !slices.Contains(in, c.Name) {
			list = append(list, LeftOut{ch, c.Name, t.whyLeftOut(c.Name, ch, to, rule)})
		}
	}

	return list
}

// whyLeftOut says why a carrier is not in the plan that the rule made; -1: no rule of the channel matches.
func (t Table) whyLeftOut(name string, ch message.Channel, to phone.Number, rule int) string {
	decided := fmt.Sprintf("no route for %s matches the number", ch)
	if rule >= 0 {
		decided = fmt.Sprintf("route %d decides, and does not name it", rule+1)
	}

	for i, r := range t.Rules {
		switch {
		case r.Channel != ch || !slices.Contains(r.Carriers, name):
		case strings.HasPrefix(string(to), r.Prefix):
			return fmt.Sprintf("route %d names it, but route %d comes first", i+1, rule+1)
		default:
			decided += fmt.Sprintf("; route %d names it for numbers that begin with %s", i+1, r.Prefix)
		}
	}

	return decided
}

// Shares estimates for each carrier of a channel in how many of so many plans it comes first. The random numbers begin with
// 1, so it is the same each time.
func (t Table) Shares(r Request, ch message.Channel, plans int) map[string]int {
	draw := Draw{Turns: Turns{}, Random: 1}
	if r.Draw != nil {
		draw.Lately, draw.Down = r.Draw.Lately, r.Draw.Down
	}

	first := map[string]int{}
	r.Channels, r.Draw = []message.Channel{ch}, &draw
	for range plans {
		plan, _ := t.Plan(r)
		if len(plan) == 0 {
			break
		}
		draw.Turns.Took(t, plan, r.Country)
		draw.Random += 1_000_003
		first[plan[0].Carrier]++
	}

	return first
}
