package dashboard_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestCarriers_Screens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const list = "/dashboard/carriers"
	w.operator.get(t, list).shows(t, 200, "smsc", "wa", "sms")
	w.operator.get(t, list, "X-Fragment", "rows").shows(t, 200, "smsc").lacks(t, "<html")
	w.operator.get(t, list+"/smsc").shows(t, 200, "smsc", "Test the carrier", "Pause")
	w.operator.get(t, list+"/none").shows(t, 404)

	paused := w.operator.post(t, list+"/smsc/pause", url.Values{})
	if paused.StatusCode != 303 || paused.Header.Get("Location") != list+"/smsc" {
		t.Fatalf("answered %d to %s", paused.StatusCode, paused.Header.Get("Location"))
	}
	w.operator.get(t, list+"/smsc").shows(t, 200, "An operator paused it", "Resume")
	w.operator.post(t, list+"/smsc/resume", url.Values{}).shows(t, 303)
	w.operator.get(t, list+"/smsc").shows(t, 200).lacks(t, "An operator paused it")
	w.operator.post(t, list+"/none/pause", url.Values{}).shows(t, 404)
	w.operator.post(t, list+"/smsc/test", url.Values{"to": {"12"}}).shows(t, 422, "Please check the form", `value="12"`)
	w.operator.post(t, list+"/wa/test", url.Values{}).shows(t, 200, "check found a problem")

	var actions []string
	for _, row := range w.auditsOf(t, id.Account{}) {
		actions = append(actions, row.Action)
	}
	for _, want := range []string{"carrier.paused", "carrier.resumed"} {
		if !strings.Contains(strings.Join(actions, " "), want) {
			t.Errorf("the audit log lacks %s: %v", want, actions)
		}
	}
}

func TestRoutes_Explain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/dashboard/routes"
	w.operator.get(t, path).shows(t, 200, "Show the route").lacks(t, "Steps, in their order")
	w.operator.get(t, path+"?to=%2B32470123456&channel=sms").shows(t, 200, "Steps, in their order", "smsc", "BE", "8 / segment")
	w.operator.get(t, path+"?to=abc").shows(t, 422, "Please check the form", `value="abc"`)
}

// TestRoutes_Table: what the configuration says, searched by each of its columns.
func TestRoutes_Table(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/dashboard/routes"
	w.operator.get(t, path).shows(t, 200, "all others", "smsc", "8 / segment", "3 / message", "no route: the order")
	for text, shown := range map[string]bool{"sms": true, "SMSC": true, "wa": false, "BE": true, "+33": true} {
		p := w.operator.get(t, path+"?q="+url.QueryEscape(text), "X-Fragment", "rows").shows(t, 200).lacks(t, "<html")
		if got := strings.Contains(p.text, "/carriers/smsc"); got != shown {
			t.Errorf("%s finds the carrier of SMS: %v", text, got)
		}
	}
	w.operator.get(t, path+"?q=nothing").shows(t, 200, "Nothing matches")
	w.operator.get(t, path+"?q=FR").shows(t, 200, "No route or price names FR, so the rows for all others count.", "all others")
}

// TestCarriers_Traffic: one carrier shows what all accounts sent over it, and its failures in the operator's own.
func TestCarriers_Traffic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/dashboard/carriers/smsc"
	w.operator.get(t, path).shows(t, 200, "No live message went over it.", "/live/messages?carrier=smsc", "None is among")

	w.sendCode(t, id.Live, "+32470123456")
	w.operator.get(t, path).shows(t, 200, "Accepted", "0 (0.0 %)", "spark", "None is among")
	w.operator.get(t, "/dashboard/carriers/wa").shows(t, 200, "No live message went over it.")

	w.sms.Script(testworld.AnswersWith(carrier.Result{
		Outcome: carrier.Rejected, Reason: message.Unreachable, CarrierCode: nasty[0],
	}))
	caller := w.Live
	caller.Account = w.other
	if _, err := w.Admin.Credit(t.Context(), w.other, 100); err != nil {
		t.Fatal(err)
	}
	failed, _, err := w.Engine.SendSMS(t.Context(), caller, engine.SMSRequest{To: "+32470123457", Body: "Hello"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := w.operator.get(t, path).shows(t, 200, failed.ID.String(), "Other Ltd", ">failed<").
		lacks(t, "+32470123457", "None is among")
	p.escaped(t, nasty[0])
	w.operator.get(t, "/dashboard/carriers/wa").shows(t, 200).lacks(t, failed.ID.String())
}

func TestAccounts_Screens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/dashboard/accounts"
	w.operator.get(t, path).shows(t, 200, "Acme", "Other Ltd", w.Account.String())
	w.operator.post(t, path+"/new", url.Values{"name": {"New & Co"}, "credits": {"many"}}).
		shows(t, 400, "must be a whole number", `value="New & Co"`)
	w.operator.post(t, path+"/new", url.Values{"name": {""}}).shows(t, 400, "Please check the form")
	w.operator.post(t, path+"/new", url.Values{
		"name": {"New & Co"}, "credits": {"70"}, "once": {w.operator.once(t, path+"/new")},
	}).
		shows(t, 200, "New & Co was created", "whsec_", "Invite its owner")
	w.operator.get(t, path).shows(t, 200, "New & Co", ">70<").lacks(t, "whsec_")
}

func TestUsers_Screens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	support := w.user(t, w.Account, signin.Support)
	v, err := w.people.Visit(t.Context(), support.token)
	if err != nil {
		t.Fatal(err)
	}

	const path = "/dashboard/users"
	w.operator.get(t, path).shows(t, 200, v.Email, "operator@example.com")
	w.operator.get(t, path+"?q=operator%40").shows(t, 200, "operator@example.com").lacks(t, v.Email)
	w.operator.get(t, path+"?q=nobody").shows(t, 200, "Nothing matches")
	once := w.operator.once(t, path)
	w.operator.post(t, path+"/reset", url.Values{"email": {v.Email}, "once": {once}}).shows(t, 200, w.base+"/dashboard/setup?token=")
	w.operator.post(t, path+"/reset", url.Values{"email": {"nobody@example.com"}, "once": {once}}).shows(t, 404)

	support.get(t, "/dashboard/carriers").shows(t, 403)
	w.operator.post(t, path+"/operator", url.Values{"user": {v.User.String()}, "operator": {"yes"}}).shows(t, 303)
	support.get(t, "/dashboard/carriers").shows(t, 200)
	w.operator.post(t, path+"/operator", url.Values{"user": {v.User.String()}}).shows(t, 303)
	support.get(t, "/dashboard/carriers").shows(t, 403)
	w.operator.post(t, path+"/operator", url.Values{"user": {"usr_none"}}).shows(t, 404)

	disabled := url.Values{"user": {v.User.String()}, "disabled": {"yes"}}
	support.post(t, path+"/disabled", disabled).shows(t, 403)
	w.operator.post(t, path+"/disabled", disabled).shows(t, 303)
	w.operator.get(t, path).shows(t, 200, ">disabled<", "Enable")
	if p := support.get(t, w.at(id.Test, "/verifications")); !p.toSignIn() {
		t.Errorf("a user who is disabled gets %d", p.StatusCode)
	}
	w.operator.post(t, path+"/disabled", url.Values{"user": {v.User.String()}}).shows(t, 303)
	w.operator.get(t, path).lacks(t, ">disabled<")
	w.operator.post(t, path+"/disabled", url.Values{"user": {"usr_none"}}).shows(t, 404)
}

// TestAccounts_Menu: operators reach every account from the menu, others only their own.
func TestAccounts_Menu(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.operator.get(t, w.at(id.Test, "/overview")).shows(t, 200, "All accounts", "Find an account")
	w.operator.get(t, "/dashboard/accounts?q=acme").shows(t, 200, ">Acme<").lacks(t, ">Other Ltd</a></th>")
	w.operator.get(t, "/dashboard/accounts?q=nobody").shows(t, 200, "Nothing matches")
	w.user(t, w.Account, signin.Owner).get(t, w.at(id.Test, "/overview")).shows(t, 200).lacks(t, "All accounts", "Find an account")
}

// auditsOf are the newest rows of an account's audit log; the zero account is the installation.
func (w *world) auditsOf(t testing.TB, of id.Account) (rows []store.Audit) {
	t.Helper()
	err := w.Admin.Store.View(t.Context(), func(v store.Reader) (err error) {
		rows, err = v.Audits(of, id.Audit{}, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return rows
}

func TestInstance_Screen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.operator.get(t, "/dashboard/instance").shows(t, 200, "postgres", "otp-1", "silent", "0.1.0")
}
