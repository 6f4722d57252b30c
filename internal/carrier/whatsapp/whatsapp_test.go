package whatsapp

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/internal/webcall"
)

func variables(pairs ...string) (out []carrier.Variable) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, carrier.Variable{Name: pairs[i], Value: secret.NewString(pairs[i+1])})
	}
	return out
}

func TestSend_Body(t *testing.T) {
	t.Parallel()
	const head = `{"messaging_product":"whatsapp","recipient_type":"individual","to":"32470000001",`
	const withCode = `"components":[{"type":"body","parameters":[{"type":"text","text":"735190"}]},` +
		`{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"735190"}]}]}}`
	for name, c := range map[string]struct {
		code, locale string
		template     carrier.Template
		want         string
	}{
		"the carrier's template": {
			code: "735190", locale: "en",
			want: head + `"type":"template","biz_opaque_callback_data":"ref","template":{"name":"verification_code",` +
				`"language":{"code":"en_US"},` + withCode,
		},
		"in the language of the text": {
			code: "735190", locale: "pt-BR",
			want: head + `"type":"template","biz_opaque_callback_data":"ref","template":{"name":"verification_code",` +
				`"language":{"code":"pt_BR"},` + withCode,
		},
		"the account's template wins": {
			code: "735190", locale: "pt-BR",
			template: carrier.Template{Name: "login", Language: "de", Variables: variables("code", "735190")},
			want: head + `"type":"template","biz_opaque_callback_data":"ref","template":{"name":"login",` +
				`"language":{"code":"de"},` + withCode,
		},
		"a template with more variables": {
			code: "735190",
			template: carrier.Template{
				Name: "login", Language: "de", Variables: variables("code", "735190", "app", `"A" <B>`, "minutes", "5"),
			},
			want: head + `"type":"template","biz_opaque_callback_data":"ref","template":{"name":"login",` +
				`"language":{"code":"de"},"components":[{"type":"body","parameters":[{"type":"text","text":"735190"},` +
				`{"type":"text","text":"\"A\" <B>"},{"type":"text","text":"5"}]}]}}`,
		},
		"a reply": {
			want: head + `"type":"text","biz_opaque_callback_data":"ref","text":{"preview_url":false,"body":"You are opted out"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := newTest(t, carrier.Common{}, Config{TemplateLanguages: []string{"pt_BR"}})
			call := made.Client().Call(made.url, made.header)
			err := call.JSON(made.body(carrier.Message{
				Ref: "ref", To: "+32470000001", From: "Acme", Body: secret.NewString("You are opted out"),
				Code: secret.NewString(c.code), Locale: c.locale, Template: c.template,
			}))
			if got := strings.TrimSpace(call.Out.String()); err != nil || got != c.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, got, c.want)
			}
		})
	}
}

func TestSend_TooLong(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{}, Config{})
	for _, c := range []struct{ code, body string }{
		{code: strings.Repeat("1", maxCodeLength+1)}, {body: strings.Repeat("ü", maxText+1)},
	} {
		m := carrier.Message{To: "+32470000001", Code: secret.NewString(c.code), Body: secret.NewString(c.body)}
		if got := made.Send(t.Context(), m); got.Outcome != carrier.Rejected || got.CarrierCode != "length" {
			t.Errorf("got %+v", got)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{}, Config{TemplateLanguages: []string{"pt_PT", "pt_BR", "de", "es_419", "zh_CN", "fil"}})
	for tag, want := range map[string]string{
		"en-US": "en_US", "en": "en_US", "en-GB": "en_US", "pt-BR": "pt_BR", "pt": "pt_PT", "pt-AO": "pt_PT", "de": "de",
		"de-AT": "de", "es": "es_419", "zh-Hant-TW": "zh_CN", "fil": "fil", "fr": "en_US", "": "en_US", "d": "en_US",
	} {
		if got := made.language(tag); got != want {
			t.Errorf("%q: %s, want %s", tag, got, want)
		}
	}
}

func TestAnswer_Result(t *testing.T) {
	t.Parallel()
	own := carrier.Template{Name: "login", Language: "de"}
	for name, c := range map[string]struct {
		status   int
		body     string // or a code
		template carrier.Template
		want     carrier.Outcome
		reason   message.Reason
		code     string
		cause    string
	}{
		"accepted":             {status: 200, body: `{"messages":[{"id":"wamid.1"}]}`, want: carrier.Accepted},
		"accepted, broken off": {status: 200, body: `{"messages":[{"id":"wam`, want: carrier.Accepted},
		"not on WhatsApp":      {status: 400, body: "131026", want: carrier.Rejected, reason: message.NotOnChannel},
		"the sender itself":    {status: 400, body: "131021", want: carrier.Rejected, reason: message.InvalidDestination},
		"a test number":        {status: 400, body: "131030", want: carrier.Rejected, reason: message.SenderNotAllowed},
		"no window":            {status: 400, body: "131047", want: carrier.Rejected, reason: message.CarrierRejected},
		"no window, old code":  {status: 400, body: "470", want: carrier.Rejected, reason: message.CarrierRejected},
		"country":              {status: 403, body: "130497", want: carrier.Rejected, reason: message.SenderNotAllowed},
		"stopped marketing":    {status: 400, body: "131050", want: carrier.Rejected, reason: message.BlockedByRecipient},
		"our template":         {status: 404, body: "132001", want: carrier.Retry, reason: message.CarrierError, cause: "template_language"},
		"our template, paused": {status: 400, body: "132015", want: carrier.Retry, reason: message.CarrierError, cause: "paused"},
		"the account's":        {status: 404, body: "132001", template: own, want: carrier.Rejected, reason: message.TemplateRejected},
		"the account's paused": {status: 400, body: "132015", template: own, want: carrier.Rejected, reason: message.TemplateRejected},
		"expired token":        {status: 401, body: "190", want: carrier.Retry, reason: message.CarrierError, cause: "access_token"},
		"permission":           {status: 403, body: "10", want: carrier.Retry, reason: message.CarrierError, cause: "permission"},
		"permission of 2xx":    {status: 403, body: "294", want: carrier.Retry, reason: message.CarrierError, cause: "permission"},
		"no such number":       {status: 400, body: "100", want: carrier.Retry, reason: message.CarrierError, cause: "phone_number_id"},
		"locked":               {status: 403, body: "131031", template: own, want: carrier.Retry, reason: message.CarrierError, cause: "locked"},
		"no payment":           {status: 400, body: "131042", want: carrier.Retry, reason: message.CarrierError, cause: "pay"},
		"throughput":           {status: 400, body: "130429", want: carrier.Retry, reason: message.CarrierError, cause: carrier.Throttled},
		"one person":           {status: 400, body: "131056", want: carrier.Retry, reason: message.CarrierError, cause: carrier.Throttled},
		"too many by status":   {status: 429, body: `{}`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 429", cause: carrier.Throttled},
		"maintenance":          {status: 400, body: "131057", want: carrier.Retry, reason: message.CarrierError, cause: "internal error"},
		"failed at Meta":       {status: 500, body: "131000", want: carrier.Retry, reason: message.CarrierError, cause: "internal error"},
		"a new code":           {status: 400, body: "131999", want: carrier.Retry, reason: message.CarrierError, cause: "rejects the request"},
		"unreadable":           {status: 400, body: `<html>`, want: carrier.Retry, reason: message.CarrierError, code: "HTTP 400", cause: "rejects the request"},
		"code 0":               {status: 401, body: "0", want: carrier.Retry, reason: message.CarrierError, code: "HTTP 401", cause: "access_token"},
		"no answer behind it":  {status: 504, body: ``, reason: message.CarrierError, code: "HTTP 504", cause: "in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := strconv.Atoi(c.body); err == nil {
				if c.code == "" {
					c.code = c.body
				}
				c.body = `{"error":{"message":"735190","code":` + c.body + `}}`
			}
			m := carrier.Message{To: "+32470000001", Template: c.template}
			got := read(webcall.Answer{Status: c.status, Body: []byte(c.body)}, m, time.Now())
			if got.Outcome != c.want || got.Reason != c.reason || got.CarrierCode != c.code ||
				!strings.Contains(got.Cause, c.cause) || (c.cause == "") != (got.Cause == "") {
				t.Errorf("got %+v", got)
			}
			if got.Throttled != (c.cause == carrier.Throttled) || got.MaybeAccepted != (c.status == 500) {
				t.Errorf("got %+v", got)
			}
			if id := "wamid.1"; strings.Contains(c.body, id+`"`) != slices.Equal(got.IDs, []string{id}) {
				t.Errorf("ids %q", got.IDs)
			}
		})
	}
}

// What a failed status says: the reason, and what the operator has to settle.
func TestFailure(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct {
		reason message.Reason
		cause  string
	}{
		131026: {reason: message.NotOnChannel},
		131049: {reason: message.CarrierRejected},
		132015: {reason: message.TemplateRejected, cause: "paused"},
		131042: {reason: message.CarrierError, cause: "pay"},
		131048: {reason: message.CarrierError},
		131000: {reason: message.CarrierError},
		131999: {reason: message.UnknownReason},
		0:      {reason: message.UnknownReason},
	} {
		reason, cause := failure(code)
		if reason != want.reason || !strings.Contains(cause, want.cause) || (want.cause == "") != (cause == "") {
			t.Errorf("%d: %s, %q", code, reason, cause)
		}
	}
}

func TestConfig_Problems(t *testing.T) {
	t.Parallel()
	good := Config{
		PhoneNumberID: number, AccessToken: secret.NewString(token), AppSecret: secret.NewString(appSecret),
		VerifyToken: secret.NewString(verify), Template: "code_1", TemplateLanguage: "pt_BR",
		TemplateLanguages: []string{"en", "es_419"}, APIBase: defaultBase,
	}
	for name, c := range map[string]struct {
		spoil func(*Config)
		want  string
	}{
		"nothing":   {spoil: func(*Config) {}},
		"number":    {spoil: func(c *Config) { c.PhoneNumberID = "+1555" }, want: "phone_number_id must be"},
		"token":     {spoil: func(c *Config) { c.AccessToken = secret.String{} }, want: "access_token must not be empty"},
		"secret":    {spoil: func(c *Config) { c.AppSecret = secret.String{} }, want: "app_secret must not be empty"},
		"verify":    {spoil: func(c *Config) { c.VerifyToken = secret.String{} }, want: "verify_token must not be empty"},
		"template":  {spoil: func(c *Config) { c.Template = "Code" }, want: "template must be"},
		"language":  {spoil: func(c *Config) { c.TemplateLanguage = "pt-BR" }, want: "template_language must be"},
		"languages": {spoil: func(c *Config) { c.TemplateLanguages = []string{"de", "english"} }, want: `"english" is none`},
		"base":      {spoil: func(c *Config) { c.APIBase = "graph" }, want: "api_base must be"},
	} {
		config := good
		c.spoil(&config)
		var found setting.Findings
		config.Check(&carrier.Common{Name: "a"}, &found)
		switch err := found.Err(""); {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(400, []byte(`{"error":{"code":131026}}`))
	f.Add(200, []byte(`{"messages":[{"id":7}]}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got := read(webcall.Answer{Status: status, Body: body}, carrier.Message{To: "+32470000001"}, time.Time{})
		if got.Outcome == carrier.Accepted != (status/100 == 2) || len(got.CarrierCode) > carrier.MaxCode {
			t.Errorf("%d %q: %+v", status, body, got)
		}
		if got.Outcome != carrier.Accepted && !slices.Contains(message.Reasons, got.Reason) {
			t.Errorf("%d %q: reason %q", status, body, got.Reason)
		}
	})
}

func FuzzBatch(f *testing.F) {
	f.Add([]byte(changed(`"statuses":[{"id":"1","status":"failed","errors":[{"code":131026}]}]`)))
	f.Add([]byte(changed(`"contacts":[{"user_id":"US.1"}],"messages":[{"type":"text","text":{"body":"STOP"}}]`)))
	f.Add([]byte(`{"entry":[{"changes":[{"field":"messages","value":7}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, _ := parse(body, number)
		for _, m := range got.inbound {
			if m.From == "" {
				t.Errorf("%q: a text without a sender", body)
			}
		}
		for _, list := range got.receipts {
			for _, r := range list {
				if r.ID == "" || (r.Reason != "") != (r.Status == carrier.Failed) {
					t.Errorf("%q: %+v", body, r)
				}
			}
		}
	})
}
