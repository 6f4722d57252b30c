package sqlite

import (
	"encoding/binary"
	"fmt"

	"github.com/syssecure/syssecure/internal/store"
)

// A frame is what one group changed, as one value: for each row the table's name, whether the row is gone, and its
// columns in the order of the table (of a row that is gone the key's). It speaks of names and not of this version's
// numbers, so that an upgrade finds the rows that the older version left.

// Kinds of values in a frame. Integers are varints; texts and blobs have their length before them.
const (
	valueNull = iota
	valueInt
	valueText
	valueBlob
)

// appendRow adds a row to a frame.
func appendRow(frame []byte, t store.Table, gone bool, row store.Row) []byte {
	d := store.Defs[t]
	frame = append(append(frame, byte(len(d.Name))), d.Name...)
	var mark byte
	if gone {
		mark = 1
	}
	frame = append(frame, mark, byte(len(row)))
	for i, v := range row {
		switch typ := d.Columns[i].Type; {
		case v.Null:
			frame = append(frame, valueNull)
		case typ == store.Int:
			frame = binary.AppendVarint(append(frame, valueInt), v.N)
		default:
			kind := byte(valueBlob)
			if typ == store.Text {
				kind = valueText
			}
			frame = binary.AppendUvarint(append(frame, kind), uint64(len(v.B)+len(v.S)))
			frame = append(append(frame, v.B...), v.S...)
		}
	}
	return frame
}

// cell is a value of a row in a frame; b is a part of the frame.
type cell struct {
	kind byte
	n    int64
	b    []byte
}

// frameRow is a row read from a frame.
type frameRow struct {
	table string
	gone  bool
	cells []cell
}

// cutRow reads the first row of a frame.
func cutRow(frame []byte) (r frameRow, rest []byte, err error) {
	bad := fmt.Errorf("journal: %w", store.ErrCorrupt)
	if len(frame) == 0 || len(frame) < int(frame[0])+3 {
		return r, nil, bad
	}
	name := int(frame[0])
	r.table, frame = string(frame[1:1+name]), frame[1+name:]
	r.gone = frame[0] == 1
	n := int(frame[1])
	frame = frame[2:]
	for range n {
		var c cell
		var ok bool
		if c, frame, ok = cutCell(frame); !ok {
			return r, nil, bad
		}
		r.cells = append(r.cells, c)
	}
	return r, frame, nil
}

func cutCell(frame []byte) (c cell, rest []byte, ok bool) {
	if len(frame) == 0 {
		return c, nil, false
	}
	c.kind, frame = frame[0], frame[1:]
	switch c.kind {
	case valueNull:
		return c, frame, true
	case valueInt:
		n, size := binary.Varint(frame)
		if size <= 0 {
			return c, nil, false
		}
		c.n = n
		return c, frame[size:], true
	case valueText, valueBlob:
		n, size := binary.Uvarint(frame)
		if size <= 0 || n > uint64(len(frame)-size) {
			return c, nil, false
		}
		c.b = frame[size : size+int(n)]
		return c, frame[size+int(n):], true
	}
	return c, nil, false
}
