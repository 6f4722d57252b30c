package dashboard_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

var (
	webhookSecret = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]{40,}`)
	webhookID     = regexp.MustCompile(`/webhooks/(whe_[0-9A-Z]{26})"`)
)

// addEndpoint makes an endpoint as a user does, and gives the path of its screen and its secret.
func (b *browser) addEndpoint(t testing.TB, address string, events ...string) (path, secret string) {
	t.Helper()
	at := b.w.at(id.Test, "/webhooks/new")
	form := url.Values{"url": {address}, "description": {"<i>mine</i>"}, "once": {b.once(t, at)}}
	if len(events) > 0 {
		form["which"], form["events"] = []string{"some"}, events
	}
	p := b.post(t, at, form).shows(t, 200, "SYSSECURE_WEBHOOK_SECRET=", "/docs/webhooks", "not shown again")
	found := webhookID.FindStringSubmatch(p.text)
	secret = webhookSecret.FindString(p.text)
	if found == nil || secret == "" {
		t.Fatalf("the page has no id or secret: %s", short(p.text))
	}

	return b.w.at(id.Test, "/webhooks/"+found[1]), secret
}

// answering makes every server of a customer answer so.
func (w *world) answering(status int, body string) {
	w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
		return egress.Response{Status: status, Body: []byte(body)}
	})
}

func TestWebhooks_Create(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/webhooks")
	owner.get(t, list).shows(t, 200, "No webhook yet", "Add an endpoint")

	path, secret := owner.addEndpoint(t, "https://example.com/hook", "otp.verified", "otp.expired")
	p := owner.get(t, list).shows(t, 200, "https://example.com/hook", "otp.verified, otp.expired", ">enabled<", "none")
	p.lacks(t, "No webhook yet", secret)
	if !strings.Contains(p.raw, "&lt;i&gt;mine") {
		t.Error("the description is not escaped")
	}
	owner.get(t, path).shows(t, 200, "No delivery yet", "otp.expired", "X-SysSecure-Signature").lacks(t, secret,
		secret[10:])
	owner.get(t, strings.Replace(path, "/test/", "/live/", 1)).shows(t, 404)
	owner.get(t, w.at(id.Live, "/webhooks")).shows(t, 200, "No webhook yet")

	at := w.at(id.Test, "/webhooks/new") // a double click
	form := url.Values{"url": {"https://example.com/2"}, "once": {owner.once(t, at)}}
	first := webhookSecret.FindString(owner.post(t, at, form).shows(t, 200).text)
	if again := webhookSecret.FindString(owner.post(t, at, form).shows(t, 200).text); again != first || first == "" {
		t.Errorf("the form made %q and %q", first, again)
	}
	if n := strings.Count(owner.get(t, list).shows(t, 200, "every event").text, `<tr id="whe_`); n != 2 {
		t.Errorf("%d endpoints are listed", n)
	}
}

func TestWebhooks_BadForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path, _ := owner.addEndpoint(t, "https://example.com/hook")
	create := w.at(id.Test, "/webhooks/new")
	for name, c := range map[string]struct {
		path, shows string
		form        url.Values
	}{
		"no address":   {create, `href="#f-url"`, url.Values{}},
		"not https":    {create, `href="#f-url"`, url.Values{"url": {"http://example.com"}}},
		"this machine": {create, `href="#f-url"`, url.Values{"url": {"https://127.0.0.1/"}}},
		"too long": {
			create, `href="#f-url"`,
			url.Values{"url": {"https://example.com/" + strings.Repeat("x", 2048)}},
		},
		"a description": {
			create, `href="#f-description"`,
			url.Values{"url": {"https://example.com"}, "description": {strings.Repeat("ü", 201)}},
		},
		"no event": {create, `href="#f-events"`, url.Values{"url": {"https://example.com"}, "which": {"some"}}},
		"unknown event": {
			create, `href="#f-events"`,
			url.Values{"url": {"https://example.com"}, "which": {"some"}, "events": {"x"}},
		},
		"changed to ftp":  {path + "/change", `value="ftp://example.com"`, url.Values{"url": {"ftp://example.com"}}},
		"a week and more": {path + "/rotate", `href="#f-hours"`, url.Values{"overlap": {"hours"}, "hours": {"169"}}},
		"of callbacks": {
			w.at(id.Test, "/webhooks/callback/rotate"), `href="#f-overlap"`,
			url.Values{"overlap": {"604801"}},
		},
		"another address": {
			path + "/delete", `value="https://example.com"`,
			url.Values{"confirm": {"https://example.com"}},
		},
		"no test":      {path + "/test", `href="#f-event"`, url.Values{"event": {"nothing"}}},
		"no time":      {path + "/recover", `href="#f-since"`, url.Values{}},
		"a wrong time": {path + "/recover", `href="#f-until"`, url.Values{"since": {"2026-04-25"}, "until": {"x"}}},
		"an end before": {
			path + "/recover", `href="#f-since"`,
			url.Values{"since": {"2026-04-25"}, "until": {"2026-04-24"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasSuffix(c.path, "/rotate") || c.path == create {
				c.form.Set("once", owner.once(t, c.path))
			}
			owner.post(t, c.path, c.form).shows(t, 400, c.shows, "Please check the form")
		})
	}
	owner.get(t, path+"?status=lost").shows(t, 400)
	owner.get(t, path+"?before=x").shows(t, 400)
	owner.get(t, path+"/deliveries/evt_none").shows(t, 404)
	owner.post(t, path+"/deliveries/evt_none/redeliver", url.Values{}).shows(t, 404)
}

// TestWebhooks_Deliveries: a refusal of the endpoint is on the screen with its answer, and can be sent again.
func TestWebhooks_Deliveries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path, _ := owner.addEndpoint(t, "https://example.com/hook", "message.sent")
	w.answering(500, "<script>alert(1)</script>")
	w.sendCode(t, id.Test, "+32470123456")
	w.Receiver.Wait(t, 1)
	w.Hooks.Settle()

	p := owner.get(t, path).shows(t, 200, "message.sent", ">waiting<", "HTTP 500", "the first one failed")
	one := regexp.MustCompile(`/deliveries/(evt_\w{26})"`).FindStringSubmatch(p.text)
	if one == nil {
		t.Fatal(short(p.text))
	}
	owner.get(t, path+"?status=delivered").shows(t, 200, "Nothing matches").lacks(t, one[1])
	owner.get(t, path+"?status=waiting", "X-Fragment", "rows").shows(t, 200, one[1]).lacks(t, "<html")
	owner.get(t, path+"/deliveries.csv").shows(t, 200, one[1], "HTTP 500")
	owner.get(t, w.at(id.Test, "/webhooks")).shows(t, 200, ">failing<", "0 delivered, 1 waiting")

	delivery := path + "/deliveries/" + one[1]
	p = owner.get(t, delivery).shows(t, 200, "Attempt 1", "HTTP 500", "Next attempt", "alert(1)",
		w.at(id.Test, "/events/"+one[1]), "POST https://example.com/hook", `"to": "+32470123456"`, "/messages/msg_",
		"X-SysSecure-Attempt: 1", `,v1=hex(HMAC-SHA256(secret, "`, "webhook-id: "+one[1]).lacks(t, "whsec_")
	if strings.Contains(p.raw, "<script>alert") {
		t.Error("the answer is not escaped")
	}

	w.answering(200, "")
	form := url.Values{"once": {owner.once(t, delivery)}}
	for range 2 { // the second changes nothing
		owner.post(t, delivery+"/redeliver", form).shows(t, 303)
		w.Hooks.Settle()
	}
	if n := len(w.Receiver.Wait(t, 2)); n != 2 {
		t.Errorf("the event was posted %d times", n)
	}
	owner.get(t, delivery).shows(t, 200, ">delivered<", "Attempt 2", "HTTP 200")
	owner.get(t, path).shows(t, 200, ">enabled<").lacks(t, "the first one failed")
}

func TestWebhooks_TestEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path, _ := owner.addEndpoint(t, "https://example.com/hook")
	for name, c := range map[string]struct {
		answer egress.Response
		shows  string
	}{
		"accepted": {egress.Response{Status: 204}, "The endpoint accepted"},
		"refused":  {egress.Response{Status: 403, Body: []byte("<b>no</b>")}, "The endpoint did not accept"},
		"no host":  {egress.Response{Error: "dns_failed"}, "The name of the host was not found"},
	} {
		t.Run(name, func(t *testing.T) {
			w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response { return c.answer })
			p := owner.post(t, path+"/test", url.Values{"event": {"otp.verified"}}).shows(t, 200, c.shows,
				"otp.verified")
			if strings.Contains(p.raw, "<b>no") {
				t.Error("the answer is not escaped")
			}
		})
	}
	if got := w.Receiver.Got(webhook.OTPVerified); len(got) != 3 {
		t.Errorf("%d test events were posted", len(got))
	}
}

// TestWebhooks_SwitchRecoverDelete goes through what an owner does after an outage.
func TestWebhooks_SwitchRecoverDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path, _ := owner.addEndpoint(t, "https://example.com/hook", "message.sent")
	owner.post(t, path+"/disable", url.Values{}).shows(t, 303)
	owner.get(t, path).shows(t, 200, ">disabled<", "switched off", path+"/enable").lacks(t, path+"/disable")
	w.sendCode(t, id.Test, "+32470123456")
	owner.post(t, path+"/enable", url.Values{}).shows(t, 303)
	if n := len(w.Receiver.Got()); n != 0 {
		t.Fatalf("%d events were posted while it was disabled", n)
	}

	since := w.Clock.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04")
	for want, says := range []string{"1 event is sent again", "0 events are sent again"} {
		owner.post(t, path+"/recover", url.Values{"since": {since}}).shows(t, 303)
		w.Hooks.Settle()
		owner.get(t, path).shows(t, 200, says, ">delivered<")
		if n := len(w.Receiver.Wait(t, 1)); n != 1 {
			t.Errorf("%d: the event was posted %d times", want, n)
		}
	}

	owner.post(t, path+"/change", url.Values{"url": {"https://example.org/new"}, "which": {"all"}}).shows(t, 303)
	owner.get(t, path).shows(t, 200, "https://example.org/new", "Every event")
	owner.post(t, path+"/delete", url.Values{"confirm": {"https://example.org/new"}}).shows(t, 303)
	owner.get(t, w.at(id.Test, "/webhooks")).shows(t, 200, "The endpoint was deleted", "No webhook yet")
	owner.post(t, path+"/delete", url.Values{"confirm": {"https://example.org/new"}}).shows(t, 404)
}

// TestWebhooks_Rotate: both secrets sign during the overlap, of an endpoint and of callback URLs.
func TestWebhooks_Rotate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path, old := owner.addEndpoint(t, "https://example.com/hook")
	for _, at := range []string{path + "/rotate", w.at(id.Test, "/webhooks/callback/rotate")} {
		p := owner.post(t, at, url.Values{"overlap": {"3600"}, "once": {owner.once(t, at)}})
		p.shows(t, 200, "The new signing secret", "with the old secret, too")
		if fresh := webhookSecret.FindString(p.text); fresh == "" || fresh == old {
			t.Errorf("%s: rotated to %q", at, fresh)
		}
	}
	owner.get(t, path).shows(t, 200, "An old secret ends")

	owner.post(t, path+"/test", url.Values{"event": {"otp.verified"}}).shows(t, 200)
	got := w.Receiver.Wait(t, 1)
	if n := strings.Count(got[0].Header[webhook.HeaderSignature], "v1="); n != 2 {
		t.Errorf("signed by %d secrets", n)
	}
}

// TestWebhooks_Pages: with and without a filter, each delivery is on one page.
func TestWebhooks_Pages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path, _ := owner.addEndpoint(t, "https://example.com/hook", "message.sent")
	for i := range 55 {
		w.sendCode(t, id.Test, testworld.Number(i))
		w.Clock.Add(time.Second)
	}
	w.Receiver.Wait(t, 55)
	w.Hooks.Settle()

	older := regexp.MustCompile(`href="([^"]*before=evt_[^"]*)"`)
	for _, query := range []string{"", "?status=delivered"} {
		p := owner.get(t, path+query).shows(t, 200, "Older")
		next := older.FindStringSubmatch(p.text)
		if n := strings.Count(p.text, `<tr id="evt_`); n != 50 || next == nil {
			t.Fatalf("%q: %d rows, next %v", query, n, next)
		}
		p = owner.get(t, next[1]).shows(t, 200, "Newest").lacks(t, "Older")
		if n := strings.Count(p.text, `<tr id="evt_`); n != 5 {
			t.Errorf("%q: %d rows are on the second page", query, n)
		}
		if size := len(p.raw); size > 100_000 {
			t.Errorf("the page has %d bytes", size)
		}
	}
	file := owner.get(t, path+"/deliveries.csv?status=delivered").shows(t, 200)
	if n := strings.Count(file.text, "evt_"); n != 55 {
		t.Errorf("the file has %d deliveries", n)
	}
}
