package signin

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what a hash takes: the parameters of argon2id.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// StandardCost is that of new hashes, OWASP's for argon2id: 19 MiB and two passes, about 30 ms of one core.
func StandardCost() Cost { return Cost{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1} }

// Hash is the hash of a password by argon2id, with the parameters that made it.
type Hash struct {
	Cost
	salt, sum []byte
}

const (
	saltSize = 16
	sumSize  = 32
)

// Bounds of the parameters that are read, so that a changed row cannot take the memory or time of the server.
const (
	maxMemoryKiB = 64 * 1024
	maxPasses    = 8
	maxThreads   = 4
	maxSum       = 64
)

// ErrHash is returned for a text that is not a hash of argon2id within the bounds.
var ErrHash = errors.New("the stored password is not a hash of argon2id with parameters that are allowed")

// NewHash hashes a password that CheckPassword accepted. salt is random.
func NewHash(password string, salt [saltSize]byte, c Cost) Hash {
	h := Hash{Cost: c, salt: bytes.Clone(salt[:])}
	h.sum = h.compute(password, sumSize)
	return h
}

// NoHash is a hash that no password has. To compare with it takes as long as with any other of the cost, so that an answer
// does not show whether there is such a user.
func NoHash(c Cost) Hash {
	return Hash{Cost: c, salt: make([]byte, saltSize), sum: make([]byte, sumSize)}
}

func (h Hash) compute(password string, size int) []byte {
	return argon2.IDKey([]byte(normalPassword(password)), h.salt, h.Passes, h.MemoryKiB, h.Threads, uint32(size))
}

// Matches compares a password in constant time. It needs MemoryKiB of memory.
func (h Hash) Matches(password string) bool {
	if len(password) > 16*MaxPassword {
		password = "" // the time must not depend on what a stranger sends; no password is empty
	}
	return subtle.ConstantTimeCompare(h.compute(password, len(h.sum)), h.sum) == 1
}

// Old reports whether the parameters are not those of new hashes, so that the password should be hashed again.
func (h Hash) Old(now Cost) bool {
	return h.Cost != now || len(h.sum) != sumSize
}

var b64 = base64.RawStdEncoding.Strict()

// String writes the hash in the usual form: $argon2id$v=19$m=19456,t=2,p=1$salt$sum.
func (h Hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.MemoryKiB, h.Passes, h.Threads,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.sum))
}

// ParseHash reads what String wrote, and only that form.
func ParseHash(s string) (Hash, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return Hash{}, ErrHash
	}

	params := strings.Split(parts[3], ",")
	if len(params) != 3 {
		return Hash{}, ErrHash
	}
	memory, ok1 := parameter(params[0], "m=", maxMemoryKiB)
	times, ok2 := parameter(params[1], "t=", maxPasses)
	lanes, ok3 := parameter(params[2], "p=", maxThreads)
	salt, err1 := b64.DecodeString(parts[4])
	sum, err2 := b64.DecodeString(parts[5])
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil {
		return Hash{}, ErrHash
	}

	h := Hash{Cost: Cost{MemoryKiB: memory, Passes: times, Threads: uint8(lanes)}, salt: salt, sum: sum}
	if len(salt) < 8 || len(salt) > maxSum || len(sum) < 16 || len(sum) > maxSum || h.String() != s {
		return Hash{}, ErrHash
	}

	return h, nil
}

func parameter(s, name string, most uint32) (uint32, bool) {
	digits, ok := strings.CutPrefix(s, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(min(n, math.MaxUint32)), ok && err == nil && n >= 1 && n <= uint64(most)
}
