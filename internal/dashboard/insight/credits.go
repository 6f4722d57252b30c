package insight

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/stats"
)

// creditsPage is what the screen shows.
type creditsPage struct {
	// Live is the screen in live mode; only in test mode, which costs nothing.
	Live    string
	Tiles   []tile
	Filters screen.Filters
	Rows    []entryRow
	Pages   screen.Pager
	Empty   *screen.Empty
	Prices  []priceRow
	Costs   bool
	// Caps is the form of an owner, and Add leads an operator to the form that adds credits; nil and empty for others.
	Caps   *capsForm
	Add    string
	Faults []fault.FieldError
}

// entryRow is an entry of the ledger.
type entryRow struct {
	Seq                          int64
	Kind, Credits, Held, Balance string
	Message, Href                string
	At                           screen.Moment
}

// priceRow is a price of the configuration.
type priceRow struct{ Channel, Prefix, Country, Unit, Credits, Cost string }

// kinds of entries, as the API names them.
var kinds = []string{"grant", "hold", "capture", "release", "refund"}

// creditsScreen shows what an account can spend, and where its credits went.
func creditsScreen(q *screen.Request) (screen.Answer, error) {
	return showCredits(q, nil, http.StatusOK)
}

func showCredits(q *screen.Request, wrong error, status int) (screen.Answer, error) {
	out := creditsPage{Prices: pricesOf(q), Costs: q.Visit.Operator, Faults: q.FaultsOf(wrong)}
	if q.Mode == id.Test {
		out.Live = screen.AccountPath(q.Account.ID, id.Live) + "/credits"
	} else if err := out.showLedger(q); err != nil {
		return nil, err
	}

	return screen.Page{
		Template: "credits", Title: q.Text("Credits"), Data: out, Status: status,
		API: screen.API("GET /v2/balance/entries", "kind", q.Value("kind")),
	}, nil
}

// showLedger fills in what only live mode has.
func (p *creditsPage) showLedger(q *screen.Request) error {
	kind, err := kindOf(q)
	if err != nil {
		return err
	}
	at, err := entryPosition(q.Value("before"))
	if err != nil {
		return err
	}
	rows, next, err := q.Verbs.Admin.Entries(q.Context(), q.Caller, kind, at, screen.ListSize)
	if err != nil {
		return err
	}
	r, err := q.Verbs.Admin.Report(q.Context(), q.Caller, stats.Query{By: stats.ByDay})
	if err != nil {
		return err
	}

	all := days(r)
	p.Tiles = creditTiles(q, all)
	p.Filters = q.Bar(q.At("/credits.csv"), screen.FilterField{
		Name: "kind", Label: q.Text("Kind"), Options: screen.Choices(q.Text("Any"), kinds...),
	})
	for _, e := range rows {
		p.Rows = append(p.Rows, rowOfEntry(q, e))
	}
	if next != (admin.EntryPosition{}) {
		p.Pages = q.Pages(fmt.Sprintf("%d.%d", next.Below, next.Credits))
	} else {
		p.Pages = q.Pages("")
	}
	if len(p.Rows) == 0 {
		p.Empty = noEntries(q, p.Filters, p.Pages.Older)
	}
	if q.May(signin.ManageSettings) {
		p.Caps = capsOf(q, p.Faults)
	}
	if q.May(signin.AddCredits) {
		p.Add = q.At("/credits/add")
	}

	return nil
}

func kindOf(q *screen.Request) (ledger.Kind, error) {
	text := q.Value("kind")
	kind := ledger.ParseKind(text)
	if text != "" && kind == 0 {
		return 0, fault.Invalid("kind", "kind must be one of %s", strings.Join(kinds, ", "))
	}
	return kind, nil
}

// entryPosition reads where a page of the ledger begins: the entry above it, and the credits before that.
func entryPosition(text string) (at admin.EntryPosition, err error) {
	if text == "" {
		return at, nil
	}
	below, credits, _ := strings.Cut(text, ".")
	at.Below, err = strconv.ParseInt(below, 10, 64)
	if err == nil {
		at.Credits, err = strconv.ParseInt(credits, 10, 64)
	}
	if err != nil || at.Below < 1 || at.Credits < 0 {
		return at, fault.Invalid("before", "before is no position of this list; open the list again")
	}

	return at, nil
}

func noEntries(q *screen.Request, f screen.Filters, older string) *screen.Empty {
	return q.EmptyList(f, older, 0, q.Text("There are no entries with these filters."), screen.Empty{
		Icon: "credit", Title: q.Text("No credits were ever added"),
		Text: q.Text("Ask the operator of this server for credits. Every change of them is listed here."),
	})
}

func creditTiles(q *screen.Request, all span) []tile {
	now, before := all[len(all)-week:].sum(), all[len(all)-2*week:len(all)-week].sum()
	b := q.Account.Balance
	left := tile{
		Label: q.Text("Enough for"), Value: "–", Under: q.Text("nothing was spent in 7 days"),
	}
	if n, known := daysLeft(q, all); known {
		left.Value = lasting(q, n)
		left.Under = q.Count(int(all.pace()), "at %s credit a day", "at %s credits a day")
	}

	return []tile{
		{Label: q.Text("Credits"), Value: number(b.Credits), Under: q.Text("can be spent")},
		{Label: q.Text("Held"), Value: number(b.Held), Under: q.Text("for messages on their way")},
		tile{
			Label: q.Text("Spent in 7 days"), Value: number(now.Credits),
			Under: q.Textf("today %s", number(all[len(all)-1].Credits)),
			Spark: all.spark(q, q.Text("Credits spent in the last 30 days"), creditsOf),
		}.change(q, now.Credits, before.Credits, 0),
		left,
	}
}

func rowOfEntry(q *screen.Request, e admin.Entry) entryRow {
	row := entryRow{
		Seq: e.Seq, Kind: e.Kind.String(), Credits: signed(e.Credits), Held: signed(e.Held), Balance: number(e.Balance),
		At: q.When(e.At),
	}
	if e.Kind == ledger.Capture && e.Held > 0 {
		row.Kind = q.Text("capture, taken back")
	}
	if e.Message != (id.Message{}) {
		row.Message = e.Message.String()
		if q.May(signin.SeeMessages) {
			row.Href = q.At("/messages/" + row.Message)
		}
	}

	return row
}

// signed writes a change with its sign; nothing for none.
func signed(n int64) string {
	switch {
	case n > 0:
		return "+" + number(n)
	case n < 0:
		return number(n)
	}
	return ""
}

func pricesOf(q *screen.Request) (out []priceRow) {
	for _, p := range q.Verbs.Engine.Prices() {
		row := priceRow{
			Channel: p.Channel.String(), Prefix: p.Prefix, Country: p.Country, Unit: p.Unit, Credits: number(p.Credits),
			Cost: "–",
		}
		if row.Prefix == "" {
			row.Prefix = q.Text("all others")
		}
		if p.Cost.Known {
			row.Cost = number(p.Cost.Credits)
		}
		out = append(out, row)
	}
	return out
}

// creditsCSV is the ledger as a file, with the same filter.
func creditsCSV(q *screen.Request) (screen.Answer, error) {
	kind, err := kindOf(q)
	if err != nil {
		return nil, err
	}
	columns := []string{"seq", "kind", "credits", "held", "balance", "message_id", "created_at"}

	return q.CSV("credits", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		at := admin.EntryPosition{
			Below:   int64(binary.BigEndian.Uint64(below[:8])),
			Credits: int64(binary.BigEndian.Uint64(below[8:])),
		}
		list, after, err := q.Verbs.Admin.Entries(q.Context(), q.Caller, kind, at, screen.CSVPage)
		for _, e := range list {
			r := rowOfEntry(q, e)
			rows = append(rows, []any{e.Seq, e.Kind.String(), e.Credits, e.Held, e.Balance, r.Message, e.At})
		}
		binary.BigEndian.PutUint64(next[:8], uint64(after.Below))
		binary.BigEndian.PutUint64(next[8:], uint64(after.Credits))

		return rows, next, err
	}), nil
}
