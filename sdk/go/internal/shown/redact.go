package shown

import (
	"net/http"
	"strings"
)

// Redactor takes what nobody may read out of texts that come from outside. The key is behind a pointer, because package
// fmt follows no pointers: whatever it prints, such as a service with the verb %s, shows an address instead.
type Redactor struct{ key *string }

// NewRedactor returns one that knows a key.
func NewRedactor(key string) Redactor { return Redactor{&key} }

// Secret is the key, which is empty when there is none.
func (r Redactor) Secret() string {
	if r.key == nil {
		return ""
	}

	return *r.key
}

// Text redacts a text.
func (r Redactor) Text(s string) string {
	if key := r.Secret(); key != "" {
		s = strings.ReplaceAll(s, key, "sk_…")
	}

	return Mask(s)
}

// value redacts all texts of a decoded JSON value.
func (r Redactor) value(v any) any {
	switch v := v.(type) {
	case string:
		return r.Text(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = r.value(e)
		}

		return list
	case map[string]any:
		return r.Object(v)
	}

	return v
}

// Object redacts all texts of a decoded JSON object, and its keys.
func (r Redactor) Object(v map[string]any) map[string]any {
	object := make(map[string]any, len(v))
	for key, e := range v {
		object[r.Text(key)] = r.value(e)
	}

	return object
}

// Header redacts the values of headers.
func (r Redactor) Header(h http.Header) http.Header {
	header := make(http.Header, len(h))
	for name, values := range h {
		for _, value := range values {
			header[name] = append(header[name], r.Text(value))
		}
	}

	return header
}

// Key is the part of a key that may be shown.
func Key(key string) string {
	const length = 8
	if len(key) <= length {
		return "…"
	}

	return key[:length] + "…"
}
