package screen

import (
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/web"
)

// CSVPage is how many rows of a file are read at once.
const CSVPage = 500

// CSV streams a list as a file. read returns the rows below a position, and where the next begin; zero after the last. It
// stops when the browser is gone, and when the user may no longer see the list.
func (q *Request) CSV(name string, columns []string, read func(below [16]byte) ([][]any, [16]byte, error)) Answer {
	return Stream(func(*Request) error {
		account := ""
		if !q.Account.ID.IsZero() {
			account = q.Account.ID.String()
		}
		leave, full := q.frame.downloads.Enter(q.Visit.User.String(), account)
		if full != "" {
			return fault.Limited("downloads", "in_flight", tryDownloadAfter, "%s", full)
		}
		defer leave()

		part := q.partsOf(read)
		rows, next, err := part([16]byte{}) // before the first byte, so that an error can still be shown
		if err != nil {
			return err
		}
		file, err := web.NewCSV(q.Writer, q.Request, q.FileName(name), columns)
		if err != nil {
			return nil //nolint:nilerr // the browser is gone
		}

		file.Finish(q.writeRows(file, rows, next, part))

		return nil
	})
}

// tryDownloadAfter is when a user who has too many downloads may try again.
const tryDownloadAfter = 10 * time.Second

// partsOf reads each part of a list when it is this download's turn, and only while the user may see the list.
func (q *Request) partsOf(
	read func(below [16]byte) ([][]any, [16]byte, error),
) func(below [16]byte) ([][]any, [16]byte, error) {
	return func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		err = q.frame.downloads.InTurn(q.Context(), func() error {
			if err := q.stillSignedIn(q.Context()); err != nil {
				return err
			}
			rows, next, err = read(below)
			return err
		})
		return rows, next, err
	}
}

// Table is a list that was read whole as a file.
func (q *Request) Table(name string, columns []string, rows [][]any) Answer {
	return q.CSV(name, columns, func([16]byte) (all [][]any, next [16]byte, err error) { return rows, next, nil })
}

func (q *Request) writeRows(
	file *web.CSV, rows [][]any, next [16]byte, read func([16]byte) ([][]any, [16]byte, error),
) (err error) {
	for {
		for _, row := range rows {
			if err := file.Row(row...); err != nil {
				return err
			}
		}
		if next == ([16]byte{}) {
			return nil
		}
		if err := q.Context().Err(); err != nil {
			return err
		}
		if rows, next, err = read(next); err != nil {
			q.brokeOff(q.Context(), err)
			return err
		}
	}
}

// FileName says what the file has: the account or the installation, the mode, the filters and the day. Of a filter with a
// value that a name of a file cannot have, or that is a number of somebody, only its own name is there.
func (q *Request) FileName(name string) string {
	out := "Installation " + name
	if !q.Account.ID.IsZero() {
		out = q.Account.Name + " " + q.Mode.String() + " " + name
	}
	query := q.URL.Query()
	for _, key := range slices.Sorted(maps.Keys(query)) {
		value := query.Get(key)
		if value == "" || key == "before" || !plain.MatchString(key) {
			continue
		}
		if out += " " + key; plain.MatchString(value) {
			out += " " + value
		}
	}

	return out + " " + q.Verbs.Now().UTC().Format("2006-01-02") + ".csv"
}

// plain are values that may stand in the name of a file.
var plain = regexp.MustCompile(`^[a-z_][A-Za-z0-9_.-]{0,31}$|^[A-Z]{2}$|^\d{1,3}xx$|^\d{4}-\d\d-\d\d(T[\d:]+Z)?$`)
