package smpp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/message"
)

// notUCS2 reports whether a text that is labelled as UCS-2 is more likely ASCII or UTF-8: it is readable as that, and
// as UCS-2 it is not readable, or consists of ideographs whose octets happen to be words.
func notUCS2(text []byte) bool {
	if len(text) == 0 || !utf8.Valid(text) || !readable(string(text)) {
		return false
	}
	ucs2 := message.DecodeUCS2(text)

	return len(text)%2 != 0 || !readable(ucs2) || len(text) >= minWordOctets && !kana(ucs2) && words(string(text))
}

// minWordOctets is the length from which octets count as words: a single ideograph has the octets of two letters.
const minWordOctets = 4

// readable reports whether every character of a text is printable or a line break.
func readable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r == utf8.RuneError || !unicode.IsPrint(r) && r != '\n' && r != '\r'
	})
}

// kana reports whether at least half of a text is Japanese syllables, whose first octet equals the digit "0".
func kana(s string) bool {
	n := 0
	for _, r := range s {
		if r >= 0x3041 && r <= 0x30FF {
			n++
		}
	}

	return 2*n >= utf8.RuneCountInString(s)
}

// words reports whether a text looks like words: nine in ten of its characters are ASCII letters, letters of one other
// alphabet, digits, blanks or common punctuation, and hardly any capital follows a small letter.
func words(s string) bool {
	total, common, ascii, capitals := 0, 0, 0, 0
	var others []rune
	before := ' '
	for _, r := range s {
		total++
		switch {
		case r > unicode.MaxASCII && unicode.IsLetter(r):
			others = append(others, r)
		case r <= unicode.MaxASCII && unicode.IsLetter(r):
			ascii++
		case r <= unicode.MaxASCII && unicode.IsDigit(r), strings.ContainsRune(" \r\n.,:;!?'-/()@+", r):
			common++
		}
		if unicode.IsLower(before) && unicode.IsUpper(r) {
			capitals++
		}
		before = r
	}

	return 10*(common+ascii+len(others)) >= 9*total && 8*capitals <= total && oneAlphabet(others, ascii)
}

// oneAlphabet reports whether letters outside ASCII are plausible in one text: they are of one script and, if that is
// Latin, not more than the ASCII letters.
func oneAlphabet(letters []rune, ascii int) bool {
	if len(letters) == 0 {
		return true
	}
	for _, script := range []*unicode.RangeTable{
		unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic,
		unicode.Hebrew,
	} {
		same := true
		for _, r := range letters {
			same = same && unicode.Is(script, r)
		}
		if same {
			return script != unicode.Latin || ascii >= len(letters)
		}
	}

	return false
}
