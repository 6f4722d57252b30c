package httpapi_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// entries reads the whole ledger page by page, as lines.
func (a *api) entries(t *testing.T, key, query string) (lines []string) {
	t.Helper()
	for cursor := ""; ; {
		w := a.call(t, key, "GET", "/v2/balance/entries?"+query+cursor, "").ok()
		for _, row := range w.json["data"].([]any) {
			e := row.(map[string]any)
			lines = append(lines, fmt.Sprint(e["seq"], " ", e["kind"], " ", e["credits"], " ", e["held"], " ", e["balance"]))
		}
		next, more := w.json["next_cursor"].(string)
		if !more {
			return lines
		}
		cursor = "&cursor=" + next
	}
}

// TestEntries_Ledger: each entry says what it left, on every page and with every filter.
func TestEntries_Ledger(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b, Credits: 100})
		a.liveText(t, ``)
		a.settle(t)
		a.sms.Script(testworld.Rejects(message.Unreachable))
		a.liveText(t, ``)
		a.Clock.Add(time.Minute) // a failure is stored some time after the request is answered
		a.settle(t)
		if _, err := a.Admin.Credit(t.Context(), a.Account, 50); err != nil {
			t.Fatal(err)
		}

		all := []string{
			"6 grant 50 0 142", "5 release 8 -8 92", "4 hold -8 8 84", "3 capture 0 -8 92", "2 hold -8 8 92", "1 grant 100 0 100",
		}
		for query, want := range map[string][]string{
			"limit=100":         all,
			"limit=1":           all,
			"limit=4":           all,
			"limit=1&kind=hold": {all[2], all[4]},
			"kind=refund":       nil,
		} {
			if got := a.entries(t, a.live, query); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		if got := a.entries(t, a.test, "limit=5"); len(got) != 0 {
			t.Errorf("a test key reads %q", got)
		}
	})
}

// TestEntries_RareKind: a page ends after a bounded number of rows, and the next goes on.
func TestEntries_RareKind(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 7})
	for range 1100 {
		a.Clock.Add(time.Second)
		if _, err := a.Admin.Credit(t.Context(), a.Account, 1); err != nil {
			t.Fatal(err)
		}
	}
	w := a.call(t, a.live, "GET", "/v2/balance/entries?kind=hold", "").ok()
	if len(w.json["data"].([]any)) != 0 || w.str("next_cursor") == "" {
		t.Errorf("answered %s", w.text)
	}
	if got := a.entries(t, a.live, "kind=hold"); len(got) != 0 {
		t.Errorf("%q", got)
	}

	cursor := w.str("next_cursor")
	for what, path := range map[string]string{
		"another filter": "/v2/balance/entries?cursor=" + cursor, "another list": "/v2/messages?cursor=" + cursor,
	} {
		if w := a.call(t, a.live, "GET", path, "").refusal(400, "invalid_params"); w.detail("field") != "cursor" {
			t.Errorf("%s: %s", what, w.text)
		}
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Costs: []route.Cost{
		{Channel: message.SMS, Credits: 5}, {Channel: message.SMS, Carrier: "smsc", Credits: 4},
	}})
	const sms, wa = `{"channel":"sms","credits":8,"prefix":"","unit":"segment"}`,
		`{"channel":"whatsapp","credits":3,"prefix":"","unit":"message"}`
	for _, key := range []string{a.live, a.test} {
		if w := a.call(t, key, "GET", "/v2/prices", "").ok(); asText(w.json["data"]) != "["+sms+","+wa+"]" {
			t.Errorf("answered %s", w.text)
		}
	}

	operator := a.key(t, id.Live, "read", "operator")
	if w := a.call(t, operator, "GET", "/v2/prices", "").ok(); asText(w.json["data"].([]any)[0]) !=
		`{"channel":"sms","cost":5,"credits":8,"prefix":"","unit":"segment"}` {
		t.Errorf("the operator sees %s", w.text)
	}
}
