package store

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/wire"
)

// Type is a column's type, the same in every database.
type Type uint8

// The column types.
const (
	Int Type = iota
	Text
	Blob
)

// Column is one column of a table.
type Column struct {
	Name        string
	Type        Type
	Nullable    bool
	NonNegative bool // an Int that is never below zero
	// Immutable: no row's value ever changes. A database leaves the column out of its updates, and then the indexes on it
	// too.
	Immutable bool
}

// Row and Value are a record as the databases store it, in the order of Def.Columns.
type (
	Row   = wire.Row
	Value = wire.Value
)

// ErrDamaged is the cause of errors about a row that this program did not write, or not with this master key: its MAC is not
// that of its columns, or they cannot be read.
var ErrDamaged = errors.New("the row was damaged, or was changed by something other than SysSecure")

// DamagedError names a row that is damaged. Only what needs this row fails.
type DamagedError struct {
	Key    Key
	Reason string
}

// Error implements error.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("row %s of table %s: %s: %v", e.Key.Text(), e.Key.Table, e.Reason, ErrDamaged)
}

// Is makes errors.Is(err, ErrDamaged) hold.
func (e *DamagedError) Is(target error) bool { return target == ErrDamaged }

// Text shows a key's columns: account and id in hexadecimal, names as they are.
func (k Key) Text() string {
	if k.Table == TableAPIKey || k.Table == TableMeta {
		return k.ID
	}
	s := hex.EncodeToString([]byte(k.ID))
	if k.Account.IsZero() {
		return s
	}

	return k.Account.String() + "/" + s
}

// Codec turns records into rows and back, and is the one place where a row's MAC is made and checked. Every row but those of
// meta has one, over the table's name and all columns, so that nobody who can write the database but has no master key can
// change a row, make one, or give one to another account. It is safe for concurrent use once it is unlocked.
type Codec struct {
	mac    atomic.Pointer[secret.MAC] // nil while it is locked
	report func(*DamagedError)
}

// NewCodec makes a locked codec: it reads and writes meta, which tells whether there is data and by which key, and takes
// every other row as damaged. report is told of each damaged row that a list leaves out or that a request needs; nil is told
// nothing.
func NewCodec(report func(*DamagedError)) *Codec {
	if report == nil {
		report = func(*DamagedError) {}
	}
	return &Codec{report: report}
}

// Unlock gives the codec the keys of its database. It is called once, before any other row is used.
func (k *Codec) Unlock(keys *secret.Keyring) { k.mac.Store(keys.Rows()) }

// Unlocked tells whether the codec has its keys.
func (k *Codec) Unlocked() bool { return k.mac.Load() != nil }

// Encoder encodes records one after another in the same memory. It is for one goroutine. The zero value knows no MAC: it is
// for Columns alone.
type Encoder struct {
	codec  *Codec
	c      wire.Coder
	macked []byte
	sum    [macSize]byte
}

// Encoder makes an encoder.
func (k *Codec) Encoder() *Encoder { return &Encoder{codec: k} }

// Columns gives a record's columns without the MAC, until the next call.
func (n *Encoder) Columns(r Record) Row {
	n.c.Reset()
	r.encode(&n.c)
	return n.c.Row()
}

// Encode gives the columns of a record of the table, until the next call.
func (n *Encoder) Encode(t Table, r Record) Row {
	row := n.Columns(r)
	if d := &Defs[t]; d.hasMAC() && len(row) < len(d.Columns) {
		n.sum = n.codec.sum(&n.macked, t, row)
		n.c.Append(Value{B: n.sum[:]})
	}
	return n.c.Row()
}

// MAC is the MAC of the row that Encode gave last. It is that of the same record later, too.
func (n *Encoder) MAC() [macSize]byte { return n.sum }

// EncodeWith is Encode of a record whose MAC is known.
func (n *Encoder) EncodeWith(t Table, r Record, mac [macSize]byte) Row {
	row := n.Columns(r)
	if d := &Defs[t]; d.hasMAC() && len(row) < len(d.Columns) {
		n.sum = mac
		n.c.Append(Value{B: n.sum[:]})
	}
	return n.c.Row()
}

// macSize is the size of a row's MAC in bytes: HMAC-SHA256, cut to 128 bits (NIST SP 800-107, 5.3.2).
const macSize = 16

// sum is the MAC of a row's columns, which precede it.
func (k *Codec) sum(memory *[]byte, t Table, row Row) (mac [macSize]byte) {
	b := append((*memory)[:0], Defs[t].Name...)
	b = append(b, 0)
	for i, c := range Defs[t].Columns[:len(row)] {
		switch v := row[i]; {
		case v.Null:
			b = append(b, 0)
		case c.Type == Int:
			b = binary.BigEndian.AppendUint64(append(b, 1), uint64(v.N))
		default:
			b = binary.BigEndian.AppendUint32(append(b, 2), uint32(len(v.S)+len(v.B)))
			b = append(append(b, v.S...), v.B...)
		}
	}

	*memory = b

	sum := k.mac.Load().Sum(b)

	return [macSize]byte(sum[:])
}

// Decode reads a row. The record keeps no part of the row's memory.
func (k *Codec) Decode(t Table, row Row) (Record, *DamagedError) {
	r, reason := k.decode(t, row)
	if reason != "" {
		return nil, &DamagedError{Key: keyOfRow(t, row), Reason: reason}
	}
	return r, nil
}

func (k *Codec) decode(t Table, row Row) (r Record, reason string) {
	d := &Defs[t]
	if len(row) != len(d.Columns) {
		return nil, fmt.Sprintf("it has %d columns and not %d", len(row), len(d.Columns))
	}

	fields := row
	if d.hasMAC() {
		if !k.Unlocked() {
			return nil, "it is read without the master key"
		}
		fields = row[:len(row)-1]
		var memory []byte
		if want := k.sum(&memory, t, fields); !secret.Equal(want[:], row[len(row)-1].B) {
			return nil, "its MAC is wrong"
		}
	}

	c := wire.Reader(fields)
	if r = d.decode(c); c.Bad() {
		return nil, "its fields cannot be read"
	}

	return r, ""
}

// Loaded reads a row for Rows: one that is damaged becomes a record that fails whoever needs it, and nobody else.
func (k *Codec) Loaded(t Table, row Row) Record {
	r, damage := k.Decode(t, row)
	if damage == nil {
		return r
	}
	if k.Unlocked() {
		k.report(damage)
	}

	return damaged{damage, cloned(row)}
}

// Listed reads a row of a list. One that is damaged is reported, and is to be left out.
func (k *Codec) Listed(t Table, row Row) (r Record, ok bool) {
	r, damage := k.Decode(t, row)
	if damage != nil {
		k.report(damage)
	}
	return r, damage == nil
}

// damaged stands for a row that cannot be trusted. It is written back as it was.
type damaged struct {
	err *DamagedError
	row Row
}

// Key implements Record.
func (d damaged) Key() Key { return d.err.Key }

func (d damaged) encode(c *wire.Coder) { c.Append(d.row...) }

func cloned(row Row) Row {
	out := make(Row, len(row))
	for i, v := range row {
		v.B = append([]byte(nil), v.B...)
		out[i] = v
	}
	return out
}

// Damage says what is wrong with a record that Scan listed; nil for one that is whole.
func Damage(r Record) *DamagedError {
	if d, bad := r.(damaged); bad {
		return d.err
	}
	return nil
}

// Sound returns the rows without those that are damaged.
func (r Rows) Sound() Rows {
	for k, rec := range r {
		if _, bad := rec.(damaged); bad {
			delete(r, k)
		}
	}
	return r
}

// Whole returns the rows, or the error of a damaged one among them.
func (r Rows) Whole() (Rows, error) {
	for _, rec := range r {
		if d, bad := rec.(damaged); bad {
			return nil, d.err
		}
	}
	return r, nil
}

// ErrRefused is returned for a record that no database takes.
var ErrRefused = errors.New("a column has a value that its table does not take")

// Check reports whether row keeps the constraints of its table. The databases check the same by themselves.
func Check(t Table, row Row) error {
	for i, c := range Defs[t].Columns {
		if row[i].Null && !c.Nullable || c.NonNegative && row[i].N < 0 {
			return fmt.Errorf("%s.%s: %w", t, c.Name, ErrRefused)
		}
	}
	return nil
}
