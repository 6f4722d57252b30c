package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2/yaml"

	"github.com/syssecure/syssecure/internal/fault"
)

// document is the OpenAPI document in its two forms.
type document struct{ json, yaml []byte }

// OpenAPI is the contract that the routes make, in YAML.
func (s *Server) OpenAPI() ([]byte, error) {
	d, err := s.doc()
	return d.yaml, err
}

// describe makes the document from the routes.
func (s *Server) describe() (d document, err error) {
	b, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return d, fmt.Errorf("describe the API: %w", err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		return d, fmt.Errorf("describe the API: %w", err)
	}
	sayMore(at(doc, "components", "schemas"))
	allowNulls(doc)
	if d.json, err = json.MarshalIndent(doc, "", "  "); err != nil {
		return d, fmt.Errorf("describe the API: %w", err)
	}
	var out bytes.Buffer
	if err := yaml.Convert(&out, bytes.NewReader(d.json)); err != nil {
		return d, fmt.Errorf("describe the API: %w", err)
	}
	d.yaml = out.Bytes()
	return d, nil
}

// allowNulls says of every optional field of a request that null is as good as nothing. Huma takes it so, since many
// clients write null for what they leave out, but its document does not say it.
func allowNulls(doc map[string]any) {
	schemas := at(doc, "components", "schemas")
	done := map[string]bool{}
	for _, path := range at(doc, "paths") {
		for _, operation := range path.(map[string]any) {
			content := at(operation.(map[string]any), "requestBody", "content", "application/json")
			optionalNulls(at(content, "schema"), schemas, done)
		}
	}
}

// sayMore adds what handlers check themselves and Huma cannot, or must not, check.
func sayMore(schemas map[string]any) {
	// Huma's own check of this panics when an element is an object.
	at(schemas, "SendOTPInputBody", "properties", "channels")["uniqueItems"] = true
	at(schemas, "CreateWebhookInputBody", "properties", "events")["uniqueItems"] = true
	at(schemas, "UpdateWebhookInputBody", "properties", "events")["uniqueItems"] = true
	// account.ValidSender: E.164, a short code, or an alphanumeric sender with a letter in it.
	pattern := func(p string) map[string]any { return map[string]any{"pattern": p} }
	at(schemas, "SendSMSInputBody", "properties", "from")["anyOf"] = []any{
		pattern(`^\+[1-9][0-9]{6,14}$`), pattern(`^[0-9]{3,8}$`),
		map[string]any{"allOf": []any{pattern(`^[A-Za-z0-9._&-]([A-Za-z0-9 ._&-]{0,9}[A-Za-z0-9._&-])?$`), pattern(`[A-Za-z]`)}},
	}
}

// at walks down objects; it is nil when there is nothing.
func at(v map[string]any, names ...string) map[string]any {
	for _, name := range names {
		v, _ = v[name].(map[string]any)
	}
	return v
}

// optionalNulls does it for one schema and those that its fields have.
func optionalNulls(schema, schemas map[string]any, done map[string]bool) {
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		if done[name] {
			return
		}
		done[name] = true
		schema = at(schemas, name)
	}
	required, _ := schema["required"].([]any)
	properties := at(schema, "properties")
	for name, v := range properties {
		field := v.(map[string]any)
		optionalNulls(field, schemas, done)
		optionalNulls(at(field, "items"), schemas, done)
		if !slices.Contains(required, any(name)) {
			properties[name] = nullable(field)
		}
	}
}

// nullable is the field with null allowed.
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

// openapi serves the document; the path says in which form.
func (s *Server) openapi(w http.ResponseWriter, r *http.Request) {
	d, err := s.doc()
	if err != nil {
		s.refuse(w, r, fault.From(err))
		return
	}
	body, kind := d.json, "application/openapi+json"
	if strings.HasSuffix(r.URL.Path, ".yaml") {
		body, kind = d.yaml, "application/openapi+yaml"
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(body) // the client is gone
}
