package screen

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/fault"
)

// FaultsOf lists what is wrong with a form; nil when it is no fault of the form.
func FaultsOf(err error) []fault.FieldError {
	if err == nil {
		return nil
	}
	f := fault.From(err)
	if len(f.Details.Errors) > 0 {
		return f.Details.Errors
	}
	return []fault.FieldError{{Field: f.Details.Field, Message: f.Message}}
}

// FormFault reports whether an error belongs beside the form: anything but a failure of the server.
func FormFault(err error) bool { return fault.From(err).Status < http.StatusInternalServerError }

// Marked are the fields of a form that were wrong. Templates ask it with Has.
type Marked map[string]bool

// MarkedOf marks the fields of faults.
func MarkedOf(faults []fault.FieldError) Marked {
	m := Marked{}
	for _, f := range faults {
		m[f.Field] = true
	}
	return m
}

// Has reports whether a field was wrong.
func (m Marked) Has(field string) bool { return m[field] }
