package account

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/id"
)

const (
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	keyIDSize   = 8
	secretSize  = 32
	checkSize   = 6
	keyTailSize = keyIDSize + 1 + secretSize + checkSize
)

// ErrMalformedKey is returned for a string that NewKey could not have made.
var ErrMalformedKey = errors.New("malformed API key")

// NewKey makes an API key from random bytes: sk_live_ or sk_test_, 8 characters of id, "_", 32 of secret (190 bits) and
// 6 of CRC32 over everything before. The underscore after the id keeps secret scanners from taking it for another
// vendor's key.
func NewKey(mode id.Mode, random io.Reader) (keyID, text string, err error) {
	head, err := digits62(random, keyIDSize)
	if err != nil {
		return "", "", err
	}

	tail, err := digits62(random, secretSize)
	if err != nil {
		return "", "", err
	}
	text = "sk_" + mode.String() + "_" + head + "_" + tail

	return head, text + checksum(text), nil
}

// ParseKey reads a key and verifies its checksum, without the database.
func ParseKey(text string) (mode id.Mode, keyID string, err error) {
	rest, ok := strings.CutPrefix(text, "sk_live_")
	mode = id.Live
	if !ok {
		rest, ok = strings.CutPrefix(text, "sk_test_")
		mode = id.Test
	}
	if !ok || len(rest) != keyTailSize || rest[keyIDSize] != '_' || strings.Trim(rest, base62+"_") != "" {
		return 0, "", ErrMalformedKey
	}
	if body := text[:len(text)-checkSize]; checksum(body) != text[len(body):] {
		return 0, "", ErrMalformedKey
	}

	return mode, rest[:keyIDSize], nil
}

// ValidKeyID reports whether a text could be the id of a key.
func ValidKeyID(s string) bool { return len(s) == keyIDSize && strings.Trim(s, base62) == "" }

// MaxKeyName is the longest name of a key, in characters.
const MaxKeyName = 64

// ValidKeyName reports whether a key can have the name.
func ValidKeyName(name string) bool {
	return ValidName(name) && utf8.RuneCountInString(name) <= MaxKeyName
}

// The states of a key.
const (
	KeyActive   = "active"
	KeyExpiring = "expiring" // it was replaced, and works until the overlap ends
	KeyExpired  = "expired"
	KeyRevoked  = "revoked"
)

// Status is the state of the key at now.
func (k Key) Status(now time.Time) string {
	switch {
	case !k.RevokedAt.IsZero():
		return KeyRevoked
	case !k.Active(now):
		return KeyExpired
	case !k.ExpiresAt.IsZero():
		return KeyExpiring
	}
	return KeyActive
}

// EndedAt is when the key was revoked or expires; zero when neither was decided.
func (k Key) EndedAt() time.Time {
	if !k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || k.RevokedAt.Before(k.ExpiresAt)) {
		return k.RevokedAt
	}
	return k.ExpiresAt
}

// PublicID is the id by which the key is named: "key_" and 8 characters.
func (k Key) PublicID() string { return PublicKeyID(k.ID) }

// PublicKeyID is the public form of a key's id; "" of none.
func PublicKeyID(keyID string) string {
	if keyID == "" {
		return ""
	}
	return "key_" + keyID
}

// Prefix is the part of the key that is not secret: what it begins with.
func (k Key) Prefix() string { return "sk_" + k.Mode.String() + "_" + k.ID }

// digits62 draws n base62 characters without bias: bytes of 248 and more are thrown away.
func digits62(random io.Reader, n int) (string, error) {
	out := make([]byte, 0, n)
	buf := make([]byte, n)
	for len(out) < n {
		if _, err := io.ReadFull(random, buf); err != nil {
			return "", fmt.Errorf("read random bytes: %w", err)
		}
		for _, b := range buf {
			if b < 248 && len(out) < n {
				out = append(out, base62[b%62])
			}
		}
	}

	return string(out), nil
}

func checksum(s string) string {
	sum := crc32.ChecksumIEEE([]byte(s))
	out := make([]byte, checkSize)
	for i := range out {
		out[checkSize-1-i] = base62[sum%62]
		sum /= 62
	}
	return string(out)
}
