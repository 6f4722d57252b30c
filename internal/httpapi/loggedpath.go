package httpapi

import (
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/phone"
)

// The shapes of what clients put into addresses by mistake, and of what belongs there.
var (
	keyIn    = regexp.MustCompile(`sk_(live|test)_[0-9A-Za-z_]*`)
	digitsIn = regexp.MustCompile(`[0-9]{6,}`) // codes have four to ten, and versions of browsers at most five
	publicID = regexp.MustCompile(`^[a-z]{2,5}_[0-9A-Za-z]{1,32}$`)
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
		case names[i] != "{carrier}" && !publicID.MatchString(part):
			parts[i] = "…"
		}
	}

	return audit.Text(masked(strings.Join(parts, "/")), maxPath)
}

// masked is a text of a client without keys, codes and numbers of phones. Ids, which have letters around their digits,
// stay as they are.
func masked(text string) string {
	text = phone.MaskIn(keyIn.ReplaceAllString(text, "sk_${1}_…"))
	return wordIn.ReplaceAllStringFunc(text, func(word string) string {
		if publicID.MatchString(word) {
			return word
		}
		return digitsIn.ReplaceAllString(word, "…")
	})
}

// wordIn finds the words that may be ids.
var wordIn = regexp.MustCompile(`[0-9A-Za-z_]+`)
