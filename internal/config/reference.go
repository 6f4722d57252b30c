package config

import (
	"slices"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/setting"
)

// Table is one table of the file, for the example and the documentation.
type Table struct {
	Name string // empty: the keys before the first table
	List bool   // it may be written several times, as [[name]]
	Rare bool   // in the example it is a comment
	// Doc is a short line for the example. More follows it in the documentation.
	Doc, More string
	Keys      []setting.Key // with their defaults
}

// Tables are all tables of the file but [[carrier]], whose keys depend on its kind, in the order of the example: those
// before the carriers, and those after them.
func Tables() (before, after []Table) {
	c := defaults()
	named := func(names ...string) (out []Table) {
		for _, s := range c.sections() {
			if slices.Contains(names, s.name) {
				out = append(out, Table{Name: s.name, Doc: s.doc, More: s.more, Keys: s.keys})
			}
		}
		return out
	}
	before = append([]Table{{Keys: c.keys()}}, named("tls", "webhooks", "retention")...)

	after = []Table{
		{
			Name: "route", List: true, Keys: routeKeys(&route.Rule{}), Doc: "over which carriers a channel goes; the first match counts",
			More: "Without routes, all carriers of a channel are tried in the order of the file. `syssecure route explain` shows the result.",
		},
		{
			Name: "price", List: true, Keys: priceKeys(&route.Price{}), Doc: "what accounts pay; the longest prefix counts",
			More: "A message without a price costs nothing, and no spend cap applies to it. See [credits](operator.md#credits-and-caps).",
		},
		{
			Name: "cost", List: true, Rare: true, Keys: costKeys(&route.Cost{}),
			Doc: "what you pay a carrier, shown to keys with the scope operator only",
		},
	}
	after = append(after, named("numbers")...)
	after = append(after, Table{
		Name: "test_number", List: true, Rare: true, Keys: (&TestNumber{}).keys(), Doc: "for reviewers of an app store",
		More: "See [test numbers](operator.md#test-numbers).",
	})
	after = append(after, named("limits")...)

	return before, append(after, Table{
		Name: "limit", List: true, Keys: limitKeys(&guard.Keyed{Count: guard.CountSends}),
		Doc:  "an additional limit on codes: exact, for each value of the key",
		More: "See [limits](operator.md#limits).",
	})
}
