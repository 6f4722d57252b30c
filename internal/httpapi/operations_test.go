package httpapi_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// operation is an operation of the document, with its row of the table operations.
type operation struct {
	operationTest
	id, method, path string
	scope            string
	parameters       []parameter
	request          any // the example of its body; nil when it has none
	requestSchema    string
	answers          map[string]any // examples by status
	answerSchemas    map[string]string
}

type parameter struct {
	Name, In string
	Required bool
	Schema   struct{ Examples []any }
}

// verdict is the expected answer to another account, or to the other mode.
type verdict int

const (
	undecided verdict = iota
	hidden            // 404, the same as for an unknown id
	empty             // an empty list
	own               // an answer about the caller's own data
	same              // the owner's answer, which is about the whole account or about no account
	testOnly          // 400: the operation is for test keys
	liveOnly          // 400: the operation is for live keys
)

// operationTest is what tests need to know of an operation.
type operationTest struct {
	// prepare makes what the operation needs with the key, and puts its id into the request. nil = it needs nothing.
	prepare func(t *testing.T, a *api, key string, r *call)
	// account and mode are the verdicts for another account, and for the same account's other mode.
	account, mode verdict
	// live is set when the example of the answer is a live key's, because the sandbox has nothing to show.
	live bool
}

// operations has a row for every operation of the contract: what its example needs, and what others may see.
var operations = map[string]operationTest{
	"send-otp":               {prepare: makeOTP, account: own, mode: own},
	"verify-otp":             {prepare: pendingOTP, account: hidden, mode: hidden},
	"list-otps":              {prepare: makeOTP, account: empty, mode: empty},
	"get-otp":                {prepare: pendingOTP, account: hidden, mode: hidden},
	"resend-otp":             {prepare: pendingOTP, account: hidden, mode: hidden},
	"cancel-otp":             {prepare: pendingOTP, account: hidden, mode: hidden},
	"send-sms":               {prepare: makeText, account: own, mode: own},
	"list-messages":          {prepare: makeText, account: empty, mode: empty},
	"get-message":            {prepare: makeText, account: hidden, mode: hidden},
	"cancel-message":         {prepare: scheduledText, account: hidden, mode: hidden},
	"get-balance":            {account: own, mode: own},
	"list-entries":           {prepare: makeText, account: own, mode: own, live: true},
	"list-prices":            {account: same, mode: same},
	"get-usage":              {prepare: makeText, account: own, mode: own},
	"get-conversion":         {prepare: makeOTP, account: own, mode: own},
	"lookup":                 {account: same, mode: same},
	"explain-number":         {prepare: makeOTP, account: own, mode: own},
	"get-instance":           {account: same, mode: liveOnly},
	"list-accounts":          {account: own, mode: liveOnly},
	"create-account":         {account: own, mode: liveOnly},
	"add-credits":            {prepare: nameAccount, account: own, mode: liveOnly},
	"list-carriers":          {account: same, mode: own},
	"pause-carrier":          {prepare: nameCarrier, account: same, mode: liveOnly},
	"resume-carrier":         {prepare: nameCarrier, account: same, mode: liveOnly},
	"test-carrier":           {prepare: nameCarrier, account: own, mode: hidden},
	"explain-route":          {account: same, mode: own},
	"get-account":            {prepare: capped, account: own, mode: own},
	"update-account":         {account: own, mode: own},
	"list-inbound":           {prepare: makeInbound, account: empty, mode: empty},
	"list-opt-outs":          {prepare: makeOptOut, account: empty, mode: empty},
	"put-opt-out":            {account: own, mode: own},
	"delete-opt-out":         {prepare: makeOptOut, account: hidden, mode: hidden},
	"list-event-types":       {account: same, mode: same},
	"create-webhook":         {prepare: makeHook, account: own, mode: own},
	"list-webhooks":          {prepare: makeHook, account: empty, mode: empty},
	"get-webhook":            {prepare: makeHook, account: hidden, mode: hidden},
	"update-webhook":         {prepare: makeHook, account: hidden, mode: hidden},
	"delete-webhook":         {prepare: makeHook, account: hidden, mode: hidden},
	"test-webhook":           {prepare: makeHook, account: hidden, mode: hidden},
	"rotate-webhook-secret":  {prepare: makeHook, account: hidden, mode: hidden},
	"rotate-callback-secret": {account: own, mode: own},
	"list-deliveries":        {prepare: makeDelivery, account: hidden, mode: hidden},
	"redeliver":              {prepare: makeDelivery, account: hidden, mode: hidden},
	"recover-webhook":        {prepare: makeHook, account: hidden, mode: hidden},
	"list-events":            {prepare: makeDelivery, account: empty, mode: empty},
	"sandbox-messages":       {prepare: makeOTP, account: empty, mode: testOnly},
	"clear-sandbox":          {prepare: makeOTP, account: own, mode: testOnly},
	"force-outcome":          {prepare: silentText, account: hidden, mode: testOnly},
	"sandbox-clock":          {account: own, mode: testOnly},
	"list-requests":          {prepare: makeRequest, account: empty, mode: empty},
	"list-audit":             {prepare: makeKey, account: own, mode: own},
	"list-keys":              {prepare: makeKey, account: own, mode: own},
	"create-key":             {prepare: makeKey, account: own, mode: own},
	"rotate-key":             {prepare: makeKey, account: hidden, mode: hidden},
	"revoke-key":             {prepare: makeKey, account: hidden, mode: hidden},
	"create-template":        {prepare: makeTemplate, account: own, mode: own},
	"list-templates":         {prepare: makeTemplate, account: empty, mode: empty},
	"get-template":           {prepare: makeTemplate, account: hidden, mode: hidden},
	"update-template":        {prepare: makeTemplate, account: hidden, mode: hidden},
	"delete-template":        {prepare: makeTemplate, account: hidden, mode: hidden},
	"preview-template":       {prepare: makeTemplate, account: hidden, mode: hidden},
	"preview-draft":          {account: same, mode: same},
}

// call is a request under construction.
type call struct {
	path      map[string]string
	body      any
	ownerData []string // strings that other callers must not see
}

// name puts an id where the operation has one: into its path, or its body.
func (r *call) name(field, id string) {
	if _, ok := r.path[field]; ok {
		r.path[field] = id
	}
	if body, ok := r.body.(map[string]any); ok && body[field] != nil {
		body[field] = id
	}
}

// ready makes a request of the operation's example, and what it needs.
func (o operation) ready(t *testing.T, a *api, key string) *call {
	t.Helper()
	r := &call{path: map[string]string{}, body: clone(t, o.request)}
	for _, p := range o.parameters {
		if p.In != "path" {
			continue
		}
		if len(p.Schema.Examples) == 0 {
			t.Fatalf("%s: the parameter %s has no example; give it one in its struct tag", o.id, p.Name)
		}
		r.path[p.Name] = p.Schema.Examples[0].(string)
	}
	if o.prepare != nil {
		o.prepare(t, a, key, r)
	}

	return r
}

// withUnknownIDs is the request for ids that do not exist.
func (r *call) withUnknownIDs(t *testing.T) *call {
	t.Helper()
	out := &call{path: maps.Clone(r.path), body: clone(t, r.body)}
	for field, id := range r.path {
		out.path[field] = unknownID(id)
	}
	if body, ok := out.body.(map[string]any); ok && len(r.path) == 0 && len(r.ownerData) > 0 {
		for field, v := range body {
			if v == r.ownerData[0] {
				body[field] = unknownID(r.ownerData[0])
			}
		}
	}

	return out
}

// unknownID is an unknown id of the same kind, or another number.
func unknownID(id string) string {
	if kind, _, ok := strings.Cut(id, "_"); ok {
		return kind + "_01HWXYZABC123DEF4569999999"
	}
	return testworld.Number(999_999)
}

// usual is the mode of the key with which the operation's example is answered.
func (o operation) usual() id.Mode {
	if o.live || o.mode == liveOnly {
		return id.Live
	}
	return id.Test
}

// withRequired adds the examples of the parameters of the query that the operation cannot do without.
func (o operation) withRequired(query string) string {
	for _, p := range o.parameters {
		if p.In != "query" || !p.Required || strings.Contains(query, p.Name+"=") {
			continue
		}
		sign := map[bool]string{true: "?", false: "&"}[query == ""]
		query += sign + p.Name + "=" + url.QueryEscape(p.Schema.Examples[0].(string))
	}
	return query
}

func (o operation) do(t *testing.T, a *api, key string, r *call, query string, headers ...string) answer {
	t.Helper()
	query = o.withRequired(query)
	path := o.path
	for name, value := range r.path {
		path = strings.Replace(path, "{"+name+"}", strings.ReplaceAll(value, "+", "%2B"), 1)
	}

	body := ""
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			t.Fatal(err)
		}
		body = string(b)
	}

	return a.call(t, key, strings.ToUpper(o.method), path+query, body, headers...)
}

func clone(t *testing.T, v any) (out any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}

	return out
}

// described is an operation as the document has it.
type described struct {
	OperationID string
	Security    []map[string][]string
	Parameters  []parameter
	RequestBody struct {
		Content map[string]struct{ Example any }
	}
	Responses map[string]struct {
		Content map[string]struct{ Example any }
	}
}

// contract reads the operations of the served document, and compares them with the table of this file.
func contract(t *testing.T) (out []operation, document map[string]any) {
	t.Helper()
	document = newAPI(t, testworld.Options{}).call(t, "", "GET", "/openapi.json", "", "Authorization", "").ok().json
	var doc struct {
		Paths map[string]map[string]described
	}

	b, err := json.Marshal(document)
	if err == nil {
		err = json.Unmarshal(b, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}

	seen := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, d := range methods {
			o := operation{
				id: d.OperationID, method: method, path: path, parameters: d.Parameters,
				answers: map[string]any{}, answerSchemas: map[string]string{},
			}
			row, ok := operations[o.id]
			if !ok || row.account == undecided || row.mode == undecided {
				t.Errorf("%s %s: add a row for %q to the table operations (operations_test.go): what its example "+
					"needs, and what another account and the other mode may see", method, path, o.id)
				continue
			}

			o.operationTest, seen[o.id] = row, true
			if len(d.Security) != 1 || len(d.Security[0]["key"]) != 1 {
				t.Fatalf("%s names no scope: %v", o.id, d.Security)
			}

			o.scope = d.Security[0]["key"][0]
			at := "#/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(path) + "/" + method
			if c, ok := d.RequestBody.Content["application/json"]; ok {
				o.request, o.requestSchema = c.Example, at+"/requestBody/content/application~1json/schema"
				if o.request == nil {
					t.Errorf("%s has no example of its request", o.id)
				}
			}

			for status, r := range d.Responses {
				c, ok := r.Content["application/json"]
				if !ok {
					continue
				}

				o.answerSchemas[status] = at + "/responses/" + status + "/content/application~1json/schema"
				if strings.HasPrefix(status, "2") {
					o.answers[status] = c.Example
					if c.Example == nil {
						t.Errorf("%s has no example of its answer %s", o.id, status)
					}
				}
			}
			if len(o.answers) == 0 {
				t.Errorf("%s documents no good answer", o.id)
			}
			out = append(out, o)
		}
	}

	for id := range operations {
		if !seen[id] {
			t.Errorf("the table operations has a row for %q, which the document does not have; remove it", id)
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.id, b.id) })

	return out, document
}

// documented reports whether the document has an example of the answer.
func (o operation) documented(w answer) bool {
	_, ok := o.answers[strconv.Itoa(w.Code)]
	return ok
}
