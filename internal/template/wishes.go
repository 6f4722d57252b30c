package template

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a list of locales. Browsers send some ten; what comes behind these is wanted least.
const (
	maxWishes     = 16
	maxWishLength = 1000
)

// posixScripts are the modifiers of POSIX locales that say more than a currency or an order of letters: the script, or
// the variant, that BCP 47 has a subtag for.
var posixScripts = map[string]string{
	"latin": "Latn", "cyrillic": "Cyrl", "devanagari": "Deva", "arabic": "Arab", "iqtelif": "Latn", "valencia": "valencia",
}

// wish is one language of a list, with how much it is wanted: from 0, not at all, to 1.
type wish struct {
	tag    string
	weight float64
}

// wishes reads a wanted locale as applications hand it on, and lists BCP 47 tags, the most wanted first: a tag, a POSIX
// locale (language[_territory][.codeset][@modifier]), or a list with weights as in the header Accept-Language (RFC 9110,
// 12.5.4) or with colons as in the variable LANGUAGE. Any language ("*") and POSIX's none ("C", "POSIX") are no wish.
func wishes(s string) []string {
	if !strings.ContainsAny(s, ",;:.@* \t") && s != "C" && s != "POSIX" {
		return []string{s}
	}

	var all []wish
	separator := func(r rune) bool { return r == ',' || r == ':' }
	for part := range strings.FieldsFuncSeq(s[:min(len(s), maxWishLength)], separator) {
		name, parameters, _ := strings.Cut(part, ";")
		w := wish{posixTag(strings.TrimSpace(name)), weight(parameters)}
		if w.tag != "" && w.weight > 0 && len(all) < maxWishes {
			all = append(all, w)
		}
	}

	slices.SortStableFunc(all, func(a, b wish) int { return cmp.Compare(b.weight, a.weight) })

	tags := make([]string, len(all))
	for i, w := range all {
		tags[i] = w.tag
	}

	return tags
}

// weight reads the q of an element; what is no weight counts as none, which is 1.
func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(p, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && q >= 0 && q <= 1 {
			return q
		}
	}

	return 1
}

// posixTag makes a tag of a POSIX locale: sr_RS.UTF-8@latin is sr-Latn_RS. A tag stays as it is.
func posixTag(s string) string {
	s, modifier, _ := strings.Cut(s, "@")
	s, _, _ = strings.Cut(s, ".")
	if s == "*" || s == "C" || s == "POSIX" {
		return ""
	}

	script := posixScripts[strings.ToLower(modifier)]
	if script == "" || s == "" {
		return s
	}
	if len(script) > 4 {
		return s + "-" + script // a variant stands behind the region
	}

	language, region := s, ""
	if i := strings.IndexAny(s, "_-"); i > 0 {
		language, region = s[:i], s[i:]
	}

	return language + "-" + script + region
}
