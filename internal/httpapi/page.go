package httpapi

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// pageBytes bounds the JSON of a page: of large rows it has fewer. It is half of the documented bound, because many
	// pages can be written at the same time.
	pageBytes = 500_000
	// firstRows is how many rows are read first for a page of rows that may be large.
	firstRows = 4
)

// page is a page of a list. Data is for the OpenAPI schema only: rows are encoded as they are read, so that a page is
// in memory once.
type page[T any] struct {
	Data       []T     `json:"data"`
	NextCursor *string `json:"next_cursor" doc:"Send it as cursor to get the next page; null on the last page."`

	rows [][]byte // each as JSON
}

// write implements writer.
func (p page[T]) write(w io.Writer) error {
	next, err := json.Marshal(p.NextCursor)
	if err != nil {
		return err
	}
	return writeRows(w, p.rows, `,"next_cursor":`+string(next))
}

// writeRows writes an object with the rows as its data; rest are its other members.
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

// MarshalJSON implements json.Marshaler for callers that do not use marshal.
func (p page[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := p.write(&b)
	return b.Bytes(), err
}

// pageBuilder fills a page.
type pageBuilder[T any] struct {
	page[T]
	bytes int
	row   bytes.Buffer // reused
}

// add adds a row; false when the page has no room for it. There is always room for the first.
func (f *pageBuilder[T]) add(v T) bool {
	f.row.Reset()
	row := encodeRow(&f.row, v)
	if len(f.rows) > 0 && f.bytes+len(row) > pageBytes {
		return false
	}
	f.rows, f.bytes = append(f.rows, bytes.Clone(row)), f.bytes+len(row)

	return true
}

// encodeRow writes a row into an empty buffer, and returns its JSON there.
func encodeRow(b *bytes.Buffer, v any) []byte {
	if err := encode(b, v); err != nil {
		panic(err) // all our types can be encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// rowsToRead is how many rows to read next: about as many as fit the page.
func (f *pageBuilder[T]) rowsToRead(limit int) int {
	n := firstRows
	if len(f.rows) > 0 {
		n = 1 + (pageBytes-f.bytes)*len(f.rows)/max(1, f.bytes)
	}
	return max(1, min(n, limit+1-len(f.rows)))
}

// keyedRow is a row whose key has an id of 16 bytes.
type keyedRow interface{ Key() store.Key }

func rowID(r keyedRow) [16]byte { return [16]byte([]byte(r.Key().ID)) }

// pageOf makes a page of a list without filters from up to one row more than the page has.
func pageOf[R, T any](s *Server, c account.Caller, list string, p *Paging, rows []R, idOf func(R) [16]byte,
	show func(R) T,
) page[T] {
	var out pageBuilder[T]
	for i, r := range rows {
		if i == p.Limit || !out.add(show(r)) {
			out.NextCursor = s.sealCursor(c, list, &chosen{}, idOf(rows[i-1]))
			break
		}
	}

	return out.page
}

// pageFrom is pageOf for rows that can be large: it reads no more of them at a time than fit the page. read searches for at
// most n rows older than before, where the zero id begins at the newest, and says where it ended and whether more follow.
func pageFrom[R, T any](s *Server, c account.Caller, list string, p *Paging,
	read func(before [16]byte, n int) (rows []R, last [16]byte, more bool, err error),
	idOf func(R) [16]byte, show func(R) T,
) (page[T], error) {
	last, err := s.openPlainCursor(c, list, p)
	if err != nil {
		return page[T]{}, err
	}

	var out pageBuilder[T]
	for {
		n := out.rowsToRead(p.Limit)
		rows, next, more, err := read(last, n)
		if err != nil {
			return out.page, err
		}

		for _, r := range rows {
			if len(out.rows) == p.Limit || !out.add(show(r)) {
				out.NextCursor = s.sealCursor(c, list, &chosen{}, last)
				return out.page, nil
			}
			last = idOf(r)
		}
		if !more {
			return out.page, nil
		}
		if last = next; len(rows) < n { // the search has read as much as it may
			out.NextCursor = s.sealCursor(c, list, &chosen{}, last)
			return out.page, nil
		}
	}
}
