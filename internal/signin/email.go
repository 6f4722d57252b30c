package signin

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/syssecure/syssecure/internal/fault"
)

// maxEmail is the longest address that mail servers take (RFC 5321), in bytes.
const maxEmail = 254

// ParseEmail reads an e-mail address, and returns the one spelling by which its user is found: without the spaces around
// it, in lower case and in Unicode's composed form. It checks only what would confuse people or programs. Whether the
// address exists, only a message to it can show.
func ParseEmail(s string) (string, error) {
	wrong := fault.Invalid("email", "email must be an e-mail address, such as ada@example.com")
	if len(s) > 4*maxEmail || !utf8.ValidString(s) {
		return "", wrong
	}

	s = norm.NFC.String(strings.ToLower(norm.NFC.String(strings.TrimSpace(s))))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > maxEmail || strings.IndexByte(s, '@') != at {
		return "", wrong
	}
	if strings.ContainsFunc(s, unprintable) || strings.ContainsAny(s, `<>"(),;:\`) {
		return "", wrong
	}

	return s, nil
}

// unprintable reports spaces, controls and invisible characters, with which two addresses could look the same.
func unprintable(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cn, unicode.Zl, unicode.Zp)
}
