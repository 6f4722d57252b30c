package httpapi

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// pageBytes is how much JSON a page of a list has: fewer rows and a cursor come of large ones. It is half of what is
	// promised, because many pages may be written at once.
	pageBytes = 500_000
	// firstRows is how many rows are read first for a page of rows that may be large.
	firstRows = 4
)

// page is a page of a list. Data is what the contract says of it; what is answered was written as JSON when it was read, so
// that a page is in memory once.
type page[T any] struct {
	Data       []T     `json:"data"`
	NextCursor *string `json:"next_cursor" doc:"Give it as cursor to get the next page; null on the last."`

	rows [][]byte // JSON of each
}

// write implements writer.
func (p page[T]) write(w io.Writer) error {
	next, err := json.Marshal(p.NextCursor)
	if err != nil {
		return err
	}
	return writeRows(w, p.rows, `,"next_cursor":`+string(next))
}

// writeRows writes an object with the rows as its data, piece by piece; rest is what it has besides.
func writeRows(w io.Writer, rows [][]byte, rest string) error {
	before := []byte(`{"data":[`)
	for _, row := range rows {
		if _, err := w.Write(before); err != nil {
			return err
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
		before = []byte(",")
	}
	if len(rows) > 0 {
		before = nil
	}
	_, err := w.Write(append(before, "]"+rest+"}\n"...))

	return err
}

// MarshalJSON implements json.Marshaler for whoever encodes a page without marshal.
func (p page[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := p.write(&b)
	return b.Bytes(), err
}

// filling is a page that is being filled.
type filling[T any] struct {
	page[T]
	bytes int
	row   bytes.Buffer // reused
}

// add puts one more thing on the page; false when it has no room for it. The first always has.
func (f *filling[T]) add(v T) bool {
	f.row.Reset()
	if err := encode(&f.row, v); err != nil {
		panic(err) // the types of answers are ours, and each can be written
	}

	row := bytes.TrimSuffix(f.row.Bytes(), []byte("\n"))
	if len(f.rows) > 0 && f.bytes+len(row) > pageBytes {
		return false
	}
	f.rows, f.bytes = append(f.rows, bytes.Clone(row)), f.bytes+len(row)

	return true
}

// wanted is how many rows to read next, so that a page is filled without much more than it in memory.
func (f *filling[T]) wanted(limit int) int {
	n := firstRows
	if len(f.rows) > 0 {
		n = 1 + (pageBytes-f.bytes)*len(f.rows)/max(1, f.bytes)
	}
	return max(1, min(n, limit+1-len(f.rows)))
}

// row16 is a row whose key ends in an id of 16 bytes.
type row16 interface{ Key() store.Key }

func idOfRow(r row16) [16]byte { return [16]byte([]byte(r.Key().ID)) }

// pageOf shows a page of a list without filters, of which one row more than a page was read.
func pageOf[R, T any](s *Server, c account.Caller, list string, p *Paging, rows []R, idOf func(R) [16]byte, show func(R) T) page[T] {
	var out filling[T]
	for i, r := range rows {
		if i == p.Limit || !out.add(show(r)) {
			out.NextCursor = s.sealCursor(c, list, &Narrowing{}, "", idOf(rows[i-1]))
			break
		}
	}

	return out.page
}

// pageFrom is pageOf for rows that may be large: no more of them are read at a time than fit a page. read gives at most n
// rows of those before one; the zero id begins at the newest.
func pageFrom[R, T any](s *Server, c account.Caller, list string, p *Paging, read func(before [16]byte, n int) ([]R, error),
	idOf func(R) [16]byte, show func(R) T,
) (page[T], error) {
	last, err := s.begin(c, list, p)
	if err != nil {
		return page[T]{}, err
	}

	var out filling[T]
	for {
		n := out.wanted(p.Limit)
		rows, err := read(last, n)
		if err != nil {
			return out.page, err
		}

		for _, r := range rows {
			if len(out.rows) == p.Limit || !out.add(show(r)) {
				out.NextCursor = s.sealCursor(c, list, &Narrowing{}, "", last)
				return out.page, nil
			}
			last = idOf(r)
		}
		if len(rows) < n {
			return out.page, nil
		}
	}
}
