package signin

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as authenticator apps implement it; HMAC does not need more of it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// TOTPSize is the size of a secret in bytes, which RFC 4226 recommends.
const TOTPSize = 20

const (
	totpDigits = 6
	totpPeriod = 30 // seconds
	totpAround = 1  // steps before and after, since phones' clocks differ
)

// totpText is the alphabet of secrets in authenticator apps.
var totpText = base32.StdEncoding.WithPadding(base32.NoPadding)

// TOTPText writes a secret for people who type it into an app.
func TOTPText(key []byte) string { return totpText.EncodeToString(key) }

// TOTPAddress is what an authenticator app reads from a QR code. issuer and user are shown in the app.
func TOTPAddress(issuer, user string, key []byte) string {
	return "otpauth://totp/" + percent(issuer) + ":" + percent(user) + "?secret=" + TOTPText(key) + "&issuer=" +
		percent(issuer)
}

// percent encodes everything but letters and digits of ASCII, and what no part of an address gives a meaning.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}

	return b.String()
}

// CheckTOTP decides whether a code is right now. last is the last step of which a code was accepted: no code of it, or
// of an earlier one, is accepted again. It returns the step of the code, to be stored as last.
func CheckTOTP(key []byte, code string, last int64, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "") // apps show "123 456"
	if len(code) != totpDigits || len(key) < TOTPSize {
		return last, false
	}

	current := now.Unix() / totpPeriod
	for s := current - totpAround; s <= current+totpAround; s++ {
		// Each is compared, so that the time does not show which one was right.
		if subtle.ConstantTimeCompare([]byte(totp(key, s)), []byte(code)) == 1 && s > last {
			step, ok = s, true
		}
	}
	if !ok {
		step = last
	}

	return step, ok
}

// TOTP is the code of a key at a time, as an authenticator app shows it.
func TOTP(key []byte, now time.Time) string { return totp(key, now.Unix()/totpPeriod) }

func totp(key []byte, step int64) string {
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash never fails
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xF
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7FFFFFFF

	return fmt.Sprintf("%0*d", totpDigits, n%1_000_000)
}
