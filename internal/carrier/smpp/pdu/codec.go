package pdu

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// encoder appends fields. It goes on after a failure, so that callers check once; Append drops the result then.
type encoder struct {
	b   []byte
	err error
}

func (e *encoder) fail(field string, limit int) {
	if e.err == nil {
		e.err = fmt.Errorf("%s is longer than %d octets or holds a NUL", field, limit)
	}
}

func (e *encoder) octets(b ...byte) { e.b = append(e.b, b...) }
func (e *encoder) uint16(v uint16)  { e.b = binary.BigEndian.AppendUint16(e.b, v) }
func (e *encoder) uint32(v uint32)  { e.b = binary.BigEndian.AppendUint32(e.b, v) }

// cstring writes a C-octet string of at most size octets, its NUL included.
func (e *encoder) cstring(s string, size int, field string) {
	if len(s) >= size || strings.IndexByte(s, 0) >= 0 {
		e.fail(field, size-1)
		return
	}
	e.b = append(e.b, s...)
	e.b = append(e.b, 0)
}

func (e *encoder) address(a Address, size int, field string) {
	e.octets(a.TON, a.NPI)
	e.cstring(a.Addr, size, field)
}

func (e *encoder) tlvs(list []TLV) {
	for _, t := range list {
		if len(t.Value) > 0xFFFF {
			e.fail("a TLV", 0xFFFF)
			return
		}
		e.uint16(uint16(t.Tag))
		e.uint16(uint16(len(t.Value)))
		e.b = append(e.b, t.Value...)
	}
}

// decoder reads fields in order. Strings are cut from one copy, so that all the strings of a PDU cost one allocation.
// After a field that could not be read all others read as zero.
type decoder struct {
	b      []byte // the caller's memory
	s      string // the copy of it
	off    int
	status Status
	field  string // the first that could not be read
}

func (d *decoder) fail(field string, status Status) {
	if d.field == "" {
		d.field, d.status = field, status
	}
	d.off = len(d.b)
}

func (d *decoder) done() bool { return d.off == len(d.b) }

// cloneRest copies the rest, so that the octet strings after it do not share the caller's memory.
func (d *decoder) cloneRest() {
	rest := bytes.Clone(d.b[d.off:])
	d.s, d.b, d.off = d.s[d.off:], rest, 0
}

func (d *decoder) octet(field string) byte {
	if d.done() {
		d.fail(field, InvalidCommandLength)
		return 0
	}
	d.off++
	return d.b[d.off-1]
}

// take reads n octets, which must be there.
func (d *decoder) take(n int) []byte {
	if n == 0 {
		return nil
	}
	d.off += n
	return d.b[d.off-n : d.off : d.off]
}

// cstring reads a C-octet string, up to its NUL. Longer ones than the standard allows are read, too: their end is
// certain, and the PDU's length is bounded.
func (d *decoder) cstring(field string) string {
	n := bytes.IndexByte(d.b[d.off:], 0)
	if n < 0 {
		d.fail(field, InvalidCommandLength)
		return ""
	}
	d.off += n + 1
	return d.s[d.off-n-1 : d.off-1]
}

// toNUL reads the last string of a body, whose NUL may be missing.
func (d *decoder) toNUL() string {
	rest := d.s[d.off:]
	if before, _, found := strings.Cut(rest, "\x00"); found {
		d.off += len(before) + 1
		return before
	}
	d.off = len(d.b)
	return rest
}

func (d *decoder) address(field string) Address {
	return Address{d.octet(field), d.octet(field), d.cstring(field)}
}

// tlvs reads optional parameters in any order. One that claims more octets than there are gets the octets that there
// are, and a header that is cut off ends the list.
func (d *decoder) tlvs() []TLV {
	var list []TLV
	for len(d.b)-d.off >= 4 {
		head := d.take(4)
		value := d.take(min(int(binary.BigEndian.Uint16(head[2:])), len(d.b)-d.off))
		if list == nil {
			list = make([]TLV, 0, 4)
		}
		list = append(list, TLV{Tag(binary.BigEndian.Uint16(head)), value})
	}
	d.off = len(d.b)

	return list
}
