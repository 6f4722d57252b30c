package trail

import (
	"context"
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/store"
)

// requestRow is a request as its screens show it.
type requestRow struct {
	ID, Href, Call, Error, Reason, Key, KeyHref, Took, Address string
	Status                                                     int
	// Tone is how the status looks.
	Tone     string
	Replayed bool
	// Skipped says how many requests before this one were left out; empty for none.
	Skipped string
	At      screen.Moment
}

// requestList is what the list shows.
type requestList struct {
	Filters screen.Filters
	Rows    []requestRow
	Pages   screen.Pager
	Empty   *screen.Empty
	Live    string
}

func requestFilter(q *screen.Request) (f requestlog.Filter, err error) {
	f = requestlog.Filter{
		Key: strings.TrimPrefix(q.Value("key"), "key_"), Method: q.Value("method"), Operation: q.Value("operation"),
		Status: q.Value("status"),
	}
	if f.From, err = q.Instant("from"); err != nil {
		return f, err
	}
	f.Before, err = q.Instant("until")

	return f, err
}

func requestFields(q *screen.Request) screen.Filters {
	return q.Bar(
		q.At("/requests.csv"),
		screen.FilterField{Name: "status", Label: q.Text("Status"), Options: []screen.Option{
			{Value: "", Text: q.Text("Any")},
			{Value: "success", Text: q.Text("Success")},
			{Value: "error", Text: q.Text("Error")},
			{Value: "4xx", Text: "4xx"},
			{Value: "429", Text: "429"},
			{Value: "5xx", Text: "5xx"},
		}},
		screen.FilterField{
			Name: "method", Label: q.Text("Method"),
			Options: screen.Choices(q.Text("Any"), "GET", "POST", "PUT", "PATCH", "DELETE"),
		},
		screen.FilterField{Name: "operation", Label: q.Text("Operation"), Placeholder: "send-otp"},
		screen.FilterField{Name: "key", Label: q.Text("Key"), Placeholder: "key_ab12CD34"},
		screen.FilterField{Name: "from", Label: q.Text("From"), Kind: "datetime-local"},
		screen.FilterField{Name: "until", Label: q.Text("Until"), Kind: "datetime-local"},
	)
}

// findRequests reads a page of the log.
func findRequests(
	ctx context.Context, q *screen.Request, f requestlog.Filter, from requestlog.Position, limit int,
) (lines []store.Request, _ requestlog.Position, _ error) {
	for range rounds {
		more, next, err := requestlog.List(
			ctx, q.Verbs.Admin.Store, q.Account.ID, q.Mode, f, from, limit-len(lines))
		if err != nil {
			return nil, next, err
		}
		lines, from = append(lines, more...), next
		if next == (requestlog.Position{}) || len(lines) >= limit {
			break
		}
	}

	return lines, from, nil
}

// positionOf reads where a page begins.
func positionOf(text string) (p requestlog.Position, err error) {
	if text == "" {
		return p, nil
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(p) {
		return p, fault.Invalid("before", "before is no position of this list; open the list again")
	}
	copy(p[:], b)

	return p, nil
}

// requests is the log of requests to the API.
func requests(q *screen.Request) (screen.Answer, error) {
	f, err := requestFilter(q)
	if err != nil {
		return nil, err
	}
	from, err := positionOf(q.Value("before"))
	if err != nil {
		return nil, err
	}
	lines, next, err := findRequests(q.Context(), q, f, from, screen.ListSize)
	if err != nil {
		return nil, err
	}
	names, err := q.Verbs.Admin.KeyNames(q.Context(), q.Account.ID)
	if err != nil {
		return nil, err
	}

	out := requestList{Filters: requestFields(q), Pages: q.Pages("")}
	if next != (requestlog.Position{}) {
		out.Pages = q.Pages(hex.EncodeToString(next[:]))
	}
	for i := range lines {
		out.Rows = append(out.Rows, rowOfRequest(q, &lines[i], names))
	}
	if q.Value("before") == "" {
		out.Live = q.At("/requests/live") + q.RawQuery()
	}
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no requests with these filters."), screen.Empty{
		Icon: "list", Title: q.Text("No request yet"),
		Text: q.Text("Requests with the API keys of this mode appear here about a second after they were answered."),
		Code: q.Curl(&screen.Page{API: "GET /v2/otp"}),
	})

	key := f.Key
	if key != "" {
		key = account.PublicKeyID(key)
	}

	return screen.Page{
		Template: "requests", Title: q.Text("Request log"), Data: out, Scripts: []string{"live.js"},
		API: screen.API("GET /v2/requests", "key_id", key, "status", f.Status, "method", f.Method, "operation", f.Operation,
			"created_after", screen.Stamp(f.From), "created_before", screen.Stamp(f.Before)),
	}, nil
}

// requestsLive is the stream of the log's first page.
func requestsLive(q *screen.Request) (screen.Answer, error) {
	f, err := requestFilter(q)
	if err != nil {
		return nil, err
	}
	names, err := q.Verbs.Admin.KeyNames(q.Context(), q.Account.ID)
	if err != nil {
		return nil, err
	}

	return q.Live("requests", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		lines, _, err := findRequests(ctx, q, f, requestlog.Position{}, screen.ListSize)
		for i := range lines {
			r := rowOfRequest(q, &lines[i], names)
			rows = append(rows, screen.LiveRow{ID: r.ID, View: r})
		}
		return rows, err
	}), nil
}

func rowOfRequest(q *screen.Request, r *store.Request, names map[string]string) requestRow {
	row := requestRow{
		ID: r.ID.String(), Href: q.At("/requests/" + r.ID.String()), Call: r.Method + " " + r.Path, Status: r.Status,
		Tone: "ok", Error: r.Error, Reason: r.Reason, Key: names[r.Key], Took: q.Took(r.Took), Address: r.Address,
		Replayed: r.Replayed, At: q.When(r.At),
	}
	if row.Key == "" {
		row.Key = account.PublicKeyID(r.Key)
	}
	_, row.KeyHref = q.Thing(account.PublicKeyID(r.Key))
	switch {
	case r.Status >= 500:
		row.Tone = "bad"
	case r.Status >= 400:
		row.Tone = "warn"
	}
	if r.Skipped > 0 {
		row.Skipped = q.Count(r.Skipped, "%d request before this one not logged",
			"%d requests before this one not logged")
	}

	return row
}

// requestPage is what the screen of one request shows.
type requestPage struct {
	Call, Error, Docs, Curl, Back string
	Row                           requestRow
	Facts                         []screen.Fact
}

// oneRequest is the screen of one request.
func oneRequest(q *screen.Request) (screen.Answer, error) {
	r, err := id.ParseRequest(q.PathValue("id"))
	if err != nil {
		return nil, fault.NoSuch("request in the log")
	}
	line, err := requestlog.Get(q.Context(), q.Verbs.Admin.Store, q.Account.ID, q.Mode, r)
	if err != nil {
		return nil, err
	}
	names, err := q.Verbs.Admin.KeyNames(q.Context(), q.Account.ID)
	if err != nil {
		return nil, err
	}

	row := rowOfRequest(q, &line, names)
	out := requestPage{
		Call: row.Call, Row: row, Back: q.At("/requests"), Facts: factsOfRequest(q, &line, row),
		Curl: q.Curl(&screen.Page{API: row.Call}),
	}
	if line.Error != "" {
		out.Docs = "/docs/errors#" + url.PathEscape(line.Error)
	}

	return screen.Page{Template: "request", Title: q.Text("Request"), Data: out, Section: q.At("/requests")}, nil
}

func factsOfRequest(q *screen.Request, line *store.Request, row requestRow) []screen.Fact {
	facts := []screen.Fact{
		{Name: q.Text("When"), When: row.At},
		{Name: q.Text("Took"), Text: row.Took},
		{Name: q.Text("Operation"), Text: line.Operation},
		{Name: q.Text("Key"), Text: row.Key, Href: row.KeyHref},
		{Name: q.Text("Address"), Text: row.Address},
		{Name: q.Text("Program"), Text: line.Agent},
		{Name: q.Text("Id"), ID: row.ID},
	}
	for part := range strings.SplitSeq(line.Path, "/") {
		if name, href := q.Thing(part); href != "" {
			facts = append(facts, screen.Fact{Name: name, Text: part, Href: href})
		}
	}

	return facts
}

// requestsCSV is the log as a file, with the same filters.
func requestsCSV(q *screen.Request) (screen.Answer, error) {
	f, err := requestFilter(q)
	if err != nil {
		return nil, err
	}
	columns := []string{
		"request_id", "created_at", "method", "path", "operation", "status", "error", "reason", "duration_ms", "key_id",
		"address", "user_agent", "replayed", "skipped_before",
	}
	var from requestlog.Position

	return q.CSV("requests", columns, func([16]byte) (rows [][]any, next [16]byte, err error) {
		lines, following, err := findRequests(q.Context(), q, f, from, screen.CSVPage)
		for i := range lines {
			r := &lines[i]
			rows = append(rows, []any{
				r.ID.String(), r.At, r.Method, r.Path, r.Operation, r.Status, r.Error, r.Reason, r.Took.Milliseconds(),
				account.PublicKeyID(r.Key), r.Address, r.Agent, r.Replayed, r.Skipped,
			})
		}
		from = following
		copy(next[:], following[:]) // zero after the last; the position itself is longer
		return rows, next, err
	}), nil
}
