package httpapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/testworld"
)

// faults is details.errors, as "field: message" lines.
func (w answer) faults() (list []string) {
	details, _ := w.json["details"].(map[string]any)
	errors, _ := details["errors"].([]any)
	for _, e := range errors {
		e := e.(map[string]any)
		list = append(list, fmt.Sprintf("%v: %v", e["field"], e["message"]))
	}
	return list
}

// wantFaults compares details.errors with the beginnings of its entries, in order.
func (w answer) wantFaults(request string, want []string) {
	w.t.Helper()
	got := w.faults()
	if len(got) != len(want) {
		w.t.Errorf("%s: reported\n%s", request, strings.Join(got, "\n"))
		return
	}

	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			w.t.Errorf("%s: reported %q, want %q", request, got[i], want[i])
		}
	}
}

// manyFaults are requests with several faults, and the beginning of each reported fault.
var manyFaults = map[string]struct {
	path, body string
	headers    []string
	want       []string // the beginning of each
}{
	"types": {
		path: "/v2/otp/send",
		body: `{"to":32470123456,"channels":"sms","expires_in":"600","length":"six","force_new":"true",` +
			`"metadata":[],"locale":5}`, want: []string{
			`channels: channels must be a list of 1 to 4 elements, each one of whatsapp, sms, telegram, voice; ` +
				`write "channels": ["sms"]`,
			`expires_in: expires_in must be whole seconds from 1 to 3600; write "expires_in": 600`,
			`force_new: force_new must be true or false, without quotes; write "force_new": true`,
			`length: length must be a whole number from 4 to 10; write "length": 6`,
			`locale: locale must be a string; write "locale": "en"`,
			`metadata: metadata must be a JSON object`,
			`to: to must be a string: a phone number in E.164 format; write "to": "+32470123456"`,
		},
	},
	"missing and unknown": {
		path: "/v2/otp/send", body: `{"too":"x","Channels":["sms"],"expiresIn":5,"zzz":1}`,
		want: []string{
			`channels: channels is required but missing; write "channels": ["sms"]`,
			`to: to is required but missing; write "to": "+32470123456"`,
			`Channels: Channels is not a field of this request; did you mean channels?`,
			`expiresIn: expiresIn is not a field of this request; did you mean expires_in?`,
			`too: too is not a field of this request; remove it or check its spelling`,
			`zzz: zzz is not a field of this request; remove it or check its spelling`,
		},
	},
	"ranges, nested": {
		path: "/v2/otp/send",
		body: `{"to":"+32470123456","channels":["sms","fax"],"expires_in":4000,"fallback":{"after":4.5,"before":1}}`,
		want: []string{
			`channels[1]: channels[1] must be one of whatsapp, sms, telegram, voice; write "channels": ["whatsapp"]`,
			`expires_in: expires_in must be whole seconds from 1 to 3600; write "expires_in": 300`,
			`fallback.after: fallback.after must be whole seconds from 5 to 300; write "fallback": {"after":30}`,
			`fallback.before: fallback.before is not a field of this request`,
		},
	},
	"what no schema says": {
		path: "/v2/otp/send",
		body: `{"to":"0470","channels":["sms","sms"],"length":3,"client_ip":"localhost","purpose":" ","metadata":{` +
			`"a":[[[[[1]]]]]}}`, want: []string{
			`length: length must be a whole number from 4 to 10`,
			`purpose: purpose must have at most 64`,
			`client_ip: client_ip must be one IPv4 or IPv6 address`,
			`metadata: metadata is nested deeper than 5`,
			`channels: channels names sms twice`,
			`to: to: `,
		},
	},
	"a text": {
		path: "/v2/sms/send",
		body: `{"to":"nobody","body":"","from":"#","callback_url":"http://example.com/",` +
			`"scheduled_at":"2026-04-26T09:00:00","metadata":{"a":[[[[[1]]]]]}}`, want: []string{
			`body: body must be a string of 1 to 1600 characters; write "body": "Your parcel is on its way."`,
			`from: from `,
			`callback_url: callback_url must begin with https://`,
			`scheduled_at: scheduled_at must have an offset from UTC`,
			`metadata: metadata is nested`,
			`to: to: `,
		},
	},
	"head and query with the body": {
		path: "/v2/otp/send?a=1&a=2&b=", body: `{}`,
		headers: []string{"Idempotency-Key", " "}, want: []string{
			`a: a appears twice; send it once`,
			`b: b is empty`,
			`Idempotency-Key: Idempotency-Key is blank`,
		},
	},
	"head and body": {
		path: "/v2/otp/send", body: `{"length":1}`, headers: []string{"Idempotency-Key", " "},
		want: []string{
			`Idempotency-Key: Idempotency-Key is blank`,
			`channels: channels is required`,
			`length: length must be`,
			`to: to is required`,
		},
	},
	"a code as a number": {path: "/v2/otp/verify", body: `{"otp_id":5,"code":847292}`, want: []string{
		`code: code must be a string of 1 to 64 characters; write "code": "847291"`,
		`otp_id: otp_id must be a string; write "otp_id": "otp_`,
	}},
	"a template": {
		path: "/v2/templates",
		body: `{"name":5,"translations":{"en":1},"channels":{"whatsapp":{"name":"A B","language":"x"}}}`,
		want: []string{
			`channels.whatsapp.language: channels.whatsapp.language must be a string: WhatsApp's code of a language`,
			`channels.whatsapp.name: channels.whatsapp.name must be a string: lower-case letters, digits and _; ` +
				`write "channels": {"whatsapp":{"name":"login_code"}}`,
			`name: name must be a string of 1 to 100 characters; write "name": "Login"`,
			`translations.en: translations.en must be a string of at most 1600 characters; write "translations": ` +
				`{"en":"{{code}} is your Acme code"`,
		},
	},
	"a send, by its rules": {
		path: "/v2/otp/send",
		body: `{"to":"+32100","channels":["telegram"],"length":10,"template":"tmpl_01HWXYZABC123DEF4560000000"}`,
		want: []string{
			`length: telegram accepts codes of 4 to 8 digits`,
			`to: to: `,
			`template: there is no template`,
		},
	},
	"a number that is no form, with another fault": {
		path: "/v2/otp/send",
		body: `{"to":"+15005550001","channels":["sms"],"purpose":" "}`, want: []string{
			`purpose: purpose must have`, `to: to: no such number can exist`,
		},
	},
	"a limit with a fault": {
		path: "/v2/otp/send", body: `{"to":"+15005550015","channels":["sms"],"purpose":" "}`,
		want: []string{`purpose: purpose must have`},
	},
	"a text in the past": {
		path: "/v2/sms/send",
		body: `{"to":"+32470123456","body":"x","from":"#","scheduled_at":"2001-01-01T00:00:00Z"}`, want: []string{
			`from: from must be`, `scheduled_at: scheduled_at must be in the future`,
		},
	},
	"a text too far ahead, to a number that cannot be": {
		path: "/v2/sms/send",
		body: `{"to":"+15005550001","body":"x","scheduled_at":"2099-01-01T00:00:00Z"}`, want: []string{
			`scheduled_at: scheduled_at may be at most 30 days ahead`, `to: to: no such number can exist`,
		},
	},
	"a text in the past, to a number that opted out": {
		path: "/v2/sms/send",
		body: `{"to":"+15005550004","body":"x","scheduled_at":"2001-01-01T00:00:00Z"}`, want: []string{
			`scheduled_at: scheduled_at must be in the future`, `to: this number opted out`,
		},
	},
	"texts of a template": {
		path: "/v2/templates",
		body: `{"name":" x","translations":{"en":"no code","xx-yy-zz-1":"{{code}}","fr":"{{code}} {{nope}}",` +
			`"iw":"{{code}}","he":"{{code}}"},` +
			`"channels":{"voice":{"translations":{"de":""}}}}`, want: []string{
			`name: name: it begins or ends with a space`,
			`translations.en: translations.en: `,
			`translations.fr: translations.fr: `,
			`translations.iw: translations.iw: he is the same language`,
			`translations.xx-yy-zz-1: translations.xx-yy-zz-1: this is not a language tag`,
			`channels.voice.translations.de: channels.voice.translations.de: `,
		},
	},
	"a draft": {
		path: "/v2/templates/preview",
		body: `{"translations":{"en":"no code"},"code":"x","metadata":{"a":[[[[[1]]]]]}}`, want: []string{
			`code: code must be a string: digits only`,
			`translations.en: translations.en: `,
			`metadata: metadata is nested`,
		},
	},
	"an endpoint": {
		path: "/v2/webhooks",
		body: `{"url":"http://10.0.0.1/","events":["otp.verified","otp.verified"],"description":5}`, want: []string{
			`description: description must be a string`,
			`url: url must begin with https://`,
			`events: events names otp.verified twice`,
		},
	},
	"a range to recover": {
		path: "/v2/webhooks/whe_01HWXYZABC123DEF4560000000/recover",
		body: `{"since":"2026-04-25","until":"soon"}`, want: []string{
			`since: since must be a date and a time`, `until: until must be a date and a time`,
		},
	},
	"no object": {path: "/v2/otp/send", body: `[]`},
}

func TestFaults_AllReported(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for name, c := range manyFaults {
		t.Run(name, func(t *testing.T) {
			w := a.post(t, c.path, c.body, c.headers...).refusal(400, "invalid_params")
			w.wantFaults(name, c.want)
			got := w.faults()
			if field, message, _ := strings.Cut(append(got, ": ")[0], ": "); field != w.detail("field") ||
				message != "" && message != w.str("message") {
				t.Errorf("the message is not the first's: %s", w.text)
			}
			if strings.Contains(w.text, "847292") {
				t.Errorf("a code is repeated: %s", w.text)
			}
		})
	}
}

// TestFaults_OfAChange tests PATCH requests.
func TestFaults_OfAChange(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	hook := a.post(t, "/v2/webhooks", `{"url":"https://example.com/"}`).ok().str("id")
	template := a.post(t, "/v2/templates", `{"name":"Login","translations":{"en":"{{code}}"}}`).ok().str("id")
	for name, c := range map[string]struct {
		path, body string
		want       []string // the beginning of each
	}{
		"settings": {
			path: "/v2/account",
			body: `{"origin":"a b","from":"#","spend_cap_countries":{"XX":1},"help_text":"a\nb","app_hash":"1"}`,
			want: []string{
				`app_hash: app_hash must be a string: 11 letters, digits, + and /`,
				`origin: origin "a b": must be the host`,
				`from: from "#": must be`,
				`help_text: help_text "a\nb": must have at most`,
				`spend_cap_countries: spend_cap_countries `,
			},
		},
		"the name, with a test key": {path: "/v2/account", body: `{"name":"Acme","from":"#"}`, want: []string{
			`from: from "#": must be`,
			`name: name is shared by live mode and the sandbox`,
		}},
		"a template": {
			path: "/v2/templates/" + template,
			body: `{"name":" x","translations":{"en":"no code"},"channels":{"voice":{"translations":{"en":""}}}}`,
			want: []string{
				`name: name: it begins or ends with a space`,
				`translations.en: translations.en: `,
				`channels.voice.translations.en: channels.voice.translations.en: `,
			},
		},
		"an endpoint": {
			path: "/v2/webhooks/" + hook, body: `{"url":"http://10.0.0.1/","events":["*","*"]}`,
			want: []string{
				`url: url must begin with https://`,
				`events: events names * twice`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := a.call(t, a.test, "PATCH", c.path, c.body).refusal(400, "invalid_params")
			w.wantFaults(name, c.want)
		})
	}
}

func TestFaults_OfAQuery(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for query, want := range map[string][]string{
		"limt=5&statuss=sent": {
			`limt: limt is not a parameter of this request; did you mean limit?`, `statuss: statuss is not a parameter`,
		},
		"limit=ten&status=nope&channel=fax": {
			`limit: limit must be a whole number from 1 to 100; write limit=20`,
			`channel: channel must be one of`, `status: status must be one of`,
		},
		"metadata=x":   {`metadata: metadata must be written as metadata[key]=value`},
		"metadata[]=x": {`metadata: metadata must be written as metadata[key]=value`},
		"created_after=2026-13-01T10:00Z": {
			`created_after: created_after must be a day of the calendar, which 2026-13-01 is not: write 2026-`,
		},
		"limit=5&limit=6": {`limit: limit appears twice`},
		"limit=0&created_after=yesterday&to=5": {
			`limit: limit must be`, `created_after: created_after must be a date and a time`, `to: to`,
		},
		"limit=5;status=sent": {`<nil>: the query is malformed`},
		"cursor=%zz&limit=0":  {`<nil>: the query is malformed`, `limit: limit must be`},
	} {
		w := a.get(t, "/v2/otp?"+query).refusal(400, "invalid_params")
		if want[0][0] == '<' && len(want) == 1 {
			if !strings.Contains(w.text, want[0][7:]) {
				t.Errorf("%s: %s", query, w.text)
			}
			continue
		}

		w.wantFaults(query, want)
	}
}

func TestFaults_OfAReport(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	const groups = `group_by: group_by must be one or more of day, country, channel, each once, separated by ` +
		`commas; write group_by=country`
	for query, want := range map[string][]string{
		"from=2026-13-01": {`from: from must be a calendar day as year-month-day; write from=2026-04-01`},
		"from=2026-02-30&to=today": {
			`from: from must be a calendar day`, `to: to must be a calendar day as year-month-day; write to=2026-04-30`,
		},
		"from=2026-13-01&group_by=x": {`from: from must be a calendar day`, groups},
		"group_by=carrier":           {groups},
		"group_by=day,":              {groups},
		"group_by=day,day":           {groups},
		"group_by=day%20country":     {groups},
		"group_by=":                  {`group_by: group_by is empty; give it a value`},
	} {
		a.get(t, "/v2/usage?"+query).refusal(400, "invalid_params").wantFaults(query, want)
	}
}

// TestFaults_Bounded: an answer has a bounded number of errors.
func TestFaults_Bounded(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	var body strings.Builder
	body.WriteString(`{"` + strings.Repeat("x", 9000) + `":1`)
	for i := range 5000 {
		fmt.Fprintf(&body, `,"f%d":1`, i)
	}

	w := a.post(t, "/v2/otp/send", body.String()+"}").refusal(400, "invalid_params")
	if n := len(w.faults()); n > 20 || len(w.text) > 8<<10 {
		t.Errorf("%d errors in %d bytes", n, len(w.text))
	}
}

func TestFaults_DocURL(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	if w := a.get(t, "/v2/nope").refusal(404, "not_found"); w.json["details"] != nil {
		t.Errorf("without public_url: %s", w.text)
	}

	config := a.server.Config
	for public, page := range map[string]string{
		"https://otp.example.com":  "https://otp.example.com/docs/errors",
		"https://example.com/otp/": "https://example.com/otp/docs/errors",
	} {
		config.PublicURL = public
		a.Handler = httpapi.New(config)
		for path, anchor := range map[string]string{
			"/v2/nope": "not_found", "/v2/otp/x": "not_found",
			"/v2/otp?limit=0": "invalid_params", "/v2/lookup/5": "format",
		} {
			if got := a.get(t, path).detail("doc_url"); got != page+"#"+anchor {
				t.Errorf("%s: %q", path, got)
			}
		}
		if got := a.call(t, "no", "GET", "/v2/otp", "").refusal(401, "unauthorized").detail("doc_url"); got != page+
			"#unauthorized" {
			t.Errorf("no key: %q", got)
		}

		w := a.call(t, a.key(t, 2, "read"), "POST", "/v2/otp/send", "{}").refusal(401, "unauthorized")
		if got := w.detail("doc_url"); got != page+"#missing_scope" {
			t.Errorf("a key without the scope: %q", got)
		}
	}
}
