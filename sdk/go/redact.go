package syssecure

import (
	"net/http"
	"strings"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/shown"
)

// redactor takes what nobody may read out of texts that come from outside. The key is behind a pointer, because package
// fmt follows no pointers: whatever it prints, such as a service with the verb %s, shows an address instead.
type redactor struct{ key *string }

func (r redactor) secret() string {
	if r.key == nil {
		return ""
	}

	return *r.key
}

func (r redactor) text(s string) string {
	if key := r.secret(); key != "" {
		s = strings.ReplaceAll(s, key, "sk_…")
	}

	return shown.Mask(s)
}

// value redacts all texts of a decoded JSON value.
func (r redactor) value(v any) any {
	switch v := v.(type) {
	case string:
		return r.text(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = r.value(e)
		}

		return list
	case map[string]any:
		return r.object(v)
	}

	return v
}

func (r redactor) object(v map[string]any) map[string]any {
	object := make(map[string]any, len(v))
	for key, e := range v {
		object[r.text(key)] = r.value(e)
	}

	return object
}

func (r redactor) header(h http.Header) http.Header {
	header := make(http.Header, len(h))
	for name, values := range h {
		for _, value := range values {
			header[name] = append(header[name], r.text(value))
		}
	}

	return header
}

// shownKey is the part of a key that may be shown.
func shownKey(key string) string {
	const shown = 8
	if len(key) <= shown {
		return "…"
	}

	return key[:shown] + "…"
}
