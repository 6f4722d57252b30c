package route_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
)

// TestTable_PlanSmart: smart encoding is decided for each carrier, and the most that the plan costs never grows by it.
func TestTable_PlanSmart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 70)
	for name, c := range map[string]struct {
		text  string
		smart bool
		want  string // carrier, encoding, segments and price of each step
		most  int64
	}{
		"off":                     {long + "’", false, "a ucs2 2 10, b ucs2 2 10, c ucs2 2 10", 10},
		"over every carrier":      {long + "’", true, "a gsm7 1 5 smart, b gsm7 1 5 smart, c gsm7 1 5 smart", 5},
		"c has no é":              {long + "é’", true, "a gsm7 1 5 smart, b gsm7 1 5 smart, c ucs2 2 10", 10},
		"nothing to save":         {"’", true, "a ucs2 1 5, b ucs2 1 5, c ucs2 1 5", 5},
		"nothing to replace":      {long + "é", true, "a gsm7 1 5, b gsm7 1 5, c ucs2 2 10", 10},
		"longer over c, not a, b": {long + strings.Repeat("é…", 40), true, "a gsm7 2 10 smart, b gsm7 2 10 smart, c ucs2 3 15", 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := rated()
			table.Rules = nil
			plan, _ := table.Plan(route.Request{
				To: "+32470123456", Channels: []message.Channel{message.SMS}, Text: secret.NewString(c.text), Smart: c.smart,
			})
			var got []string
			for _, s := range plan {
				step := fmt.Sprintf("%s %s %d %d", s.Carrier, s.Encoding, s.Segments, s.Price)
				if s.Smart {
					step += " smart"
				}
				got = append(got, step)
			}
			if strings.Join(got, ", ") != c.want || message.Price(plan) != c.most {
				t.Errorf("%s, at most %d; want %s, %d", strings.Join(got, ", "), message.Price(plan), c.want, c.most)
			}
		})
	}
}
