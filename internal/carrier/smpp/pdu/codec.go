package pdu

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// encoder appends fields. After the first failure it goes on, so that callers check once; Append drops the result.
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

// decoder takes fields off the front. b is the caller's memory and s a copy of it: strings are cut from s, so that all
// the strings of a PDU cost one allocation. field names the first field that could not be read, and everything after it
// reads as zero.
type decoder struct {
	b      []byte
	s      string
	off    int
	status Status
	field  string
}

func (d *decoder) fail(field string, status Status) {
	if d.field == "" {
		d.field, d.status = field, status
	}
	d.off = len(d.b)
}

func (d *decoder) done() bool { return d.off == len(d.b) }

func (d *decoder) unterminated() bool { return bytes.IndexByte(d.b[d.off:], 0) < 0 }

// own copies what is left, so that the octet strings taken after it are not the caller's memory.
func (d *decoder) own() {
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

func (d *decoder) take(n int, field string) []byte {
	if n > len(d.b)-d.off {
		d.fail(field, InvalidCommandLength)
		return nil
	}
	if n == 0 {
		return nil
	}
	d.off += n
	return d.b[d.off-n : d.off : d.off]
}

// cstring reads a C-octet string of at most size octets, its NUL included.
func (d *decoder) cstring(size int, field string) string {
	rest := d.b[d.off:]
	n := bytes.IndexByte(rest[:min(size, len(rest))], 0)
	if n < 0 {
		d.fail(field, InvalidCommandLength)
		return ""
	}
	d.off += n + 1
	return d.s[d.off-n-1 : d.off-1]
}

func (d *decoder) address(size int, field string) Address {
	return Address{d.octet(field), d.octet(field), d.cstring(size, field)}
}

func (d *decoder) tlvs() []TLV {
	if d.field != "" {
		return nil
	}
	var list []TLV
	for !d.done() {
		head := d.take(4, "a TLV's header")
		if head == nil {
			break
		}
		value := d.take(int(binary.BigEndian.Uint16(head[2:])), "a TLV's value")
		if d.field != "" {
			break
		}
		if list == nil {
			list = make([]TLV, 0, 4)
		}
		list = append(list, TLV{Tag(binary.BigEndian.Uint16(head)), value})
	}
	if d.field != "" {
		d.status = InvalidTLVStream
		return nil
	}
	return list
}
