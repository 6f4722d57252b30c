// Package otp owns one verification: how its code is derived, how often it may be guessed, and how it ends.
//
// It is pure: no clock, no I/O, no randomness. Its one hard idea is that the code is derived and never stored: the key
// lives outside the database, so the database alone yields no code, and a resend or a fallback computes the same code
// again. Check returns a wrong guess as a value that has to be stored: an error would be rolled back, and an attacker
// would guess for free.
package otp

import (
	"crypto/subtle"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// Bounds of the published API.
const (
	MinLength     = 4
	MaxLength     = 10
	DefaultLength = 6
	MinLife       = time.Second
	MaxLife       = time.Hour
	DefaultLife   = 5 * time.Minute
	MaxPurpose    = 64 // characters
)

// Status is how a verification stands, apart from the delivery of its messages.
type Status uint8

// The statuses. Open and Failed codes can be verified: a message thought lost may still arrive.
const (
	Open Status = iota + 1
	Verified
	Expired
	Canceled
	Failed
)

// OTP is one verification. It is a value.
type OTP struct {
	ID          id.OTP
	Account     id.Account
	Mode        id.Mode
	Template    string // the template's id, "" for the built-in one
	Purpose     string // what the code is for, as the caller names it: "login"; may be empty
	Length      int
	MaxAttempts int
	Wrong       int // wrong codes so far
	Status      Status
	Messages    []id.Message // oldest first; the last is the one in work
	CreatedAt   time.Time
	ExpiresAt   time.Time
	VerifiedAt  time.Time
	// Era tells by which setting of the clock the times above were written.
	Era clock.Era
	// TestNumber: it was made for one of the operator's test numbers, and takes that number's code and no other.
	TestNumber bool
}

// ValidPurpose reports whether s can say what a code is for: at most MaxPurpose characters that can be seen, without a
// space at either end. Two purposes that look alike on a screen would be two OTPs.
func ValidPurpose(s string) bool {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) } // the one space that is printable is U+0020

	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxPurpose && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, hidden)
}

// MaxAttempts is how many codes may be tried: 5, or 3 when the code is so short that 5 would be too many
// (NIST SP 800-63B-4 §3.2.2 asks for throttling below 64 bits; 3 of 10⁴ is the odds that this product accepts).
func MaxAttempts(length int) int {
	if length <= 5 {
		return 3
	}
	return 5
}

// At is the time by which the verification lives or has expired, when the clock says now in the given era. A clock that was
// set back since the verification was made would let it live longer, and revive what had expired: what counts is the time
// that passed. A clock that was set forwards is believed. Of a verification that another run of the server made, and by a
// clock that was ahead, nobody knows how old it is: it has expired.
func (o OTP) At(now time.Time, era clock.Era) time.Time {
	by, known := o.Era.Until(era)
	switch {
	case known && by < 0:
		return now.Add(-by)
	case !known && o.CreatedAt.After(now.Add(clock.Skew)):
		return o.ExpiresAt
	}

	return now
}

// Left is how many codes may still be tried.
func (o OTP) Left() int { return max(0, o.MaxAttempts-o.Wrong) }

// Pending reports whether a second send would be a resend of this one.
func (o OTP) Pending(now time.Time) bool {
	return (o.Status == Open || o.Status == Failed) && now.Before(o.ExpiresAt) && o.Left() > 0
}

// Over reports whether nothing happens to the verification any more: its end is stored, and no code verifies it.
func (o OTP) Over(now time.Time) bool { return o.Status != Open && !now.Before(o.ExpiresAt) }

// Derive computes the code: HMAC-SHA256 over the verification's identity, read as decimal digits by rejection sampling
// (a byte of 250 or more would favour the digits 0 to 5). In the sandbox the code is zeros.
func Derive(key *secret.MAC, o id.OTP, account id.Account, mode id.Mode, number phone.Number, length int) string {
	if mode == id.Test {
		return strings.Repeat("0", length)
	}
	digits := make([]byte, 0, MaxLength)
	for round := byte(0); ; round++ {
		sum := key.Sum(o[:], account[:], []byte{byte(mode)}, []byte(number), []byte{byte(length)}, []byte{round})
		for _, b := range sum {
			if b < 250 {
				digits = append(digits, '0'+b%10)
			}
			if len(digits) == length {
				return string(digits)
			}
		}
	}
}

// WellFormed reports whether code could be a code of the length: a code of another shape is a mistake of the caller's
// form and costs no attempt.
func WellFormed(code string, length int) bool {
	return len(code) == length && strings.Trim(code, "0123456789") == ""
}

// ReadCode reads a code as people paste it: spaces, hyphens and invisible characters are passed over, and digits of other
// scripts and full-width ones are read. Everything else stays, so that a text with a letter in it is no code.
func ReadCode(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch digit, ok := digitOf(r); {
		case ok:
			out.WriteByte('0' + digit)
		case unicode.IsSpace(r), unicode.Is(unicode.Dash, r), unicode.Is(unicode.Cf, r):
		default:
			return "" // a letter, or a sign that no code has
		}
	}
	if out.Len() > MaxLength {
		return ""
	}

	return out.String()
}

// digitOf gives the value of a decimal digit. Unicode has each script's digits in a row from 0 to 9.
func digitOf(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r - '0'), true
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}

	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), true
		}
	}

	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return byte((r - rune(t.Lo)) % 10), true
		}
	}

	return 0, false
}

// Result is how a check ended; the names are the published reasons.
type Result string

// The results of a check.
const (
	Valid           Result = ""
	Incorrect       Result = "incorrect"
	HasExpired      Result = "expired"
	NoAttemptsLeft  Result = "max_attempts"
	AlreadyVerified Result = "already_verified"
	WasCanceled     Result = "canceled"
)

// Settled reports how the verification ended already, if it did; Valid means that a code may be compared.
func (o OTP) Settled(now time.Time) Result {
	switch {
	case o.Status == Verified:
		return AlreadyVerified
	case o.Status == Canceled:
		return WasCanceled
	case o.Status == Expired || !now.Before(o.ExpiresAt):
		return HasExpired
	case o.Left() == 0:
		return NoAttemptsLeft
	}

	return Valid
}

// Check compares code with the derived one in constant time and returns the verification as it has to be stored, also
// after a wrong code. The right code passes on the last attempt, and once.
func Check(o OTP, code, derived string, now time.Time) (OTP, Result) {
	if r := o.Settled(now); r != Valid {
		return o, r
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(derived)) != 1 {
		o.Wrong++
		return o, Incorrect
	}
	o.Status, o.VerifiedAt = Verified, now

	return o, Valid
}

// Cancel calls an open verification off; one that has ended is left as it is.
func Cancel(o OTP, now time.Time) (OTP, bool) { return o.end(Canceled, !o.ended(now)) }

// Expire ends a verification whose time has come.
func Expire(o OTP, now time.Time) (OTP, bool) {
	return o.end(Expired, o.Status == Open && !now.Before(o.ExpiresAt))
}

// Void ends a verification that a restored copy brings back, whatever its time: it may have been verified since, and a code
// counts once. One that ended otherwise stays so.
func Void(o OTP) (OTP, bool) { return o.end(Expired, o.Status == Open || o.Status == Failed) }

// Fail notes that no message arrived. The code stays valid: a message thought lost may still come.
func Fail(o OTP) (OTP, bool) { return o.end(Failed, o.Status == Open) }

// Revive notes that a message thought lost arrived after all.
func Revive(o OTP) (OTP, bool) { return o.end(Open, o.Status == Failed) }

func (o OTP) ended(now time.Time) bool {
	return (o.Status != Open && o.Status != Failed) || !now.Before(o.ExpiresAt)
}

func (o OTP) end(s Status, when bool) (OTP, bool) {
	if when {
		o.Status = s
	}
	return o, when
}
