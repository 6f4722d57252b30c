package harness

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Description is what one method takes and returns.
type Description struct {
	Params []string `json:"params"`
	Result []string `json:"result"`
	// planned is set when the document does not have the operation yet.
	planned bool
}

// operationsFile maps the methods of the SDKs to the operations of the document.
type operationsFile struct {
	Rename         map[string]string `json:"rename"`
	RenamedSchemas []string          `json:"renamed_schemas"`
	Operations     map[string]string `json:"operations"`
	// Planned are operations that SDKs may have before the document has them.
	Planned []string `json:"planned"`
}

type document struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	OperationID string `json:"operationId"`
	Parameters  []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
	RequestBody *body            `json:"requestBody"`
	Responses   map[string]*body `json:"responses"`
}

type body struct {
	Content map[string]struct {
		Schema *schema `json:"schema"`
	} `json:"content"`
}

type schema struct {
	Ref        string             `json:"$ref"`
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	AnyOf      []*schema          `json:"anyOf"`
}

// LoadOperations reads what each method must take and return, from operations.json of a folder and the document.
func LoadOperations(root, openapi string) (Operations, error) {
	names, err := readOperations(root)
	if err != nil {
		return nil, err
	}

	text, err := os.ReadFile(openapi)
	if err != nil {
		return nil, err
	}
	d := &document{}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("%s: %w", openapi, err)
	}

	operations, err := d.operations()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", openapi, err)
	}
	return names.describe(d, operations)
}

// Methods returns the names of the SDKs' methods, from operations.json of a folder, without those that are planned.
func Methods(root string) ([]string, error) {
	names, err := readOperations(root)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(names.Operations, func(_, id string) bool { return slices.Contains(names.Planned, id) })
	return slices.Sorted(maps.Keys(names.Operations)), nil
}

func readOperations(root string) (*operationsFile, error) {
	text, err := os.ReadFile(filepath.Join(root, "operations.json"))
	if err != nil {
		return nil, err
	}
	names := &operationsFile{}
	if err := decodeStrictly(text, names); err != nil {
		return nil, fmt.Errorf("operations.json: %w", err)
	}
	return names, nil
}

// operations returns those of the document by their ids.
func (d *document) operations() (map[string]*operation, error) {
	out := map[string]*operation{}
	for path, methods := range d.Paths {
		for method, text := range methods {
			if !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				continue
			}
			o := &operation{}
			if err := json.Unmarshal(text, o); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			out[o.OperationID] = o
		}
	}
	return out, nil
}

// describe fails when an operation of the document has no method: it would be missing in every SDK.
func (f *operationsFile) describe(d *document, operations map[string]*operation) (Operations, error) {
	out := Operations{}
	named := map[string]bool{}
	for method, id := range f.Operations {
		o := operations[id]
		if o == nil && slices.Contains(f.Planned, id) {
			out[method] = Description{planned: true}
			continue
		}
		if o == nil {
			return nil, fmt.Errorf("operations.json: %s: the document has no operation %s", method, id)
		}
		named[id] = true
		out[method] = Description{Params: d.params(o), Result: f.result(d, o)}
	}

	for _, id := range slices.Sorted(maps.Keys(operations)) {
		if !named[id] {
			return nil, fmt.Errorf("operations.json: no method calls the operation %s", id)
		}
	}
	return out, nil
}

func (d *document) params(o *operation) []string {
	names := map[string]bool{}
	for _, p := range o.Parameters {
		if p.In == "path" || p.In == "query" {
			names[p.Name] = true
		}
	}
	if o.RequestBody != nil {
		_, s := d.resolve(o.RequestBody.Content["application/json"].Schema)
		for name := range s.Properties {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (f *operationsFile) result(d *document, o *operation) []string {
	for status, answer := range o.Responses {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		name, s := d.resolve(answer.Content["application/json"].Schema)
		if s.isPage() {
			name, s = d.resolve(s.Properties["data"].Items)
		}
		rename := f.Rename
		if !slices.Contains(f.RenamedSchemas, name) {
			rename = nil
		}
		fields := d.fields(s, rename)
		slices.Sort(fields)
		return fields
	}

	return nil
}

// isPage is false for statistics, which have a total besides their rows.
func (s *schema) isPage() bool {
	if s.Properties["data"] == nil || s.Properties["data"].Items == nil {
		return false
	}
	for name := range s.Properties {
		if name != "data" && name != "next_cursor" {
			return false
		}
	}
	return true
}

// resolve follows references, and takes the one side of a union with null that is an object. It returns the name, too.
func (d *document) resolve(s *schema) (string, *schema) {
	name := ""
	for s != nil && s.Ref != "" {
		name = s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		s = d.Components.Schemas[name]
	}
	if s == nil {
		return name, &schema{}
	}
	for _, side := range s.AnyOf {
		if sideName, resolved := d.resolve(side); len(resolved.Properties) > 0 {
			return sideName, resolved
		}
	}
	return name, s
}

// fields returns the dotted paths of an object's fields. Objects with free keys, such as metadata, are leaves.
func (d *document) fields(s *schema, rename map[string]string) []string {
	var out []string
	for name, property := range s.Properties {
		if to := rename[name]; to != "" {
			name = to
		}
		_, inner := d.resolve(property)
		if inner.Items != nil {
			if _, element := d.resolve(inner.Items); len(element.Properties) > 0 {
				name, inner = name+"[]", element
			}
		}
		if len(inner.Properties) == 0 {
			out = append(out, name)
			continue
		}
		for _, field := range d.fields(inner, nil) {
			out = append(out, name+"."+field)
		}
	}

	return out
}
