// Package openapitest completes an OpenAPI document with what its generator leaves out: that optional fields may be
// null, and an example of every request and answer. The test that generates api/openapi.yaml uses it.
//
// It works on the document as JSON and knows none of its operations.
package openapitest

import (
	"slices"
	"strings"
)

// AllowNulls lets every optional field of a request be null. Huma accepts that, because many clients write null for a
// missing value, but its document does not say so.
func AllowNulls(doc map[string]any) {
	schemas := At(doc, "components", "schemas")
	done := map[string]bool{}
	for _, path := range At(doc, "paths") {
		for _, operation := range path.(map[string]any) {
			content := At(operation.(map[string]any), "requestBody", "content", "application/json")
			optionalNulls(At(content, "schema"), schemas, done)
		}
	}
}

// At follows names down nested objects; it is nil when one is missing.
func At(v map[string]any, names ...string) map[string]any {
	for _, name := range names {
		v, _ = v[name].(map[string]any)
	}
	return v
}

// optionalNulls is AllowNulls for one schema and the schemas of its fields.
func optionalNulls(schema, schemas map[string]any, done map[string]bool) {
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		if done[name] {
			return
		}
		done[name] = true
		schema = At(schemas, name)
	}

	required, _ := schema["required"].([]any)
	properties := At(schema, "properties")
	for name, v := range properties {
		field := v.(map[string]any)
		optionalNulls(field, schemas, done)
		optionalNulls(At(field, "items"), schemas, done)
		if !slices.Contains(required, any(name)) {
			properties[name] = nullable(field)
		}
	}
}

// nullable returns the field's schema with null allowed.
func nullable(field map[string]any) map[string]any {
	if t, ok := field["type"].(string); ok && field["enum"] == nil && field["anyOf"] == nil {
		field["type"] = []any{t, "null"}
		return field
	}

	out := map[string]any{"anyOf": []any{field, map[string]any{"type": "null"}}}
	if d, ok := field["description"]; ok {
		out["description"] = d
		delete(field, "description")
	}

	return out
}
