package syssecure

import (
	"strings"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/shown"
)

// redactor takes what nobody may read out of texts that come from outside.
type redactor struct{ key string }

func (r redactor) text(s string) string {
	if r.key != "" {
		s = strings.ReplaceAll(s, r.key, "sk_…")
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

// shownKey is the part of a key that may be shown.
func shownKey(key string) string {
	const shown = 8
	if len(key) <= shown {
		return "…"
	}

	return key[:shown] + "…"
}
