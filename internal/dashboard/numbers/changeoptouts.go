package numbers

import (
	"encoding/hex"
	"io"
	"net/http"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/store"
)

// addPage is the form that adds numbers, and what came of them.
type addPage struct {
	Back, Numbers string
	Faults        []fault.FieldError
}

// addOptOuts asks for numbers.
func addOptOuts(q *screen.Request) (screen.Answer, error) { return addForm(q, nil), nil }

func addForm(q *screen.Request, wrong error) screen.Answer {
	p := screen.Page{
		Template: "opt-outs-add", Title: q.Text("Add opt-outs"), Section: q.At("/opt-outs"),
		Data: addPage{Back: q.At("/opt-outs"), Numbers: q.Value("numbers"), Faults: q.FaultsOf(wrong)},
		API:  "PUT /v2/opt-outs/%2B32470123456",
	}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}

	return p
}

// importPage says what came of each line.
type importPage struct {
	Back, Again          string
	Added, Already, Left int
	Rows                 []importRow
	// More is how many rows are not shown.
	More int
}

type importRow struct {
	Line                  int
	Text, Outcome, Reason string
}

// shownLines is how many lines of an import are shown; those that are not numbers come first.
const shownLines = 200

// importOptOuts adds the numbers of the field and of the file. A list that is sent again changes nothing.
func importOptOuts(q *screen.Request) (screen.Answer, error) {
	text, err := listOf(q)
	if err != nil {
		return nil, err
	}
	lines, err := optout.ReadLines(text)
	if err != nil {
		return addForm(q, err), nil
	}
	results, err := q.Verbs.OptOuts.Import(q.Context(), q.Caller, lines)
	if err != nil {
		return nil, err
	}

	out := importPage{Back: q.At("/opt-outs"), Again: q.At("/opt-outs/add")}
	for _, r := range results {
		switch r.Outcome {
		case optout.Added:
			out.Added++
		case optout.Already:
			out.Already++
		default:
			out.Left++
		}
	}
	out.Rows = append(linesWith(q, results, true), linesWith(q, results, false)...)
	if n := len(out.Rows); n > shownLines {
		out.Rows, out.More = out.Rows[:shownLines], n-shownLines
	}

	return screen.Page{
		Template: "opt-outs-added", Title: q.Text("Add opt-outs"), Data: out, Section: q.At("/opt-outs"),
	}, nil
}

// listOf is the text of the field, followed by that of the file.
func listOf(q *screen.Request) (string, error) {
	text := q.FormValue("numbers")
	if q.MultipartForm == nil {
		return text, nil
	}
	file, _, err := q.FormFile("file")
	if err == http.ErrMissingFile { //nolint:errorlint // it is returned as it is
		return text, nil
	} else if err != nil {
		return "", fault.Invalid("file", "the file could not be read; choose it again")
	}
	defer func() { _ = file.Close() }()

	content, err := io.ReadAll(file)
	if err != nil {
		return "", fault.Invalid("file", "the file could not be read; choose it again")
	}
	if text != "" {
		text += "\n"
	}

	return text + string(content), nil
}

// linesWith shows the lines that are no numbers, or those that are.
func linesWith(q *screen.Request, results []optout.Result, wrong bool) (rows []importRow) {
	for _, r := range results {
		if (r.Wrong != nil) != wrong {
			continue
		}
		row := importRow{Line: r.At, Outcome: r.Outcome}
		if wrong {
			row.Text, row.Reason = cut(r.Text, 40), r.Wrong.Error()
		} else {
			row.Text = q.Masked(r.Number)
		}
		rows = append(rows, row)
	}

	return rows
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// removePage asks whether an opt-out is really to be removed.
type removePage struct {
	Back string
	Row  optOutRow
}

// optOutOfPath finds the opt-out of the request's path.
func optOutOfPath(q *screen.Request) (o optout.OptOut, err error) {
	var contact store.ContactID
	b, err := hex.DecodeString(q.PathValue("id"))
	if err != nil || len(b) != len(contact) {
		return o, fault.NoSuch("opt-out")
	}
	copy(contact[:], b)

	return q.Verbs.OptOuts.Of(q.Context(), q.Caller, contact)
}

func askRemoveOptOut(q *screen.Request) (screen.Answer, error) {
	o, err := optOutOfPath(q)
	if err != nil {
		return nil, err
	}
	return screen.Page{
		Template: "opt-out-remove", Title: q.Text("Remove opt-out"), Section: q.At("/opt-outs"),
		Data: removePage{Back: q.At("/opt-outs"), Row: rowOfOptOut(q, o)},
	}, nil
}

// removeOptOut removes an opt-out. The same form sent again finds it removed.
func removeOptOut(q *screen.Request) (screen.Answer, error) {
	o, err := optOutOfPath(q)
	if err == nil {
		_, err = q.Verbs.OptOuts.Remove(q.Context(), q.Caller, o.Number.E164())
	}
	switch {
	case err == nil:
		return screen.Redirect{
			To:     q.At("/opt-outs"),
			Notice: q.Textf("%s gets messages again.", o.Number.Masked()),
		}, nil
	case fault.From(err).Code == fault.NotFound:
		return screen.Redirect{To: q.At("/opt-outs"), Notice: q.Text("That number is not opted out.")}, nil
	}

	return nil, err
}
