package route

import (
	"slices"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
)

// Row is what a table says for the numbers that begin with a prefix, on a channel.
type Row struct {
	Channel message.Channel
	// Prefix is that of the numbers; empty for all that no other row of the channel is for.
	Prefix string
	// Route is the number of the rule that decides, from 1; 0 = none, and Strategy how it orders its carriers.
	Route    int
	Strategy Strategy
	// Price is that of a unit.
	Price int64
	// Carriers are those that are tried, in order; none when a send is refused.
	Carriers []RowCarrier
}

// RowCarrier is a carrier of a row, with what a unit over it costs the operator.
type RowCarrier struct {
	Name string
	Cost message.Cost
}

// Rows lists the table by channel and prefix: a row for each prefix that a rule, a price or a cost names, and at last one
// for all other numbers. A plan for a number is that of the row with the longest prefix of it.
func (t Table) Rows() (rows []Row) {
	for _, ch := range message.Channels {
		served := func(c Carrier) bool { return slices.Contains(c.Channels, ch) }
		if !slices.ContainsFunc(t.Carriers, served) {
			continue
		}
		for _, prefix := range t.prefixes(ch) {
			rows = append(rows, t.row(ch, prefix))
		}
	}

	return rows
}

// prefixes are those that the table tells apart on a channel, in order.
func (t Table) prefixes(ch message.Channel) []string {
	var all []string
	for _, r := range t.Rules {
		if r.Channel == ch {
			all = append(all, r.Prefix)
		}
	}
	for _, p := range t.Prices {
		if p.Channel == ch {
			all = append(all, p.Prefix)
		}
	}
	for _, c := range t.Costs {
		if c.Channel == ch {
			all = append(all, c.Prefix)
		}
	}
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(prefix string) bool { return prefix == "" })

	return append(all, "")
}

func (t Table) row(ch message.Channel, prefix string) Row {
	to := phone.Number(prefix)
	names, rule := t.carriers(ch, to)
	out := Row{Channel: ch, Prefix: prefix, Route: rule + 1, Price: t.Price(ch, to)}
	if rule >= 0 {
		out.Strategy = t.Rules[rule].Strategy
	}
	for _, name := range names {
		out.Carriers = append(out.Carriers, RowCarrier{name, t.Cost(ch, name, to)})
	}

	return out
}
