package providers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// judge is a provider that validates what it gets.
type judge struct {
	server      *httptest.Server
	operations  []operation
	undescribed []string

	mu       sync.Mutex
	seen     map[string]int // how often each request came, by method and the last part of the path
	problems []string
}

func newJudge(t *testing.T, p provider) *judge {
	t.Helper()
	j := &judge{seen: map[string]int{}, undescribed: p.undescribed}
	j.server = httptest.NewServer(j)
	t.Cleanup(j.server.Close)
	for _, d := range p.documents {
		doc, err := openapi3.NewLoader().LoadFromFile("testdata/" + d.file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		correct(doc)
		for template, item := range doc.Paths.Map() {
			for method, one := range item.Operations() {
				j.operations = append(j.operations, operation{
					method: method, path: pathPattern(d.base + template),
					route: &routers.Route{Spec: doc, Path: template, PathItem: item, Method: method, Operation: one},
				})
			}
		}
	}

	return j
}

// operation is one of a document.
type operation struct {
	method string
	path   *regexp.Regexp
	route  *routers.Route
}

var placeholder = regexp.MustCompile(`\\\{([^}]+)\\\}`)

// pathPattern makes "/accounts/{Sid}.json" an expression whose groups are the parameters, in their order.
func pathPattern(template string) *regexp.Regexp {
	return regexp.MustCompile("^" + placeholder.ReplaceAllString(regexp.QuoteMeta(template), "([^/]+)") + "$")
}

// find returns the operation of a request, and its parameters in the path.
func (j *judge) find(r *http.Request) (*routers.Route, map[string]string) {
	for _, o := range j.operations {
		values := o.path.FindStringSubmatch(r.URL.Path)
		if values == nil || o.method != r.Method {
			continue
		}
		parameters := map[string]string{}
		for i, name := range placeholder.FindAllStringSubmatch(regexp.QuoteMeta(o.route.Path), -1) {
			parameters[strings.ReplaceAll(name[1], `\`, "")] = values[i+1]
		}
		return o.route, parameters
	}

	return nil, nil
}

// ServeHTTP accepts nothing, so that a carrier tries all that it knows.
func (j *judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen[name(r)]++
	r.URL.Scheme, r.URL.Host = "http", r.Host
	for _, flaw := range append(j.judge(r, body), flawOf(err)...) {
		if flaw = fmt.Sprintf("%s %s\n%s\n%s", r.Method, r.URL, flaw, body); !slices.Contains(j.problems, flaw) {
			j.problems = append(j.problems, flaw)
		}
	}

	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, answer)
}

// answer has what our checks of credentials look for, so that they go on to the next request.
const answer = `{"status":"active","incoming_phone_numbers":[],"outgoing_caller_ids":[],"value":1}`

func flawOf(err error) []string {
	if err == nil {
		return nil
	}
	return []string{err.Error()}
}

// judge returns what is wrong with a request.
func (j *judge) judge(r *http.Request, body []byte) (flaws []string) {
	route, parameters := j.find(r)
	if route == nil {
		if slices.Contains(j.undescribed, name(r)) {
			return nil
		}
		return []string{"no document has this request"}
	}

	r.Body = io.NopCloser(bytes.NewReader(body))
	flaws = flawOf(openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true,
		},
	}))

	return append(flaws, undocumented(route, r, body)...)
}

// name is the method and the last part of the path.
func name(r *http.Request) string { return r.Method + " " + path.Base(r.URL.Path) }

// undocumented returns the parameters and fields that the document does not have. The provider would ignore them.
func undocumented(route *routers.Route, r *http.Request, body []byte) (flaws []string) {
	known := map[string]bool{}
	for _, list := range []openapi3.Parameters{route.PathItem.Parameters, route.Operation.Parameters} {
		for _, p := range list {
			known[p.Value.Name] = p.Value.In == openapi3.ParameterInQuery
		}
	}
	for name := range r.URL.Query() {
		if !known[name] {
			flaws = append(flaws, "the document has no parameter "+name)
		}
	}
	if len(body) == 0 || route.Operation.RequestBody == nil {
		return flaws
	}

	for kind, content := range route.Operation.RequestBody.Value.Content {
		var value any
		if kind == "application/x-www-form-urlencoded" {
			form, err := url.ParseQuery(string(body))
			flaws = append(flaws, flawOf(err)...)
			fields := map[string]any{}
			for name := range form {
				fields[name] = form.Get(name)
			}
			value = fields
		} else if err := json.Unmarshal(body, &value); err != nil {
			return append(flaws, err.Error())
		}
		flaws = append(flaws, unknownFields(value, content.Schema)...)
	}

	return flaws
}

// unknownFields returns the fields of a value that none of its schemas has, at any depth.
func unknownFields(value any, schemas ...*openapi3.SchemaRef) (flaws []string) {
	var all []*openapi3.Schema
	var add func(list []*openapi3.SchemaRef)
	add = func(list []*openapi3.SchemaRef) {
		for _, s := range list {
			if s != nil && s.Value != nil {
				all = append(all, s.Value)
				add(slices.Concat(s.Value.AllOf, s.Value.OneOf, s.Value.AnyOf))
			}
		}
	}
	add(schemas)

	switch v := value.(type) {
	case []any:
		var items []*openapi3.SchemaRef
		for _, s := range all {
			items = append(items, s.Items)
		}
		for _, item := range v {
			flaws = append(flaws, unknownFields(item, items...)...)
		}
	case map[string]any:
		for name, field := range v {
			var below []*openapi3.SchemaRef
			some := false
			for _, s := range all {
				some = some || len(s.Properties) > 0
				if p := s.Properties[name]; p != nil {
					below = append(below, p)
				}
			}
			if some && len(below) == 0 {
				flaws = append(flaws, "the document has no field "+name)
			}
			flaws = append(flaws, unknownFields(field, below...)...)
		}
	}

	return flaws
}

// report fails with what was wrong, and when a request that was expected did not come.
func (j *judge) report(t *testing.T, requests []string) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, problem := range j.problems {
		t.Error(problem)
	}
	for _, want := range requests {
		if j.seen[want] == 0 {
			t.Errorf("no request %s; there were %v", want, j.seen)
		}
	}
	t.Logf("validated %v", j.seen)
}

// correct changes what a document contradicts itself in; README.md lists it.
func correct(doc *openapi3.T) {
	schemas := doc.Components.Schemas
	for _, s := range schemas {
		if s.Value.Type == nil && len(s.Value.Properties) > 0 {
			s.Value.Type = &openapi3.Types{openapi3.TypeObject} // else the library reads no form
		}
		for _, part := range s.Value.AllOf {
			part.Value.AdditionalProperties = openapi3.AdditionalProperties{} // else no message can have both parts' fields
		}
	}
	if language := schemas["LanguageObject"]; language != nil {
		language.Value.Required = []string{"code"}
	}
	if component := schemas["TemplateComponent"]; component != nil {
		component.Value.Properties["index"].Value.Pattern = ""
	}
	if agent := doc.Components.Parameters["UserAgent"]; agent != nil {
		agent.Value.Schema.Value.Pattern = ""
	}
	if base := schemas["BaseMessageProperties"]; base != nil {
		base.Value.Properties["biz_opaque_callback_data"] = openapi3.NewStringSchema().WithMaxLength(512).NewRef()
	}
}

// TestJudge_Refuses: what a provider would refuse or ignore is found.
func TestJudge_Refuses(t *testing.T) {
	t.Parallel()
	const form, object = "application/x-www-form-urlencoded", "application/json"
	for name, c := range map[string]struct{ provider, path, kind, body, want string }{
		"an unknown field of a form":   {"twilio", "/2010-04-01/Accounts/" + sid + "/Messages.json", form, "To=%2B1&Bdy=x", "no field Bdy"},
		"a value that is too high":     {"twilio", "/2010-04-01/Accounts/AC1/Messages.json", form, "To=%2B1", "AccountSid"},
		"a value that is too low":      {"vonage", "/sms/json", form, "api_key=abcd1234&from=a&to=32470123456&ttl=1", "ttl"},
		"a missing field":              {"telnyx", "/v2/messages", object, `{"text":"x"}`, "to"},
		"a value that is not listed":   {"telnyx", "/v2/messages", object, `{"to":"+1","type":"sms"}`, "type"},
		"an unknown field far below":   {"whatsapp", "/v25.0/1/messages", object, whatsappText(`{"body":"x","preview":true}`), "no field preview"},
		"a field of the wrong type":    {"whatsapp", "/v25.0/1/messages", object, whatsappText(`{"body":7}`), "body"},
		"a request that is not listed": {"telnyx", "/v2/calls", object, `{}`, "no document"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t, providers[c.provider])
			r := httptest.NewRequest(http.MethodPost, j.server.URL+c.path, nil)
			r.Header.Set("Content-Type", c.kind)
			r.Header.Set("Authorization", "Bearer EAAtoken")
			if flaws := strings.Join(j.judge(r, []byte(c.body)), "\n"); !strings.Contains(flaws, c.want) {
				t.Errorf("found %q, want %q", flaws, c.want)
			}
		})
	}
}

func whatsappText(text string) string {
	return `{"messaging_product":"whatsapp","recipient_type":"individual","to":"1","type":"text","text":` + text + `}`
}
