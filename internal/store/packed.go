package store

import "encoding/binary"

// Some lists are long, and their elements are small and never get new fields: what a limit counted, lines of
// statistics. Such a list is one field of varints and length-prefixed strings.

// unpacker reads such a list. Invalid input sets bad and ends it.
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

func (u *unpacker) byte() byte { return u.take(1)[0] }

func (u *unpacker) int() int64 {
	v, n := binary.Varint(u.b)
	u.skip(n)
	return v
}

func (u *unpacker) uint() uint64 {
	v, n := binary.Uvarint(u.b)
	u.skip(n)
	return v
}

// small is a number below 256.
func (u *unpacker) small() uint8 {
	n := u.uint()
	u.bad = u.bad || n > 255
	return uint8(n)
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
		u.bad, u.b = true, nil
		return ""
	}
	return string(u.take(int(n)))
}
