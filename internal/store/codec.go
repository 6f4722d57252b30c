package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/id"
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
	Name    string
	Type    Type
	Null    bool // may be null
	Natural bool // an Int that is never below zero
	// Fixed: no row's value ever changes. A database leaves the column out of its updates, and then the indexes on it too.
	Fixed bool
}

// Def describes a table to the databases: the first Keys columns are the primary key.
type Def struct {
	Name    string
	Keys    int
	Columns []Column
	decode  func(d *decoder) Record
}

// Value is one column's value. An Int is in N, a Blob in B; a Text is in S when it is written and may be in B when it was
// read.
type Value struct {
	Null bool
	N    int64
	B    []byte
	S    string
}

// Row is a record as the databases store it, in the order of Def.Columns.
type Row []Value

// Encode gives the record's columns.
func Encode(r Record) Row { return new(Encoder).Encode(r) }

// Encoder encodes records one after another in the same memory. The zero value is ready.
type Encoder struct{ e encoder }

// Encode gives the record's columns, until the next call.
func (n *Encoder) Encode(r Record) Row {
	n.e.row, n.e.buf = n.e.row[:0], n.e.buf[:0]
	r.encode(&n.e)
	return n.e.row
}

// ErrRefused is returned for a record that no database takes.
var ErrRefused = errors.New("a column has a value that its table does not take")

// Check reports whether row keeps the constraints of its table. The databases check the same by themselves.
func Check(t Table, row Row) error {
	for i, c := range Defs[t].Columns {
		if row[i].Null && !c.Null || c.Natural && row[i].N < 0 {
			return fmt.Errorf("%s.%s: %w", t, c.Name, ErrRefused)
		}
	}
	return nil
}

// ErrCorrupt is returned for a row that this version cannot have written.
var ErrCorrupt = errors.New("the row is damaged, or was written by a newer version")

// Decode reads a row. The record keeps no part of the row's memory.
func Decode(t Table, row Row) (Record, error) {
	d := decoder{row: row}
	if len(row) != len(Defs[t].Columns) {
		return nil, fmt.Errorf("table %s: %d columns: %w", t, len(row), ErrCorrupt)
	}
	r := Defs[t].decode(&d)
	if d.bad {
		return nil, fmt.Errorf("table %s: %w", t, ErrCorrupt)
	}
	return r, nil
}

// KeyRow appends the values of the key's columns to row.
func KeyRow(k Key, row Row) Row {
	switch k.Table {
	case TableAccount, TableLedgerMark:
		return append(row, Value{B: k.Account[:]})
	case TableEntry:
		return append(row, Value{B: k.Account[:]}, Value{N: int64(bigEndian(k.ID))})
	case TableAPIKey, TableMeta:
		return append(row, Value{S: k.ID})
	case TableEvent, TableDelivery:
		return webhookKeyRow(k, row)
	case TableRef:
		carrier, ref := cutRef(k.ID)
		return append(row, Value{S: carrier}, Value{S: ref})
	}
	return append(row, Value{B: k.Account[:]}, Value{B: []byte(k.ID)})
}

// encoder collects a row. Ids and packed lists are put into buf, so that a record needs one piece of memory for all.
type encoder struct {
	row Row
	buf []byte
}

func (e *encoder) int(v int64)   { e.row = append(e.row, Value{N: v}) }
func (e *encoder) blob(b []byte) { e.row = append(e.row, Value{Null: b == nil, B: b}) }
func (e *encoder) text(s string) { e.row = append(e.row, Value{S: s}) }

// time stores microseconds since 1970 UTC; null is the zero time.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.row = append(e.row, Value{Null: true})
		return
	}
	e.int(t.UnixMicro())
}

type decoder struct {
	row Row
	i   int
	bad bool
}

func (d *decoder) next() Value {
	v := d.row[d.i]
	d.i++
	return v
}

func (d *decoder) int() int64 { return d.next().N }
func (d *decoder) text() string {
	v := d.next()
	if v.S != "" {
		return v.S
	}
	return string(v.B)
}
func (d *decoder) blob() []byte {
	v := d.next()
	if v.Null {
		return nil
	}
	return append(make([]byte, 0, len(v.B)), v.B...)
}

func (d *decoder) time() time.Time {
	v := d.next()
	if v.Null {
		return time.Time{}
	}
	return time.UnixMicro(v.N).UTC()
}

func (d *decoder) account() id.Account { return id.Account(d.sixteen()) }
func (d *decoder) otp() id.OTP         { return id.OTP(d.sixteen()) }
func (d *decoder) message() id.Message { return id.Message(d.sixteen()) }

// sixteen reads an id; null is the zero id.
func (d *decoder) sixteen() (b [16]byte) {
	v := d.next()
	if len(v.B) != 16 && !v.Null {
		d.bad = true
	}
	copy(b[:], v.B)
	return b
}

func (d *decoder) contact() (c ContactID) {
	v := d.next()
	if len(v.B) != len(c) {
		d.bad = true
	}
	copy(c[:], v.B)
	return c
}

func (e *encoder) id(b [16]byte) { e.list(append(e.buf, b[:]...)) }

// optional stores the zero id as null.
func (e *encoder) optional(b [16]byte) {
	if b == [16]byte{} {
		e.blob(nil)
		return
	}
	e.id(b)
}

// list stores what was appended to buf.
func (e *encoder) list(buf []byte) {
	from := len(e.buf)
	e.buf = buf
	e.blob(buf[from:])
}
