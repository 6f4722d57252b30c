package httpapi_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// TestModes_TestTouchesNothingLive calls every writing operation of the document with a test key that has every scope,
// and compares the rows that belong to live messages or to both modes, and what live keys are answered, before and
// after. The operations come from the document, so new ones are covered automatically; a new table fails until livePart
// knows its rows.
func TestModes_TestTouchesNothingLive(t *testing.T) {
	t.Parallel()

	list, _ := contract(t)
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, o := range list {
				if o.method == "get" {
					continue
				}
				t.Run(o.id, func(t *testing.T) {
					t.Parallel()
					o.leavesLiveUnchanged(t, list, newAPI(t, testworld.Options{Backend: fresh(t), Credits: 1_000_000}))
				})
			}
		})
	}
}

// leavesLiveUnchanged carries out one operation with a test key: for data of the sandbox, and for live data.
func (o operation) leavesLiveUnchanged(t *testing.T, list []operation, a *api) {
	// An opt-out comes last, because nothing can be sent to the number after it.
	optsOut := strings.Contains(o.id, "opt-out")
	var live *call
	if !optsOut {
		live = o.ready(t, a, a.live)
	}

	reads := a.liveReads(t, list)
	if optsOut {
		live = o.ready(t, a, a.live)
	}

	a.settle(t)
	rows, answers := a.liveRows(t), reads()

	r, key := o.ready(t, a, a.test), o.key(t, a, id.Test)
	if w := o.do(t, a, key, r, ""); o.documented(w) == (o.mode == liveOnly) {
		t.Errorf("with a test key: %d %s", w.Code, w.text)
	}
	if w := o.do(t, a, key, r, "", "Idempotency-Key", "of-the-sandbox"); w.Code >= 500 {
		t.Errorf("with an Idempotency-Key: %d %s", w.Code, w.text)
	}
	if len(live.path) > 0 {
		o.do(t, a, key, live, "")
	}

	a.settle(t)

	compare(t, "row", rows, a.liveRows(t))
	compare(t, "answer", answers, reads())
}

// settle waits until all work is done.
func (a *api) settle(t *testing.T) {
	t.Helper()
	a.Sweep(t)
	a.Settle()
	a.Hooks.Settle()
}

func compare(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	for name := range before {
		if after[name] != before[name] {
			t.Errorf("the live %s %s was\n%s\nand is\n%s", what, name, before[name], after[name])
		}
	}

	for name, v := range after {
		if _, ok := before[name]; !ok {
			t.Errorf("the live %s %s is new: %s", what, name, v)
		}
	}
}

// sealedCursor is what differs each time: a cursor, and the time of a report.
var sealedCursor = regexp.MustCompile(`(next_cursor|since|seen_at)":"[^"]+`)

// liveReads prepares every reading operation with the live key, and returns a function that calls them all.
func (a *api) liveReads(t *testing.T, list []operation) func() map[string]string {
	t.Helper()
	requests, keys := map[string]*call{}, map[string]string{}
	for _, o := range list {
		if o.method == "get" {
			keys[o.id] = o.key(t, a, id.Live)
			requests[o.id] = o.ready(t, a, a.live)
		}
	}

	return func() map[string]string {
		out := map[string]string{}
		for _, o := range list {
			if r, ok := requests[o.id]; ok {
				w := o.do(t, a, keys[o.id], r, "")
				out[o.id] = fmt.Sprint(w.Code, " ", sealedCursor.ReplaceAllString(withoutRequest(w), "$1"))
			}
		}

		return out
	}
}

// liveRows reads every row that belongs to live messages or to both modes, as it is stored.
func (a *api) liveRows(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for table := range store.Table(len(store.Defs)) {
		var after *store.Key
		for {
			var page []store.Record
			err := a.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) (err error) {
				page, err = v.Scan(table, after, 1000)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}

			for _, rec := range page {
				if live := livePart(t, rec); live != nil {
					out[fmt.Sprintf("%s %x", table, rec.Key().ID)] = fmt.Sprintf("%+v",
						new(store.Encoder).Columns(live))
				}
			}
			last := page[len(page)-1].Key()
			after = &last
		}
	}

	return out
}

// livePart is a row without the sandbox's fields; nil when the whole row belongs to the sandbox.
func livePart(t *testing.T, rec store.Record) store.Record {
	t.Helper()
	var mode id.Mode
	switch r := rec.(type) {
	case store.Account:
		r.Settings.Test, r.TestCallbackSecret, r.SandboxOffset, r.SandboxGoal = account.Settings{}, nil, 0, 0
		return r
	case store.Contact:
		mode = r.Mode
	case store.OTP:
		mode = r.Mode
	case store.Message:
		mode = r.Mode
	case store.APIKey:
		mode = r.API.Mode
	case store.Template:
		mode = r.Mode
	case *store.Tally:
		mode = r.Mode
	case store.Tally:
		mode = r.Mode
	case store.TallyDay:
		mode = r.Mode
	case store.Endpoint:
		mode = r.Mode
	case store.Event:
		mode = r.Mode
	case store.Delivery:
		mode = r.Mode
	case store.Counts:
		mode = r.Mode
	case store.Inbound:
		mode = r.Mode
	case store.Inbox:
		mode = id.Test
	case store.Ref:
		if mode = id.Live; r.Carrier == "sandbox" {
			mode = id.Test
		}
	case store.Idempotency:
		// Its key is a MAC of mode and Idempotency-Key: TestModes_IdempotencyKeys.
		mode = id.Test
	case store.Meta:
		if mode = id.Live; r.Name == "endpoints" {
			mode = id.Test // it only makes other nodes read endpoints again
		}
	case store.RequestBatch:
		mode = r.Mode
	case store.Audit:
		mode = r.Mode
	case store.User, store.Login, store.Member, store.Session, store.Link:
		mode = id.Live
	case store.Entry, store.LedgerCheck, store.Quota:
		mode = id.Live
	default:
		t.Fatalf("add the type %T here: do its rows belong to live messages, to the sandbox or to both?", rec)
	}
	if mode == id.Test {
		return nil
	}

	return rec
}

// TestModes_IdempotencyKeys: the same Idempotency-Key means another request in the other mode.
func TestModes_IdempotencyKeys(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	body := `{"to":"+32470123456","channels":["sms"]}`
	live := a.call(t, a.live, "POST", "/v2/otp/send", body, "Idempotency-Key", "one").ok()
	test := a.call(t, a.test, "POST", "/v2/otp/send", body, "Idempotency-Key", "one").ok()
	again := a.call(t, a.live, "POST", "/v2/otp/send", body, "Idempotency-Key", "one").ok()

	if live.str("otp_id") == test.str("otp_id") || again.text != live.text {
		t.Errorf("live %s\ntest %s\nlive again %s", live.text, test.text, again.text)
	}
}

func TestModes_Settings(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100})
	settings := `{"origin":"attacker.example","from":"Stranger","app_hash":"FA+9qCX9VSu","default_locale":"fr",` +
		`"spend_cap_hour":1,` +
		`"spend_cap_day":1,"spend_cap_countries":{"*":1},"opt_out_blocks_otp":true,"help_text":"x",` +
		`"credits_low":1000,"on_unknown":"hold"}`
	changed := a.call(t, a.test, "PATCH", "/v2/account", settings).ok()
	if changed.str("origin") != "attacker.example" || changed.str("from") != "Stranger" {
		t.Errorf("the sandbox's settings are %s", changed.text)
	}

	a.Clock.Add(time.Second)
	a.call(t, a.live, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["sms"]}`).ok()
	sent := a.sms.Sent()
	if len(sent) != 1 || sent[0].From != "" || strings.Contains(sent[0].Body.Reveal(), "@") ||
		!strings.Contains(sent[0].Body.Reveal(), "verification code") {
		t.Errorf("after a test key changed its settings, the live SMS is %+v", sent)
	}

	a.call(t, a.test, "POST", "/v2/otp/send", `{"to":"+32470123456","channels":["sms"]}`).ok()
	inbox := a.call(t, a.test, "GET", "/v2/sandbox/messages?to=%2B32470123456", "").ok()
	if !strings.Contains(inbox.text, "@attacker.example #000000") || !strings.Contains(inbox.text, "Votre code Acme") {
		t.Errorf("the sandbox's own text is %s", inbox.text)
	}
}

func TestModes_NameIsCommon(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	w := a.call(t, a.test, "PATCH", "/v2/account", `{"from":"Other","name":"Other"}`).refusal(400, "invalid_params")
	if w.detail("field") != "name" || !strings.Contains(w.str("message"), "sk_live_") {
		t.Errorf("answered %s", w.text)
	}

	for _, key := range []string{a.live, a.test} {
		if got := a.call(t, key, "GET", "/v2/account", "").ok(); got.str("name") != "Acme" || got.str("from") != "" {
			t.Errorf("a refused change left %s", got.text)
		}
	}

	a.call(t, a.live, "PATCH", "/v2/account", `{"name":"Zenith"}`).ok()
	if got := a.call(t, a.test, "GET", "/v2/account", "").ok(); got.str("name") != "Zenith" {
		t.Errorf("the sandbox reads %s", got.text)
	}
}

func TestModes_BalanceOfTheSandbox(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 77})
	if w := a.call(t, a.test, "GET", "/v2/balance", "").ok(); asText(w.json) != `{"credits":1000000,"held":0}` {
		t.Errorf("a test key reads %s", w.text)
	}
	if w := a.call(t, a.live, "GET", "/v2/balance", "").ok(); asText(w.json) != `{"credits":77,"held":0}` {
		t.Errorf("a live key reads %s", w.text)
	}
}

// TestModes_CallbackSecrets: each mode signs callbacks with its own secret.
func TestModes_CallbackSecrets(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	n := 0
	signed := func(key string) testworld.Received {
		n++
		a.call(t, key, "POST", "/v2/sms/send",
			`{"to":"`+testworld.Number(n)+`","body":"x","callback_url":"https://example.com/`+fmt.Sprint(n)+`"}`).ok()
		a.settle(t)
		got := a.Receiver.Got()
		return got[len(got)-1]
	}

	rotate := func(key string) string {
		return a.call(t, key, "POST", "/v2/webhooks/callback/rotate-secret", `{"overlap":0}`).ok().str("secret")
	}

	test := rotate(a.test)
	live := rotate(a.live)
	if test == live || test == "" {
		t.Fatalf("the secrets are %q and %q", live, test)
	}

	a.Clock.Add(time.Second)
	for key, secret := range map[string]string{a.live: live, a.test: test} {
		got := signed(key)
		want := webhook.Sign([]string{secret}, got.At.Unix(), got.Header[webhook.HeaderEventID], []byte(got.Body)).Ours
		if header := got.Header[webhook.HeaderSignature]; header != want {
			t.Errorf("%s… signs %s, not with its own secret, which gives %s", key[:8], header, want)
		}
	}
}
