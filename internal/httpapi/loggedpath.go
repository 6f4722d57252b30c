package httpapi

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/phone"
)

// The shapes of what clients put into addresses by mistake, and of what belongs there.
var (
	keyIn    = regexp.MustCompile(`(sk_live|sk_test|whsec)_[0-9A-Za-z_+=-]*`)
	digitsIn = regexp.MustCompile(`[0-9]{6,}`) // codes have four to ten, and versions of browsers at most five
	spelled  = regexp.MustCompile(`\b[0-9]{3,4}[ -][0-9]{3,4}\b`)
	publicID = regexp.MustCompile(`^[a-z]{2,5}_[0-9A-Za-z]{8,32}$`)
	letterIn = regexp.MustCompile(`_[0-9]*[A-Za-z]`)
	numeral  = regexp.MustCompile(`^[0-9 +().-]+$`)
)

// loggedPath is a path as the request log shows it: with the numbers of phones masked, and without what a mistaken client
// put in the place of an id, such as a code or a key.
func loggedPath(op *huma.Operation, path string) string {
	parts, names := strings.Split(path, "/"), strings.Split(op.Path, "/")
	for i, part := range parts {
		switch {
		case i >= len(names) || !strings.HasPrefix(names[i], "{"):
		case names[i] == "{number}" && numeral.MatchString(part):
			parts[i] = phone.Number(part).Masked()
		case names[i] != "{carrier}" && !isID(part):
			parts[i] = "…"
		}
	}

	return audit.Text(masked(strings.Join(parts, "/")), maxPath)
}

// isID reports whether a word can be an id of ours: digits alone would be a code.
func isID(word string) bool { return publicID.MatchString(word) && letterIn.MatchString(word) }

// longestName is how long a name of a program may be; what is longer and is no id may be a part of a key.
const longestName = 24

// masked is a text of a client without keys, codes and numbers of phones, also if they are encoded as in an address. Ids,
// which have letters around their digits, stay as they are.
func masked(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	text = phone.MaskIn(spelled.ReplaceAllString(keyIn.ReplaceAllString(text, "${1}_…"), "…"))

	return wordIn.ReplaceAllStringFunc(text, func(word string) string {
		switch {
		case isID(word):
			return word
		case len(word) > longestName:
			return "…"
		}
		return digitsIn.ReplaceAllString(word, "…")
	})
}

// wordIn finds the words that may be ids.
var wordIn = regexp.MustCompile(`[0-9A-Za-z_]+`)
