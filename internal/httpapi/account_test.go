package httpapi_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

func (a *api) setAccount(t *testing.T, body string) answer {
	t.Helper()
	return a.call(t, a.live, "PATCH", "/v2/account", body)
}

func TestAccount_Settings(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	got := a.call(t, a.live, "GET", "/v2/account", "").ok()
	var names []string
	for name := range got.json {
		names = append(names, name)
	}

	slices.Sort(names)
	want := append([]string{"id", "created_at"}, account.SettingKeys...)
	if slices.Sort(want); !slices.Equal(names, want) {
		t.Errorf("fields %v, want %v: a setting of the command line is missing, or one too many", names, want)
	}
	if got.str("id") != a.Account.String() || got.str("name") != "Acme" || got.str("on_unknown") != "retry" ||
		got.json["spend_cap_day"] != 0.0 {
		t.Errorf("answered %s", got.text)
	}

	all := `{"name":"Zenith","default_locale":"pt-BR","origin":"example.com","app_hash":"FA+9qCX9VSu",` +
		`"from":"Zenith","on_unknown":"hold","mask_numbers":true,"smart_encoding":true,` +
		`"credits_low":100,"spend_cap_hour":5,"spend_cap_day":50,"spend_cap_countries":{"BE":20,"*":1},` +
		`"opt_out_blocks_otp":true,"opt_out_replies":true,"help_text":"Call us"}`
	changed := a.setAccount(t, all).ok()
	var fields map[string]any
	if err := json.Unmarshal([]byte(all), &fields); err != nil {
		t.Fatal(err)
	}

	for name, v := range fields {
		if asText(changed.json[name]) != asText(v) {
			t.Errorf("%s is %v, want %v", name, changed.json[name], v)
		}
	}
	if len(fields) != len(account.SettingKeys) {
		t.Errorf("%d settings are changed here, there are %d", len(fields), len(account.SettingKeys))
	}

	for _, key := range []string{a.live, a.key(t, id.Live, account.ScopeRead)} {
		if again := a.call(t, key, "GET", "/v2/account", "").ok(); !maps.EqualFunc(again.json, changed.json,
			func(x, y any) bool { return asText(x) == asText(y) }) {
			t.Errorf("read back %s, want %s", again.text, changed.text)
		}
	}

	one := a.setAccount(t, `{"spend_cap_countries":{},"from":"","credits_low":0}`).ok()
	if one.str("name") != "Zenith" || one.str("from") != "" || asText(one.json["spend_cap_countries"]) != "{}" ||
		one.json["credits_low"] != 0.0 || one.json["spend_cap_hour"] != 5.0 {
		t.Errorf("answered %s", one.text)
	}
	a.setAccount(t, `{}`).ok()

	written := a.setAccount(t, `{"spend_cap_countries":{"BE":20.0},"credits_low":1e2}`).ok() // as languages without integers do
	if asText(written.json["spend_cap_countries"]) != `{"BE":20}` || written.json["credits_low"] != 100.0 {
		t.Errorf("answered %s", written.text)
	}
}

func asText(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestAccount_BadSettings(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	before := a.call(t, a.live, "GET", "/v2/account", "").ok().text
	for body, field := range map[string]string{
		`{"name":""}`:                                 "name",
		`{"name":5}`:                                  "name",
		`{"naem":"x"}`:                                "naem",
		`{"from":"Zenith","on_unknown":"maybe"}`:      "on_unknown",
		`{"from":"12"}`:                               "from",
		`{"default_locale":"no tag at all"}`:          "default_locale",
		`{"default_locale":""}`:                       "default_locale",
		`{"origin":"example.com/path"}`:               "origin",
		`{"app_hash":"short"}`:                        "app_hash",
		`{"mask_numbers":"true"}`:                     "mask_numbers",
		`{"credits_low":-1}`:                          "credits_low",
		`{"spend_cap_hour":1.5}`:                      "spend_cap_hour",
		`{"spend_cap_day":1e13}`:                      "spend_cap_day",
		`{"spend_cap_countries":{"BEL":1}}`:           "spend_cap_countries",
		`{"spend_cap_countries":{"BE":-1}}`:           "spend_cap_countries",
		`{"spend_cap_countries":{"BE":1,"be":2}}`:     "spend_cap_countries",
		`{"spend_cap_countries":{"BE=1,FR":2}}`:       "spend_cap_countries",
		`{"help_text":"a\nb"}`:                        "help_text",
		`{"id":"acct_x"}`:                             "id",
		`{"credits":1000}`:                            "credits",
		`[]`:                                          "",
		``:                                            "",
		`{"name":"` + strings.Repeat("é", 101) + `"}`: "name",
		`{"name":"Ac\nme"}`:                           "name",
		`{"name":"Acme\u001b[2J"}`:                    "name",
		`{"name":" "}`:                                "name",
		`{"name":"evil\u202egnp"}`:                    "name",
	} {
		w := a.setAccount(t, body).refusal(400, "invalid_params")
		if got := w.detail("field"); got != field && !strings.HasPrefix(got, field+".") {
			t.Errorf("%s: field %q, want %q: %s", body, got, field, w.text)
		}
	}
	if after := a.call(t, a.live, "GET", "/v2/account", "").ok().text; after != before {
		t.Errorf("a refused change left %s, want %s", after, before)
	}
}

func TestAccount_SpendCap(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	a.setAccount(t, `{"spend_cap_hour":16}`).ok()
	send := func(n int) answer {
		return a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"`+testworld.Number(n)+`","channels":["sms"]}`)
	}

	send(1).ok()
	send(2).ok()
	w := send(3).refusal(402, "insufficient_credits")
	if w.detail("reason") != "spend_cap" || w.detail("limit") != "spend_cap_hour=16" ||
		!strings.Contains(w.str("message"), "2026-04-25T16:00:00Z") {
		t.Errorf("answered %s", w.text)
	}
	if len(a.sms.Sent()) != 2 || a.Balance(t).Credits != 84 {
		t.Errorf("%d sent, %+v", len(a.sms.Sent()), a.Balance(t))
	}
	a.Clock.Add(time.Hour)
	send(3).ok()
}

func TestReports_UsageAndConversion(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	w := a.call(t, a.live, "GET", "/v2/usage", "").ok()
	if asText(w.json) != `{"data":[],"from":"2026-03-27","to":"2026-04-25","total":{"credits":0,`+
		`"messages":0,"segments":0}}` {
		t.Errorf("of nothing: %s", w.text)
	}

	for i, body := range []string{`"channels":["sms"]`, `"channels":["sms"]`, `"channels":["whatsapp"]`} {
		w := a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"`+testworld.Number(i)+`",`+body+`}`).ok()
		if i == 1 {
			a.Clock.Add(10 * time.Second)
			code := a.sms.Sent()[1].Code.Reveal()
			a.call(t, a.live, "POST", "/v2/otp/verify", `{"otp_id":"`+w.str("otp_id")+`","code":"`+code+`"}`).ok()
		}
	}

	for path, want := range map[string]string{
		"/v2/usage": `[{"credits":19,"day":"2026-04-25","messages":3,"segments":2}]`,
		"/v2/usage?group_by=channel": `[{"channel":"whatsapp","credits":3,"messages":1,"segments":0},` +
			`{"channel":"sms","credits":16,"messages":2,"segments":2}]`,
		"/v2/usage?group_by=country,day&from=2026-04-25&to=2026-04-25": `[{"country":"BE","credits":19,` +
			`"day":"2026-04-25","messages":3,"segments":2}]`,
		"/v2/usage?to=2026-04-24": `[]`,
		"/v2/usage?from=2026-01-24&to=2026-04-25": `[{"credits":19,"day":"2026-04-25",` +
			`"messages":3,"segments":2}]`,
		"/v2/analytics/conversion?group_by=prefix,carrier": `[{"carrier":"smsc","codes":2,` +
			`"conversion_rate":0.5,"credits":16,"credits_per_verified":16,"delivered":0,"median_seconds":9.93,` +
			`"p95_seconds":10.33,"prefix":"+3247","sent":2,"verified":1},{"carrier":"wa","codes":1,` +
			`"conversion_rate":0,"credits":3,"credits_per_verified":null,"delivered":0,"median_seconds":null,` +
			`"p95_seconds":null,"prefix":"+3247","sent":1,"verified":0}]`,
		"/v2/analytics/conversion?from=2026-04-25": `[{"codes":3,"conversion_rate":0.3333,` +
			`"country":"BE","credits":19,"credits_per_verified":19,"delivered":0,"median_seconds":9.93,` +
			`"p95_seconds":10.33,"sent":3,"verified":1}]`,
		"/v2/analytics/conversion?country=BE&channel=whatsapp&carrier=wa": `[{"codes":1,"conversion_rate":0,"country":"BE",` +
			`"credits":3,"credits_per_verified":null,"delivered":0,"median_seconds":null,"p95_seconds":null,"sent":1,"verified":0}]`,
		"/v2/analytics/conversion?group_by=template&template=built-in": `[{"codes":3,"conversion_rate":0.3333,` +
			`"credits":19,"credits_per_verified":19,"delivered":0,"median_seconds":9.93,` +
			`"p95_seconds":10.33,"sent":3,"template":"built-in","verified":1}]`,
		"/v2/analytics/conversion?template=tmpl_01HWXYZABC123DEF4560000000": `[]`,
		"/v2/analytics/conversion?country=FR":                               `[]`,
		"/v2/analytics/conversion?channel=sms&carrier=wa":                   `[]`,
	} {
		if w := a.call(t, a.live, "GET", path, "").ok(); asText(w.json["data"]) != want {
			t.Errorf("%s:\n%s\nwant\n%s", path, asText(w.json["data"]), want)
		}
		if w := a.get(t, path).ok(); asText(w.json["data"]) != "[]" {
			t.Errorf("%s of the sandbox: %s", path, w.text)
		}
	}

	for query, field := range map[string]string{
		"from=2026-04-26&to=2026-04-25": "from", "from=2026-01-23&to=2026-04-25": "from", "from=yesterday": "from",
		"to=2026-02-30":   "to",
		"from=2026-04-26": "from", "to=2026-04-25T00:00": "to", "group_by=week": "group_by",
		"group_by=day,day": "group_by",
		"since=2026-04-25": "since", "from=" + url.QueryEscape("2026-04-25\n"): "from",
	} {
		for _, path := range []string{"/v2/usage?", "/v2/analytics/conversion?"} {
			w := a.get(t, path+query).refusal(400, "invalid_params")
			if got := w.detail("field"); got != field && !strings.HasPrefix(got, field+"[") {
				t.Errorf("%s%s: field %q, want %q: %s", path, query, got, field, w.text)
			}
		}
	}
	a.get(t, "/v2/usage?group_by=carrier").refusal(400, "invalid_params")
	w = a.get(t, "/v2/analytics/conversion?template=login").refusal(400, "invalid_params")
	if w.detail("field") != "template" {
		t.Errorf("a template that is no id: %s", w.text)
	}
}

// TestReports_Sandbox, at its own time.
func TestReports_Sandbox(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	a.post(t, "/v2/sandbox/clock", `{"advance":"72h"}`).ok()
	o := a.send(t, "+15005550006", `"whatsapp"`)
	a.post(t, "/v2/otp/verify", `{"otp_id":"`+o+`","code":"000000"}`).ok()
	w := a.get(t, "/v2/analytics/conversion?group_by=day,channel,carrier").ok()
	line, _ := w.json["data"].([]any)[0].(map[string]any)
	if line["day"] != "2026-04-28" || line["sent"] != 1.0 || line["delivered"] != 1.0 || line["verified"] != 1.0 ||
		line["carrier"] != "sandbox" {
		t.Errorf("answered %s", w.text)
	}
	if w := a.call(t, a.live, "GET", "/v2/usage?to=2026-04-28", "").ok(); asText(w.json["data"]) != "[]" {
		t.Errorf("live usage: %s", w.text)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for number, want := range map[string]string{
		"+32470123456": `{"country":"BE","international":"+32 470 12 34 56","national":"0470 12 34 56",` +
			`"number":"+32470123456","type":"mobile","valid":true}`,
		"%2B32470123456": `{"country":"BE","international":"+32 470 12 34 56","national":"0470 12 34 56",` +
			`"number":"+32470123456","type":"mobile","valid":true}`,
		"+3290212345": `{"country":"BE","international":"+32 902 12 345","national":"0902 12 345",` +
			`"number":"+3290212345","type":"premium_rate","valid":true}`,
		"+14155550132": `{"country":"US","international":"+1 415-555-0132","national":"(415) 555-0132",` +
			`"number":"+14155550132","type":"fixed_line_or_mobile","valid":true}`,
		"+21012345678": `{"country":"","international":"+21012345678","national":"+21012345678",` +
			`"number":"+21012345678","type":"unknown","valid":false}`,
		"+80012345678": `{"country":"001","international":"+800 1234 5678","national":"1234 5678",` +
			`"number":"+80012345678","type":"toll_free","valid":true}`,
	} {
		if w := a.get(t, "/v2/lookup/"+number).ok(); asText(w.json) != want {
			t.Errorf("%s: %s, want %s", number, asText(w.json), want)
		}
	}

	for _, number := range []string{
		"0470123456", "+324701", "+32 470", "%20", "+٣٢٤٧٠١٢٣٤٥٦", "abc", "+32470123456%00",
	} {
		w := a.get(t, "/v2/lookup/"+strings.ReplaceAll(number, " ", "%20")).refusal(422, "invalid_phone")
		if w.detail("field") != "number" || w.detail("reason") != "format" {
			t.Errorf("%s: %s", number, w.text)
		}
	}
	a.get(t, "/v2/lookup/"+strings.Repeat("3", 65)).refusal(400, "invalid_params")
	a.get(t, "/v2/lookup/").refusal(404, "not_found")
}
