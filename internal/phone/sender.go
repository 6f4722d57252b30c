package phone

import (
	"slices"
	"strings"
)

// ReadSender reads the sender of an inbound message, which carriers write in many ways: with "+", with the international
// prefix 00 or their country's own, with the country code and no plus, or, when it is known which country the carrier's
// national numbers are of (ISO 3166-1 alpha-2), as they are dialled there. national says that the carrier itself calls the
// number a national one. What can be read in two ways gives both, the likelier first; none is a sender that is no number.
//
// Numbers that only the operator knows are in ranges that are believed.
func (p Policy) ReadSender(written, country string, national bool) []Number {
	digits, plus, ok := senderDigits(written)
	if !ok {
		return nil
	}
	s := senders{policy: p, country: country}
	switch {
	case strings.HasPrefix(digits, "00"):
		s.add(Number("+" + strings.TrimLeft(digits, "0")))
		s.addNational(digits)
	case plus && !national:
		s.addInternational(digits)
	case national || s.nationalFirst(digits):
		s.addNational(digits)
		s.add(Number("+" + digits))
	default:
		s.add(Number("+" + digits))
		s.addNational(digits)
	}
	if len(s.known) > 0 {
		return s.known
	}
	return s.possible
}

// senderDigits takes off what people put between digits.
func senderDigits(written string) (digits string, plus, ok bool) {
	written = strings.TrimPrefix(strings.TrimSpace(written), "tel:")
	digits, plus = strings.CutPrefix(strings.TrimPrefix(written, "＋"), "+")
	digits = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "", "\u00a0", "").Replace(digits)
	return digits, plus, digits != "" && len(digits) <= 20 && strings.Trim(digits, "0123456789") == ""
}

// senders collects readings: known ones are in a range that a plan has, possible ones of a length that it has.
type senders struct {
	policy          Policy
	country         string
	known, possible []Number
}

func (s *senders) add(n Number) {
	if _, err := ParseFormat(string(n)); err != nil || slices.Contains(s.known, n) || slices.Contains(s.possible, n) {
		return
	}
	info := describe(string(n)[1:])
	canonical := describe(string(Subscriber(n))[1:])
	if info.Valid || canonical.Valid || prefixOf(string(n), s.policy.AlsoValid) != "" {
		s.known = append(s.known, n)
	} else if info.Possible || canonical.Possible {
		s.possible = append(s.possible, n)
	}
}

// addInternational reads what is said to have a country code. It is believed even when no plan has it, unless a correction
// is known: some centres keep the 0 that is dialled at home, or call a national number international.
func (s *senders) addInternational(digits string) {
	n := Number("+" + digits)
	if s.add(n); len(s.known) > 0 {
		return
	}
	if corrected, ok := readInternational(digits); ok {
		s.add(corrected)
	}
	if s.country != "" {
		s.addNational(digits)
	}
	if _, err := ParseFormat(string(n)); err == nil && !slices.Contains(s.possible, n) {
		s.possible = append([]Number{n}, s.possible...)
	}
}

// nationalFirst reports whether digits without a plus are likelier to be as they are dialled at home: where national numbers
// begin with a prefix, when they do, and where they have none, always, since a country code in front is recognised.
func (s *senders) nationalFirst(digits string) bool {
	t := territoryOf(s.country)
	return t != nil && (!strings.HasPrefix(t.prefix, "0") || strings.HasPrefix(digits, "0"))
}

func (s *senders) addNational(digits string) {
	if n, ok := readNational(digits, s.country); ok {
		s.add(n)
	}
}
