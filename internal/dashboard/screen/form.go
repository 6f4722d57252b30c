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
