package wire

import "encoding/binary"

// Some lists are long, and their elements are small and never get new fields: what a limit counted, lines of
// statistics. Such a list is one field of varints and length-prefixed strings.

// Unpacker reads such a list, see Coder.Packed. Invalid input sets Bad and ends it.
type Unpacker struct {
	B   []byte // what is left
	Bad bool
}

// Take reads n bytes.
func (u *Unpacker) Take(n int) []byte {
	if n < 0 || n > len(u.B) {
		u.Bad, u.B = true, nil
		return make([]byte, max(0, min(n, 16)))
	}
	out := u.B[:n]
	u.B = u.B[n:]
	return out
}

// Byte reads one byte.
func (u *Unpacker) Byte() byte { return u.Take(1)[0] }

// Int reads a signed varint.
func (u *Unpacker) Int() int64 {
	v, n := binary.Varint(u.B)
	u.skip(n)
	return v
}

// Uint reads a varint.
func (u *Unpacker) Uint() uint64 {
	v, n := binary.Uvarint(u.B)
	u.skip(n)
	return v
}

// Small reads a number below 256.
func (u *Unpacker) Small() uint8 {
	n := u.Uint()
	u.Bad = u.Bad || n > 255
	return uint8(n)
}

func (u *Unpacker) skip(n int) {
	if n <= 0 {
		u.Bad, u.B = true, nil
		return
	}
	u.B = u.B[n:]
}

// Text reads a text with its length before it.
func (u *Unpacker) Text() string {
	n := u.Uint()
	if n > uint64(len(u.B)) {
		u.Bad, u.B = true, nil
		return ""
	}
	return string(u.Take(int(n)))
}
