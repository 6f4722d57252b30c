package screen

import "html/template"

// functions are what templates call.
var functions = template.FuncMap{"t": Text}

// Text is a text of the screens in the user's language. The English text is its own key, as with gettext: another
// language is a table from these. texts_test.go keeps the list of all texts.
func Text(english string) string { return english }
