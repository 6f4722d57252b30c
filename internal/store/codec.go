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
	// Immutable columns never change. A database omits them from updates, and so need not update their indexes.
	Immutable bool
}

// Row and Value are a record as the databases store it, in the order of Def.Columns.
type (
	Row   = wire.Row
	Value = wire.Value
)

// ErrDamaged is the cause of errors about a row that SysSecure did not write with this master key: its MAC does not
// match its columns, or they cannot be read.
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

// Text formats a key for people: account and id in hexadecimal, names as they are.
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

// Codec turns records into rows and back, and is the one place where a row's MAC is made and checked. Every row but
// those of meta has one, over the table's name and all columns: without the master key, write access to the database is
// not enough to change a row, add one, or give one to another account. It is safe for concurrent use once it is
// unlocked.
type Codec struct {
	mac    atomic.Pointer[secret.MAC] // nil while it is locked
	tell   func(*DamagedError)
	damage atomic.Int64
}

// NewCodec makes a locked codec. It reads and writes meta, which says whether there is data and by which key; every
// other row counts as damaged. report, which may be nil, is called for each damaged row that a list omits or a request
// needs.
func NewCodec(report func(*DamagedError)) *Codec {
	if report == nil {
		report = func(*DamagedError) {}
	}
	return &Codec{tell: report}
}

func (k *Codec) report(d *DamagedError) {
	k.damage.Add(1)
	k.tell(d)
}

// MetDamage reports whether a list omitted a damaged row, or a request needed one.
func (k *Codec) MetDamage() bool { return k.damage.Load() > 0 }

// Unlock sets the keys of the database. It is called once, before any row but those of meta is used.
func (k *Codec) Unlock(keys *secret.Keyring) { k.mac.Store(keys.Rows()) }

// Unlocked reports whether the codec has its keys.
func (k *Codec) Unlocked() bool { return k.mac.Load() != nil }

// Encoder encodes records one after another in the same memory. It is for one goroutine. The zero value has no
// keys: it serves Columns only.
type Encoder struct {
	codec  *Codec
	c      wire.Coder
	macked []byte
	sum    [macSize]byte
}

// Encoder makes an encoder.
func (k *Codec) Encoder() *Encoder { return &Encoder{codec: k} }

// Columns returns a record's columns without the MAC, valid until the next call.
func (n *Encoder) Columns(r Record) Row {
	n.c.Reset()
	r.encode(&n.c)
	return n.c.Row()
}

// Encode returns the columns of a record of the table, valid until the next call.
func (n *Encoder) Encode(t Table, r Record) Row {
	row := n.Columns(r)
	if d := &Defs[t]; d.hasMAC() && len(row) < len(d.Columns) {
		n.sum = n.codec.sum(&n.macked, t, row)
		n.c.Append(Value{B: n.sum[:]})
	}
	return n.c.Row()
}

// MAC is the MAC of the last encoded row. The same record has the same MAC again later.
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

// Loaded reads a row for Rows. A damaged one becomes a record that is an error for the update that needs it, and only
// for it.
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

// Listed reads a row of a list. A damaged one is reported, and the list must omit it (ok is false).
func (k *Codec) Listed(t Table, row Row) (r Record, ok bool) {
	r, damage := k.Decode(t, row)
	if damage != nil {
		k.report(damage)
	}
	return r, damage == nil
}

// damaged is the record of a damaged row. It is written back unchanged.
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

// Damage returns the error of a damaged record in what Scan listed; nil for others.
func Damage(r Record) *DamagedError {
	if d, bad := r.(damaged); bad {
		return d.err
	}
	return nil
}

// Sound returns the rows without the damaged ones.
func (r Rows) Sound() Rows {
	for k, rec := range r {
		if _, bad := rec.(damaged); bad {
			delete(r, k)
		}
	}
	return r
}

// undamaged returns the rows, or the error of a damaged one.
func (r Rows) undamaged() (Rows, error) {
	for _, rec := range r {
		if d, bad := rec.(damaged); bad {
			return nil, d.err
		}
	}
	return r, nil
}

// ErrRefused is returned for a record that violates a constraint of its table.
var ErrRefused = errors.New("a column has a value that its table does not allow")

// Check compares a row with the constraints of its table, which the databases check themselves, too.
func Check(t Table, row Row) error {
	for i, c := range Defs[t].Columns {
		if row[i].Null && !c.Nullable || c.NonNegative && row[i].N < 0 {
			return fmt.Errorf("%s.%s: %w", t, c.Name, ErrRefused)
		}
	}
	return nil
}
