package httpapi

import (
	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// pageBytes is how much JSON a page of a list has: fewer rows and a cursor come of large ones. It is half of what is
	// promised, because many pages may be written at once.
	pageBytes = 500_000
	// pageRows is how many rows are read at a time for a page of rows that may be large.
	pageRows = 10
)

// page is a page of a list.
type page[T any] struct {
	Data       []T     `json:"data"`
	NextCursor *string `json:"next_cursor" doc:"Give it as cursor to get the next page; null on the last."`
}

// filling is a page that is being filled.
type filling[T any] struct {
	page[T]
	bytes int
}

func newFilling[T any]() filling[T] { return filling[T]{page: page[T]{Data: []T{}}} }

// add puts one more thing on the page; false when it has no room for it. The first always has.
func (f *filling[T]) add(v T) bool {
	size := counter(0)
	if encode(&size, v) != nil { // which the whole page fails at, too, and there it is answered
		size = 0
	}
	if len(f.Data) > 0 && f.bytes+int(size) > pageBytes {
		return false
	}
	f.Data, f.bytes = append(f.Data, v), f.bytes+int(size)

	return true
}

// counter counts what is written.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// row16 is a row whose key ends in an id of 16 bytes.
type row16 interface{ Key() store.Key }

func idOfRow(r row16) [16]byte { return [16]byte([]byte(r.Key().ID)) }

// pageOf shows a page of a list without filters, of which one row more than a page was read.
func pageOf[R, T any](s *Server, c account.Caller, list string, p *Paging, rows []R, idOf func(R) [16]byte, show func(R) T) page[T] {
	out := newFilling[T]()
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
	idOf func(R) [16]byte, show func(R) T) (page[T], error) {
	last, err := s.begin(c, list, p)
	if err != nil {
		return page[T]{Data: []T{}}, err
	}

	out := newFilling[T]()
	for {
		n := min(pageRows, p.Limit+1-len(out.Data))
		rows, err := read(last, n)
		if err != nil {
			return out.page, err
		}
		for _, r := range rows {
			if len(out.Data) == p.Limit || !out.add(show(r)) {
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
