package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2/yaml"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/openapi"
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
	sayMore(openapi.At(doc, "components", "schemas"))
	nameFormats(doc)
	openapi.AllowNulls(doc)
	if err := openapi.AddExamples(doc, exampleChanges); err != nil {
		return d, fmt.Errorf("describe the API: %w", err)
	}
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

// sayMore adds what handlers check themselves and Huma cannot, or must not, check.
func sayMore(schemas map[string]any) {
	// Huma's own check of this panics when an element is an object.
	openapi.At(schemas, "SendOTPInputBody", "properties", "channels")["uniqueItems"] = true
	openapi.At(schemas, "CreateWebhookInputBody", "properties", "events")["uniqueItems"] = true
	openapi.At(schemas, "UpdateWebhookInputBody", "properties", "events")["uniqueItems"] = true
	// account.ValidSender: E.164, a short code, or an alphanumeric sender with a letter in it.
	pattern := func(p string) map[string]any { return map[string]any{"pattern": p} }
	openapi.At(schemas, "SendSMSInputBody", "properties", "from")["anyOf"] = []any{
		pattern(`^\+[1-9][0-9]{6,14}$`), pattern(`^[0-9]{3,8}$`),
		map[string]any{"allOf": []any{pattern(`^[A-Za-z0-9._&-]([A-Za-z0-9 ._&-]{0,9}[A-Za-z0-9._&-])?$`), pattern(`[A-Za-z]`)}},
	}
}

// nameFormats gives times the name of their format in OpenAPI. Huma would hold them to RFC 3339, and the API reads more.
func nameFormats(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["format"] == "iso8601" {
			v["format"] = "date-time"
		}
		for _, e := range v {
			nameFormats(e)
		}
	case []any:
		for _, e := range v {
			nameFormats(e)
		}
	}
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
