package postgres

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/syssecure/syssecure/internal/store"
)

// The object ids of the types of arguments.
const (
	oidBytea      = 17
	oidInt8       = 20
	oidByteaArray = 1001
	oidInt8Array  = 1016
)

// Arrays have PostgreSQL's binary form, one for each column. So a statement writes any number of rows, and is prepared
// once.

// arrayHeader is: dimensions, flags, the elements' type, their number, the first index.
const arrayHeader = 20

func beginArray(b []byte, t store.Type) []byte {
	element := uint32(oidBytea)
	if t == store.Int {
		element = oidInt8
	}

	b = binary.BigEndian.AppendUint32(b[:0], 1)
	b = binary.BigEndian.AppendUint32(b, 1) // may have nulls
	b = binary.BigEndian.AppendUint32(b, element)
	b = binary.BigEndian.AppendUint32(b, 0)

	return binary.BigEndian.AppendUint32(b, 1)
}

func endArray(b []byte, elements int) []byte {
	binary.BigEndian.PutUint32(b[arrayHeader-8:], uint32(elements))
	return b
}

func arrayOf(t store.Type) uint32 {
	if t == store.Int {
		return oidInt8Array
	}
	return oidByteaArray
}

// appendValue adds an element.
func appendValue(b []byte, t store.Type, v store.Value) []byte {
	switch {
	case v.Null:
		return binary.BigEndian.AppendUint32(b, 0xFFFFFFFF)
	case t == store.Int:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(v.N))
	case t == store.Text && v.S != "":
		return append(binary.BigEndian.AppendUint32(b, uint32(len(v.S))), v.S...)
	}

	return append(binary.BigEndian.AppendUint32(b, uint32(len(v.B))), v.B...)
}

// columns collects rows by column.
type columns struct {
	of   []store.Column
	bufs [][]byte
	rows int
}

func (c *columns) begin(of []store.Column) {
	c.of, c.rows = of, 0
	for len(c.bufs) < len(of) {
		c.bufs = append(c.bufs, nil)
	}
	for i, col := range of {
		c.bufs[i] = beginArray(c.bufs[i], col.Type)
	}
}

func (c *columns) add(row store.Row) {
	for i, v := range row {
		c.bufs[i] = appendValue(c.bufs[i], c.of[i].Type, v)
	}
	c.rows++
}

// dayRows are the rows of one table, by the day of their partition. A table without days has one element.
type dayRows struct {
	list []rowsOfDay
	used int // of list; the others are reused
}

type rowsOfDay struct {
	day day
	columns
}

// of returns the rows of a day, which it adds when they are new.
func (s *dayRows) of(d day, of []store.Column) *columns {
	for i := range s.list[:s.used] {
		if s.list[i].day == d {
			return &s.list[i].columns
		}
	}
	if s.used == len(s.list) {
		s.list = append(s.list, rowsOfDay{})
	}

	next := &s.list[s.used]
	s.used++
	next.day = d
	next.begin(of)

	return &next.columns
}

// sorted returns the rows in the order of days, so that all transactions lock in the same order.
func (s *dayRows) sorted() []rowsOfDay {
	slices.SortFunc(s.list[:s.used], func(a, b rowsOfDay) int { return cmp.Compare(a.day, b.day) })
	return s.list[:s.used]
}

// args are the statement's arguments, until the next begin.
func (c *columns) args() [][]byte {
	for i := range c.of {
		c.bufs[i] = endArray(c.bufs[i], c.rows)
	}
	return c.bufs[:len(c.of)]
}

// readRow appends the values to row, which refers to their memory.
func readRow(t store.Table, values [][]byte, row store.Row) store.Row {
	for i, col := range store.Defs[t].Columns {
		switch v := values[i]; {
		case v == nil:
			row = append(row, store.Value{Null: true})
		case col.Type == store.Int:
			row = append(row, store.Value{N: number(v)})
		default:
			row = append(row, store.Value{B: v})
		}
	}

	return row
}

func number(v []byte) int64 {
	if len(v) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(v))
}
