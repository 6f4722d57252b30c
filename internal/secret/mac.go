package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"sync"
)

// MAC is HMAC-SHA256 under one key, over lists of parts. It is safe for concurrent use and reuses its hashes: every
// request needs several, and making one costs more than running it.
type MAC struct{ pool sync.Pool }

type hasher struct {
	h   hash.Hash
	buf []byte
	sum [sha256.Size]byte
}

// NewMAC makes the MAC of a key.
func NewMAC(key []byte) *MAC {
	m := &MAC{}
	m.pool.New = func() any { return &hasher{h: hmac.New(sha256.New, key)} }
	return m
}

// Sum is the MAC of the parts, each with its length before it, so that no two lists of parts collide.
func (m *MAC) Sum(parts ...[]byte) [sha256.Size]byte {
	s := m.pool.Get().(*hasher)
	defer m.pool.Put(s)
	s.buf = s.buf[:0]
	for _, p := range parts {
		s.buf = binary.BigEndian.AppendUint32(s.buf, uint32(len(p)))
		s.buf = append(s.buf, p...)
	}

	s.h.Reset()
	s.h.Write(s.buf)
	s.h.Sum(s.sum[:0])
	clear(s.buf) // parts can be keys and codes

	return s.sum
}

// Equal compares two MACs in constant time.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
