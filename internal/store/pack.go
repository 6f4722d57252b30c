package store

import (
	"encoding/binary"
	"strings"
	"time"
)

// What no query looks for is packed into one column: lengths and numbers as varints. A message is read and written
// several times on its way; thirty columns would cost more than the rest of the update, and JSON more still.

// packed is the format's version, the first byte of every packed column.
const packed = 1

// packer writes a packed column.
type packer struct{ b []byte }

func (p *packer) int(n int64)   { p.b = binary.AppendVarint(p.b, n) }
func (p *packer) uint(n uint64) { p.b = binary.AppendUvarint(p.b, n) }
func (p *packer) id(v [16]byte) { p.b = append(p.b, v[:]...) }
func (p *packer) string(s string) {
	p.uint(uint64(len(s)))
	p.b = append(p.b, s...)
}

func (p *packer) bool(on bool) {
	var n byte
	if on {
		n = 1
	}
	p.b = append(p.b, n)
}

// bytes keeps nil apart from empty.
func (p *packer) bytes(v []byte) {
	if v == nil {
		p.uint(0)
		return
	}
	p.uint(uint64(len(v)) + 1)
	p.b = append(p.b, v...)
}

// time stores microseconds since 1970 UTC, and a mark for the zero time.
func (p *packer) time(t time.Time) {
	p.bool(!t.IsZero())
	if !t.IsZero() {
		p.int(t.UnixMicro())
	}
}

// list writes a count and each element.
func list[T any](p *packer, all []T, one func(T)) {
	p.uint(uint64(len(all)))
	for _, v := range all {
		one(v)
	}
}

// unpacker reads a packed column. Damage sets bad and ends every list.
type unpacker struct {
	b   []byte
	bad bool
}

func (u *unpacker) take(n int) []byte {
	if n < 0 || n > len(u.b) {
		u.bad, u.b = true, nil
		return make([]byte, max(0, min(n, 16)))
	}
	out := u.b[:n]
	u.b = u.b[n:]
	return out
}

func (u *unpacker) bool() bool       { return u.take(1)[0] != 0 }
func (u *unpacker) id() (v [16]byte) { copy(v[:], u.take(16)); return v }

func (u *unpacker) int() int64 {
	v, n := binary.Varint(u.b)
	u.skip(n)
	return v
}

// later reads a number that rows of earlier versions end before: there it is 0.
func (u *unpacker) later() int {
	if len(u.b) == 0 {
		return 0
	}
	return int(u.int())
}

func (u *unpacker) uint() uint64 {
	v, n := binary.Uvarint(u.b)
	u.skip(n)
	return v
}

func (u *unpacker) skip(n int) {
	if n <= 0 {
		u.bad, u.b = true, nil
		return
	}
	u.b = u.b[n:]
}

func (u *unpacker) string() string {
	n := u.uint()
	if n > uint64(len(u.b)) {
		u.bad = true
		return ""
	}
	return string(u.take(int(n)))
}

func (u *unpacker) bytes() []byte {
	n := u.uint()
	if n == 0 {
		return nil
	}
	if n-1 > uint64(len(u.b)) {
		u.bad = true
		return nil
	}
	return append(make([]byte, 0, n-1), u.take(int(n-1))...)
}

func (u *unpacker) time() time.Time {
	if !u.bool() {
		return time.Time{}
	}
	return time.UnixMicro(u.int()).UTC()
}

func (u *unpacker) duration(unit time.Duration) time.Duration {
	d, ok := durationOf(u.int(), unit)
	u.bad = u.bad || !ok
	return d
}

func durationOf(n int64, unit time.Duration) (time.Duration, bool) {
	d := time.Duration(n) * unit
	return d, int64(d/unit) == n
}

// unlist reads what list wrote. An element takes at least a byte, so a count beyond what is left is damage, and no
// memory is asked for it.
func unlist[T any](u *unpacker, one func() T) (out []T) {
	n := u.uint()
	if n > uint64(len(u.b)) {
		u.bad = true
		return nil
	}
	if n > 0 {
		out = make([]T, 0, n)
	}
	for range n {
		if out = append(out, one()); u.bad {
			return nil
		}
	}
	return out
}

// pack begins a packed column; e.packed ends it.
func (e *encoder) pack() packer { return packer{append(e.buf, packed)} }

func (e *encoder) packed(p packer) { e.list(p.b) }

// unpack begins to read a packed column; d.unpacked ends it.
func (d *decoder) unpack() unpacker {
	u := unpacker{b: d.next().B}
	if len(u.b) == 0 || u.b[0] != packed {
		u.bad = true
		return u
	}
	u.b = u.b[1:]
	return u
}

func (d *decoder) unpacked(u *unpacker) { d.bad = d.bad || u.bad || len(u.b) > 0 }

func bigEndian(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

func cutRef(s string) (carrier, ref string) {
	carrier, ref, _ = strings.Cut(s, "\x00")
	return carrier, ref
}
