package problem

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Unit is the extension of a schema that names the unit of a number.
const Unit = "x-unit"

// resolve follows references.
func (r Request) resolve(s *huma.Schema) *huma.Schema {
	for s != nil && s.Ref != "" {
		s = r.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// schemaAt is the schema of a field of the body, by its path: "fallback.after", "channels[0]"; the empty path is the
// body. It is nil when there is none, as for a field that is an object's key with dots in it.
func (r Request) schemaAt(path string) *huma.Schema {
	if r.Operation.RequestBody == nil || r.Operation.RequestBody.Content["application/json"] == nil {
		return nil
	}
	s := r.resolve(r.Operation.RequestBody.Content["application/json"].Schema)
	for _, part := range steps(path) {
		if s == nil {
			return nil
		}
		more, _ := s.AdditionalProperties.(*huma.Schema)
		switch {
		case part[0] == '[':
			s = s.Items
		case s.Properties[part] != nil:
			s = s.Properties[part]
		default:
			s = more
		}
		s = r.resolve(s)
	}

	return s
}

// steps cuts "a.b[0]" into "a", "b", "[0]".
func steps(path string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(path, "[", ".["), func(c rune) bool { return c == '.' })
}

// parameter is the schema of a parameter.
func (r Request) parameter(in, name string) *huma.Schema {
	for _, p := range r.Operation.Parameters {
		if p.In == in && p.Name == name {
			return r.resolve(p.Schema)
		}
	}
	return nil
}

// rule says what a value has to be: "whole seconds from 1 to 3600".
func (r Request) rule(s *huma.Schema) string {
	if len(s.Enum) > 0 {
		return "one of " + list(s.Enum)
	}
	switch s.Type {
	case huma.TypeBoolean:
		return "true or false, without quotes"
	case huma.TypeInteger:
		if unit, ok := s.Extensions[Unit].(string); ok {
			return "whole " + unit + bounds(s)
		}
		return "a whole number" + bounds(s)
	case huma.TypeNumber:
		return "a number" + bounds(s)
	case huma.TypeArray:
		return r.elements(s)
	case huma.TypeObject:
		return "a JSON object" + count(s.MinProperties, s.MaxProperties, "field")
	case huma.TypeString:
		return stringRule(s)
	}

	return "of another type"
}

// parameterRule is rule for a query, where everything is text and a list is joined by commas.
func (r Request) parameterRule(s *huma.Schema) string {
	if items := r.resolve(s.Items); s.Type == huma.TypeArray && items != nil && len(items.Enum) > 0 {
		return "one or more of " + list(items.Enum) + ", each once, separated by commas"
	}
	return strings.TrimPrefix(r.rule(s), "a string: ")
}

// elements is the rule of a list.
func (r Request) elements(s *huma.Schema) string {
	of := ""
	if items := r.resolve(s.Items); items != nil && len(items.Enum) > 0 {
		of = ", each one of " + list(items.Enum)
	}
	return "a list" + count(s.MinItems, s.MaxItems, "element") + of
}

func stringRule(s *huma.Schema) string {
	switch {
	case s.PatternDescription != "":
		return "a string: " + s.PatternDescription
	case s.Format == "iso8601":
		return "a string: a date and time with an offset from UTC"
	case s.Format == "date":
		return "a string: a calendar day as year-month-day"
	case s.Format == "e164":
		return "a string: a phone number in E.164 format"
	}

	return "a string" + count(s.MinLength, s.MaxLength, "character")
}

func list(values []any) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return strings.Join(out, ", ")
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// bounds is a number's range.
func bounds(s *huma.Schema) string {
	switch {
	case s.Minimum != nil && s.Maximum != nil:
		return " from " + number(*s.Minimum) + " to " + number(*s.Maximum)
	case s.Minimum != nil:
		return ", " + number(*s.Minimum) + " or more"
	case s.Maximum != nil:
		return ", " + number(*s.Maximum) + " or less"
	}

	return ""
}

// count says how many there may be of something.
func count(least, most *int, what string) string {
	switch {
	case least != nil && most != nil && *least > 0:
		return fmt.Sprintf(" of %d to %d %ss", *least, *most, what)
	case most != nil:
		return fmt.Sprintf(" of at most %d %ss", *most, what)
	case least != nil && *least == 1:
		return " of at least one " + what
	case least != nil:
		return fmt.Sprintf(" of at least %d %ss", *least, what)
	}

	return ""
}

// write says what to write: `; write "channels": ["sms"]`. It is empty when the schema has no example.
func (r Request) write(where, path string, s *huma.Schema, got any) string {
	v, ok := r.example(s, got)
	if where != "body" {
		if !ok {
			return ""
		}
		if elements, isList := v.([]any); isList {
			v = strings.ReplaceAll(list(elements), ", ", ",")
		}
		return fmt.Sprintf("; write %s=%v", path, v)
	}

	for !ok && path != "" {
		// The object or list around it may have an example.
		if path = parent(path); path != "" {
			if s = r.schemaAt(path); s == nil || len(s.Examples) == 0 {
				continue
			}
			v, ok = s.Examples[0], true
		}
	}
	if !ok {
		return ""
	}

	parts := steps(path)
	for i := len(parts) - 1; i > 0; i-- {
		if parts[i][0] == '[' {
			v = []any{v}
		} else {
			v = map[string]any{parts[i]: v}
		}
	}

	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}

	return fmt.Sprintf("; write %q: %s", parts[0], b)
}

// example is a value that the schema accepts: the one that was meant, where that is plain and cannot be secret, or the
// schema's example.
func (r Request) example(s *huma.Schema, got any) (any, bool) {
	meant, isText := got.(string)
	switch s.Type {
	case huma.TypeInteger:
		if n, err := strconv.ParseInt(meant, 10, 32); isText && err == nil && inRange(s, float64(n)) {
			return n, true // 300 in quotes
		}
	case huma.TypeBoolean:
		return meant != "false", true
	case huma.TypeArray:
		return r.listExample(s, meant)
	}

	switch {
	case len(s.Examples) > 0:
		return s.Examples[0], true
	case s.Default != nil:
		return s.Default, true
	case len(s.Enum) > 0:
		return s.Enum[0], true
	case s.Minimum != nil:
		return int64(*s.Minimum), true
	}

	return nil, false
}

// listExample is a list of one element: the one that was sent without its brackets, or the last of the schema's
// example.
func (r Request) listExample(s *huma.Schema, meant string) (any, bool) {
	items := r.resolve(s.Items)
	if items == nil {
		return nil, false
	}

	for _, v := range items.Enum {
		if fmt.Sprint(v) == meant {
			return []any{v}, true
		}
	}
	if len(s.Examples) > 0 {
		if shown, ok := s.Examples[0].([]any); ok && len(shown) > 0 {
			return shown[len(shown)-1:], true
		}
	}
	v, ok := r.example(items, nil)

	return []any{v}, ok
}

func inRange(s *huma.Schema, n float64) bool {
	return (s.Minimum == nil || n >= *s.Minimum) && (s.Maximum == nil || n <= *s.Maximum)
}
