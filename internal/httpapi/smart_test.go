package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// curly is a text of two segments, and of one with smart encoding; plain is that one.
var (
	curly = "“It’s on its way…” – " + strings.Repeat("x", 60)
	plain = `"It's on its way..." - ` + strings.Repeat("x", 60)
)

const replacedInCurly = `[{"count":1,"from":"“","to":"\""},{"count":1,"from":"’","to":"'"},` +
	`{"count":1,"from":"…","to":"..."},{"count":1,"from":"”","to":"\""},{"count":1,"from":"–","to":"-"}]`

// smart switches smart encoding on in a key's mode.
func (a *api) smart(t *testing.T, key string) {
	t.Helper()
	if w := a.call(t, key, "PATCH", "/v2/account", `{"smart_encoding":true}`).ok(); w.json["smart_encoding"] != true {
		t.Fatalf("answered %s", w.text)
	}
	a.Clock.Add(2 * time.Second) // for as long a server may remember the settings of a key
}

// lastSent is the text of the newest submit.
func lastSent(t *testing.T, c *testworld.Carrier) string {
	t.Helper()
	all := c.Sent()
	if len(all) == 0 {
		t.Fatal("nothing was submitted")
	}
	return all[len(all)-1].Body.Reveal()
}

// TestSmartEncoding_Texts: the carrier gets the text with fewer segments, the answer and the message say what was replaced,
// and the account pays for the segments that are sent.
func TestSmartEncoding_Texts(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b, Credits: 1000})
		body := `{"to":"+32470123456","body":"` + curly + `"`
		w := a.call(t, a.live, "POST", "/v2/sms/send", body+`}`).ok()
		if w.json["segments"] != 2.0 || w.str("encoding") != "ucs2" || w.json["replaced"] != nil || lastSent(t, a.sms) != curly {
			t.Errorf("without it: %s", w.text)
		}

		a.smart(t, a.live)
		w = a.call(t, a.live, "POST", "/v2/sms/send", body+`}`).ok()
		if w.json["segments"] != 1.0 || w.str("encoding") != "gsm7" || w.json["credits"] != 8.0 ||
			asText(w.json["replaced"]) != replacedInCurly || lastSent(t, a.sms) != plain {
			t.Errorf("with it: %s", w.text)
		}
		m := a.call(t, a.live, "GET", "/v2/messages/"+w.str("message_id"), "").ok()
		if asText(m.json["replaced"]) != replacedInCurly || m.json["credits"] != 8.0 {
			t.Errorf("reads %s", m.text)
		}

		// A scheduled text keeps what its answer promised, although the setting is off when it is sent.
		w = a.call(t, a.live, "POST", "/v2/sms/send", body+`,"scheduled_at":"2026-04-26T09:00:00Z"}`).ok()
		if asText(w.json["replaced"]) != replacedInCurly || w.json["segments"] != 1.0 {
			t.Errorf("scheduled: %s", w.text)
		}
		a.call(t, a.live, "PATCH", "/v2/account", `{"smart_encoding":false}`).ok()
		before := len(a.sms.Sent())
		a.Clock.Add(24 * time.Hour)
		a.Sweep(t)
		if n := len(a.sms.Sent()); n != before+1 || lastSent(t, a.sms) != plain {
			t.Errorf("%d submits, the last of %q", n-before, lastSent(t, a.sms))
		}

		w = a.call(t, a.live, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"“short”"}`).ok()
		if w.json["replaced"] != nil || w.str("encoding") != "ucs2" {
			t.Errorf("nothing to save: %s", w.text)
		}
	})
}

// TestSmartEncoding_Modes: the setting of the sandbox changes nothing live, and the sandbox's phone shows what a real one
// would.
func TestSmartEncoding_Modes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	a.smart(t, a.test)
	body := `{"to":"+15005550006","body":"` + curly + `"}`
	if w := a.post(t, "/v2/sms/send", body).ok(); asText(w.json["replaced"]) != replacedInCurly {
		t.Errorf("in the sandbox: %s", w.text)
	}
	inbox := a.get(t, "/v2/sandbox/messages?to=%2B15005550006").ok().json["data"].([]any)
	if got := inbox[0].(map[string]any)["body"]; got != plain {
		t.Errorf("the phone shows %v", got)
	}

	w := a.call(t, a.live, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"`+curly+`"}`).ok()
	if w.json["replaced"] != nil || lastSent(t, a.sms) != curly {
		t.Errorf("live: %s", w.text)
	}
}

// TestSmartEncoding_Codes: the template's text is changed on SMS only; the code and the line of the site stay.
func TestSmartEncoding_Codes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	a.call(t, a.live, "PATCH", "/v2/account", `{"origin":"example.com"}`).ok()
	a.smart(t, a.live)
	text := "“{{code}}” is your Acme code… " + strings.Repeat("x", 60)
	made := a.call(t, a.live, "POST", "/v2/templates", `{"name":"Login","translations":{"en":"`+text+`"}}`).ok()
	a.wa.Script(testworld.Rejects(message.Unreachable))
	a.call(t, a.live, "POST", "/v2/otp/send",
		`{"to":"+32470123456","channels":["whatsapp","sms"],"template":"`+made.str("id")+`"}`).ok()

	code := a.sms.Sent()[0].Code.Reveal()
	end := " is your Acme code... " + strings.Repeat("x", 60) + "\n@example.com #" + code
	if got := lastSent(t, a.sms); got != `"`+code+`"`+end {
		t.Errorf("the SMS is %q", got)
	}
	if got := lastSent(t, a.wa); !strings.HasPrefix(got, "“"+code+"” is your Acme code… ") {
		t.Errorf("on WhatsApp %q", got)
	}

	shown := a.call(t, a.live, "POST", "/v2/templates/"+made.str("id")+"/preview", "").ok()
	channels := shown.json["channels"].(map[string]any)
	sms, telegram := channels["sms"].(map[string]any), channels["telegram"].(map[string]any)
	want := `[{"count":1,"from":"“","to":"\""},{"count":1,"from":"”","to":"\""},{"count":1,"from":"…","to":"..."}]`
	if shown.str("encoding") != "gsm7" || shown.json["segments"] != 1.0 || asText(shown.json["replaced"]) != want ||
		asText(sms["replaced"]) != want || !strings.HasPrefix(sms["text"].(string), `"123456" is`) ||
		!strings.HasPrefix(telegram["text"].(string), "“123456” is") || !strings.HasPrefix(shown.str("text"), "“123456” is") {
		t.Errorf("the preview is %s", shown.text)
	}
}

// TestSmartEncoding_Replies: the answer to HELP is a text like any other.
func TestSmartEncoding_Replies(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	a.smart(t, a.live)
	a.call(t, a.live, "PATCH", "/v2/account", `{"opt_out_replies":true,"help_text":"`+curly+`"}`).ok()
	a.liveText(t, ``)
	_, err := a.Inbound(t.Context(), carrier.Inbound{Carrier: "smsc", From: phoneA, Body: secret.NewString("HELP")})
	if err != nil {
		t.Fatal(err)
	}
	a.Sweep(t)
	if got := lastSent(t, a.sms); got != plain {
		t.Errorf("replied %q", got)
	}
}

// TestSmartEncoding_Repeats: a repeat with the same key gets the same answer, also about what was replaced.
func TestSmartEncoding_Repeats(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	a.smart(t, a.live)
	key := a.key(t, id.Live, account.ScopeSend)
	send := func() string {
		t.Helper()
		return a.call(t, key, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"`+curly+`"}`, "Idempotency-Key",
			"once").ok().text
	}
	if first, again := send(), send(); first != again || !strings.Contains(first, `"replaced":[`) {
		t.Errorf("first %s, then %s", first, again)
	}
}
