package screen

import (
	"html/template"
	"slices"

	"github.com/syssecure/syssecure/internal/fault"
)

// functions are what templates call.
var functions = template.FuncMap{"t": Text, "wrong": wrong}

// wrong reports whether a field of a form is among its faults.
func wrong(faults []fault.FieldError, field string) bool {
	return slices.ContainsFunc(faults, func(f fault.FieldError) bool { return f.Field == field })
}

// Text is a text of the screens in the user's language. The English text is its own key, as with gettext: another
// language is a table from these. texts_test.go keeps the list of all texts.
func Text(english string) string { return english }
