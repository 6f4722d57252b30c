package screen

import "github.com/syssecure/syssecure/internal/web"

// CSVPage is how many rows of a file are read at once.
const CSVPage = 500

// CSV streams a list as a file. read returns the rows below a position, and where the next begin; zero after the last. It
// stops when the browser is gone.
func (q *Request) CSV(name string, columns []string, read func(below [16]byte) ([][]any, [16]byte, error)) Answer {
	return Stream(func(*Request) error {
		rows, next, err := read([16]byte{}) // before the first byte, so that an error can still be shown
		if err != nil {
			return err
		}
		file, err := web.NewCSV(q.Writer, q.FileName(name), columns)
		if err != nil {
			return nil //nolint:nilerr // the browser is gone
		}

		file.Finish(q.writeRows(file, rows, next, read))

		return nil
	})
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
			return err
		}
	}
}

// FileName says what the file has: the account, the mode and the day. That of no account is of the installation.
func (q *Request) FileName(name string) string {
	if q.Account.ID.IsZero() {
		return "Installation " + name + " " + q.Verbs.Now().UTC().Format("2006-01-02") + ".csv"
	}
	return q.Account.Name + " " + q.Mode.String() + " " + name + " " + q.Verbs.Now().UTC().Format("2006-01-02") + ".csv"
}
