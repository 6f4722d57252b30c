package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestAccounts_OfTheOperator: an account is made once, however often the request comes, and gets its credits.
func TestAccounts_OfTheOperator(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	key := a.operatorKey(t, id.Live)
	made := a.call(t, key, "POST", "/v2/accounts", `{"name":"Shop","credits":5}`, "Idempotency-Key", "one").ok()
	again := a.call(t, key, "POST", "/v2/accounts", `{"name":"Shop","credits":5}`, "Idempotency-Key", "one").ok()
	if again.text != made.text || made.json["credits"] != 5.0 || !strings.HasPrefix(made.str("callback_secret"), "whsec_") ||
		made.str("callback_secret") == made.str("test_callback_secret") {
		t.Errorf("made %s, again %s", made.text, again.text)
	}

	credits := "/v2/accounts/" + made.str("id") + "/credits"
	if w := a.call(t, key, "POST", credits, `{"credits":20}`).ok(); asText(w.json) != `{"credits":25,"held":0}` {
		t.Errorf("answered %s", w.text)
	}
	if w := a.call(t, key, "POST", credits, `{"credits":-25}`).ok(); w.json["credits"] != 0.0 {
		t.Errorf("answered %s", w.text)
	}
	for _, body := range []string{`{"credits":-1}`, `{"credits":0}`} {
		if w := a.call(t, key, "POST", credits, body).refusal(400, "invalid_params"); w.detail("field") != "credits" {
			t.Errorf("%s: %s", body, w.text)
		}
	}
	whole := a.call(t, key, "POST", "/v2/accounts", `{"name":"Whole","credits":3194.0}`).ok() // as languages without integers do
	sum := a.call(t, key, "POST", "/v2/accounts/"+whole.str("id")+"/credits", `{"credits":-4.0}`).ok()
	if sum.json["credits"] != 3190.0 {
		t.Errorf("the account has %s", sum.text)
	}
	a.call(t, key, "POST", "/v2/accounts/acct_01HWXYZABC123DEF4569999999/credits", `{"credits":1}`).refusal(404, "not_found")
	a.call(t, key, "POST", "/v2/accounts", `{"name":" "}`).refusal(400, "invalid_params")
}

func TestAccounts_List(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 7})
	for _, name := range []string{"B", "C"} {
		a.Clock.Add(time.Second)
		if _, err := a.Admin.CreateAccount(t.Context(), name, 1); err != nil {
			t.Fatal(err)
		}
	}

	key, cursor, names := a.operatorKey(t, id.Live), "", ""
	if w := a.call(t, key, "GET", "/v2/accounts?search=cm", "").ok(); !strings.Contains(w.text, `"Acme"`) ||
		strings.Contains(w.text, `"B"`) || w.str("next_cursor") != "" {
		t.Errorf("searched for cm: %s", w.text)
	}
	for range 3 {
		w := a.call(t, key, "GET", "/v2/accounts?limit=1"+cursor, "").ok()
		row := w.json["data"].([]any)[0].(map[string]any)
		names += row["name"].(string) + " "
		cursor = "&cursor=" + w.str("next_cursor")
	}
	if names != "Acme B C " || cursor != "&cursor=" {
		t.Errorf("listed %s, then %s", names, cursor)
	}
}
