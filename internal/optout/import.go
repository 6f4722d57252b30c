package optout

import (
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Line is a line of a list of numbers.
type Line struct {
	// At counts the lines of the text, from 1.
	At     int
	Number phone.Number
	// Text is what was written, and Wrong why it is no number; nil when it is one.
	Text  string
	Wrong error
}

// The outcomes of the lines of an import.
const (
	Added   = "added"
	Already = "already there"
	NoPhone = "not a number"
)

// Result is what came of a line of an import.
type Result struct {
	Line
	Outcome string
}

// MaxImport is how many numbers are imported at once, and importPart how many in one transaction.
const (
	MaxImport  = 5000
	importPart = 100
)

// numberColumns are the names of the column that has the number, where a file has a first line with names.
var numberColumns = []string{"number", "phone", "phone_number", "msisdn", "to"}

// ReadLines reads a list of numbers: one on each line, or a CSV file whose first column, or whose column "number", has
// them. Empty lines are left out, and so is the apostrophe that downloads put before a + for spreadsheets.
func ReadLines(text string) (lines []Line, err error) {
	text = strings.NewReplacer("\uFEFF", "", "\r\n", "\n", "\r", "\n").Replace(text)
	column, first := 0, true
	for i, written := range strings.Split(text, "\n") {
		cells := readCells(written)
		if cells == nil {
			continue
		}
		if first {
			first = false
			if at := slices.IndexFunc(cells, isNumberColumn); at >= 0 {
				column = at
				continue
			}
		}
		if len(lines) == MaxImport {
			return nil, fault.Invalid("numbers", "the list has more than %d numbers; import it in parts", MaxImport)
		}

		line := Line{At: i + 1}
		if column < len(cells) {
			line.Text = cells[column]
		}
		line.Number, line.Wrong = readNumber(line.Text)
		lines = append(lines, line)
	}
	if lines == nil {
		return nil, fault.Invalid("numbers", "the list is empty; write one number on each line, such as +32470123456")
	}

	return lines, nil
}

func isNumberColumn(name string) bool {
	return slices.Contains(numberColumns, strings.ToLower(name))
}

// readCells reads one line of a CSV file; nil when nothing is on it. Lines are read one by one, so that a stray quotation
// mark damages only its own.
func readCells(line string) []string {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.LazyQuotes, r.TrimLeadingSpace = true, true
	switch {
	case strings.Contains(line, ";"):
		r.Comma = ';'
	case strings.Contains(line, "\t"):
		r.Comma = '\t'
	}

	cells, err := r.Read()
	if err != nil {
		return []string{strings.TrimSpace(line)}
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}

	return cells
}

// between are the characters that people write between the digits of a number.
var between = strings.NewReplacer(
	" ", "", "\u00A0", "", "\u202F", "", "-", "", ".", "", "(", "", ")", "", "/", "",
)

func readNumber(text string) (phone.Number, error) {
	text = strings.TrimPrefix(text, "'")
	if n, person := phone.ParseUser(text); person {
		return n, nil
	}
	return phone.ParseFormat(between.Replace(text))
}

// Import adds the numbers of the lines, and says what came of each. Those before an error are added.
func (h *Handler) Import(ctx context.Context, c account.Caller, lines []Line) ([]Result, error) {
	out := make([]Result, 0, len(lines))
	for part := range slices.Chunk(lines, importPart) {
		results, err := h.importPart(ctx, c, part)
		if err != nil {
			return out, err
		}
		out = append(out, results...)
	}

	return out, nil
}

// importPart adds some numbers in one transaction.
func (h *Handler) importPart(ctx context.Context, c account.Caller, lines []Line) (out []Result, err error) {
	real, ak := h.dispatch.Config.Now(), store.AccountKey(c.Account)
	keys := []store.Key{ak}
	notes := make([]store.Audit, len(lines))
	for i, line := range lines {
		if line.Wrong == nil {
			keys = append(keys, store.ContactKey(c.Account, h.dispatch.Query.Contact(c.Mode, line.Number)))
			notes[i] = audit.Note(ctx, real, c.Account, c.Mode, audit.OptOutAdded, line.Number.Masked())
		}
	}
	slices.SortFunc(keys, store.Key.Compare)
	keys = slices.Compact(keys)

	err = h.dispatch.Config.Store.Update(ctx, c.Account, keys, func(tx *store.Tx) error {
		now := real
		if owner, _ := store.Get[store.Account](tx, ak); c.Mode == id.Test {
			now = real.Add(owner.SandboxOffset)
		}

		out = make([]Result, len(lines))
		for i, line := range lines {
			out[i] = Result{line, NoPhone}
			if line.Wrong != nil {
				continue
			}
			if out[i].Outcome = Already; h.add(tx, c, line.Number, now) {
				out[i].Outcome = Added
				tx.Insert(notes[i])
			}
		}

		return nil
	})

	return out, err
}

// add opts a number out, unless it was.
func (h *Handler) add(tx *store.Tx, c account.Caller, n phone.Number, now time.Time) bool {
	contact := h.dispatch.Query.Contact(c.Mode, n)
	k := store.ContactKey(c.Account, contact)
	row, known := store.Get[store.Contact](tx, k)
	if !known {
		row = store.Contact{Account: c.Account, ID: contact, Mode: c.Mode}
		row.Number = h.dispatch.SealNumber(k, n)
	}
	if !row.OptOut.At.IsZero() {
		return false
	}
	row.OptOut = store.OptOut{Source: "api", At: now}
	tx.Put(row)

	return true
}
