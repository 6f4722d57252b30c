// Package id implements the typed identifiers of the API: a prefix and a ULID ("otp_01HW…").
//
// An id's kind is part of its Go type, so an OTP's id cannot be passed as a message's. A ULID begins with its time, so
// rows sorted by id are sorted by creation, and a retention partition follows from the id alone.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

type kind interface{ prefix() string }

type (
	otpKind     struct{}
	messageKind struct{}
	accountKind struct{}
	requestKind struct{}
	hookKind    struct{}
	eventKind   struct{}
)

func (otpKind) prefix() string     { return "otp_" }
func (messageKind) prefix() string { return "msg_" }
func (accountKind) prefix() string { return "acct_" }
func (requestKind) prefix() string { return "req_" }
func (hookKind) prefix() string    { return "whe_" }
func (eventKind) prefix() string   { return "evt_" }

// The kinds of identifier.
type (
	OTP     = ID[otpKind]
	Message = ID[messageKind]
	Account = ID[accountKind]
	Request = ID[requestKind]
	// Webhook names an endpoint.
	Webhook = ID[hookKind]
	Event   = ID[eventKind]
)

// ErrMalformed is returned for a text that is not an id of the expected kind.
var ErrMalformed = errors.New("malformed id")

// ID is a ULID of one kind. The zero value means no id and prints as "".
type ID[K kind] [16]byte

// NewOTP, NewMessage and the others make an id for now: 48 bits of milliseconds and 80 random bits.
func NewOTP(now time.Time) OTP         { return newID[otpKind](now) }
func NewMessage(now time.Time) Message { return newID[messageKind](now) }
func NewAccount(now time.Time) Account { return newID[accountKind](now) }
func NewRequest(now time.Time) Request { return newID[requestKind](now) }
func NewWebhook(now time.Time) Webhook { return newID[hookKind](now) }

// ParseOTP, ParseMessage and the others read what String printed. Only the canonical form is valid: upper case, the
// right prefix, no overflow.
func ParseOTP(s string) (OTP, error)         { return parse[otpKind](s) }
func ParseMessage(s string) (Message, error) { return parse[messageKind](s) }
func ParseAccount(s string) (Account, error) { return parse[accountKind](s) }
func ParseWebhook(s string) (Webhook, error) { return parse[hookKind](s) }
func ParseEvent(s string) (Event, error)     { return parse[eventKind](s) }

// EventAt makes the id of an event from its time and 80 bits that identify what happened, so that an event that is
// enqueued twice has one id.
func EventAt(now time.Time, what [10]byte) Event {
	var u ulid.ULID
	_ = u.SetTime(ulid.Timestamp(now)) // as in newID
	copy(u[6:], what[:])
	return Event(u)
}

func newID[K kind](now time.Time) ID[K] {
	var u ulid.ULID
	// It fails for a time outside ULID's range (before 1970, after 10889), from a broken clock; the id is then only
	// random.
	_ = u.SetTime(ulid.Timestamp(now))
	rand.Read(u[6:])
	return ID[K](u)
}

func parse[K kind](s string) (ID[K], error) {
	var k K
	rest, ok := strings.CutPrefix(s, k.prefix())
	if !ok || len(rest) != ulid.EncodedSize {
		return ID[K]{}, ErrMalformed
	}

	u, err := ulid.ParseStrict(rest)
	if err != nil || u.String() != rest {
		return ID[K]{}, ErrMalformed
	}

	return ID[K](u), nil
}

// String prints the prefix and the ULID, or "" for the zero id.
func (i ID[K]) String() string {
	if i.IsZero() {
		return ""
	}
	var k K
	return k.prefix() + ulid.ULID(i).String()
}

// IsZero reports whether there is no id.
func (i ID[K]) IsZero() bool { return i == ID[K]{} }

// Time is the id's time, to the millisecond.
func (i ID[K]) Time() time.Time { return ulid.Time(ulid.ULID(i).Time()).UTC() }

// Ahead is the id of a row of a sandbox whose clock is ahead by the duration. Ids have real time, so that rows keep
// their order when that clock is set back; within a millisecond, in which it can move by hours, they sort by that
// clock.
func (i ID[K]) Ahead(by time.Duration) ID[K] {
	binary.BigEndian.PutUint32(i[6:], AheadOf(by))
	return i
}

// AheadOf encodes in an id how far a sandbox's clock is ahead, in milliseconds; the 30 days that are allowed fit. It
// begins at a number without zeros in its text: tests search texts for the sandbox's codes, which are zeros.
func AheadOf(by time.Duration) uint32 {
	const first = 0x5A5A5A5A
	return uint32(first + max(0, min(by.Milliseconds(), math.MaxUint32-first)))
}

// At is the id with its time replaced, to the millisecond, as a bound of a list.
func (i ID[K]) At(t time.Time) ID[K] {
	u := ulid.ULID(i)
	_ = u.SetTime(ulid.Timestamp(t)) // as in newID
	return ID[K](u)
}

// MarshalText prints the id in JSON.
func (i ID[K]) MarshalText() ([]byte, error) { return []byte(i.String()), nil }
