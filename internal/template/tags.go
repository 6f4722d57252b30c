package template

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a list of locales. Browsers send about ten; the last ones matter least.
const (
	maxTags       = 16
	maxListLength = 1000
)

// posixScripts are the modifiers of POSIX locales that name a script or a variant, with the subtags of BCP 47.
var posixScripts = map[string]string{
	"latin": "Latn", "cyrillic": "Cyrl", "devanagari": "Deva", "arabic": "Arab", "iqtelif": "Latn",
	"valencia": "valencia",
}

// weightedTag is one language of a list, with its weight: from 0, not wanted, to 1.
type weightedTag struct {
	tag    string
	weight float64
}

// localeTags reads a wanted locale as applications pass it, and lists BCP 47 tags, the most wanted first: a tag, a
// POSIX locale (language[_territory][.codeset][@modifier]), or a list with weights as in the header Accept-Language
// (RFC 9110, 12.5.4) or with colons as in the variable LANGUAGE. "*", and "C" and "POSIX" of POSIX, are ignored.
func localeTags(s string) []string {
	if !strings.ContainsAny(s, ",;:.@* \t") && s != "C" && s != "POSIX" {
		return []string{s}
	}

	var all []weightedTag
	separator := func(r rune) bool { return r == ',' || r == ':' }
	for part := range strings.FieldsFuncSeq(s[:min(len(s), maxListLength)], separator) {
		name, parameters, _ := strings.Cut(part, ";")
		w := weightedTag{posixTag(strings.TrimSpace(name)), weight(parameters)}
		if w.tag != "" && w.weight > 0 && len(all) < maxTags {
			all = append(all, w)
		}
	}

	slices.SortStableFunc(all, func(a, b weightedTag) int { return cmp.Compare(b.weight, a.weight) })

	tags := make([]string, len(all))
	for i, w := range all {
		tags[i] = w.tag
	}

	return tags
}

// weight reads the q of an element; without a valid one it is 1.
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

// posixTag converts a POSIX locale to a tag: sr_RS.UTF-8@latin is sr-Latn_RS. A tag is unchanged.
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
		return s + "-" + script // a variant follows the region
	}

	language, region := s, ""
	if i := strings.IndexAny(s, "_-"); i > 0 {
		language, region = s[:i], s[i:]
	}

	return language + "-" + script + region
}
