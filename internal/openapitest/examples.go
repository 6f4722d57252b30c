package openapitest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Changes are what the examples of an operation have otherwise than the examples of their fields, by the field's place:
// names with dots between, lists by their first element. nil leaves the field out.
type Changes struct{ Request, Answer map[string]any }

// AddExamples gives every request and every good answer an example, made of the examples of its fields. A required field
// without one is an error: a reader of the document, and the tests that carry the examples out, would have nothing.
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
					errs = append(errs, fmt.Errorf("%s %s: %s:%w; give it an example in its struct tag", strings.ToUpper(method), path, what, err))
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

// own is the example that a schema carries itself.
func (e exampler) own(schema map[string]any) (any, bool) {
	if list, ok := schema["examples"].([]any); ok && len(list) > 0 {
		return copied(list[0]), true
	}
	return nil, false
}

// of makes an example: a schema's own, or that of its parts, or the one value that anybody would take.
func (e exampler) of(schema map[string]any, path string) (any, error) {
	if v, ok := e.own(schema); ok {
		return v, nil
	}
	schema = e.resolve(schema)
	if v, ok := e.own(schema); ok {
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

// object has every required field, and those of the others that carry an example.
func (e exampler) object(schema map[string]any, path string) (any, error) {
	out := map[string]any{}
	required, _ := schema["required"].([]any)
	for name, v := range At(schema, "properties") {
		field := v.(map[string]any)
		if _, ok := e.own(e.resolve(field)); !ok && !slices.Contains(required, any(name)) {
			continue
		}

		place := path + "." + name
		// What stands in the changes is put in behind; here it only spares a field that has no one example.
		if e.changes[strings.TrimPrefix(strings.ReplaceAll(place, "[]", ""), ".")] != nil {
			continue
		}

		value, err := e.of(field, place)
		if err != nil {
			return nil, err
		}
		out[name] = value
	}

	return out, nil
}

// copied keeps the examples of fields from being changed with those of operations.
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
