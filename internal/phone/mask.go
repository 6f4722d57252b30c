package phone

import (
	"regexp"
	"strings"
	"unicode"
)

// numberIn finds numbers of phones in a text: with a plus, also in groups, or at least seven digits in a row that are no
// part of a word, as those of 0x00000045 are.
var numberIn = regexp.MustCompile(`(^|[^0-9A-Za-z])(\+[0-9](?:[\p{Zs}\p{Pd}.()/]*[0-9]){6,}|[0-9]{7,})`)

// MaskIn masks the numbers of phones in a text that somebody else wrote, such as a carrier's error.
func MaskIn(text string) string {
	return numberIn.ReplaceAllStringFunc(text, func(found string) string {
		parts := numberIn.FindStringSubmatch(found)
		return parts[1] + Number(strings.Map(plainSpace, parts[2])).Masked()
	})
}

// plainSpace is a character of a number, of which Masked takes one byte each: spaces and dashes of other widths are spaces.
func plainSpace(r rune) rune {
	if r > unicode.MaxASCII {
		return ' '
	}
	return r
}
