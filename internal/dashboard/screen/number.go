package screen

import (
	"strings"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/phone"
)

// Number reads the filter by number, which is written as people paste it; empty for none.
func (q *Request) Number(name string) (phone.Number, error) {
	typed := q.Value(name)
	if typed == "" {
		return "", nil
	}
	n, err := phone.ParseFormat(strings.ReplaceAll(ReadNumber(typed), " ", ""))
	if err != nil {
		return "", fault.Number(name, err)
	}

	return n, nil
}

// ReadNumber reads a number as people paste it: with spaces, with 00 in place of +, or without either. It returns the number
// in E.164 form, or the text itself when it is none, or more than one.
func ReadNumber(typed string) string {
	found := phone.Policy{}.ReadSender(strings.TrimLeft(typed, "( "), "", false)
	if len(found) != 1 {
		return typed
	}
	return found[0].E164()
}
