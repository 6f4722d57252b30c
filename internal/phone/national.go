package phone

import (
	"slices"
	"strings"
)

// readNational reads digits as they are dialled in a country (ISO 3166-1 alpha-2): a national number with or without
// the country's prefix, or an international one after the prefix for calls abroad, or with the country's calling code
// first. It follows libphonenumber's parser step by step.
func readNational(digits, country string) (Number, bool) {
	t := territoryOf(country)
	if t == nil {
		return "", false
	}

	if abroad, ok := t.cutIDD(digits); ok {
		return readInternational(abroad)
	}
	if rest, ok := strings.CutPrefix(digits, codeText(t.code)); ok {
		rest, _ = t.cutPrefix(rest)
		if !t.matches(digits) && t.matches(rest) || t.tooLong(digits) {
			return readInternational(codeText(t.code) + rest)
		}
	}

	return t.number(digits)
}

// readInternational reads digits that begin with a calling code, after which the national prefix may follow.
func readInternational(digits string) (Number, bool) {
	if len(digits) < 3 || digits[0] == '0' {
		return "", false
	}
	code, plans := plansOf(digits)
	if code == 0 {
		return "", false
	}
	return plans[0].territory.number(digits[codeLength(code):])
}

// territoryOf finds the territory of a region.
func territoryOf(region string) *territory {
	code := codeOfRegion(region)
	if code == 0 {
		return nil
	}
	_, plans := plansOf((codeText(code) + "000")[:3])
	for _, p := range plans {
		if p.region == region {
			return p.territory
		}
	}

	return nil
}

// number removes the national prefix, unless the rest could not be a number, and adds the calling code.
func (t *territory) number(digits string) (Number, bool) {
	if rest, ok := t.cutPrefix(digits); ok && (t.possible(rest) || t.tooLong(rest)) {
		digits = rest
	}
	n, err := ParseFormat("+" + codeText(t.code) + digits)
	return n, err == nil && len(digits) >= 2
}

// cutIDD removes what is dialled to call abroad. No calling code begins with 0.
func (t *territory) cutIDD(digits string) (string, bool) {
	if t.idd == "" {
		return digits, false
	}
	at := compiled("^(?:" + t.idd + ")").FindStringIndex(digits)
	if at == nil || strings.HasPrefix(digits[at[1]:], "0") {
		return digits, false
	}
	return digits[at[1]:], true
}

// cutPrefix removes what is dialled before a national number, or replaces it by the rule. It changes nothing when the
// digits match the plan and would not afterwards.
func (t *territory) cutPrefix(digits string) (string, bool) {
	if t.parsePrefix == "" || digits == "" {
		return digits, false
	}
	prefix := compiled("^(?:" + t.parsePrefix + ")")
	at := prefix.FindStringSubmatchIndex(digits)
	if at == nil {
		return digits, false
	}

	rest := digits[at[1]:]
	if captured := at[len(at)-1] >= 0; t.transformRule != "" && captured {
		rest = string(prefix.ExpandString(nil, t.transformRule, digits, at)) + rest
	}
	if t.matches(digits) && !t.matches(rest) {
		return digits, false
	}

	return rest, true
}

// matches reports whether the territory could have the national number, whatever its length.
func (t *territory) matches(national string) bool {
	return compiled("^(?:" + t.descs[general].pattern + ")$").MatchString(national)
}

// possible reports whether the territory has numbers of the length.
func (t *territory) possible(national string) bool {
	return slices.Contains(t.descs[general].lengths, len(national))
}

func (t *territory) tooLong(national string) bool {
	return len(national) > slices.Max(t.descs[general].lengths)
}
