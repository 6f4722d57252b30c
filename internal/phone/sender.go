package phone

import (
	"slices"
	"strings"
)

// ReadSender reads the sender of an inbound message, which carriers write in many ways: with "+", with the
// international prefix 00 or their country's, with the country code and no plus, or as it is dialled in country, the
// country of the carrier's national numbers (ISO 3166-1 alpha-2, empty when not known). national is set when the
// carrier itself marks the number as national. An ambiguous sender gives both readings, the likelier first; a sender
// that is not a number gives none.
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

// senderDigits removes what people write between digits.
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

// addInternational reads a number that was marked as international. It is accepted even when no plan has it, unless a
// correction has a plan: some centres keep the national prefix 0, or mark a national number as international.
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

// nationalFirst reports whether digits without a plus are more likely a national number: in a country with the prefix
// 0, when they begin with it; in others always, because a country code at the beginning is recognised.
func (s *senders) nationalFirst(digits string) bool {
	t := territoryOf(s.country)
	return t != nil && (!strings.HasPrefix(t.prefix, "0") || strings.HasPrefix(digits, "0"))
}

func (s *senders) addNational(digits string) {
	if n, ok := readNational(digits, s.country); ok {
		s.add(n)
	}
}
