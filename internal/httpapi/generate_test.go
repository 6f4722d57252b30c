package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"

	"github.com/syssecure/syssecure/internal/openapitest"
)

// GenerateDocument makes the OpenAPI document, in its two forms, from the routes of a server.
func GenerateDocument(s *Server) (inJSON, inYAML []byte, err error) {
	for name, schema := range s.api.OpenAPI().Components.Schemas.Map() {
		for property, p := range schema.Properties {
			if p.UniqueItems {
				return nil, nil, fmt.Errorf("%s.%s: Huma's check of uniqueItems panics; check it in Resolve, and add it below",
					name, property)
			}
		}
	}
	describeLimits(s.api.OpenAPI())
	b, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return nil, nil, fmt.Errorf("describe the API: %w", err)
	}

	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, nil, fmt.Errorf("describe the API: %w", err)
	}

	addRules(openapitest.At(doc, "components", "schemas"))
	nameFormats(doc)
	openapitest.AllowNulls(doc)
	if err := openapitest.AddExamples(doc, exampleChanges); err != nil {
		return nil, nil, fmt.Errorf("describe the API: %w", err)
	}

	if inJSON, err = json.MarshalIndent(doc, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("describe the API: %w", err)
	}

	var out bytes.Buffer
	if err := yaml.Convert(&out, bytes.NewReader(inJSON)); err != nil {
		return nil, nil, fmt.Errorf("describe the API: %w", err)
	}

	return append(inJSON, '\n'), out.Bytes(), nil
}

// addRules adds rules that handlers check and Huma does not.
func addRules(schemas map[string]any) {
	// Huma's check of uniqueItems panics when an element is an object.
	openapitest.At(schemas, "CreateKeyInputBody", "properties", "scopes")["uniqueItems"] = true
	openapitest.At(schemas, "SendOTPInputBody", "properties", "channels")["uniqueItems"] = true
	openapitest.At(schemas, "CreateWebhookInputBody", "properties", "events")["uniqueItems"] = true
	openapitest.At(schemas, "UpdateWebhookInputBody", "properties", "events")["uniqueItems"] = true
	// account.ValidSender: E.164, a short code, or an alphanumeric sender with a letter in it.
	pattern := func(p string) map[string]any { return map[string]any{"pattern": p} }
	openapitest.At(schemas, "SendSMSInputBody", "properties", "from")["anyOf"] = []any{
		pattern(`^\+[1-9][0-9]{6,14}$`), pattern(`^[0-9]{3,8}$`),
		map[string]any{"allOf": []any{
			pattern(`^[A-Za-z0-9._&-]([A-Za-z0-9 ._&-]{0,9}[A-Za-z0-9._&-])?$`), pattern(`[A-Za-z]`),
		}},
	}
}

// nameFormats gives times the name of their format in OpenAPI. Huma would require RFC 3339, but the API
// reads more.
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

// describeLimits adds the headers of limits: those of the key's rate to every answer to a valid key, and Retry-After to
// 429 and 503.
func describeLimits(doc *huma.OpenAPI) {
	text, count := &huma.Schema{Type: huma.TypeString}, &huma.Schema{Type: huma.TypeInteger, Minimum: new(float64)}
	*count.Minimum = 1
	doc.Components.Headers = map[string]*huma.Header{
		"RateLimit-Policy": {
			Schema: text, Description: "The limits that apply: q requests in w seconds each.",
			Example: `"requests_per_key";q=100;w=1`,
		},
		"RateLimit": {
			Schema: text, Description: "What is left of these limits: r requests now, more in t seconds.",
			Example: `"requests_per_key";r=99;t=1`,
		},
		"Retry-After": {
			Schema: count, Description: "How many seconds to wait before the same request can succeed.",
			Example: 30,
		},
	}

	for _, path := range doc.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			for status, r := range op.Responses {
				var names []string
				if status != "401" {
					names = []string{"RateLimit-Policy", "RateLimit"}
				}
				if status == "429" || status == "503" {
					names = append(names, "Retry-After")
				}

				for _, name := range names {
					if r.Headers == nil {
						r.Headers = map[string]*huma.Param{}
					}
					r.Headers[name] = &huma.Param{Ref: "#/components/headers/" + name}
				}
			}
		}
	}
}
