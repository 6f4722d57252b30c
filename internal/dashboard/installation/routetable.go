package installation

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/route"
)

// mostRoutes is how many rows of the table are shown: prices of a whole world have thousands.
const mostRoutes = 200

// routeTable is what the configuration says of routes and prices.
type routeTable struct {
	Filters screen.Filters
	Rows    []configuredRoute
	Empty   *screen.Empty
	// Others says that the rows are those for all other numbers; empty when they have the searched text.
	Others string
	// Left is how many more rows there are, in words; empty for none.
	Left string
}

// configuredRoute is a row of it.
type configuredRoute struct {
	Country, Prefix, Channel, Price, Decides string
	Carriers                                 []configuredCarrier
}

// configuredCarrier is a carrier at its place, with what it costs the operator; empty when that is not configured.
type configuredCarrier struct{ Name, Href, Cost string }

// target is a country or a prefix, which every table has a row for: that for all others.
var target = regexp.MustCompile(`^([A-Za-z]{2}|\+?\d{1,8})$`)

// tableOf shows the routes that have the searched text in them.
func tableOf(q *screen.Request) (out routeTable) {
	out.Filters = q.Bar("", screen.FilterField{
		Name: "q", Label: q.Text("Country, prefix, channel or carrier"), Kind: "search", Placeholder: "BE",
	})
	table := q.Verbs.Engine.Routes()
	text := q.Value("q")
	has := func(r engine.RouteRow) bool { return configuredOf(q, r).has(text) }
	if target.MatchString(text) && !slices.ContainsFunc(table, has) {
		out.Others = q.Textf("No route or price names %s, so the rows for all others count.", text)
		has = func(r engine.RouteRow) bool { return r.Prefix == "" }
	}

	left := 0
	for _, r := range table {
		if !has(r) {
			continue
		}
		if len(out.Rows) == mostRoutes {
			left++
			continue
		}
		out.Rows = append(out.Rows, configuredOf(q, r))
	}
	if left > 0 {
		out.Left = q.Count(left, "%d more row. Search to see it.", "%d more rows. Search to see them.")
	}
	out.Empty = q.EmptyList(out.Filters, "", len(out.Rows), q.Text("No route has this in it."), screen.Empty{
		Icon: "route", Title: q.Text("No carrier is configured"),
		Text: q.Text("Routes and prices appear here when live messages have a carrier."),
	})

	return out
}

func configuredOf(q *screen.Request, r engine.RouteRow) configuredRoute {
	row := configuredRoute{
		Country: r.Country, Prefix: r.Prefix, Channel: r.Channel.String(), Price: fmt.Sprintf("%d / %s", r.Price, r.Unit),
		Decides: q.Text("no route: the order of the configuration"),
	}
	switch {
	case r.Route > 0 && r.Strategy == route.VerifiedRate:
		row.Decides = q.Textf("route %d: those first whose codes are verified", r.Route)
	case r.Route > 0:
		row.Decides = q.Textf("route %d", r.Route)
	case len(r.Carriers) == 0:
		row.Decides = q.Text("no route matches: the API refuses a send")
	}
	for _, c := range r.Carriers {
		one := configuredCarrier{Name: c.Name, Href: screen.Root + "/carriers/" + c.Name}
		if c.Cost.Known {
			one.Cost = fmt.Sprint(c.Cost.Credits)
		}
		row.Carriers = append(row.Carriers, one)
	}

	return row
}

// has reports whether a text is in the row, in upper or lower case.
func (r configuredRoute) has(text string) bool {
	all := []string{r.Country, r.Prefix, r.Channel}
	for _, c := range r.Carriers {
		all = append(all, c.Name)
	}
	return screen.Has(text, all...)
}
