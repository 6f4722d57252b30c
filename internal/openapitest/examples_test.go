package openapitest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/openapitest"
)

// document has a request with a nested object, and an answer with a list.
const document = `{
	"paths": {"/v2/things": {"post": {"operationId": "make",
		"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Make"}}}},
		"responses": {
			"200": {"content": {"application/json": {"schema": {"type": "object", "required": ["data", "next"], "properties": {
				"data": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, "next": {"type": ["string", "null"]}}}}}},
			"400": {"content": {"application/json": {"schema": {"type": "object"}}}}}}}},
	"components": {"schemas": {
		"Make": {"type": "object", "required": ["kind", "size"], "properties": {
			"kind": {"type": "string", "enum": ["a", "b"]}, "size": {"$ref": "#/components/schemas/Size"},
			"note": {"type": "string"}, "colour": {"type": "string", "examples": ["red"]}}},
		"Size": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "examples": [7]}}},
		"Thing": {"type": "object", "required": ["at", "tags"], "properties": {
			"at": {"type": "string", "format": "date-time"}, "tags": {"type": "object", "examples": [{"x": [1]}]}, "why": {"type": "string", "examples": ["because"]}}}}}}`

func read(t *testing.T, text string) (doc map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestAddExamples(t *testing.T) {
	t.Parallel()
	doc := read(t, document)
	changes := map[string]openapitest.Changes{"make": {
		Request: map[string]any{"kind": "b", "nowhere.at.all": 1},
		Answer:  map[string]any{"data.why": nil, "data.tags.y": 2},
	}}
	if err := openapitest.AddExamples(doc, changes); err != nil {
		t.Fatal(err)
	}

	post := openapitest.At(doc, "paths", "/v2/things", "post")
	for want, content := range map[string]map[string]any{
		`{"colour":"red","kind":"b","size":{"n":7}}`: openapitest.At(post,
			"requestBody", "content", "application/json"),
		`{"data":[{"at":"2026-04-25T15:27:00Z","tags":{"x":[1],"y":2}}],"next":null}`: openapitest.At(post, "responses",
			"200", "content", "application/json"),
		`null`: openapitest.At(post, "responses", "400", "content", "application/json"),
	} {
		if b, err := json.Marshal(content["example"]); err != nil || string(b) != want {
			t.Errorf("example %s, want %s (%v)", b, want, err)
		}
	}

	b, err := json.Marshal(openapitest.At(doc, "components"))
	if err != nil || strings.Contains(string(b), `"y"`) || !strings.Contains(string(b), "because") {
		t.Errorf("a change of an example reached the field's example: %s (%v)", b, err)
	}
}

func TestAddExamples_MissingExample(t *testing.T) {
	t.Parallel()
	doc := read(t, strings.Replace(document, `"examples": [7]`, `"minimum": 1`, 1))
	err := openapitest.AddExamples(doc, nil)
	if err == nil || !strings.Contains(err.Error(), "POST /v2/things: request: the field size.n has no example") {
		t.Errorf("error %v", err)
	}
}

func TestAllowNulls(t *testing.T) {
	t.Parallel()
	doc := read(t, document)
	openapitest.AllowNulls(doc)
	fields := openapitest.At(doc, "components", "schemas", "Make", "properties")
	for name, want := range map[string]string{
		"note": `{"type":["string","null"]}`, "kind": `{"enum":["a","b"],"type":"string"}`,
		"size": `{"$ref":"#/components/schemas/Size"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if b, err := json.Marshal(fields[name]); err != nil || string(b) != want {
				t.Errorf("%s is %s, want %s (%v)", name, b, want, err)
			}
		})
	}
}
