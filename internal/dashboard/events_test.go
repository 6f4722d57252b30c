package dashboard_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// event makes an event of a verified code, and returns its id.
func (w *world) event(t *testing.T, mode id.Mode, to string) hooks.Event {
	t.Helper()
	w.verified(t, mode, to)
	caller := w.Test
	if mode == id.Live {
		caller = w.Live
	}
	list, err := w.Hooks.FindEvents(t.Context(), caller, hooks.EventSearch{Limit: 10})
	if err != nil || len(list.Rows) == 0 {
		t.Fatal("no event", err)
	}

	return list.Rows[0]
}

func TestEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	path := w.at(id.Live, "/events")
	owner.get(t, path).shows(t, 200, "No event yet", "otp.verified", "The user entered the right code.")
	const address = "https://hooks.example.com/a"
	made, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: address}, nil)
	if err != nil {
		t.Fatal(err)
	}

	e := w.event(t, id.Live, testworld.PhoneA)
	owner.get(t, path).shows(t, 200, e.ID.String(), "otp.verified", "/verifications/otp_").lacks(t, "No event yet")
	owner.get(t, path+"?type=otp.verified").shows(t, 200, e.ID.String())
	owner.get(t, path+"?type=otp.failed").shows(t, 200, "Nothing matches")
	owner.get(t, path+"?type=otp.guessed").shows(t, 400, "There is no event")
	owner.get(t, path+"?before=x").shows(t, 400, "no position")
	owner.get(t, path+".csv").shows(t, 200, "event_id,type,about,targets,created_at\n", e.ID.String()).lacks(t,
		testworld.PhoneA)

	one := path + "/" + e.ID.String()
	p := owner.get(t, one).shows(t, 200, "otp.verified", address, "•").lacks(t, testworld.PhoneA)
	support.get(t, one).shows(t, 200, "otp.verified").lacks(t, testworld.PhoneA, "Send it again")
	owner.get(t, path+"/evt_none").shows(t, 404)
	owner.get(t, w.at(id.Test, "/events/"+e.ID.String())).shows(t, 404)

	once := onceValue.FindStringSubmatch(p.raw)[1]
	form := url.Values{"endpoint": {made.ID.String()}, "once": {once}}
	support.post(t, one+"/redeliver", form).shows(t, 403)
	owner.post(t, one+"/redeliver", form).shows(t, 303)
	owner.post(t, one+"/redeliver", form).shows(t, 303)
	n := 0
	for _, row := range w.audits(t) {
		if row.Action == "event.redelivered" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it was sent again %d times", n)
	}
	owner.post(t, one+"/redeliver", url.Values{"endpoint": {"x"}, "once": {"b"}}).shows(t, 400)
	owner.post(t, one+"/redeliver", url.Values{"endpoint": {made.ID.String()}}).shows(t, 400)
}

// TestEvents_Inbound: what a phone wrote is escaped, and hidden from who may not see numbers.
func TestEvents_Inbound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	const address = "https://hooks.example.com/a"
	if _, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: address}, nil); err != nil {
		t.Fatal(err)
	}
	w.sendCode(t, id.Live, testworld.PhoneA)
	w.Settle()
	w.Clock.Add(time.Second)
	const written = `<script>alert(1)</script>`
	if _, err := w.Inbound(t.Context(), carrier.Inbound{
		Carrier: "smsc", From: testworld.PhoneA,
		Body: secret.NewString(written),
	}); err != nil {
		t.Fatal(err)
	}
	found, err := w.Hooks.FindEvents(t.Context(), w.Live, hooks.EventSearch{Limit: 10})
	list := found.Rows
	if err != nil || len(list) == 0 || list[0].Type != "message.received" {
		t.Fatal("no event", err)
	}

	path := w.at(id.Live, "/events/"+list[0].ID.String())
	if p := owner.get(t, path).shows(t, 200, written).lacks(t, testworld.PhoneA); strings.Contains(p.raw, written) {
		t.Error("what the phone wrote is not escaped")
	}
	support.get(t, path).shows(t, 200, "(hidden)").lacks(t, written, testworld.PhoneA)
}

// TestEvents_Credits: what is left on the account is hidden from who may not see credits.
func TestEvents_Credits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	if _, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: "https://hooks.example.com/a"}, nil); err != nil {
		t.Fatal(err)
	}
	testworld.Set(t, w.World, "credits_low=999999")
	w.sendCode(t, id.Live, testworld.PhoneA)
	w.Settle()
	found, err := w.Hooks.FindEvents(t.Context(), w.Live, hooks.EventSearch{Type: webhook.CreditsLow, Limit: 1})
	if err != nil || len(found.Rows) != 1 {
		t.Fatal("no event", err)
	}

	path := w.at(id.Live, "/events/"+found.Rows[0].ID.String())
	owner.get(t, path).shows(t, 200, `"credits": 999992`, `"threshold": 999999`)
	support.get(t, path).shows(t, 200, "credits.low").lacks(t, "999992", "999999")
}
