package openapitest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Changes replace fields in the examples of an operation, by the field's path: names joined by dots, lists by their
// first element. nil leaves the field out.
type Changes struct{ Request, Answer map[string]any }

// AddExamples gives every request and every 2xx answer an example that is made of the examples of its fields. A
// required field without one is an error: readers of the document and the tests that run the examples need them all.
func AddExamples(doc map[string]any, changes map[string]Changes) error {
	schemas := At(doc, "components", "schemas")
	var errs []error
	for path, methods := range At(doc, "paths") {
		for method, v := range methods.(map[string]any) {
			op := v.(map[string]any)
			change := changes[op["operationId"].(string)]
			contents := map[string]map[string]any{"request": At(op, "requestBody", "content", "application/json")}
			for status, answer := range At(op, "responses") {
				if strings.HasPrefix(status, "2") {
					contents["answer "+status] = At(answer.(map[string]any), "content", "application/json")
				}
			}

			for what, content := range contents {
				if content == nil {
					continue
				}
				c := change.Answer
				if what == "request" {
					c = change.Request
				}

				example, err := exampler{schemas, c}.of(At(content, "schema"), "")
				if err != nil {
					errs = append(errs, fmt.Errorf("%s %s: %s:%w; give it an example in its struct tag",
						strings.ToUpper(method), path, what, err))
					continue
				}

				for _, name := range slices.Sorted(maps.Keys(c)) {
					changeField(example, strings.Split(name, "."), c[name])
				}
				content["example"] = example
			}
		}
	}

	return errors.Join(errs...)
}

// changeField sets or removes one field; lists are changed in their first element.
func changeField(v any, path []string, to any) {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	object, _ := v.(map[string]any)
	switch {
	case object == nil:
	case len(path) > 1:
		changeField(object[path[0]], path[1:], to)
	case to == nil:
		delete(object, path[0])
	default:
		object[path[0]] = to
	}
}

// exampler makes examples of schemas.
type exampler struct{ schemas, changes map[string]any }

// resolve follows a reference, and takes the first of alternatives.
func (e exampler) resolve(schema map[string]any) map[string]any {
	if ref, ok := schema["$ref"].(string); ok {
		return e.resolve(At(e.schemas, strings.TrimPrefix(ref, "#/components/schemas/")))
	}
	if list, ok := schema["anyOf"].([]any); ok && len(list) > 0 {
		return e.resolve(list[0].(map[string]any))
	}
	return schema
}

// declared is the example that a schema itself has.
func (e exampler) declared(schema map[string]any) (any, bool) {
	if list, ok := schema["examples"].([]any); ok && len(list) > 0 {
		return copied(list[0]), true
	}
	return nil, false
}

// of makes an example: the schema's, or one of the examples of its parts, or an obvious value.
func (e exampler) of(schema map[string]any, path string) (any, error) {
	if v, ok := e.declared(schema); ok {
		return v, nil
	}
	schema = e.resolve(schema)
	if v, ok := e.declared(schema); ok {
		return v, nil
	}
	if list, ok := schema["enum"].([]any); ok && len(list) > 0 {
		return list[0], nil
	}

	types, _ := schema["type"].([]any)
	types = append(types, schema["type"])
	switch {
	case slices.Contains(types, any("null")) && At(schema, "properties") == nil:
		return nil, nil
	case slices.Contains(types, any("object")):
		return e.object(schema, path)
	case slices.Contains(types, any("array")):
		item, err := e.of(At(schema, "items"), path+"[]")
		return []any{item}, err
	case schema["format"] == "date-time":
		return "2026-04-25T15:27:00Z", nil
	}

	return nil, fmt.Errorf(" the field %s has no example", strings.TrimPrefix(path, "."))
}

// object makes an object with every required field, and the optional ones that have an example.
func (e exampler) object(schema map[string]any, path string) (any, error) {
	out := map[string]any{}
	required, _ := schema["required"].([]any)
	for name, v := range At(schema, "properties") {
		field := v.(map[string]any)
		if _, ok := e.declared(e.resolve(field)); !ok && !slices.Contains(required, any(name)) {
			continue
		}

		fieldPath := path + "." + name
		// AddExamples sets the changes later; a field with one needs no example.
		if e.changes[strings.TrimPrefix(strings.ReplaceAll(fieldPath, "[]", ""), ".")] != nil {
			continue
		}

		value, err := e.of(field, fieldPath)
		if err != nil {
			return nil, err
		}
		out[name] = value
	}

	return out, nil
}

// copied copies an example, so that changes of one operation do not reach the field's.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, e := range v {
			out[name] = copied(e)
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = copied(out[i])
		}
		return out
	}

	return v
}
