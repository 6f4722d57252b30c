// Package otp implements one verification: how its code is derived, how often it may be guessed, and how it ends.
//
// It is pure: no clock, no I/O, no randomness. The code is derived and never stored: the key is not in the database, so
// the database alone reveals no code, and a resend or a fallback derives the same code again. Check returns a failed
// guess as a value that has to be stored: an error would be rolled back, and the guess would not count.
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

// Status is the state of a verification, apart from the delivery of its messages.
type Status uint8

// The statuses. Open and Failed codes can be verified: a message that counts as failed may still arrive.
const (
	Open Status = iota + 1
	Verified
	Expired
	Canceled
	Failed
)

// OTP is one verification. It is a value.
type OTP struct {
	ID            id.OTP
	Account       id.Account
	Mode          id.Mode
	Template      string // the template's id, "" for the built-in one
	Purpose       string // what the code is for, as the caller names it: "login"; may be empty
	Length        int
	MaxAttempts   int
	FailedGuesses int // wrong codes so far
	Status        Status
	Messages      []id.Message // oldest first; the last is the one in work
	CreatedAt     time.Time
	ExpiresAt     time.Time
	VerifiedAt    time.Time
	// Era is the setting of the clock by which the times above were written.
	Era clock.Era
	// TestNumber: it was made for one of the operator's test numbers, whose code is fixed.
	TestNumber bool
}

// ValidPurpose reports whether s can be a purpose: at most MaxPurpose visible characters, without a space at either
// end. Otherwise purposes that look alike could be different OTPs.
func ValidPurpose(s string) bool {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) } // the one space that is printable is U+0020

	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxPurpose && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, hidden)
}

// MaxAttempts is how many codes may be tried: 5, or 3 when the code is so short that 5 would be too many
// (NIST SP 800-63B-4 §3.2.2 asks for throttling below 64 bits; 3 of 10⁴ is the odds that this product accepts).
func MaxAttempts(length int) int {
	if length <= 5 {
		return 3
	}
	return 5
}

// At is the time at which to judge whether the verification has expired, when the clock shows now in the given era. If
// the clock was set back since the verification was made, the time that really passed counts: otherwise it would live
// longer, or become valid again. A clock that was set forwards is believed. If another run of the server made the
// verification, by a clock that was ahead, its age is unknown and it has expired.
func (o OTP) At(now time.Time, era clock.Era) time.Time {
	by, known := o.Era.ShiftTo(era)
	switch {
	case known && by < 0:
		return now.Add(-by)
	case !known && o.CreatedAt.After(now.Add(clock.Skew)):
		return o.ExpiresAt
	}

	return now
}

// Left is how many codes may still be tried.
func (o OTP) Left() int { return max(0, o.MaxAttempts-o.FailedGuesses) }

// Pending reports whether a second send would be a resend of this one.
func (o OTP) Pending(now time.Time) bool {
	return (o.Status == Open || o.Status == Failed) && now.Before(o.ExpiresAt) && o.Left() > 0
}

// Over reports whether the verification has ended and its end is stored.
func (o OTP) Over(now time.Time) bool { return o.Status != Open && !now.Before(o.ExpiresAt) }

// Derive computes the code: HMAC-SHA256 over the verification's identity, converted to decimal digits by rejection
// sampling (a byte of 250 or more would favour the digits 0 to 5). In the sandbox the code is zeros.
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

// WellFormed reports whether code consists of length digits. Anything else is a mistake of the caller's form and does
// not count as a guess.
func WellFormed(code string, length int) bool {
	return len(code) == length && strings.Trim(code, "0123456789") == ""
}

// ReadCode reads a code as people paste it: it ignores spaces, hyphens and invisible characters, and reads digits of
// other scripts and full-width ones. A text with anything else, or with too many digits, is "".
func ReadCode(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch digit, ok := digitOf(r); {
		case ok:
			out.WriteByte('0' + digit)
		case unicode.IsSpace(r), unicode.Is(unicode.Dash, r), unicode.Is(unicode.Cf, r):
		default:
			return ""
		}
	}

	if out.Len() > MaxLength {
		return ""
	}

	return out.String()
}

// digitOf returns the value of a decimal digit. In Unicode each script's digits are in a row from 0 to 9.
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

// Result is the result of a check; the names are the published reasons.
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

// Settled returns why the verification takes no more codes; Valid means that a code may be compared.
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
// after a wrong code. The right code is valid once, also as the last attempt.
func Check(o OTP, code, derived string, now time.Time) (OTP, Result) {
	if r := o.Settled(now); r != Valid {
		return o, r
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(derived)) != 1 {
		o.FailedGuesses++
		return o, Incorrect
	}

	o.Status, o.VerifiedAt = Verified, now

	return o, Valid
}

// Cancel cancels an open verification; one that has ended is unchanged.
func Cancel(o OTP, now time.Time) (OTP, bool) { return o.end(Canceled, !o.ended(now)) }

// Expire ends a verification whose time has come.
func Expire(o OTP, now time.Time) (OTP, bool) {
	return o.end(Expired, o.Status == Open && !now.Before(o.ExpiresAt))
}

// Void expires a verification of a restored backup, whatever its time: its code may have been used since the backup,
// and a code is valid once. One that has ended is unchanged.
func Void(o OTP) (OTP, bool) { return o.end(Expired, o.Status == Open || o.Status == Failed) }

// Fail notes that every message failed. The code stays valid: a message may still arrive.
func Fail(o OTP) (OTP, bool) { return o.end(Failed, o.Status == Open) }

// Revive notes that a message arrived after Fail.
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
