package phone

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNever is returned for numbers that the operator's policy never serves, whatever the plans say.
var ErrNever = errors.New("phone number is in a range that this server never serves")

// Policy holds the operator's corrections to the numbering plans. The zero value has none.
type Policy struct {
	// AlsoValid are prefixes ("+8160") whose numbers are valid although no plan has them yet, in any length of E.164.
	AlsoValid []string
	// Never are prefixes that are never served, whatever else applies.
	Never []string
}

// Parse is the function Parse with the operator's corrections. The error can also wrap ErrNever. A number that is valid
// only by AlsoValid belongs to the calling code's main country and is of type Unknown.
func (p Policy) Parse(s string) (Number, Info, error) {
	n, info, err := Parse(s)
	if n == "" {
		return n, info, err
	}

	if prefix := prefixOf(s, p.Never); prefix != "" {
		info.Valid = false
		return n, info, fmt.Errorf("%w: numbers that begin with %s get no messages; use another number",
			ErrNever, prefix)
	}

	// AlsoValid, as a short prefix such as +8, does not open calling codes that are never served.
	if _, refused := NeverServed(s); !refused && !info.Valid && prefixOf(s, p.AlsoValid) != "" {
		info.Country, info.Type, info.Possible, info.Valid = mainCountry(s[1:]), Unknown, true, true
		return n, info, nil
	}

	return n, info, err
}

// SandboxRange is the prefix of the sandbox's numbers. It is in a range of personal numbers, which are never served.
const SandboxRange = "+1500555"

// OfSandbox reports whether a number is one of the sandbox's, which only test keys can use.
func OfSandbox(n Number) bool {
	return Overrules(SandboxRange, string(n)) && len(n) == len("+15005550000")
}

// Overrules reports whether every number that begins with other begins with prefix too.
func Overrules(prefix, other string) bool { return strings.HasPrefix(other, prefix) }

// NeverServed returns the calling code of a prefix when its numbers are never served.
func NeverServed(prefix string) (code string, ok bool) {
	code = prefixOf(prefix, unservedPrefixes)

	return code, code != ""
}

func prefixesOf(codes []int) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = "+" + codeText(c)
	}

	return out
}

// prefixOf returns the prefix that a number begins with, "" when it begins with none.
func prefixOf(number string, prefixes []string) string {
	if i := slices.IndexFunc(prefixes, func(p string) bool { return Overrules(p, number) }); i >= 0 {
		return prefixes[i]
	}
	return ""
}

// CountryOf is the main country of the calling code that a prefix such as "+32" or "+3247" begins with; "" for a prefix
// that is too short, and for a code that is not assigned.
func CountryOf(prefix string) string {
	digits := strings.TrimPrefix(prefix, "+")
	code, plans := plansOf(digits + "000")
	if plans == nil || len(codeText(code)) > len(digits) {
		return ""
	}

	return plans[0].region
}

// mainCountry is the main country of a calling code, "" when the code is not assigned.
func mainCountry(digits string) string {
	if _, plans := plansOf(digits); plans != nil {
		return plans[0].region
	}
	return ""
}
