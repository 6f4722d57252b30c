package screen

import (
	"strings"

	"github.com/syssecure/syssecure/internal/phone"
)

// ReadNumber reads a number as people paste it: with spaces, with 00 in place of +, or without either. It returns the number
// in E.164 form, or the text itself when it is none, or more than one.
func ReadNumber(typed string) string {
	found := phone.Policy{}.ReadSender(strings.TrimLeft(typed, "( "), "", false)
	if len(found) != 1 {
		return typed
	}
	return found[0].E164()
}
