package numbers

import (
	"encoding/hex"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/signin"
)

// optOutRow is a row of the list. ID names the number without showing it.
type optOutRow struct {
	ID, Number, Country, Source, Keyword string
	At                                   screen.Moment
	// Remove is where the opt-out is removed; empty when the user may not.
	Remove string
}

// optOutList is what the screen shows.
type optOutList struct {
	Filters screen.Filters
	Rows    []optOutRow
	Pages   screen.Pager
	Empty   *screen.Empty
	// Add is where numbers are added, and Whole where the list is downloaded with whole numbers; empty when the user may
	// not.
	Add, Whole string
}

// sources say in words where an opt-out comes from.
var sources = map[string]string{
	"keyword": screen.Text("Reply from the phone"),
	"api":     screen.Text("Added by hand or by API"),
	"carrier": screen.Text("Reported by the carrier"),
}

func rowOfOptOut(q *screen.Request, o optout.OptOut) optOutRow {
	row := optOutRow{
		ID: hex.EncodeToString(o.Contact[:]), Number: q.Masked(o.Number), Country: phone.Locate(o.Number).Country,
		Source: q.Text(sources[o.Source]), Keyword: o.Keyword, At: q.When(o.At),
	}
	if q.May(signin.ManageOptOuts) {
		row.Remove = q.At("/opt-outs/" + row.ID + "/remove")
	}

	return row
}

// findOptOuts reads a page of the list, or the one number that the filter names.
func findOptOuts(q *screen.Request, after string, limit int) ([]optout.OptOut, string, error) {
	number, err := q.Number("to")
	if err != nil {
		return nil, "", err
	}
	if number == "" {
		return q.Verbs.OptOuts.List(q.Context(), q.Caller, after, limit)
	}
	o, found, err := q.Verbs.OptOuts.Find(q.Context(), q.Caller, number.E164())
	if err != nil || !found {
		return nil, "", err
	}

	return []optout.OptOut{o}, "", nil
}

// optOuts is the list of numbers that want no messages.
func optOuts(q *screen.Request) (screen.Answer, error) {
	list, next, err := findOptOuts(q, q.Value("before"), screen.ListSize)
	if err != nil {
		return nil, err
	}
	number, err := q.Number("to")
	if err != nil {
		return nil, err
	}

	out := optOutList{
		Filters: q.Bar(q.At("/opt-outs.csv"),
			screen.FilterField{Name: "to", Label: q.Text("Number"), Placeholder: "+32470123456", Kind: "tel"}),
		Pages: q.Pages(next),
	}
	if q.May(signin.ManageOptOuts) {
		out.Add = q.At("/opt-outs/add")
	}
	for _, o := range list {
		out.Rows = append(out.Rows, rowOfOptOut(q, o))
	}
	if len(out.Rows) > 0 && q.May(signin.SeeNumbers) {
		out.Whole = q.At("/opt-outs/whole.csv")
	}

	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no opt-outs with these filters."), screen.Empty{
		Icon: "ban", Title: q.Text("Nobody has opted out"),
		Text: q.Text("Phones that reply STOP appear here by themselves. With this call you add a number."),
		Code: q.Curl(&screen.Page{API: "PUT /v2/opt-outs/%2B32470123456"}),
	})

	return screen.Page{
		Template: "opt-outs", Title: q.Text("Opt-outs"), Data: out,
		API: screen.API("GET /v2/opt-outs", "to", number.E164()),
	}, nil
}

// optOutsCSV is the list as a file, with numbers as the screen shows them.
func optOutsCSV(q *screen.Request) (screen.Answer, error) {
	return optOutsFile(q, q.Masked), nil
}

// wholeOptOutsCSV is the list with whole numbers, to bring it into another system. Who took it is in the audit log.
func wholeOptOutsCSV(q *screen.Request) (screen.Answer, error) {
	if err := q.NoteReveal("opt-outs"); err != nil {
		return nil, err
	}
	return optOutsFile(q, phone.Number.E164), nil
}

func optOutsFile(q *screen.Request, show func(phone.Number) string) screen.Answer {
	after := ""
	return q.CSV("opt-outs", []string{"number", "country", "source", "keyword", "created_at"},
		func([16]byte) (rows [][]any, next [16]byte, err error) {
			list, following, err := findOptOuts(q, after, screen.CSVPage)
			for _, o := range list {
				rows = append(rows, []any{show(o.Number), phone.Locate(o.Number).Country, o.Source, o.Keyword, o.At})
			}
			if after = following; after != "" {
				next = [16]byte{1} // more rows follow; the position itself is longer
			}
			return rows, next, err
		})
}
