package phone

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNever says that the operator serves no number of this range. A message is not sent to it, whatever the plans say.
var ErrNever = errors.New("phone number is in a range that this server never serves")

// Policy is what the operator knows better than the numbering plans. The zero value leaves everything to them.
type Policy struct {
	// AlsoValid are prefixes ("+8160") whose numbers are valid although no plan has them yet, in any length of E.164.
	AlsoValid []string
	// Never are prefixes that are never served. They go before everything else.
	Never []string
}

// Parse reads a number like the function Parse, and lets the operator's word go before that of the plans. The error can
// also wrap ErrNever. A number that only AlsoValid knows is of the calling code's main country and of no known type.
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
	// A code that is never served stays so, even below a short prefix such as +8.
	if _, refused := NeverServed(s); !refused && !info.Valid && prefixOf(s, p.AlsoValid) != "" {
		info.Country, info.Type, info.Possible, info.Valid = mainCountry(s[1:]), Unknown, true, true
		return n, info, nil
	}

	return n, info, err
}

// SandboxRange is how the sandbox's numbers begin. It lies in a range of personal numbers, which are never served.
const SandboxRange = "+1500555"

// OfSandbox reports whether a number is of the sandbox, which is for test keys.
func OfSandbox(n Number) bool {
	return Overrules(SandboxRange, string(n)) && len(n) == len("+15005550000")
}

// Overrules reports whether every number that begins with other begins with prefix too.
func Overrules(prefix, other string) bool { return strings.HasPrefix(other, prefix) }

// NeverServed gives the calling code, of those whose numbers are never served, that a prefix lies in.
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

// prefixOf gives the prefix that a number begins with, "" when it begins with none.
func prefixOf(number string, prefixes []string) string {
	if i := slices.IndexFunc(prefixes, func(p string) bool { return Overrules(p, number) }); i >= 0 {
		return prefixes[i]
	}
	return ""
}

// mainCountry is the country that a calling code is of in the first place, "" when nobody has the code.
func mainCountry(digits string) string {
	if _, plans := bookOf(digits); plans != nil {
		return plans[0].region
	}
	return ""
}
