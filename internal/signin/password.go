package signin

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/syssecure/syssecure/internal/fault"
)

// Lengths of passwords, in code points. There are no rules about what they consist of: such rules make passwords that
// are easy to guess and hard to remember (NIST SP 800-63B, section 3.1.1).
const (
	MinPassword = 12
	MaxPassword = 128
)

//go:embed common.txt
var commonText string

// common are passwords of at least MinPassword characters that many people use, in lower case.
var common = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(commonText) {
		all[strings.TrimSpace(line)] = true
	}
	return all
})

// normalPassword is the form that is hashed: a keyboard may write "é" as one code point or as two.
func normalPassword(s string) string { return norm.NFC.String(s) }

// CheckPassword refuses a new password that is too short, or that a guesser would try first: a common one, one short
// piece repeated, or the person's own e-mail or name. own are such texts.
func CheckPassword(password string, own ...string) error {
	if len(password) > 16*MaxPassword || !utf8.ValidString(password) {
		return fault.Invalid("password", "the password must have at most %d characters", MaxPassword)
	}

	p := normalPassword(password)
	n := utf8.RuneCountInString(p)
	switch {
	case n < MinPassword:
		return fault.Invalid("password", "the password must have at least %d characters; some words in a row are easy "+
			"to remember", MinPassword)
	case n > MaxPassword:
		return fault.Invalid("password", "the password must have at most %d characters", MaxPassword)
	}

	lower := strings.ToLower(p)
	if common()[lower] || repeats(lower) {
		return fault.Invalid("password", "this password is one of those that are tried first; choose another one")
	}
	for _, o := range own {
		if isOwn(lower, strings.ToLower(normalPassword(o))) {
			return fault.Invalid("password", "the password must not be the e-mail address or the name; choose another one")
		}
	}

	return nil
}

// repeats reports whether a text is a piece of at most four characters over and over, such as "abcabcabcabc".
func repeats(s string) bool {
	runes := []rune(s)
	for piece := 1; piece <= 4; piece++ {
		same := true
		for i := piece; i < len(runes) && same; i++ {
			same = runes[i] == runes[i-piece]
		}
		if same {
			return true
		}
	}

	return false
}

// isOwn reports whether a password is a person's own text, or the part of an address before the @, with at most a few
// characters around it.
func isOwn(password, own string) bool {
	const few = 3
	local, _, _ := strings.Cut(own, "@")
	for _, text := range []string{own, local, strings.ReplaceAll(own, " ", "")} {
		if len(text) > few && strings.Contains(password, text) && len(password)-len(text) <= few {
			return true
		}
	}

	return false
}
