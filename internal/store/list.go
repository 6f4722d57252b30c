package store

import (
	"bytes"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
)

// ListQuery says which rows of a list are wanted: those of an account and mode, newest first.
type ListQuery struct {
	Account id.Account
	Mode    id.Mode
	Contact ContactID // the zero value is every number
	State   uint8     // a message.State or an otp.Status; 0 is every one
	// Before is above the newest id wanted, From the oldest; zero is no bound.
	Before, From [16]byte
}

// Wants reports whether a row that an index found belongs to the list.
func (q ListQuery) Wants(mode id.Mode, c ContactID, state uint8) bool {
	return mode == q.Mode && (q.Contact == ContactID{} || q.Contact == c) && (q.State == 0 || q.State == state)
}

// Bounds are the ids between which the list lies: from the first, below the second.
func (q ListQuery) Bounds() (from, below [16]byte) {
	return q.From, Below(q.Before)
}

// Below is the id below which a list begins: the given one, or for the zero id one that is above all.
func Below(before [16]byte) [16]byte {
	if before == ([16]byte{}) {
		return [16]byte(bytes.Repeat([]byte{0xFF}, 16))
	}
	return before
}

// Rare are the states that few messages are in for long. They have an index, which finds the one failed message of a
// million.
var Rare = []message.State{message.Scheduled, message.Read, message.Failed, message.Canceled, message.Unknown}

// Page bounds how many rows a list returns, and how many it reads for that. Rows that no index excludes are read one by
// one, and without a bound the search for a rare one would read all. A page may be filled by several reads, each of
// which continues where the last ended.
type Page struct {
	Limit int // rows that may still be returned
	Scan  int // rows that may still be read
	// Next is the id below which the rest of the list begins; zero when there is no rest.
	Next [16]byte

	at [16]byte
}

// Visit is called with the next row in order. It returns whether the row belongs to the page, and whether to continue.
func (p *Page) Visit(row [16]byte, wanted bool) (keep, more bool) {
	if p.Scan == 0 || wanted && p.Limit == 0 {
		p.Next = p.at
		return false, false
	}

	p.Scan, p.at = p.Scan-1, row
	if wanted {
		p.Limit--
	}

	return wanted, true
}

// FullPage returns the first limit undamaged rows of a list. read reads the list's first rows, at most as many as
// asked, and returns the undamaged ones and how many it read. When damaged rows leave the page short and more may
// follow, it reads more. All reads must see one state of the database.
func FullPage[R any](limit int, read func(most int) (sound []R, rows int, err error)) ([]R, error) {
	for most := limit; ; {
		sound, rows, err := read(most)
		if err != nil || rows < most || len(sound) >= limit {
			return sound[:min(len(sound), limit)], err
		}
		most = limit + 2*(rows-len(sound)) // double, so that a million damaged rows take at most twenty reads
	}
}

// Searched is what one search reads: how many rows at a time, and at most.
type Searched struct{ Batch, Most int }

// Search collects wanted rows until it has limit or has read as many as it may; without wanted it reads one page of every
// row. last is the place of the last row that it read, from when there was none; more says that rows may follow it.
func Search[R, K any](
	s Searched, from K, limit int, read func(from K, n int) ([]R, error), of func(R) K, wanted func(R) bool,
) (out []R, last K, more bool, err error) {
	if wanted == nil {
		s.Batch = limit + 1
	}

	for seen := 0; seen < s.Most; seen += s.Batch {
		page, err := read(from, s.Batch)
		if err != nil {
			return nil, from, false, err
		}

		for i, r := range page {
			from = of(r)
			if wanted != nil && !wanted(r) {
				continue
			}
			if out = append(out, r); len(out) == limit {
				return out, from, i < len(page)-1 || len(page) == s.Batch, nil
			}
		}
		if len(page) < s.Batch {
			return out, from, false, nil
		}
	}

	return out, from, true, nil
}

// Pass goes through a list whose rows leave it when they are worked on. A row that stays all the same, such as a
// damaged one, is listed once, so that it does not hide what is behind it.
type Pass[R comparable] struct{ listed map[R]struct{} }

// Page gives the next rows, limit at most; fewer end the pass. read reads the beginning of the list.
func (p *Pass[R]) Page(limit int, read func(most int) ([]R, error)) ([]R, error) {
	var stayed map[R]struct{}
	page, err := FullPage(limit, func(most int) ([]R, int, error) {
		rows, err := read(most)
		stayed = map[R]struct{}{}
		fresh := make([]R, 0, len(rows))
		for _, r := range rows {
			if _, again := p.listed[r]; again {
				stayed[r] = struct{}{}
			} else {
				fresh = append(fresh, r)
			}
		}

		return fresh, len(rows), err
	})

	for _, r := range page {
		stayed[r] = struct{}{}
	}
	p.listed = stayed

	return page, err
}
