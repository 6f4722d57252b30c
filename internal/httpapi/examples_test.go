package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/syssecure/syssecure/internal/testworld"
)

// schemas validates values against the schemas of the document.
type schemas struct {
	t *testing.T
	c *jsonschema.Compiler
}

func newSchemas(t *testing.T, document map[string]any) schemas {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "go-duration", Validate: func(v any) error {
		s, ok := v.(string)
		if !ok {
			return nil
		}
		_, err := time.ParseDuration(s)
		return err
	}})

	b, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}

	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}

	return schemas{t, c}
}

// check validates JSON against the schema at a path of the document.
func (s schemas) check(what, path, text string) {
	s.t.Helper()
	schema, err := s.c.Compile("openapi.json" + path)
	if err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}

	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		s.t.Errorf("%s does not match its schema: %v\n%s", what, err, text)
	}
}

// TestExamples_Answers sends the example of every request, and validates it, its answer and the example of the answer.
// The example of an answer has no field that the answer does not have.
func TestExamples_Answers(t *testing.T) {
	t.Parallel()
	list, document := contract(t)
	for _, o := range list {
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			validator := newSchemas(t, document)
			if o.request != nil {
				validator.check("the example of the request", o.requestSchema, text(t, o.request))
			}

			for status, example := range o.answers {
				validator.check("the example of "+status, o.answerSchemas[status], text(t, example))
			}

			a := newAPI(t, testworld.Options{Credits: 1_000_000})
			w := o.do(t, a, o.key(t, a, o.usual()), o.ready(t, a, a.of(o.usual())), "")
			example, ok := o.answers[strconv.Itoa(w.Code)]
			if !ok {
				t.Fatalf("the example is answered %d, which is none of the documented %v: %s; if it needs data, "+
					"make it in its row of the table operations (operations_test.go)", w.Code,
					keys(o.answers), w.text)
			}

			validator.check("the answer", o.answerSchemas[strconv.Itoa(w.Code)], w.text)
			var got any
			if err := json.Unmarshal([]byte(w.text), &got); err != nil {
				t.Fatal(err)
			}
			for _, field := range beyond(example, got, "") {
				t.Errorf("the example of the answer shows %s, which the answer to the example of the request does "+
					"not have: change it in exampleChanges (generate_examples_test.go), or prepare it in the table "+
					"operations\nexample %s\nanswer  %s", field, text(t, example), w.text)
			}
		})
	}
}

// TestExamples_Parameters adds the parameters of the query that have an example, one at a time.
func TestExamples_Parameters(t *testing.T) {
	t.Parallel()
	list, document := contract(t)
	validator, tried := newSchemas(t, document), 0
	for _, o := range list {
		for _, p := range o.parameters {
			if p.In != "query" || len(p.Schema.Examples) == 0 {
				continue
			}
			tried++
			value := fmt.Sprint(p.Schema.Examples[0])
			if several, ok := p.Schema.Examples[0].([]any); ok {
				var parts []string
				for _, v := range several {
					parts = append(parts, fmt.Sprint(v))
				}
				value = strings.Join(parts, ",")
			}

			a := newAPI(t, testworld.Options{Credits: 1_000_000})
			w := o.do(t, a, o.key(t, a, o.usual()), o.ready(t, a, a.of(o.usual())), "?"+p.Name+"="+url.QueryEscape(value))
			if !o.documented(w) {
				t.Errorf("%s: %s=%s is answered %d %s", o.id, p.Name, value, w.Code, w.text)
			}
			validator.check(o.id+" with "+p.Name, o.answerSchemas[strconv.Itoa(w.Code)], w.text)
		}
	}
	if tried < 5 {
		t.Errorf("%d parameters have an example", tried)
	}
}

// beyond lists the fields of an example that the answer does not have; of lists, the first elements are compared.
func beyond(example, got any, path string) (out []string) {
	switch example := example.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{path}
		}
		for name, v := range example {
			if value, present := object[name]; present {
				out = append(out, beyond(v, value, path+"."+name)...)
			} else {
				out = append(out, path+"."+name)
			}
		}
	case []any:
		list, ok := got.([]any)
		if !ok || len(example) > 0 && len(list) == 0 {
			return []string{path + "[]"}
		}
		if len(example) > 0 {
			return beyond(example[0], list[0], path+"[]")
		}
	}

	return out
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func keys[V any](m map[string]V) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
