package httpapi_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// operation is one of the contract, as its document has it, with what the tests have to know beside that.
type operation struct {
	known
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

// verdict is what somebody else gets who asks for what an operation is about.
type verdict int

const (
	unsaid   verdict = iota
	hidden           // 404, with the same body as for an id that never was
	empty            // a list without anything in it
	own              // an answer about the caller's own, without anything of the other
	same             // what the other gets: it is of the whole account, or nobody's
	testOnly         // 400: the sandbox is for keys that begin with sk_test_
)

// known is what no document says of an operation.
type known struct {
	// prepare makes with the key what the operation needs, and puts it into the request. nil: it needs nothing.
	prepare func(t *testing.T, a *api, key string, r *call)
	// account and mode say what another account's key gets, and the key of the same account's other mode.
	account, mode verdict
}

// operations is every operation of the contract. A new one takes a row: what its example needs to be accepted, and what
// others may see of it.
var operations = map[string]known{
	"send-otp":               {makeOTP, own, own},
	"verify-otp":             {pendingOTP, hidden, hidden},
	"list-otps":              {makeOTP, empty, empty},
	"get-otp":                {pendingOTP, hidden, hidden},
	"resend-otp":             {pendingOTP, hidden, hidden},
	"cancel-otp":             {pendingOTP, hidden, hidden},
	"send-sms":               {makeText, own, own},
	"list-messages":          {makeText, empty, empty},
	"get-message":            {makeText, hidden, hidden},
	"cancel-message":         {scheduledText, hidden, hidden},
	"get-balance":            {nil, own, own},
	"get-usage":              {makeText, own, own},
	"get-conversion":         {makeOTP, own, own},
	"lookup":                 {nil, same, same},
	"get-account":            {capped, own, own},
	"update-account":         {nil, own, own},
	"list-inbound":           {makeInbound, empty, empty},
	"list-opt-outs":          {makeOptOut, empty, empty},
	"put-opt-out":            {nil, own, own},
	"delete-opt-out":         {makeOptOut, hidden, hidden},
	"list-event-types":       {nil, same, same},
	"create-webhook":         {makeHook, own, own},
	"list-webhooks":          {makeHook, empty, empty},
	"get-webhook":            {makeHook, hidden, hidden},
	"update-webhook":         {makeHook, hidden, hidden},
	"delete-webhook":         {makeHook, hidden, hidden},
	"test-webhook":           {makeHook, hidden, hidden},
	"rotate-webhook-secret":  {makeHook, hidden, hidden},
	"rotate-callback-secret": {nil, own, own},
	"list-deliveries":        {makeDelivery, hidden, hidden},
	"redeliver":              {makeDelivery, hidden, hidden},
	"recover-webhook":        {makeHook, hidden, hidden},
	"list-events":            {makeDelivery, empty, empty},
	"sandbox-messages":       {makeOTP, empty, testOnly},
	"sandbox-clock":          {nil, own, testOnly},
	"create-template":        {makeTemplate, own, own},
	"list-templates":         {makeTemplate, empty, empty},
	"get-template":           {makeTemplate, hidden, hidden},
	"update-template":        {makeTemplate, hidden, hidden},
	"delete-template":        {makeTemplate, hidden, hidden},
	"preview-template":       {makeTemplate, hidden, hidden},
	"preview-draft":          {nil, same, same},
}

func makeOTP(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["whatsapp"]}`).ok()
	r.planted = append(r.planted, w.str("otp_id"))
}

// pendingOTP is one that the request is about, and whose code is right.
func pendingOTP(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	makeOTP(t, a, key, r)
	r.name("otp_id", r.planted[0])
	if body, ok := r.body.(map[string]any); ok && body["code"] != nil {
		body["code"] = "000000" // in the sandbox; with a live key it is a wrong one, which is an answer, too
	}
}

func makeText(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"Hello","from":"Acme"}`).ok()
	r.planted = append(r.planted, w.str("message_id"))
	r.name("message_id", w.str("message_id"))
}

func scheduledText(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"Hello","from":"Acme","scheduled_at":"2026-04-26T09:00:00Z"}`).ok()
	r.planted = append(r.planted, w.str("message_id"))
	r.name("message_id", w.str("message_id"))
}

func capped(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	a.call(t, key, "PATCH", "/v2/account", `{"spend_cap_countries":{"BE":20000,"*":500}}`).ok()
	r.planted = append(r.planted, `"BE":20000`)
}

// makeInbound makes a text from a phone.
func makeInbound(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	if strings.HasPrefix(key, "sk_test_") {
		a.call(t, key, "POST", "/v2/sms/send", `{"to":"+15005550021","body":"Hello","from":"Acme"}`).ok()
	} else {
		makeText(t, a, key, &call{})
		_, err := a.Inbound(t.Context(), carrier.Inbound{Carrier: "smsc", From: "+32470123456", To: "Acme", Body: secret.NewString("Is my parcel on its way?")})
		if err != nil {
			t.Fatal(err)
		}
	}
	w := a.call(t, key, "GET", "/v2/inbound", "").ok()
	r.planted = append(r.planted, w.json["data"].([]any)[0].(map[string]any)["inbound_id"].(string))
}

func makeOptOut(t *testing.T, a *api, key string, _ *call) {
	t.Helper()
	a.call(t, key, "PUT", "/v2/opt-outs/+32470123456", "").ok()
}

func makeTemplate(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/templates", `{"name":"Login","translations":{"en":"{{code}} is your Acme code","pt-BR":"{{code}} é o seu código Acme"}}`).ok()
	r.planted = append(r.planted, w.str("id"))
	r.name("template_id", w.str("id"))
}

func makeHook(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/webhooks", `{"url":"https://example.com/hook","events":["message.delivered"]}`).ok()
	r.planted = append(r.planted, w.str("id"))
	r.name("webhook_id", w.str("id"))
}

// makeDelivery makes an endpoint and an event that it got.
func makeDelivery(t *testing.T, a *api, key string, r *call) {
	t.Helper()
	w := a.call(t, key, "POST", "/v2/webhooks", `{"url":"https://example.com/hook","events":["message.sent"]}`).ok()
	whe := w.str("id")
	r.planted = append(r.planted, whe)
	r.name("webhook_id", whe)
	a.call(t, key, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["sms"]}`).ok()
	a.Receiver.Wait(t, 1)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		for _, d := range a.call(t, key, "GET", "/v2/webhooks/"+whe+"/deliveries", "").ok().json["data"].([]any) {
			if d := d.(map[string]any); d["status"] == "delivered" {
				r.name("event_id", d["id"].(string))
				r.planted = append(r.planted, d["id"].(string))
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was delivered")
		}
	}
}

// call is a request that is being made ready.
type call struct {
	path    map[string]string
	body    any
	planted []string // what nobody else may see
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

// ready is the operation's example as a request with the key.
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

// never is the request for an id that never was; it is nil when the request names none.
func (r *call) never(t *testing.T) *call {
	t.Helper()
	out := &call{path: maps.Clone(r.path), body: clone(t, r.body)}
	for field, id := range r.path {
		out.path[field] = neverWas(id)
	}
	if body, ok := out.body.(map[string]any); ok && len(r.path) == 0 && len(r.planted) > 0 {
		for field, v := range body {
			if v == r.planted[0] {
				body[field] = neverWas(r.planted[0])
			}
		}
	}

	return out
}

// neverWas is an id of the same kind, or another number.
func neverWas(id string) string {
	if kind, _, ok := strings.Cut(id, "_"); ok {
		return kind + "_01HWXYZABC123DEF4569999999"
	}
	return testworld.Number(999_999)
}

func (o operation) do(t *testing.T, a *api, key string, r *call, query string, headers ...string) answer {
	t.Helper()
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

// contract reads the operations of the served document, and holds the table of this file to it.
func contract(t *testing.T) (out []operation, document map[string]any) {
	t.Helper()
	document = newAPI(t, testworld.Options{}).call(t, "", "GET", "/openapi.json", "", "Authorization", "").ok().json
	var doc struct {
		Paths map[string]map[string]struct {
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
			o := operation{id: d.OperationID, method: method, path: path, parameters: d.Parameters, answers: map[string]any{}, answerSchemas: map[string]string{}}
			row, ok := operations[o.id]
			if !ok || row.account == unsaid || row.mode == unsaid {
				t.Errorf("%s %s: give %q a row in the table operations (operations_test.go): what its example needs to be accepted, and what another account and the other mode may see", method, path, o.id)
				continue
			}

			o.known, seen[o.id] = row, true
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
			t.Errorf("the table operations has a row for %q, which is in no document: take it out", id)
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.id, b.id) })

	return out, document
}

// good tells whether an answer is one that the document gives an example of.
func (o operation) good(w answer) bool {
	_, ok := o.answers[strconv.Itoa(w.Code)]
	return ok
}
