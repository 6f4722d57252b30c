package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// object is a JSON object that keeps the order of its members, which readers of a reference need and a map loses.
type object struct {
	names  []string
	values map[string]any
}

// parse reads JSON: objects become *object, lists []any, numbers json.Number.
func parse(document []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	v, err := value(d)
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF { // Token returns it as it is
		return nil, fmt.Errorf("read JSON: something follows the document")
	}

	return v, nil
}

func value(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}

	switch token {
	case json.Delim('{'):
		o := &object{values: map[string]any{}}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			text, _ := name.(string) // names are strings
			if o.values[text], err = value(d); err != nil {
				return nil, err
			}
			o.names = append(o.names, text)
		}
		_, err = d.Token()

		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()

		return list, err
	}

	return token, nil
}

// get follows a path of names. It is nil when a part is missing.
func (o *object) get(path ...string) any {
	var v any = o
	for _, name := range path {
		in, ok := v.(*object)
		if !ok || in == nil {
			return nil
		}
		v = in.values[name]
	}

	return v
}

// object is get for an object; nil when there is none.
func (o *object) object(path ...string) *object {
	in, _ := o.get(path...).(*object)
	return in
}

// text is get for a string.
func (o *object) text(path ...string) string {
	s, _ := o.get(path...).(string)
	return s
}

// list is get for a list.
func (o *object) list(path ...string) []any {
	l, _ := o.get(path...).([]any)
	return l
}

// members are the names in order; none of nil.
func (o *object) members() []string {
	if o == nil {
		return nil
	}
	return o.names
}

// write writes a value as JSON. Short lists and objects stay on one line, as people write them.
func write(v any, indent string) string {
	const width = 60
	if line := writeLine(v); len(line)+len(indent) <= width || line == "{}" || line == "[]" {
		return line
	}

	inner := indent + "  "
	var parts []string
	switch v := v.(type) {
	case *object:
		for _, name := range v.names {
			parts = append(parts, inner+quote(name)+": "+write(v.values[name], inner))
		}
		return "{\n" + strings.Join(parts, ",\n") + "\n" + indent + "}"
	case []any:
		for _, one := range v {
			parts = append(parts, inner+write(one, inner))
		}
		return "[\n" + strings.Join(parts, ",\n") + "\n" + indent + "]"
	}

	return writeLine(v)
}

func writeLine(v any) string {
	var parts []string
	switch v := v.(type) {
	case *object:
		for _, name := range v.names {
			parts = append(parts, quote(name)+": "+writeLine(v.values[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, one := range v {
			parts = append(parts, writeLine(one))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return quote(v)
	case json.Number:
		return v.String()
	case nil:
		return "null"
	}

	return fmt.Sprint(v)
}

// quote writes a string as JSON and leaves <, > and & as they are; the page escapes them.
func quote(s string) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // strings always encode
	return strings.TrimSuffix(out.String(), "\n")
}
