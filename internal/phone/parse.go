package phone

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors of Parse and ParseFormat, to be matched with errors.Is. None of them prints the number.
var (
	// ErrFormat: not "+" and 7 to 15 digits that begin with a country code (ITU-T E.164 clause 6).
	ErrFormat = errors.New("phone number is not in E.164 form")
	// ErrImpossible: no numbering plan has such a number.
	ErrImpossible = errors.New("phone number is impossible")
	// ErrType: a number of a type that is never served.
	ErrType = errors.New("phone number is of a type that is not served")
)

// Type is the type of a number in its numbering plan.
type Type uint8

// The types. FixedLineOrMobile is for plans that do not distinguish the two, such as the North American one.
const (
	Unknown Type = iota
	Mobile
	FixedLine
	FixedLineOrMobile
	TollFree
	PremiumRate
	SharedCost
	VoIP
	Personal
	Pager
	UAN
	Voicemail
)

var typeNames = [...]string{
	"unknown", "mobile", "fixed_line", "fixed_line_or_mobile", "toll_free", "premium_rate", "shared_cost", "voip",
	"personal", "pager", "uan", "voicemail",
}

// String returns the published name, e.g. "fixed_line".
func (t Type) String() string { return typeNames[t] }

// Info is what the numbering plans say about a number.
type Info struct {
	// Country is the region in ISO 3166-1 alpha-2, "001" for a number of no country, or "" when it is not known. It
	// can differ from the country that the calling code suggests: +44 7911 123456 belongs to Guernsey (GG).
	Country     string
	CallingCode int // e.g. 44; 0 when no plan has it
	Type        Type
	Possible    bool // the plan has numbers of this length
	Valid       bool // the number is in a range that is in use
}

// Servable reports whether codes may be sent to such a number: it is valid, of a type where no premium is charged and a
// person answers, and not in a calling code of satellite or international networks, where traffic fraud is common.
func (i Info) Servable() bool {
	switch i.Type {
	case Mobile, FixedLine, FixedLineOrMobile, VoIP:
	default:
		return false
	}

	return i.Valid && !slices.Contains(unserved, i.CallingCode)
}

// unserved are the calling codes of satellites, of international networks, of disaster relief and of international
// premium rate numbers (ITU-T E.164, list of assigned country codes).
var unserved = []int{870, 878, 881, 882, 883, 888, 979}

// unservedPrefixes are the prefixes of their numbers.
var unservedPrefixes = prefixesOf(unserved)

// Parse reads a number in E.164 form and no other, so that one phone has one spelling, and looks it up in the numbering
// plans. The error wraps ErrFormat, ErrImpossible when the number is not valid, or ErrType when it is not servable;
// with the last two, Number and Info are filled in nevertheless. National prefixes are not removed: "+4407911123456" is
// impossible, because it would be a second spelling of +447911123456.
func Parse(s string) (Number, Info, error) {
	n, err := ParseFormat(s)
	if err != nil {
		return "", Info{}, err
	}
	info := describe(s[1:])
	switch {
	case info.CallingCode == 0:
		return n, info, fmt.Errorf("%w: no country has this calling code; check the digits after the +", ErrImpossible)
	case !info.Valid:
		return n, info, fmt.Errorf("%w: country code %d has no such number; "+
			"check the digits, and leave out the 0 that is dialled inside the country", ErrImpossible, info.CallingCode)
	case !info.Servable():
		return n, info, fmt.Errorf("%w: %s numbers of country code %d get no messages; use a mobile number",
			ErrType, info.Type, info.CallingCode)
	}

	return n, info, nil
}

// ParseFormat checks only the form: "+", a digit other than 0, and 6 to 14 more digits, all ASCII. The error wraps
// ErrFormat and says what to change. The sandbox's numbers have that form, although no plan has them.
func ParseFormat(s string) (Number, error) {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return "", formatError(s)
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return "", formatError(s)
		}
	}

	return Number(s), nil
}

const example = ", such as +32470123456"

func formatError(s string) error {
	for i, r := range s {
		if (r < '0' || r > '9') && (r != '+' || i > 0) {
			return fmt.Errorf("%w: %q at position %d is not an ASCII digit; write + and digits only%s",
				ErrFormat, r, i+1, example)
		}
	}

	switch {
	case s == "":
		return fmt.Errorf("%w: it is empty; write + and the country code first%s", ErrFormat, example)
	case strings.HasPrefix(s, "011"), strings.HasPrefix(s, "00"):
		return fmt.Errorf("%w: write + in place of the international prefix 00 or 011%s", ErrFormat, example)
	case s[0] != '+':
		return fmt.Errorf("%w: write + and the country code first%s", ErrFormat, example)
	case strings.HasPrefix(s, "+0"):
		return fmt.Errorf("%w: no country code begins with 0%s", ErrFormat, example)
	default:
		return fmt.Errorf("%w: it has %d digits; write 7 to 15 after the +%s", ErrFormat, len(s)-1, example)
	}
}
