package numbers

import (
	"context"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
)

// inboundRow is a text from a phone as the list shows it.
type inboundRow struct {
	ID, From, To, Text, Carrier, Channel string
	At                                   screen.Moment
}

func rowOfInbound(q *screen.Request, i query.Inbound) inboundRow {
	return inboundRow{
		ID: i.ID.String(), From: q.Masked(i.From), To: i.To, Text: q.Written(i.Text), Carrier: i.Carrier,
		Channel: i.Channel.String(), At: q.When(i.At),
	}
}

// inboundList is what the screen shows.
type inboundList struct {
	Filters screen.Filters
	Rows    []inboundRow
	Pages   screen.Pager
	Empty   *screen.Empty
	Live    string
}

func inboundFilter(q *screen.Request) (f query.InboundFilter, err error) {
	f.To = q.Value("to")
	if f.From, err = q.Number("number"); err != nil {
		return f, err
	}
	if f.Since, err = q.Instant("from"); err != nil {
		return f, err
	}
	f.Before, err = q.Instant("until")

	return f, err
}

// inbound is the list of texts from phones.
func inbound(q *screen.Request) (screen.Answer, error) {
	f, err := inboundFilter(q)
	if err != nil {
		return nil, err
	}
	below, err := screen.Position(id.ParseInbound, q.Value("before"))
	if err != nil {
		return nil, err
	}
	list, next, err := q.Verbs.Query.ListInbound(q.Context(), q.Caller, f, below, screen.ListSize)
	if err != nil {
		return nil, err
	}

	out := inboundList{Pages: q.Pages(id.Inbound(next).String()), Filters: q.Bar(q.At("/inbound.csv"),
		screen.FilterField{Name: "number", Label: q.Text("Number"), Placeholder: "+32470123456", Kind: "tel"},
		screen.FilterField{Name: "to", Label: q.Text("Sent to")},
		screen.FilterField{Name: "from", Label: q.Text("From"), Kind: "datetime-local"},
		screen.FilterField{Name: "until", Label: q.Text("Until"), Kind: "datetime-local"},
	)}
	for _, i := range list {
		out.Rows = append(out.Rows, rowOfInbound(q, i))
	}
	if q.Value("before") == "" {
		out.Live = q.At("/inbound/live") + q.RawQuery()
	}
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no texts with these filters."), screen.Empty{
		Icon: "inbox", Title: q.Text("No text from a phone yet"),
		Text: q.Text("What phones reply to your senders appears here, and is sent to your webhooks."),
	})

	return screen.Page{
		Template: "inbound", Title: q.Text("Inbound"), Data: out, Scripts: []string{"live.js"},
		API: screen.API("GET /v2/inbound", "from", f.From.E164(), "to", f.To, "received_after", screen.Stamp(f.Since),
			"received_before", screen.Stamp(f.Before)),
	}, nil
}

// inboundLive is the stream of the list's first page.
func inboundLive(q *screen.Request) (screen.Answer, error) {
	f, err := inboundFilter(q)
	if err != nil {
		return nil, err
	}

	return q.Live("inbound", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		list, _, err := q.Verbs.Query.ListInbound(ctx, q.Caller, f, [16]byte{}, screen.ListSize)
		for _, i := range list {
			rows = append(rows, screen.LiveRow{ID: i.ID.String(), View: rowOfInbound(q, i)})
		}
		return rows, err
	}), nil
}

// inboundCSV is the list as a file, with the same filters.
func inboundCSV(q *screen.Request) (screen.Answer, error) {
	f, err := inboundFilter(q)
	if err != nil {
		return nil, err
	}
	columns := []string{"inbound_id", "from", "to", "body", "channel", "carrier", "received_at"}

	return q.CSV("inbound", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, next, err := q.Verbs.Query.ListInbound(q.Context(), q.Caller, f, below, screen.CSVPage)
		for _, i := range list {
			r := rowOfInbound(q, i)
			rows = append(rows, []any{r.ID, r.From, r.To, r.Text, r.Channel, r.Carrier, i.At})
		}
		return rows, next, err
	}), nil
}
