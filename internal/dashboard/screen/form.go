package screen

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/fault"
)

// FaultsOf lists what is wrong with a form, for the list at its top, and marks the fields on the page that is shown next. It
// is nil when it is no fault of the form.
func (q *Request) FaultsOf(err error) []fault.FieldError {
	found := faultsOf(err)
	q.faults = append(q.faults, found...)

	return found
}

func faultsOf(err error) []fault.FieldError {
	if err == nil {
		return nil
	}
	f := fault.From(err)
	if len(f.Details.Errors) > 0 {
		return f.Details.Errors
	}
	return []fault.FieldError{{Field: f.Details.Field, Message: f.Message}}
}

// inWords says what is wrong in the words of the screen: with the label of the field in place of its name in the API.
func inWords(message, field, label string) string {
	for _, name := range []string{field, strconv.Quote(field)} {
		message = strings.TrimPrefix(message, name+": ")
		if rest, ok := strings.CutPrefix(message, name+" "); ok && label != "" {
			message = label + " " + withoutValue(rest)
		}
	}
	first, size := utf8.DecodeRuneInString(message)

	return string(unicode.ToUpper(first)) + message[size:]
}

// withoutValue takes the value off the beginning of a message, since it stands in the field.
func withoutValue(message string) string {
	quoted, err := strconv.QuotedPrefix(message)
	if rest, ok := strings.CutPrefix(message[len(quoted):], ": "); err == nil && ok {
		return rest
	}
	return message
}

// At says which field of a form an error is about: forms of one field may call it otherwise than the API does.
func At(field string, err error) error {
	f := fault.From(err)
	if err == nil || !FormFault(err) {
		return err
	}
	told := *f
	told.Message = strings.TrimPrefix(f.Message, f.Details.Field+": ")

	return told.WithField(field)
}

// FormFault reports whether an error belongs beside the form: anything but a failure of the server.
func FormFault(err error) bool { return fault.From(err).Status < http.StatusInternalServerError }
