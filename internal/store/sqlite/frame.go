package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/syssecure/syssecure/internal/store"
)

// A frame has the changes of one group, as one value: for each row the table's name, whether the row was removed, and
// its columns in the order of the table. Of a removed row it has the columns of the key, and the account and id of
// store.Key. Tables are named and not numbered, so that an upgrade can read what the older version left.

// Kinds of values in a frame. Integers are varints; texts and blobs follow their length.
const (
	valueNull = iota
	valueInt
	valueText
	valueBlob
)

// goneExtra is how many values follow the key's columns of a removed row.
const goneExtra = 2

// appendRow adds a row to a frame.
func appendRow(frame []byte, t store.Table, row store.Row) []byte {
	return appendValues(appendHead(frame, t, false, len(row)), t, row)
}

// appendGone adds the key of a removed row.
func appendGone(frame []byte, k store.Key, keyRow store.Row) []byte {
	frame = appendHead(frame, k.Table, true, len(keyRow)+goneExtra)
	frame = appendValues(frame, k.Table, keyRow)
	frame = append(binary.AppendUvarint(append(frame, valueBlob), uint64(len(k.Account))), k.Account[:]...)
	return append(binary.AppendUvarint(append(frame, valueBlob), uint64(len(k.ID))), k.ID...)
}

func appendHead(frame []byte, t store.Table, gone bool, n int) []byte {
	name := store.Defs[t].Name
	frame = append(append(frame, byte(len(name))), name...)
	var mark byte
	if gone {
		mark = 1
	}
	return append(frame, mark, byte(n))
}

func appendValues(frame []byte, t store.Table, row store.Row) []byte {
	d := store.Defs[t]
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

// value is a value of a row in a frame; b is a part of the frame.
type value struct {
	kind byte
	n    int64
	b    []byte
}

// errDamaged is returned for a frame that cannot be read.
var errDamaged = errors.New("the journal was damaged, or was written by a newer version")

// setAsideSQL sets a frame that cannot be read to its end aside: it stays in the table, with a negative number. There may
// be earlier ones.
const setAsideSQL = "UPDATE journal SET seq = (SELECT min(0, min(seq)) - 1 FROM journal) WHERE seq = ?1"

// frameRow is a row read from a frame.
type frameRow struct {
	table  string
	gone   bool
	values []value
}

// cutRow reads the first row of a frame.
func cutRow(frame []byte) (r frameRow, rest []byte, err error) {
	bad := fmt.Errorf("journal: %w", errDamaged)
	if len(frame) == 0 || len(frame) < int(frame[0])+3 {
		return r, nil, bad
	}

	name := int(frame[0])
	r.table, frame = string(frame[1:1+name]), frame[1+name:]
	r.gone = frame[0] == 1
	n := int(frame[1])
	frame = frame[2:]
	for range n {
		var c value
		var ok bool
		if c, frame, ok = cutValue(frame); !ok {
			return r, nil, bad
		}
		r.values = append(r.values, c)
	}

	return r, frame, nil
}

func cutValue(frame []byte) (c value, rest []byte, ok bool) {
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

// change converts a row of a frame to a record of this version.
func (r frameRow) change(codec *store.Codec) (k store.Key, rec store.Record, err error) {
	i := slices.IndexFunc(store.Defs[:], func(d store.Def) bool { return d.Name == r.table })
	if i < 0 {
		return k, nil, fmt.Errorf("journal: table %q: %w", r.table, errDamaged)
	}

	t, keys := store.Table(i), store.Defs[i].Keys
	if r.gone {
		if len(r.values) != keys+goneExtra || len(r.values[keys].b) != len(k.Account) {
			return k, nil, fmt.Errorf("journal: %s: %w", t, errDamaged)
		}
		k = store.Key{Table: t, ID: string(r.values[keys+1].b)}
		copy(k.Account[:], r.values[keys].b)
		return k, nil, nil
	}

	// Its table would refuse it, and then the rest of the journal could not settle.
	if len(r.values) != len(store.Defs[t].Columns) {
		return k, nil, fmt.Errorf("journal: %s: %d columns: %w", t, len(r.values), errDamaged)
	}

	row := make(store.Row, len(r.values))
	for i, c := range r.values {
		row[i] = store.Value{Null: c.kind == valueNull, N: c.n, B: c.b}
	}
	if err := store.Check(t, row); err != nil {
		return k, nil, fmt.Errorf("journal: %w: %w", err, errDamaged)
	}
	rec = codec.Loaded(t, row)

	return rec.Key(), rec, nil
}
