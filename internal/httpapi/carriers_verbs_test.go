package httpapi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestCarriers_Pause: a pause holds when it is answered.
func TestCarriers_Pause(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b, Credits: 1000})
		key := a.operatorKey(t, id.Live)
		paused := a.call(t, key, "POST", carriersPath+"/smsc/pause", "").ok()
		if paused.str("state") != "paused" || paused.str("paused_since") != "2026-04-25T15:27:00Z" {
			t.Errorf("answered %s", paused.text)
		}
		a.Clock.Add(time.Minute)
		if again := a.call(t, key, "POST", carriersPath+"/smsc/pause", "").ok(); again.text != paused.text {
			t.Errorf("paused twice: %s, at first %s", again.text, paused.text)
		}
		a.liveText(t, ``)
		a.settle(t)
		if n := len(a.sms.Sent()); n != 0 {
			t.Errorf("%d messages went over a carrier that is paused", n)
		}

		if w := a.call(t, key, "POST", carriersPath+"/smsc/resume", "").ok(); w.str("state") == "paused" ||
			w.str("paused_since") != "" {
			t.Errorf("answered %s", w.text)
		}
		a.settle(t)
		if n := len(a.sms.Sent()); n != 1 {
			t.Errorf("%d messages went over the carrier that was resumed", n)
		}
	})
}

func TestCarriers_VerbsRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{TestNumbers: map[phone.Number]secret.String{"+32470000000": secret.NewString("123456")}})
	live, test := a.operatorKey(t, id.Live), a.operatorKey(t, id.Test)
	for _, c := range []struct {
		name, key, path, body string
		status                int
		code, reason          string
	}{
		{"the sandbox is not paused", test, "/sandbox/pause", ``, 400, "invalid_params", "live_only"},
		{"a test key pauses nothing live", test, "/smsc/pause", ``, 400, "invalid_params", "live_only"},
		{"no such carrier to pause", live, "/smsc-9/pause", ``, 404, "not_found", ""},
		{"no such carrier to resume", live, "/sandbox/resume", ``, 404, "not_found", ""},
		{"no such carrier to test", live, "/smsc-9/test", `{}`, 404, "not_found", ""},
		{"a test key tests nothing live", test, "/smsc/test", `{}`, 404, "not_found", ""},
		{"no number", live, "/smsc/test", `{"to":"0470"}`, 422, "invalid_phone", "format"},
		{"a number of the sandbox", live, "/smsc/test", `{"to":"+15005550006"}`, 422, "invalid_phone", "sandbox_number"},
		{"a test number", live, "/smsc/test", `{"to":"+32470000000"}`, 422, "invalid_phone", "test_number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := a.call(t, c.key, "POST", carriersPath+c.path, c.body).refusal(c.status, c.code)
			if w.detail("reason") != c.reason {
				t.Errorf("answered %s", w.text)
			}
		})
	}
	if n := len(a.sms.Sent()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

// TestCarriers_Test: a message is sent only when a number is named, and a carrier is tested once in ten seconds.
func TestCarriers_Test(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	key := a.operatorKey(t, id.Live)
	test := func(body string) answer { return a.call(t, key, "POST", carriersPath+"/smsc/test", body) }
	w := test(`{}`).ok()
	if w.json["ok"] != true || w.str("carrier") != "smsc" || len(a.sms.Sent()) != 0 {
		t.Errorf("answered %s", w.text)
	}

	w = test(`{}`).refusal(429, "rate_limit_exceeded")
	if w.detail("reason") != "carrier_tests" || w.Header().Get("Retry-After") != "10" {
		t.Errorf("answered %s, Retry-After %s", w.text, w.Header().Get("Retry-After"))
	}

	a.sms.Script(func(ctx context.Context, _ carrier.Message) carrier.Result {
		// As from another session, before the answer to the submit.
		_, err := a.Sink().Receipt(ctx, carrier.Receipt{Carrier: "smsc", ID: "77", Status: carrier.Delivered})
		if err != nil {
			t.Error(err)
		}
		return carrier.Result{Outcome: carrier.Accepted, IDs: []string{"77"}}
	}, testworld.Rejects(message.InvalidDestination))
	a.Clock.Add(10 * time.Second)
	w = test(`{"to":"+32470123456"}`).ok()
	if w.json["ok"] != true || !strings.Contains(asText(w.json["checks"]), "it says that the message was delivered") {
		t.Errorf("answered %s", w.text)
	}

	a.Clock.Add(10 * time.Second)
	w = test(`{"to":"+32470123456"}`).ok()
	if w.json["ok"] != false || !strings.Contains(asText(w.json["checks"]), "rejects it as invalid_destination (E21)") {
		t.Errorf("answered %s", w.text)
	}
	if sent := a.sms.Sent(); len(sent) != 2 || !strings.Contains(sent[0].Body.Reveal(), "opens nothing") {
		t.Errorf("sent %+v", sent)
	}
}

// bound is a carrier with sessions, which must not be bound once more.
type bound struct {
	*testworld.Carrier
	sessions int
	tested   *int
}

func (b bound) Sessions() (int, int, string) { return b.sessions, 2, "the bind was rejected" }

func (b bound) Test(context.Context) []carrier.Check {
	*b.tested++
	return []carrier.Check{{Name: carrier.CheckCredentials, Found: "bound"}}
}

// TestCarriers_TestOfSessions: a carrier whose sessions are bound is not bound once more.
func TestCarriers_TestOfSessions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		sessions int
		checks   string
		tested   int
	}{
		{
			name: "all", sessions: 2,
			checks: `[{"name":"sessions","note":"2 of 2 sessions are bound","ok":true}]`,
		},
		{
			name: "one of two", sessions: 1,
			checks: `[{"name":"sessions","note":"1 of 2 sessions are bound: the bind was rejected","ok":false}]`,
		},
		{name: "none", sessions: 0, checks: `[{"name":"credentials","note":"bound","ok":true}]`, tested: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tested := 0
			k := bound{testworld.NewCarrier("smpp", message.SMS), c.sessions, &tested}
			a := newAPI(t, testworld.Options{Carriers: []carrier.Carrier{k}})
			w := a.call(t, a.operatorKey(t, id.Live), "POST", carriersPath+"/smpp/test", `{}`).ok()
			if asText(w.json["checks"]) != c.checks || tested != c.tested {
				t.Errorf("answered %s, tested %d times", w.text, tested)
			}
		})
	}
}

func TestRoute_Explained(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	live, test := a.operatorKey(t, id.Live), a.operatorKey(t, id.Test)
	explain := func(key, query string) answer { return a.call(t, key, "GET", "/v2/routes/explain?"+query, "") }
	a.call(t, live, "POST", carriersPath+"/smsc/pause", "").ok()

	w := explain(live, "to=%2B32470123456&channels=sms,whatsapp").ok()
	want := `[{"carrier":"smsc","channel":"sms","chosen":"no route, order","credits":8,"kind":"http","receipts":true,` +
		`"state":"paused","trouble":["has been paused since 2026-04-25T15:27:00Z"],"unit":"segment","wait_seconds":45},` +
		`{"carrier":"wa","channel":"whatsapp","chosen":"no route, order","credits":3,"kind":"http","receipts":true,` +
		`"state":"ok","unit":"message","wait_seconds":20}]`
	if asText(w.json["steps"]) != want || w.str("country") != "BE" || w.str("type") != "mobile" || w.json["credits"] != 8.0 {
		t.Errorf("answered %s, want the steps %s", w.text, want)
	}
	if w := explain(live, "to=+32470123456&channels=voice").ok(); !strings.Contains(w.str("problem"), "voice") ||
		asText(w.json["steps"]) != "[]" {
		t.Errorf("a channel without a carrier: %s", w.text)
	}
	if w := explain(test, "to=%2B32470123456").ok(); len(w.json["steps"].([]any)) != 4 || w.str("mode") != "test" {
		t.Errorf("in the sandbox: %s", w.text)
	}

	explain(live, "to=0470").refusal(422, "invalid_phone")
	explain(live, "channels=sms").refusal(400, "invalid_params")
	explain(live, "to=%2B32470123456&channels=fax").refusal(400, "invalid_params")
	explain(live, "to=%2B15005550006").refusal(422, "invalid_phone")
}
