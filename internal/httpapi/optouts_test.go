package httpapi_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

const optOuts = "/v2/opt-outs"

// numbersOf are the numbers of a page.
func numbersOf(w answer) (out []string) {
	w.t.Helper()
	for _, row := range w.ok().json["data"].([]any) {
		out = append(out, row.(map[string]any)["number"].(string))
	}
	return out
}

// stranger is a key of another account; without scopes it has those of customers.
func (a *api) stranger(t testing.TB, mode id.Mode, scopes ...account.Scope) string {
	t.Helper()
	other, err := a.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, text, err := a.Admin.CreateKey(t.Context(), other.ID, mode, scopes)
	if err != nil {
		t.Fatal(err)
	}

	return text.Reveal()
}

func TestOptOuts_ListAndEdit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b, Credits: 1000})
		if w := a.get(t, optOuts).ok(); w.json["next_cursor"] != nil || len(numbersOf(w)) != 0 {
			t.Errorf("an empty list: %s", w.text)
		}

		w := a.call(t, a.live, "PUT", optOuts+"/"+phoneA, "").ok()
		if w.str("number") != phoneA || w.str("source") != "api" || w.str("created_at") != "2026-04-25T15:27:00Z" ||
			len(w.json) != 3 {
			t.Errorf("answered %s", w.text)
		}

		a.Clock.Add(time.Minute)
		if again := a.call(t, a.live, "PUT", optOuts+"/%2B"+phoneA[1:], "").ok(); again.text != w.text {
			t.Errorf("a repeat is %s, was %s", again.text, w.text)
		}

		_, err := a.Inbound(t.Context(),
			carrier.Inbound{Carrier: "smsc", From: testworld.Number(7), Body: secret.NewString("arrêt !")})
		if err != nil {
			t.Fatal(err)
		}

		w = a.call(t, a.live, "GET", optOuts, "").ok()
		if got := numbersOf(w); len(got) != 2 || got[0] != testworld.Number(7) || got[1] != phoneA {
			t.Fatalf("listed %v", got)
		}
		if first := w.json["data"].([]any)[0].(map[string]any); first["source"] != "keyword" ||
			first["keyword"] != "ARRÊT" || first["created_at"] != "2026-04-25T15:28:00Z" {
			t.Errorf("listed %v", first)
		}

		for to, want := range map[string]int{"%2B" + phoneA[1:]: 1, "+" + phoneA[1:]: 1, "%2B32470999999": 0} {
			if got := numbersOf(a.call(t, a.live, "GET", optOuts+"?to="+to, "")); len(got) != want {
				t.Errorf("to=%s: %v", to, got)
			}
		}
		if w := a.call(t, a.live, "DELETE", optOuts+"/"+phoneA, "").ok(); w.str("number") != phoneA ||
			w.str("source") != "api" {
			t.Errorf("answered %s", w.text)
		}

		a.call(t, a.live, "DELETE", optOuts+"/"+phoneA, "").refusal(404, "not_found")
		if got := numbersOf(a.call(t, a.live, "GET", optOuts, "")); len(got) != 1 {
			t.Errorf("after the removal: %v", got)
		}
	})
}

func TestOptOuts_Pages(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b})
		for i := range 25 {
			a.call(t, a.test, "PUT", optOuts+"/"+testworld.Number(i), "").ok()
			if i%3 == 0 { // so that some have the same instant
				a.Clock.Add(time.Second)
			}
		}

		var all []string
		cursor, pages := "", 0
		for more := true; more; pages++ {
			w := a.get(t, optOuts+"?limit=4&cursor="+url.QueryEscape(cursor)).ok()
			all = append(all, numbersOf(w)...)
			if cursor, more = w.json["next_cursor"].(string); more {
				// A number that is added meanwhile is newer than the page, so it is on no later page.
				a.call(t, a.test, "PUT", optOuts+"/"+testworld.Number(1000+pages), "").ok()
			}
		}

		seen := map[string]bool{}
		for _, n := range all {
			seen[n] = true
		}
		if len(all) != 25 || len(seen) != 25 || pages != 7 || all[24] != testworld.Number(0) {
			t.Errorf("%d numbers, %d different, in %d pages: %v", len(all), len(seen), pages, all)
		}
		if w := a.get(t, optOuts+"?limit=32").ok(); len(numbersOf(w)) != 31 || w.json["next_cursor"] != nil {
			t.Errorf("one page of all: %s", w.text)
		}
	})
}

func TestOptOuts_BadInput(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i := range 3 {
		a.call(t, a.test, "PUT", optOuts+"/"+testworld.Number(i), "").ok()
		a.call(t, a.live, "PUT", optOuts+"/"+testworld.Number(i), "").ok()
	}

	cursor := a.get(t, optOuts+"?limit=1").ok().str("next_cursor")
	live := a.call(t, a.live, "GET", optOuts+"?limit=1", "").ok().str("next_cursor")
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}

	raw[len(raw)/2] ^= 1
	stranger := a.stranger(t, id.Test)
	for name, c := range map[string][3]string{
		"limit=0": {a.test, "limit=0", "limit"}, "limit=101": {a.test, "limit=101", "limit"},
		"limit=x":          {a.test, "limit=x", "limit"},
		"a made up cursor": {a.test, "cursor=abc", "cursor"}, "no base64": {a.test, "cursor=%20%20", "cursor"},
		"changed":           {a.test, "cursor=" + base64.RawURLEncoding.EncodeToString(raw), "cursor"},
		"cut":               {a.test, "cursor=" + cursor[:20], "cursor"},
		"long":              {a.test, "cursor=" + strings.Repeat("A", 257), "cursor"},
		"the other mode's":  {a.test, "cursor=" + live, "cursor"},
		"another account's": {stranger, "cursor=" + cursor, "cursor"},
		"unknown":           {a.test, "number=1", "number"},
	} {
		t.Run(name, func(t *testing.T) {
			w := a.call(t, c[0], "GET", optOuts+"?"+c[1], "").refusal(400, "invalid_params")
			if w.detail("field") != c[2] {
				t.Errorf("about %q: %s", w.detail("field"), w.text)
			}
		})
	}
	w := a.call(t, a.test, "GET", optOuts+"?to=0470123456", "").refusal(422, "invalid_phone")
	if w.detail("field") != "to" {
		t.Errorf("about %q", w.detail("field"))
	}

	for _, number := range []string{
		"0470123456", "32470123456", "+0", "+32%20470", "+٣٢٤٧٠١٢٣٤٥٦", "stop", "+" + strings.Repeat("1", 16),
	} {
		for _, method := range []string{"PUT", "DELETE"} {
			w := a.call(t, a.test, method, optOuts+"/"+number, "").refusal(422, "invalid_phone")
			if w.detail("field") != "number" || w.detail("reason") != "format" {
				t.Errorf("%s %s: %s", method, number, w.text)
			}
		}
	}

	for path, allow := range map[string]string{optOuts: "GET", optOuts + "/" + phoneA: "PUT, DELETE"} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if strings.Contains(allow, method) {
				continue
			}
			w := a.call(t, a.test, method, path, "").refusal(405, "invalid_params")
			if w.Header().Get("Allow") != allow {
				t.Errorf("%s %s: Allow %q", method, path, w.Header().Get("Allow"))
			}
		}
	}
}

// TestOptOuts_Scopes calls every operation as every kind of caller that is not allowed to.
func TestOptOuts_Scopes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	a.call(t, a.test, "PUT", optOuts+"/"+phoneA, "").ok()
	operations := []struct {
		method, path string
		scope        account.Scope
	}{
		{method: "GET", path: optOuts, scope: "read"},
		{method: "PUT", path: optOuts + "/" + testworld.Number(5), scope: "admin"},
		{method: "DELETE", path: optOuts + "/" + phoneA, scope: "admin"},
	}

	k, revoked, err := a.Admin.CreateKey(t.Context(), a.Account, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Admin.RevokeKey(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}

	stranger := a.stranger(t, id.Test)
	for _, o := range operations {
		for _, scope := range account.Scopes {
			if scope == o.scope {
				continue
			}
			w := a.call(t, a.key(t, id.Test, scope), o.method, o.path, "").refusal(401, "unauthorized")
			if w.detail("reason") != "missing_scope" {
				t.Errorf("%s with %s: %s", o.method, scope, w.text)
			}
		}
		a.call(t, revoked.Reveal(), o.method, o.path, "").refusal(401, "unauthorized")
		a.call(t, "", o.method, o.path, "", "Authorization", "").refusal(401, "unauthorized")
	}

	for what, key := range map[string]string{"another account": stranger, "the other mode": a.live} {
		for _, query := range []string{"", "?to=" + url.QueryEscape(phoneA)} {
			if got := numbersOf(a.call(t, key, "GET", optOuts+query, "")); len(got) != 0 {
				t.Errorf("%s sees %v", what, got)
			}
		}

		theirs := a.call(t, key, "DELETE", optOuts+"/"+phoneA, "").refusal(404, "not_found")
		never := a.call(t, key, "DELETE", optOuts+"/"+testworld.Number(6), "").refusal(404, "not_found")
		if theirs.str("message") != never.str("message") {
			t.Errorf("%s can tell that it exists: %s", what, theirs.text)
		}
		a.call(t, key, "PUT", optOuts+"/"+phoneA, "").ok()
		a.call(t, key, "DELETE", optOuts+"/"+phoneA, "").ok()
	}

	for _, scope := range []account.Scope{"read", "admin"} {
		for _, o := range operations {
			if o.scope == scope {
				a.call(t, a.key(t, id.Test, scope), o.method, o.path, "").ok()
			}
		}
	}
}

func TestOptOuts_DatabaseDown(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	a := newAPI(t, testworld.Options{Backend: b})
	a.call(t, a.test, "PUT", optOuts+"/"+phoneA, "").ok()
	b.NoWrites.Store(true)
	for _, method := range []string{"PUT", "DELETE"} {
		number := map[string]string{"PUT": testworld.Number(1), "DELETE": phoneA}[method]
		a.call(t, a.test, method, optOuts+"/"+number, "").refusal(503, "internal_error")
	}

	b.Out.Store(true)
	a.get(t, optOuts).refusal(503, "internal_error")
	a.get(t, optOuts+"?to="+url.QueryEscape(phoneA)).refusal(503, "internal_error")
	b.Out.Store(false)
	b.NoWrites.Store(false)
	if got := numbersOf(a.get(t, optOuts)); fmt.Sprint(got) != "["+phoneA+"]" {
		t.Errorf("after the outage: %v", got)
	}
}

// TestOptOuts_Sandbox: opt-outs follow the sandbox's clock and numbers.
func TestOptOuts_Sandbox(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	a.post(t, "/v2/sandbox/clock", `{"advance":"1h"}`).ok()
	a.send(t, "+15005550018", `"sms"`)
	row := a.get(t, optOuts).ok().json["data"].([]any)[0].(map[string]any)
	if row["number"] != "+15005550018" || row["keyword"] != "STOP" || row["created_at"] != "2026-04-25T16:27:00Z" {
		t.Errorf("listed %v", row)
	}
	if w := a.call(t, a.test, "PUT", optOuts+"/"+phoneA, "").ok(); w.str("created_at") != "2026-04-25T16:27:00Z" {
		t.Errorf("answered %s", w.text)
	}
}

func TestOptOuts_BlockCodes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	a.call(t, a.test, "PUT", optOuts+"/"+phoneA, "").ok()
	a.send(t, phoneA, `"sms"`)
	if _, err := a.Admin.Set(t.Context(), a.Account,
		[]admin.Setting{{Key: "opt_out_blocks_otp", Value: "true"}}); err != nil {
		t.Fatal(err)
	}

	a.Clock.Add(time.Second) // so that the settings are read again
	for _, number := range []string{phoneA, "+15005550004"} {
		w := a.post(t, "/v2/otp/send", `{"to":"`+number+`","channels":["sms"]}`).refusal(422, "invalid_phone")
		if w.detail("reason") != "opted_out" || w.detail("field") != "to" {
			t.Errorf("%s: %s", number, w.text)
		}
	}
	a.call(t, a.test, "DELETE", optOuts+"/"+phoneA, "").ok()
	a.send(t, phoneA, `"sms"`)
}
