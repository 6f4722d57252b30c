package route_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
)

// TestAvoid: a carrier that is paused is avoided always, one that is down while another is left.
func TestAvoid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ plan, paused, down, want string }{
		"nothing":                     {plan: "a b"},
		"one is paused":               {plan: "a b", paused: "a", want: "a"},
		"one is down":                 {plan: "a b", down: "a", want: "a"},
		"one of each, and a third":    {plan: "a b c", paused: "a", down: "b", want: "a b"},
		"one of each":                 {plan: "a b", paused: "a", down: "b", want: "a"},
		"all are down":                {plan: "a b", down: "a b"},
		"all are paused":              {plan: "a b", paused: "a b", want: "a b"},
		"one is both, the other down": {plan: "a b", paused: "a", down: "a b", want: "a"},
		"others":                      {plan: "a", paused: "b", down: "c", want: "b c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var plan []message.Step
			for _, carrier := range strings.Fields(c.plan) {
				plan = append(plan, message.Step{Carrier: carrier})
			}
			got := route.Avoid(plan, strings.Fields(c.paused), strings.Fields(c.down))
			if !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}
