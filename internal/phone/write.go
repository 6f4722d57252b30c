package phone

import "regexp"

// Lookup formats a number for its own country, "0470 12 34 56", and for others, "+32 470 12 34 56". For a number that
// no plan has, both are E.164.
func Lookup(n Number) (national, international string) {
	if _, err := ParseFormat(string(n)); err != nil {
		return string(n), string(n)
	}
	digits := string(n)[1:]
	code, plans := plansOf(digits)
	if code == 0 {
		return string(n), string(n)
	}

	significant, main := digits[codeLength(code):], plans[0].territory
	abroad := "+" + digits[:codeLength(code)] + " " + write(significant, main.international)
	return write(significant, main.national), abroad
}

// write formats a national number by the first format that matches.
func write(national string, formats []format) string {
	for _, f := range formats {
		if f.leading != "" && !compiled("^(?:"+f.leading+")").MatchString(national) {
			continue
		}
		if whole := compiled("^(?:" + f.pattern + ")$"); whole.MatchString(national) {
			return whole.ReplaceAllString(national, f.template)
		}
	}

	return national
}

// compiled compiles a pattern of the metadata. TestMetadata compiles all of them, so it does not panic.
func compiled(pattern string) *regexp.Regexp { return regexp.MustCompile(pattern) }
