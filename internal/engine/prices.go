package engine

import (
	"cmp"
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
)

// Price is a price of the configuration.
type Price struct {
	route.Price
	// Country is the main country of the prefix; empty for a price of all numbers.
	Country string
	Unit    string
	// Cost is what a unit costs the operator to such a number, over every carrier for which no other is configured.
	Cost message.Cost
}

// Prices lists the prices of live messages, by channel and prefix.
func (e *Engine) Prices() []Price {
	c := &e.dispatch.Config
	out := make([]Price, 0, len(c.Prices))
	for _, p := range c.Prices {
		out = append(out, Price{
			Price: p, Country: phone.CountryOf(p.Prefix), Unit: route.Unit(p.Channel),
			Cost: route.Table{Costs: c.Costs}.Cost(p.Channel, "", phone.Number(p.Prefix)),
		})
	}
	slices.SortFunc(out, func(a, b Price) int {
		return cmp.Or(cmp.Compare(a.Channel.String(), b.Channel.String()), cmp.Compare(a.Prefix, b.Prefix))
	})

	return out
}

// RouteRow is a row of the configuration's routes and prices.
type RouteRow struct {
	route.Row
	// Country is the main country of the prefix; empty for all numbers.
	Country string
	Unit    string
}

// Routes lists the routes and prices of live messages, by channel and prefix.
func (e *Engine) Routes() (out []RouteRow) {
	for _, r := range e.dispatch.RouteTable(id.Live).Rows() {
		out = append(out, RouteRow{Row: r, Country: phone.CountryOf(r.Prefix), Unit: route.Unit(r.Channel)})
	}
	return out
}
