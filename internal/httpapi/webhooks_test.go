package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

const hookURL = `"url":"https://example.com/hook"`

// hook makes an endpoint and gives its id and secret.
func (a *api) hook(t testing.TB, body string) (string, string) {
	t.Helper()
	w := a.post(t, "/v2/webhooks", `{`+body+`}`).ok()
	return w.str("id"), w.str("secret")
}

func TestWebhooks_Endpoints(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	w := a.post(t, "/v2/webhooks", `{`+hookURL+`,"events":["otp.verified","message.sent"],"description":"mine"}`).ok()
	whe, secret := w.str("id"), w.str("secret")
	if _, err := id.ParseWebhook(whe); err != nil || !strings.HasPrefix(secret, "whsec_") ||
		w.json["enabled"] != true || w.str("description") != "mine" {
		t.Fatalf("created %s", w.text)
	}

	for _, w := range []answer{
		a.get(t, "/v2/webhooks/"+whe).ok(), a.get(t, "/v2/webhooks").ok(),
		a.call(t, a.test, "PATCH", "/v2/webhooks/"+whe, `{}`).ok(),
	} {
		if strings.Contains(w.text, "whsec_") {
			t.Errorf("the secret is shown again: %s", w.text)
		}
		if !strings.Contains(w.text, `"url":"https://example.com/hook"`) || !strings.Contains(w.text,
			`"events":["otp.verified","message.sent"]`) {
			t.Errorf("got %s", w.text)
		}
	}

	w = a.call(t, a.test, "PATCH", "/v2/webhooks/"+whe,
		`{"enabled":false,"events":["*"],"url":"https://example.org:8443/"}`).ok()
	if w.json["enabled"] != false || w.str("disabled_reason") != "by_caller" ||
		len(w.json["events"].([]any)) != len(webhook.Types) || w.str("url") != "https://example.org:8443/" {
		t.Errorf("changed to %s", w.text)
	}

	w = a.post(t, "/v2/webhooks/"+whe+"/rotate-secret", `{"overlap":60}`).ok()
	if s := w.str("secret"); s == secret || !strings.HasPrefix(s, "whsec_") {
		t.Errorf("rotated to %s", w.text)
	}

	a.post(t, "/v2/webhooks/"+whe+"/rotate-secret", ``).ok()
	if w = a.call(t, a.test, "DELETE", "/v2/webhooks/"+whe, "").ok(); w.json["deleted"] != true || w.str("id") != whe {
		t.Errorf("deleted: %s", w.text)
	}
	a.get(t, "/v2/webhooks/"+whe).refusal(404, "not_found")
	a.call(t, a.test, "DELETE", "/v2/webhooks/"+whe, "").refusal(404, "not_found")
}

func TestWebhooks_Pages(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	var made []string
	for range 5 {
		whe, _ := a.hook(t, hookURL)
		made = append([]string{whe}, made...)
		a.Clock.Add(time.Second)
	}

	var got []string
	for path := "/v2/webhooks?limit=2"; path != ""; {
		w := a.get(t, path).ok()
		for _, e := range w.json["data"].([]any) {
			got = append(got, e.(map[string]any)["id"].(string))
		}

		path = ""
		if next, ok := w.json["next_cursor"].(string); ok {
			path = "/v2/webhooks?limit=2&cursor=" + next
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(made) {
		t.Errorf("listed %v, made %v", got, made)
	}
	a.get(t, "/v2/webhooks?cursor=x").refusal(400, "invalid_params")
}

// TestWebhooks_BadInput: each error names the field.
func TestWebhooks_BadInput(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	whe, _ := a.hook(t, hookURL)
	one := "/v2/webhooks/" + whe
	for _, c := range []struct{ method, path, body, field string }{
		{method: "POST", path: "/v2/webhooks", body: `{}`, field: "url"},
		{method: "POST", path: "/v2/webhooks", body: `{"url":""}`, field: "url"},
		{method: "POST", path: "/v2/webhooks", body: `{"url":"http://example.com"}`, field: "url"},
		{method: "POST", path: "/v2/webhooks", body: `{"url":"https://127.0.0.1"}`, field: "url"},
		{method: "POST", path: "/v2/webhooks", body: `{"url":"https://u:p@example.com"}`, field: "url"},
		{
			method: "POST", path: "/v2/webhooks",
			body:  `{"url":"https://example.com/` + strings.Repeat("x", 2048) + `"}`,
			field: "url",
		},
		{method: "POST", path: "/v2/webhooks", body: `{` + hookURL + `,"events":["nothing"]}`, field: "events[0]"},
		{
			method: "POST", path: "/v2/webhooks", body: `{` + hookURL + `,"events":["otp.verified","otp.verified"]}`,
			field: "events",
		},
		{method: "POST", path: "/v2/webhooks", body: `{` + hookURL + `,"secret":"whsec_mine"}`, field: "secret"},
		{method: "POST", path: "/v2/webhooks", body: `{` + hookURL + `,"enabled":"yes"}`, field: "enabled"},
		{
			method: "POST", path: "/v2/webhooks",
			body: `{` + hookURL + `,"description":"` + strings.Repeat("x", 201) + `"}`, field: "description",
		},
		{method: "PATCH", path: one, body: `{"url":"ftp://example.com"}`, field: "url"},
		{method: "PATCH", path: one, body: `{"events":["nothing"]}`, field: "events[0]"},
		{method: "PATCH", path: one, body: `{"id":"x"}`, field: "id"},
		{method: "POST", path: one + "/test", body: `{"event":"nothing"}`, field: "event"},
		{method: "POST", path: one + "/rotate-secret", body: `{"overlap":-1}`, field: "overlap"},
		{method: "POST", path: one + "/rotate-secret", body: `{"overlap":604801}`, field: "overlap"},
		{method: "POST", path: "/v2/webhooks/callback/rotate-secret", body: `{"overlap":604801}`, field: "overlap"},
		{method: "POST", path: one + "/recover", body: `{}`, field: "since"},
		{method: "POST", path: one + "/recover", body: `{"since":"yesterday"}`, field: "since"},
		{method: "POST", path: one + "/recover", body: `{"since":"2026-04-25T00:00:00Z","until":"1"}`, field: "until"},
		{
			method: "POST", path: one + "/recover",
			body: `{"since":"2026-04-25T00:00:00Z","until":"2026-04-24T00:00:00Z"}`, field: "since",
		},
		{method: "GET", path: one + "/deliveries?cursor=x", field: "cursor"},
		{method: "GET", path: one + "/deliveries?limit=101", field: "limit"},
		{method: "GET", path: "/v2/events?cursor=evt_1", field: "cursor"},
		{method: "GET", path: "/v2/events?after=x", field: "after"},
		{method: "GET", path: "/v2/events?after=start&cursor=" + "evt_01HWXYZABC123DEF4560000000", field: "cursor"},
		{method: "GET", path: "/v2/events?type=x", field: "type"},
		{method: "GET", path: "/v2/events?after=start&type=otp.verified", field: "type"},
		{method: "GET", path: "/v2/webhooks/whe_01HWXYZABC123DEF4560000000/deliveries?status=x", field: "status"},
	} {
		w := a.call(t, a.test, c.method, c.path, c.body).refusal(400, "invalid_params")
		if w.detail("field") != c.field {
			t.Errorf("%s %s %s: names %q: %s", c.method, c.path, c.body, w.detail("field"), w.text)
		}
	}
}

// TestWebhooks_OtherAccountOrMode: another account, the other mode, a malformed id and an unknown one get the same 404;
// and reading needs the scope read, changing the scope admin.
func TestWebhooks_OtherAccountOrMode(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	whe, _ := a.hook(t, hookURL)
	other, err := a.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, text, err := a.Admin.CreateKey(t.Context(), other.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	const never, event = "whe_01HWXYZABC123DEF4560000000", "evt_01HWXYZABC123DEF4560000000"
	reader, writer := a.key(t, id.Test, "read"), a.key(t, id.Test, "send", "verify", "admin")
	for _, c := range []struct{ method, path, body, scope string }{
		{method: "GET", scope: "read"},
		{method: "PATCH", body: `{}`, scope: "admin"},
		{method: "DELETE", scope: "admin"},
		{method: "POST", path: "/test", scope: "admin"},
		{method: "POST", path: "/rotate-secret", scope: "admin"},
		{method: "GET", path: "/deliveries", scope: "read"},
		{method: "POST", path: "/deliveries/" + event + "/redeliver", scope: "admin"},
		{method: "POST", path: "/recover", body: `{"since":"2026-04-25T00:00:00Z"}`, scope: "admin"},
	} {
		texts := map[string]bool{}
		for _, who := range []struct{ key, whe string }{
			{key: text.Reveal(), whe: whe},
			{key: a.live, whe: whe},
			{key: a.test, whe: never},
			{key: a.test, whe: "whe_x"},
			{key: a.test, whe: "otp_01HWXYZABC123DEF4560000000"},
		} {
			w := a.call(t, who.key, c.method, "/v2/webhooks/"+who.whe+c.path, c.body).refusal(404, "not_found")
			texts[w.str("message")] = true
		}
		if len(texts) != 1 {
			t.Errorf("%s %s: %v", c.method, c.path, texts)
		}

		lacks := map[string]string{"read": writer, "admin": reader}[c.scope]
		w := a.call(t, lacks, c.method, "/v2/webhooks/"+whe+c.path, c.body).refusal(401, "unauthorized")
		if w.detail("reason") != "missing_scope" {
			t.Errorf("%s %s without %s: %s", c.method, c.path, c.scope, w.text)
		}
	}

	for path, method := range map[string]string{"/v2/webhooks": "POST", "/v2/webhooks/callback/rotate-secret": "POST"} {
		a.call(t, reader, method, path, `{`+hookURL+`}`).refusal(401, "unauthorized")
	}

	for _, path := range []string{"/v2/webhooks", "/v2/webhooks/event-types", "/v2/events"} {
		a.call(t, writer, "GET", path, "").refusal(401, "unauthorized")
		a.call(t, reader, "GET", path, "").ok()
	}
	if got := a.call(t, text.Reveal(), "GET", "/v2/webhooks", "").ok().json["data"].([]any); len(got) != 0 {
		t.Errorf("another account lists %v", got)
	}
	a.get(t, "/v2/webhooks/"+whe).ok()
}

// oneType lists events and deliveries with filters: those of the type message.sent, which were sent to an endpoint.
func (a *api) oneType(t *testing.T, endpoint string) {
	t.Helper()
	w := a.get(t, "/v2/events?type=message.sent&limit=100").ok()
	if rows := w.json["data"].([]any); len(rows) != 1 || rows[0].(map[string]any)["event"] != "message.sent" {
		t.Errorf("of one type: %s", w.text)
	}
	if w := a.get(t, "/v2/events?type=credits.low").ok(); len(w.json["data"].([]any)) != 0 || w.str("next_cursor") != "" {
		t.Errorf("of another type: %s", w.text)
	}
	cursor := a.get(t, "/v2/events?limit=1").ok().str("next_cursor")
	a.get(t, "/v2/events?type=message.sent&cursor="+cursor).refusal(400, "invalid_params") // of another filter

	if w := a.get(t, endpoint+"/deliveries?status=failed").ok(); len(w.json["data"].([]any)) != 0 {
		t.Errorf("failed deliveries: %s", w.text)
	}
	a.Hooks.Settle()
	if w := a.get(t, endpoint+"/deliveries?status=delivered").ok(); len(w.json["data"].([]any)) != 1 {
		t.Errorf("delivered: %s", w.text)
	}
}

// listedEvent is an event of the list.
type listedEvent struct {
	ID, Event string
	Payload   json.RawMessage
}

// TestWebhooks_EventsAndDeliveries walks a failed delivery to its recovery.
func TestWebhooks_EventsAndDeliveries(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	whe, _ := a.hook(t, hookURL+`,"events":["message.sent"]`)
	one := "/v2/webhooks/" + whe
	a.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
		return egress.Response{Status: 500, Body: []byte("later\n")}
	})

	begin := a.Clock.Now()
	a.send(t, "+15005550006", `"sms"`)
	a.Receiver.Wait(t, 1)
	var d map[string]any
	for deadline := time.Now().Add(time.Minute); d == nil ||
		d["attempts"] != float64(1); time.Sleep(time.Millisecond) {
		list := a.get(t, one+"/deliveries").ok().json["data"].([]any)
		if len(list) > 0 {
			d = list[0].(map[string]any)
		}
		if time.Now().After(deadline) {
			t.Fatalf("deliveries %v", list)
		}
	}

	try := d["tries"].([]any)[0].(map[string]any)
	if d["status"] != "waiting" || d["event"] != "message.sent" || try["status_code"] != float64(500) ||
		try["answer"] != "later\n" || d["next_attempt_at"] == nil {
		t.Errorf("the delivery is %v", d)
	}
	w := a.post(t, one+"/recover", `{"since":"`+begin.Format(time.RFC3339)+`"}`).ok()
	if w.json["queued"] != float64(0) {
		t.Errorf("what waits was recovered: %s", w.text)
	}

	a.Receiver.Answers(nil)
	if w := a.post(t, one+"/deliveries/"+d["id"].(string)+"/redeliver", "").ok(); w.str("status") != "waiting" ||
		w.str("id") != d["id"] {
		t.Errorf("redelivery: %s", w.text)
	}

	got := a.Receiver.Wait(t, 2)
	a.post(t, one+"/deliveries/evt_01HWXYZABC123DEF4560000000/redeliver", "").refusal(404, "not_found")
	// The list of events has exactly the body that was posted.
	w = a.get(t, "/v2/events?limit=100").ok()
	var list struct{ Data []listedEvent }
	if err := json.Unmarshal([]byte(w.text), &list); err != nil || len(list.Data) < 2 {
		t.Fatalf("%v: %s", err, w.text)
	}

	if !slices.ContainsFunc(list.Data, func(e listedEvent) bool {
		return e.ID == got[1].Header[webhook.HeaderEventID] && string(e.Payload) == got[1].Body
	}) {
		t.Errorf("%s is not in %s", got[1].Body, w.text)
	}

	a.oneType(t, one)
	newest := list.Data[0].ID
	first := a.get(t, "/v2/events?limit=1").ok()
	w = a.get(t, "/v2/events?cursor="+first.str("next_cursor")).ok()
	if len(w.json["data"].([]any)) != len(list.Data)-1 {
		t.Errorf("the next page: %s", w.text)
	}

	a.get(t, "/v2/events?cursor="+newest).refusal(400, "invalid_params") // an id is no cursor
	all := a.get(t, "/v2/events?after=start&limit=100").ok()
	if rows := all.json["data"].([]any); len(rows) != len(list.Data) ||
		rows[len(rows)-1].(map[string]any)["id"] != newest || all.str("next_cursor") != newest {
		t.Errorf("oldest first: %s", all.text)
	}
	if w := a.get(t, "/v2/events?after="+newest).ok(); len(w.json["data"].([]any)) != 0 ||
		w.str("next_cursor") != newest {
		t.Errorf("behind the newest: %s", w.text)
	}
}

func TestWebhooks_TestEvent(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	whe, _ := a.hook(t, hookURL)
	a.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
		return egress.Response{Error: egress.NotAllowed}
	})

	w := a.post(t, "/v2/webhooks/"+whe+"/test", `{"event":"otp.verified"}`, "Idempotency-Key", "k").ok()
	try := w.json["try"].(map[string]any)
	if w.json["delivered"] != false || try["error"] != "destination_not_allowed" || try["status_code"] != nil {
		t.Errorf("got %s", w.text)
	}

	a.Receiver.Answers(nil)
	again := a.post(t, "/v2/webhooks/"+whe+"/test", `{"event":"otp.verified"}`, "Idempotency-Key", "k").ok()
	if again.text != w.text || len(a.Receiver.Got()) != 1 {
		t.Errorf("a repeat: %s after %d posts", again.text, len(a.Receiver.Got()))
	}
	if w := a.post(t, "/v2/webhooks/"+whe+"/test", ``).ok(); w.json["delivered"] != true {
		t.Errorf("got %s", w.text)
	}
}

func TestWebhooks_Repeats(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	whe, _ := a.hook(t, hookURL)
	one := "/v2/webhooks/" + whe
	for i, c := range []struct{ path, body, other string }{
		{path: "/v2/webhooks", body: `{` + hookURL + `}`, other: `{"url":"https://example.org"}`},
		{path: one + "/rotate-secret", other: `{"overlap":1}`},
		{path: "/v2/webhooks/callback/rotate-secret", body: `{"overlap":60}`},
		{path: one + "/recover", body: `{"since":"2026-04-25T00:00:00Z"}`, other: `{"since":"2026-04-25T00:00:01Z"}`},
	} {
		key := []string{"Idempotency-Key", fmt.Sprint("k", i)}
		first := a.post(t, c.path, c.body, key...).ok()
		a.Clock.Add(time.Second)
		if again := a.post(t, c.path, c.body, key...).ok(); again.text != first.text {
			t.Errorf("%s: first %s, again %s", c.path, first.text, again.text)
		}
		w := a.post(t, c.path, c.other, key...).refusal(400, "invalid_params")
		if w.detail("reason") != "idempotency_key_reused" {
			t.Errorf("%s: %s", c.path, w.text)
		}
	}
	if got := a.get(t, "/v2/webhooks").ok().json["data"].([]any); len(got) != 2 {
		t.Errorf("%d endpoints were made", len(got))
	}
	if w := a.post(t, "/v2/webhooks/callback/rotate-secret", ``).ok(); !strings.HasPrefix(w.str("secret"), "whsec_") {
		t.Errorf("got %s", w.text)
	}
}

func TestWebhooks_EventTypes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	w := a.get(t, "/v2/webhooks/event-types").ok()
	list := w.json["data"].([]any)
	if len(list) != len(webhook.Types) {
		t.Fatalf("%d types: %s", len(list), w.text)
	}

	for i, e := range list {
		k := e.(map[string]any)
		if k["event"] != string(webhook.Types[i]) || k["example"].(map[string]any)["event"] != k["event"] ||
			k["schema"].(map[string]any)["type"] != "object" {
			t.Errorf("got %v", k)
		}
	}
	w = a.call(t, a.test, http.MethodPost, "/v2/webhooks/event-types", `{}`)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}
