package account

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name of an account, in characters.
const maxName = 100

// nameRule says what ValidName takes.
const nameRule = "must have 1 to 100 characters, without line breaks, control characters or characters that cannot be seen"

// ValidName reports whether an account can have the name. Texts to phones, lists and terminals show it, so it holds nothing
// that moves a cursor, begins a line or turns the direction of writing.
func ValidName(name string) bool {
	length := utf8.RuneCountInString(name)
	return length <= maxName && strings.TrimSpace(name) != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, hidden)
}

// hidden finds what cannot be seen. Persian and the scripts of India need joiners to write words, emoji to write families.
func hidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r != nonJoiner && r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
