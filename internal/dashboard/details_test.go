package dashboard_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// asked stores the line of a request with a key, and gives the request's id.
func (w *world) asked(t testing.TB, mode id.Mode, key string) id.Request {
	t.Helper()
	now := w.Clock.Now()
	r := id.NewRequest(now)
	w.insert(t, store.RequestBatch{
		Account: w.Account, Mode: mode, ID: id.NewRequest(now), From: now, To: now, Requests: []store.Request{{
			ID: r, At: now, Method: "POST", Path: "/v2/sms/send", Operation: "send-sms", Status: 202,
			Key: strings.TrimPrefix(key, "key_"), Address: "203.0.113.77", Agent: nasty[0],
		}},
	})

	return r
}

// sendText sends a text by a request with a key.
func (w *world) sendText(t testing.TB, mode id.Mode, by id.Request, text string) id.Message {
	t.Helper()
	caller := w.Live
	if mode == id.Test {
		caller = w.Test
	}
	caller.Request = by
	sent, _, err := w.Engine.SendSMS(t.Context(), caller, engine.SMSRequest{To: "+32470123456", Body: text}, nil)
	if err != nil {
		t.Fatal(err)
	}

	return sent.ID
}

// TestDetails_Request: one message and one verification say which request made them, and lead to it and its key, as
// far as the role may see these.
func TestDetails_Request(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	key, _ := owner.createKey(t, id.Test, "Checkout", "send")
	request := w.asked(t, id.Test, key)
	caller := w.Test
	caller.Request = request
	o, _, err := w.SendOTP(t.Context(), caller, engine.OTPRequest{
		To: "+32470123456", Channels: []message.Channel{message.SMS}, Purpose: "login",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	lost := w.sendText(t, id.Test, id.NewRequest(w.Clock.Now().Add(-time.Hour)), "Hello")

	for name, path := range map[string]string{
		"a verification": "/verifications/" + o.OTP.ID.String(),
		"its message":    "/messages/" + o.Message.ID.String(),
		"a text":         "/messages/" + w.sendText(t, id.Test, request, "Hello").String(),
	} {
		t.Run(name, func(t *testing.T) {
			p := owner.get(t, w.at(id.Test, path))
			p.shows(t, 200, w.at(id.Test, "/requests/"+request.String()), ">Checkout<", "/keys/"+key, "203.0.113.77").
				escaped(t, nasty[0])
			support.get(t, w.at(id.Test, path)).shows(t, 200, request.String()).
				lacks(t, "/requests/"+request.String(), "Checkout", key, "203.0.113.77")
		})
	}
	owner.get(t, w.at(id.Test, "/verifications/"+o.OTP.ID.String())).
		shows(t, 200, "Purpose", ">login<", "/messages/"+o.Message.ID.String(), "Valid until", `"attempts_remaining": 5`,
			"Copy JSON")
	owner.get(t, w.at(id.Test, "/messages/"+lost.String())).shows(t, 200, "Request").lacks(t, "/requests/req_")
	owner.get(t, w.at(id.Test, "/messages/"+w.sendText(t, id.Test, id.Request{}, "By hand").String())).
		shows(t, 200, "By hand").lacks(t, ">Request<", "<dt>Language")
}

// TestDetails_Text: a text is shown to those who may see numbers; in live mode with the whole number, which is noted.
func TestDetails_Text(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	text := "Your table is ready " + nasty[0]
	test, live := w.sendText(t, id.Test, id.Request{}, text), w.sendText(t, id.Live, id.Request{}, text)

	path := w.at(id.Test, "/messages/"+test.String())
	owner.get(t, path).shows(t, 200, "Your table is ready", `"to": "+32470123456"`).escaped(t, nasty[0])
	support.get(t, path).shows(t, 200, "Your role does not see texts.").lacks(t, "Your table", "+32470123456")

	path = w.at(id.Live, "/messages/"+live.String())
	owner.get(t, path).shows(t, 200, "together with the whole number", "Show the whole number and the text",
		"No route names this number").
		lacks(t, "Your table", "+32470123456")
	support.get(t, path).shows(t, 200, "Your role does not see texts.").lacks(t, "Your table", "+32470123456")
	w.Clock.Add(time.Second)
	owner.post(t, path+"/reveal", url.Values{}).shows(t, 200, "Your table is ready", `"to": "+32470123456"`)
	support.post(t, path+"/reveal", url.Values{}).shows(t, 403).lacks(t, "Your table")
	if rows := w.audits(t); rows[0].Action != "number.revealed" || rows[0].Object != live.String() {
		t.Errorf("the audit log has %+v", rows[0])
	}

	o := w.sendCode(t, id.Live, "+32470999111")
	found, err := w.verbs.Query.GetOTP(t.Context(), w.Live, o)
	if err != nil {
		t.Fatal(err)
	}
	owner.get(t, w.at(id.Live, "/messages/"+found.Sent[0].ID.String())).shows(t, 200, "has the code in it")
}

// TestDetails_Events: what webhooks were told of a verification leads to its deliveries, for those who manage webhooks.
func TestDetails_Events(t *testing.T) {
	t.Parallel()
	for _, mode := range []id.Mode{id.Test, id.Live} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
			at := w.at(mode, "/webhooks/new")
			owner.post(t, at, url.Values{"url": {"https://example.com/hook"}, "once": {owner.once(t, at)}}).shows(t, 200)
			w.answering(200, "")
			first := w.sendCode(t, mode, "+32470123456")
			w.Receiver.Wait(t, 1)
			w.Clock.Add(time.Minute)
			other := w.sendCode(t, mode, "+32470123457")
			w.Hooks.Settle()

			path := w.at(mode, "/verifications/"+first.String())
			p := owner.get(t, path).
				shows(t, 200, "Events for webhooks", ">message.sent<", "https://example.com/hook", ">delivered<")
			ofOther := owner.get(t, w.at(mode, "/verifications/"+other.String())).shows(t, 200, "Events for webhooks")
			for _, event := range eventOf.FindAllString(ofOther.text, -1) {
				p.lacks(t, event)
			}
			support.get(t, path).shows(t, 200).lacks(t, "Events for webhooks", "https://example.com/hook")
		})
	}
}

var eventOf = regexp.MustCompile(`/deliveries/evt_\w{26}`)

// TestDetails_Delivery: numbers of live mode are masked in what a delivery sent, and other roles do not see it.
func TestDetails_Delivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	at := w.at(id.Live, "/webhooks/new")
	owner.post(t, at, url.Values{"url": {"https://example.com/hook"}, "once": {owner.once(t, at)}}).shows(t, 200)
	w.answering(200, "")
	o := w.sendCode(t, id.Live, "+32470123456")
	w.Receiver.Wait(t, 1)
	w.Hooks.Settle()

	p := owner.get(t, w.at(id.Live, "/verifications/"+o.String())).shows(t, 200, "/deliveries/evt_")
	delivery := hrefOf(t, p, "/deliveries/evt_")
	owner.get(t, delivery).shows(t, 200, `"event": "message.sent"`, o.String(), "are masked here").
		lacks(t, "+32470123456", "whsec_")
	for _, role := range []signin.Role{signin.Support, signin.Billing} {
		w.user(t, w.Account, role).get(t, delivery).shows(t, 403).lacks(t, o.String())
	}
	w.user(t, w.other, signin.Owner).get(t, delivery).shows(t, 404).lacks(t, o.String())
}

// TestKeys_Requests: one key shows how many of its requests the log has, and leads to them and to no others.
func TestKeys_Requests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	public, _ := owner.createKey(t, id.Test, "Shop", "send")
	other, _ := owner.createKey(t, id.Test, "Other", "send")
	path := w.at(id.Test, "/keys/")
	owner.get(t, path+public).shows(t, 200, "0 requests of the last 7 days").lacks(t, "0 of them failed.")

	first := w.asked(t, id.Test, public)
	w.Clock.Add(24 * time.Hour)
	next := w.signIn(t, owner)
	w.asked(t, id.Test, public)
	w.asked(t, id.Live, public)
	last := w.asked(t, id.Test, other)
	next.get(t, path+public).shows(t, 200, "2 requests of the last 7 days", "spark")
	requests := hrefOf(t, next.get(t, path+other).shows(t, 200, "1 request of the last 7 days"), "/requests?key")
	next.get(t, requests).shows(t, 200, last.String()).lacks(t, first.String())
	w.Clock.Add(7 * 24 * time.Hour)
	w.signIn(t, owner).get(t, path+public).shows(t, 200, "0 requests of the last 7 days")
}

// TestKeys_RequestsBounded: of a long log a part is counted, and the screen says so.
func TestKeys_RequestsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	public, _ := owner.createKey(t, id.Test, "Shop", "send")
	now := w.Clock.Now()
	var rows []store.Record
	for range 700 {
		r := store.Request{ID: id.NewRequest(now), At: now, Method: "GET", Path: "/v2/otp", Status: 404, Key: public[len("key_"):]}
		rows = append(rows, store.RequestBatch{
			Account: w.Account, Mode: id.Test, ID: id.NewRequest(now), From: now, To: now, Requests: []store.Request{r},
		})
	}
	w.insert(t, rows...)
	owner.get(t, w.at(id.Test, "/keys/"+public)).
		shows(t, 200, "requests are in the request log since", "too long to count more").lacks(t, "spark", "700 requests")
}

// hrefOf is the first address on a page that has a part.
func hrefOf(t testing.TB, p page, part string) string {
	t.Helper()
	at := strings.Index(p.text, part)
	if at < 0 {
		t.Fatalf("no link has %s: %s", part, short(p.text))
	}
	from := strings.LastIndex(p.text[:at], `"`) + 1

	return p.text[from : at+strings.Index(p.text[at:], `"`)]
}
