package account

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name of an account, in characters.
const maxName = 100

// nameRule describes the names that ValidName accepts.
const nameRule = "must have 1 to 100 characters, without line breaks, control characters or invisible characters"

// ValidName reports whether an account can have the name. Messages, lists and terminals show it, so it must not move a
// cursor, begin a line or change the direction of writing.
func ValidName(name string) bool {
	length := utf8.RuneCountInString(name)
	return length <= maxName && strings.TrimSpace(name) != "" && utf8.ValidString(name) && !strings.ContainsFunc(name,
		hidden)
}

// hidden reports invisible characters. Joiners are allowed: Persian and Indian scripts need them in words, emoji in
// families.
func hidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r != nonJoiner && r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
