package route_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
)

// written is a row in a line.
func written(r route.Row) string {
	var names []string
	for _, c := range r.Carriers {
		name := c.Name
		if c.Cost.Known {
			name += fmt.Sprintf("(%d)", c.Cost.Credits)
		}
		names = append(names, name)
	}

	return fmt.Sprintf("%v %q route %d %v price %d: %s",
		r.Channel, r.Prefix, r.Route, r.Strategy, r.Price, strings.Join(names, " "))
}

// TestRows: a row says what a plan for a number with its prefix is, and no other row has a longer prefix of the number.
func TestRows(t *testing.T) {
	t.Parallel()
	sms := []message.Channel{message.SMS}
	a, b := route.Carrier{Name: "a", Channels: sms}, route.Carrier{Name: "b", Channels: sms}
	for name, c := range map[string]struct {
		table route.Table
		want  []string
	}{
		"nothing": {route.Table{}, nil},
		"no rule": {
			route.Table{Carriers: []route.Carrier{a, b}, Prices: []route.Price{{Channel: message.SMS, Credits: 8}}},
			[]string{`sms "" route 0 order price 8: a b`},
		},
		"rules, prices and costs": {
			route.Table{
				Carriers: []route.Carrier{a, b},
				Rules: []route.Rule{
					{Channel: message.SMS, Prefix: "+32", Carriers: []string{"b", "a"}, Strategy: route.VerifiedRate},
					{Channel: message.SMS, Carriers: []string{"a"}},
				},
				Prices: []route.Price{{Channel: message.SMS, Credits: 8}, {Channel: message.SMS, Prefix: "+324", Credits: 5}},
				Costs:  []route.Cost{{Channel: message.SMS, Prefix: "+3", Carrier: "a", Credits: 2}},
			},
			[]string{
				`sms "+3" route 2 order price 8: a(2)`,
				`sms "+32" route 1 verified_rate price 8: b a(2)`,
				`sms "+324" route 1 verified_rate price 5: b a(2)`,
				`sms "" route 2 order price 8: a`,
			},
		},
		"no carrier for the rest": {
			route.Table{
				Carriers: []route.Carrier{a},
				Rules:    []route.Rule{{Channel: message.SMS, Prefix: "+32", Carriers: []string{"a"}}},
			},
			[]string{`sms "+32" route 1 order price 0: a`, `sms "" route 0 order price 0: `},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range c.table.Rows() {
				got = append(got, written(r))
				to := phone.Number(r.Prefix + "470123456")
				plan, _ := c.table.Plan(route.Request{To: to, Channels: sms})
				if len(plan) != len(r.Carriers) {
					t.Errorf("%s: the plan for %s is %v", got[len(got)-1], string(to), plan)
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("the rows are\n%s", strings.Join(got, "\n"))
			}
		})
	}
}
