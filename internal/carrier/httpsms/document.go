package httpsms

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// document is what a provider sent: a value of JSON, or the fields of a form or query.
type document struct {
	value  any        // of JSON
	fields url.Values // of a form, or of the query beside JSON
}

// readJSON reads a JSON text, with or without a byte order mark. Numbers stay as they are written.
func readJSON(text []byte) (d document, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	decoder.UseNumber()
	if decoder.Decode(&d.value) != nil || decoder.More() {
		return document{}, false
	}
	return d, true
}

// at is the value at a pointer (RFC 6901), or of the top-level field of this name; nil when there is none.
func (d document) at(path string) any {
	if !strings.HasPrefix(path, "/") {
		object, _ := d.value.(map[string]any)
		return object[path]
	}

	value := d.value
	for step := range strings.SplitSeq(path[1:], "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}

	return value
}

// text is the string or number at a path, else the field of this name; empty when there is none.
func (d document) text(path string) string {
	if path == "" {
		return ""
	}
	switch v := d.at(path).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}

	return d.fields.Get(path)
}

// list are the elements of the array at a path, or of the document itself when it is one; else the document alone. Each
// element keeps the fields of the query.
func (d document) list(path string) []document {
	value := d.value
	if path != "" {
		value = d.at(path)
	}
	elements, ok := value.([]any)
	if !ok {
		return []document{d}
	}

	out := make([]document, 0, len(elements))
	for _, one := range elements {
		out = append(out, document{one, d.fields})
	}

	return out
}
