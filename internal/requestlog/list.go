package requestlog

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// How much is read for one page: filters have no index, so a page may end early and say where the next begins.
const (
	scanRows = 40
	readRows = 10 // at a time
)

// Filter says which lines are wanted; the zero value wants all.
type Filter struct {
	Key, Method, Operation string // exact; Key is without its prefix
	// Status is success, error, a class such as 4xx, or a status.
	Status string
	// From is the earliest time, Before is after the latest; zero is no bound.
	From, Before time.Time
}

func (f Filter) wants(r *store.Request) bool {
	switch {
	case f.Key != "" && r.Key != f.Key, f.Method != "" && r.Method != f.Method,
		f.Operation != "" && r.Operation != f.Operation:
		return false
	case r.At.Before(f.From), !f.Before.IsZero() && !r.At.Before(f.Before):
		return false
	}

	return f.wantsStatus(r.Status)
}

func (f Filter) wantsStatus(status int) bool {
	switch {
	case f.Status == "":
		return true
	case f.Status == "success":
		return status < 400
	case f.Status == "error":
		return status >= 400
	case strings.HasSuffix(f.Status, "xx"):
		return strconv.Itoa(status/100)+"xx" == f.Status
	}
	return strconv.Itoa(status) == f.Status
}

// PositionSize is the length of a Position.
const PositionSize = 16 + 2

// Position is where a page of the log begins: before a line of a row. The zero value is the newest line.
type Position [PositionSize]byte

func position(row id.Request, line int) (p Position) {
	copy(p[:], row[:])
	binary.BigEndian.PutUint16(p[16:], uint16(line))
	return p
}

// read returns the row, and how many of its lines are before the position.
func (p Position) read() (row id.Request, lines int) {
	return id.Request(p[:16]), int(binary.BigEndian.Uint16(p[16:]))
}

// Time is about when the position's row was stored.
func (p Position) Time() time.Time {
	row, _ := p.read()
	return row.Time()
}

// List lists lines of an account and mode, newest first, from a position on. next is the position of the next page, zero
// after the last. A page may have fewer lines than limit, even none, although more follow.
func List(ctx context.Context, s *store.Store, of id.Account, mode id.Mode, f Filter, from Position, limit int) (
	out []store.Request, next Position, err error,
) {
	err = s.View(ctx, func(v store.Reader) error {
		out, next, err = list(v, of, mode, f, from, limit)
		return err
	})
	return out, next, err
}

func list(v store.Reader, of id.Account, mode id.Mode, f Filter, from Position, limit int) (
	out []store.Request, next Position, err error,
) {
	// The row of a position is read again, so the rows before the id above it are wanted.
	first, left := from.read()
	before := above(first)
	if from == (Position{}) && !f.Before.IsZero() {
		// A row with an earlier line ends no later than this.
		before = id.Request{}.At(f.Before.Add(batchSpan + time.Millisecond))
	}

	for range scanRows / readRows {
		rows, err := v.RequestBatches(of, mode, before, readRows)
		if err != nil {
			return nil, next, err
		}

		for _, row := range rows {
			if row.To.Before(f.From) {
				return out, Position{}, nil
			}
			lines := row.Requests
			if row.ID == first {
				lines = lines[:min(left, len(lines))]
			}
			for i, line := range slices.Backward(lines) {
				if !f.wants(&line) {
					continue
				}
				if len(out) == limit {
					return out, position(row.ID, i+1), nil
				}
				out = append(out, line)
			}
			before, next = row.ID, position(row.ID, 0)
		}
		if len(rows) < readRows {
			return out, Position{}, nil
		}
	}

	return out, next, nil
}

// above is the id after the given one; zero stays zero, which is the newest.
func above(row id.Request) id.Request {
	if row.IsZero() {
		return row
	}
	for i := len(row) - 1; i >= 0; i-- {
		if row[i]++; row[i] != 0 {
			break
		}
	}
	return row
}
