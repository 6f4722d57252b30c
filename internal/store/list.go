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

// Wants reports whether a row whose ids were looked up by an index is one of the list.
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

// Rare are the states that few messages are in for long: these have an index, so that the one failed message of a million
// is found at once.
var Rare = []message.State{message.Scheduled, message.Read, message.Failed, message.Canceled, message.Unknown}

// Page bounds what a list takes and what it looks at. Rows that no index leaves out are looked at one by one, and without
// a bound a rare one would cost a walk over all. A page may be filled by several reads, each from where the last ended.
type Page struct {
	Limit int // rows that may still be taken
	Scan  int // rows that may still be looked at
	// Next is where the rest of the list begins: below this id. Zero: there is no rest.
	Next [16]byte

	at [16]byte
}

// Look is told of the next row in order, and says whether it belongs to the page, and whether to go on.
func (p *Page) Look(row [16]byte, wanted bool) (keep, more bool) {
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

// FullPage reads the first limit rows of a list with read, which reads at most as many rows as it is told to and gives the
// sound ones, and how many it read. When damaged rows leave the page short and more may follow, it reads again, further.
// All reads must see one state of the database.
func FullPage[R any](limit int, read func(most int) (sound []R, rows int, err error)) ([]R, error) {
	for most := limit; ; {
		sound, rows, err := read(most)
		if err != nil || rows < most || len(sound) >= limit {
			return sound[:min(len(sound), limit)], err
		}
		most = limit + 2*(rows-len(sound)) // twice, so that a million damaged rows take no more than twenty reads
	}
}

// Pass goes through a list whose rows leave it when they are worked on. A row that stays all the same, such as a damaged one,
// is listed once, so that it does not hide what is behind it.
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
