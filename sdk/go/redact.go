package syssecure

import (
	"regexp"
	"strings"
)

var number = regexp.MustCompile(`\+[0-9]{7,15}`)

// maskNumber shows the first two and the last two digits of a phone number. What is no phone number stays as it is,
// such as the name of a sender.
func maskNumber(s string) string {
	return number.ReplaceAllStringFunc(s, func(n string) string { return n[:3] + "…" + n[len(n)-2:] })
}

// redactor takes what nobody may read out of texts that come from outside.
type redactor struct{ key string }

func (r redactor) text(s string) string {
	if r.key != "" {
		s = strings.ReplaceAll(s, r.key, "sk_…")
	}

	return maskNumber(s)
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
