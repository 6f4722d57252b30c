// Package wire encodes records as rows and reads them back.
//
// What queries search by, or a database checks, has its own column. All other fields of a record are encoded together
// into one column, with a number and a type in the wire format of Protocol Buffers
// (https://protobuf.dev/programming-guides/encoding/), in the order of their numbers. A zero field is left out. An
// unknown field is kept and written back, so a release can add a field and use it immediately, while servers of the
// release before still write the same rows. A number is never used again for something else.
package wire

import (
	"encoding/binary"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/syssecure/syssecure/internal/extra"
)

// Value is the value of one column. Integers are in N, bytes in B. A text is in S when it is written, but may be in B
// when it was read.
type Value struct {
	Null bool
	N    int64
	B    []byte
	S    string
}

// Text is the value of a text column.
func (v Value) Text() string {
	if v.S != "" {
		return v.S
	}
	return string(v.B)
}

// Row is a record as the databases store it, in the order of its table's columns.
type Row []Value

// Coder reads or writes one row. A record describes its columns and fields once for both directions, in a method fields
// that passes the coder a pointer to each.
type Coder struct {
	reading bool
	bad     bool // no version can have written what was read
	row     Row
	column  int    // the next column to read
	buf     []byte // what is written; values of row refer to it
	cursor         // in the current list of fields
}

// cursor is the position of a Coder in a list of fields.
type cursor struct {
	next    protowire.Number // reading: the number of the next field, 0 after the last
	kind    protowire.Type   // its type
	whole   []byte           // it and all that follows
	rest    []byte           // the same without its tag
	last    protowire.Number // the number of the previous field
	known   protowire.Number // the number of the last known field
	unknown []byte           // writing: unknown fields yet to write; reading: those found
}

// Reader makes a coder that reads a row. The values that it reads do not refer to the row's memory.
func Reader(row Row) *Coder { return &Coder{reading: true, row: row} }

// Reset begins another row in the same memory.
func (c *Coder) Reset() { c.row, c.buf = c.row[:0], c.buf[:0] }

// Row is what was written, until the next Reset.
func (c *Coder) Row() Row { return c.row }

// Reading reports whether the coder reads.
func (c *Coder) Reading() bool { return c.reading }

// Check makes the row bad unless ok.
func (c *Coder) Check(ok bool) { c.bad = c.bad || !ok }

// Bad reports whether no version can have written what was read.
func (c *Coder) Bad() bool { return c.bad }

// Append writes columns.
func (c *Coder) Append(values ...Value) { c.row = append(c.row, values...) }

// Data is the next column, with the fields of describe. Unknown fields are kept in rest.
func (c *Coder) Data(rest *extra.Fields, describe func(*Coder)) {
	if c.reading {
		c.open(c.value().B)
		describe(c)
		c.close(rest)
		return
	}

	from := len(c.buf)
	c.unknown = []byte(*rest)
	describe(c)
	c.buf = append(c.buf, c.unknown...)
	c.unknown = nil
	c.row = append(c.row, Value{B: c.buf[from:len(c.buf):len(c.buf)]})
}

// open begins to read a list of fields.
func (c *Coder) open(b []byte) {
	c.cursor = cursor{whole: b}
	c.advance()
}

// close ends the reading of a list of fields.
func (c *Coder) close(rest *extra.Fields) {
	c.skipTo(protowire.MaxValidNumber + 1)
	if len(c.unknown) > 0 {
		*rest = extra.Fields(c.unknown)
	}
	c.cursor = cursor{}
}

// advance reads the next tag. Numbers must not decrease.
func (c *Coder) advance() {
	if len(c.whole) == 0 {
		c.next, c.rest = 0, nil
		return
	}

	num, kind, size := protowire.ConsumeTag(c.whole)
	if size < 0 || num < c.last {
		c.fail()
		return
	}
	c.next, c.kind, c.rest = num, kind, c.whole[size:]
}

// fail stops reading an invalid list of fields.
func (c *Coder) fail() { c.bad, c.next, c.rest, c.whole = true, 0, nil, nil }

// skipTo keeps the fields before n as unknown.
func (c *Coder) skipTo(n protowire.Number) {
	for c.next != 0 && c.next < n {
		size := protowire.ConsumeFieldValue(c.next, c.kind, c.rest)
		if size < 0 || c.next == c.known { // a field that is not a list is repeated
			c.fail()
			return
		}
		c.unknown = append(c.unknown, c.whole[:len(c.whole)-len(c.rest)+size]...)
		c.last, c.whole = c.next, c.rest[size:]
		c.advance()
	}
}

// find goes to field n, and reports whether it is there.
func (c *Coder) find(n protowire.Number, kind protowire.Type) bool {
	if c.next < n {
		c.skipTo(n)
	}
	if c.next != n {
		return false
	}

	if c.kind != kind {
		c.fail()
		return false
	}

	return true
}

// consume continues after the value of a field. A negative size means an invalid value.
func (c *Coder) consume(size int) bool {
	if size < 0 {
		c.fail()
		return false
	}
	c.last, c.known, c.whole = c.next, c.next, c.rest[size:]
	c.advance()
	return true
}

// begin writes the unknown fields with smaller numbers, and then the tag of field n.
func (c *Coder) begin(n protowire.Number, kind protowire.Type) {
	for len(c.unknown) > 0 {
		num, _, size := protowire.ConsumeField(c.unknown)
		if size < 0 || num > n {
			break
		}
		c.buf, c.unknown = append(c.buf, c.unknown[:size]...), c.unknown[size:]
	}
	c.buf = protowire.AppendTag(c.buf, n, kind)
}

func (c *Coder) varint(n protowire.Number, v uint64) uint64 {
	if !c.reading {
		if v != 0 {
			c.begin(n, protowire.VarintType)
			c.buf = binary.AppendUvarint(c.buf, v)
		}
		return v
	}
	if !c.find(n, protowire.VarintType) {
		return 0
	}
	v, size := protowire.ConsumeVarint(c.rest)
	c.consume(size)

	return v
}

// Int is field n, an integer.
func Int[T number](c *Coder, n protowire.Number, v *T) {
	in := protowire.DecodeZigZag(c.varint(n, protowire.EncodeZigZag(int64(*v))))
	if c.reading {
		*v = T(in)
		c.bad = c.bad || int64(*v) != in
	}
}

// Bits is field n, an unsigned integer of 64 bits.
func (c *Coder) Bits(n protowire.Number, v *uint64) {
	if in := c.varint(n, *v); c.reading {
		*v = in
	}
}

func (c *Coder) Bool(n protowire.Number, v *bool) {
	var bit uint64
	if *v {
		bit = 1
	}

	if in := c.varint(n, bit); c.reading {
		*v = in != 0
		c.bad = c.bad || in > 1
	}
}

// Time is field n: microseconds since 1970 UTC. The zero time is left out; the beginning of 1970 is not.
func (c *Coder) Time(n protowire.Number, v *time.Time) {
	if !c.reading {
		if !v.IsZero() {
			c.begin(n, protowire.VarintType)
			c.buf = binary.AppendUvarint(c.buf, protowire.EncodeZigZag(v.UnixMicro()))
		}
		return
	}

	if c.find(n, protowire.VarintType) {
		in, size := protowire.ConsumeVarint(c.rest)
		if c.consume(size) {
			*v = time.UnixMicro(protowire.DecodeZigZag(in)).UTC()
		}
	}
}

// Duration is field n, in whole units.
func (c *Coder) Duration(n protowire.Number, v *time.Duration, unit time.Duration) {
	units := int64(*v / unit)
	Int(c, n, &units)
	if c.reading {
		d, ok := durationOf(units, unit)
		*v, c.bad = d, c.bad || !ok
	}
}

func durationOf(n int64, unit time.Duration) (time.Duration, bool) {
	d := time.Duration(n) * unit
	return d, int64(d/unit) == n
}

// bytes returns the bytes of field n, in the row's memory.
func (c *Coder) bytes(n protowire.Number) (b []byte, found bool) {
	if !c.find(n, protowire.BytesType) {
		return nil, false
	}
	b, size := protowire.ConsumeBytes(c.rest)
	return b, c.consume(size)
}

func Text[T ~string](c *Coder, n protowire.Number, v *T) {
	if !c.reading {
		if *v != "" {
			c.begin(n, protowire.BytesType)
			c.buf = protowire.AppendString(c.buf, string(*v))
		}
		return
	}
	if b, found := c.bytes(n); found {
		*v = T(b)
	}
}

// Blob is field n. Nil is left out, an empty blob is not.
func (c *Coder) Blob(n protowire.Number, v *[]byte) {
	if !c.reading {
		if *v != nil {
			c.begin(n, protowire.BytesType)
			c.buf = protowire.AppendBytes(c.buf, *v)
		}
		return
	}
	if b, found := c.bytes(n); found {
		*v = append(make([]byte, 0, len(b)), b...)
	}
}

// ID is field n, an id of 16 bytes; the zero id is left out.
func ID[T ~[16]byte](c *Coder, n protowire.Number, v *T) {
	if !c.reading {
		if b := [16]byte(*v); b != ([16]byte{}) {
			c.begin(n, protowire.BytesType)
			c.buf = protowire.AppendBytes(c.buf, b[:])
		}
		return
	}

	if b, found := c.bytes(n); found {
		if len(b) != 16 {
			c.bad = true
			return
		}
		*v = T(b)
	}
}
