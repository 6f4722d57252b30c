package route_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
)

func TestTable_Cost(t *testing.T) {
	t.Parallel()
	table := route.Table{Costs: []route.Cost{
		{Channel: message.SMS, Credits: 6},
		{Channel: message.SMS, Prefix: "+3247", Credits: 5},
		{Channel: message.SMS, Prefix: "+32", Credits: 4},
		{Channel: message.SMS, Carrier: "own", Credits: 3},
		{Channel: message.SMS, Carrier: "own", Prefix: "+32", Credits: 2},
		{Channel: message.SMS, Carrier: "flat", Prefix: "+32", Credits: 0},
		{Channel: message.Voice, Carrier: "own", Credits: 40},
	}}
	known := func(credits int64) message.Cost { return message.Cost{Credits: credits, Known: true} }
	for name, c := range map[string]struct {
		channel message.Channel
		carrier string
		to      phone.Number
		want    message.Cost
	}{
		"the longest prefix":                       {message.SMS, "any", "+32470123456", known(5)},
		"the longest that matches":                 {message.SMS, "any", "+32485123456", known(4)},
		"without a prefix":                         {message.SMS, "any", "+33612345678", known(6)},
		"the carrier's own, by the longest prefix": {message.SMS, "own", "+32470123456", known(2)},
		"the carrier's own, without a prefix":      {message.SMS, "own", "+33612345678", known(3)},
		"a cost of 0 is known":                     {message.SMS, "flat", "+32470123456", known(0)},
		"not the carrier's for this number":        {message.SMS, "flat", "+33612345678", known(6)},
		"another channel":                          {message.Voice, "own", "+32470123456", known(40)},
		"none for the carrier":                     {message.Voice, "any", "+32470123456", message.Cost{}},
		"none for the channel":                     {message.Telegram, "own", "+32470123456", message.Cost{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := table.Cost(c.channel, c.carrier, c.to); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// TestTable_PlanCosts: the cost of a step is that of the whole message, with as many segments as its carrier needs.
func TestTable_PlanCosts(t *testing.T) {
	t.Parallel()
	table := rated()
	table.Costs = []route.Cost{{Channel: message.SMS, Credits: 3}, {Channel: message.SMS, Carrier: "b", Credits: 4}}
	plan, _ := table.Plan(route.Request{To: "+32470123456", Channels: []message.Channel{message.SMS}, Text: accented()})
	for i, want := range []int64{3, 4, 6} { // c needs two segments
		if got := plan[i].Cost; got != (message.Cost{Credits: want, Known: true}) {
			t.Errorf("%s costs %+v, want %d", plan[i].Carrier, got, want)
		}
	}
}

// TestDraw_Costs: of carriers that are as good, the one that costs the operator least comes first, whatever the price is.
// When the cost of one of them is not known, costs cannot be compared, and the price decides.
func TestDraw_Costs(t *testing.T) {
	t.Parallel()
	const byCost = "route 2, verified_rate 0.90 of 100000000 codes, cheaper"
	for name, c := range map[string]struct {
		costs []route.Cost
		first string
	}{
		"costs of all, against the prices": {
			[]route.Cost{{Channel: message.SMS, Credits: 9}, {Channel: message.SMS, Carrier: "c", Credits: 1}}, "c",
		},
		"prices without costs":      {nil, "b"},
		"prices, as one is unknown": {[]route.Cost{{Channel: message.SMS, Carrier: "c", Credits: 1}}, "b"},
		"costs of 0":                {[]route.Cost{{Channel: message.SMS}, {Channel: message.SMS, Carrier: "b", Credits: 1}}, "c"},
		"costs of other numbers":    {[]route.Cost{{Channel: message.SMS, Prefix: "+33", Carrier: "c", Credits: 1}}, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := rated()
			table.Costs = c.costs
			lately := map[route.Way]route.Conversion{}
			for carrier, conversion := range map[string]route.Conversion{
				"a": codes(500, 100, time.Second), "b": codes(1e8, 9e7, 15*time.Second), "c": codes(1e8, 9e7, 15*time.Second),
			} {
				lately[route.Way{Channel: message.SMS, Country: "BE", Carrier: carrier}] = conversion
			}

			for seed := range uint64(100) {
				plan, _ := table.Plan(route.Request{
					To: "+32470123456", Country: "BE", Channels: []message.Channel{message.SMS}, Text: accented(),
					Draw: &route.Draw{Lately: lately, Random: seed},
				})
				if plan[0].Carrier != c.first || plan[0].Choice.String() != byCost {
					t.Fatalf("seed %d: %s is first because of %q", seed, plan[0].Carrier, plan[0].Choice)
				}
			}
		})
	}
}
