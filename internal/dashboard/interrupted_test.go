package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// TestStepUp_BeforeForm: a page whose form asks for a proof asks for it before it is filled in.
func TestStepUp_BeforeForm(t *testing.T) {
	t.Parallel()
	asks := map[string]bool{}
	for _, r := range dashboard.Routes() {
		asks[r.Pattern] = r.StepUp
	}
	forms := 0
	for pattern, proof := range asks {
		path, isForm := strings.CutPrefix(pattern, "POST ")
		page, ok := asks["GET "+path]
		if !isForm || !proof || !ok {
			continue // it stands on the page of a list, whose forms are filled in with one choice
		}
		if forms++; !page {
			t.Errorf("%s asks after the form was filled in", path)
		}
	}
	if forms < 10 {
		t.Errorf("only %d forms were looked at", forms)
	}
}

// TestSession_Ended: a form that is sent after its session ended leads to the sign-in, which says why, and from there back.
func TestSession_Ended(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	form, list := w.at(id.Test, "/templates/new"), w.at(id.Test, "/verifications?status=sent")
	w.Clock.Add(31 * time.Minute)
	const notSaved = "Your session has ended, so the form was not saved."
	for name, c := range map[string]struct {
		method, path, referer, next, says string
	}{
		"a form": {"POST", form, w.base + form, form, notSaved},
		"a refused form": {
			"POST", w.at(id.Test, "/inbox/send"), w.base + w.at(id.Test, "/inbox/send"), w.at(id.Test, "/inbox"),
			notSaved,
		},
		"of another site":    {"POST", form, "https://evil.example" + form, "", notSaved},
		"of another path":    {"POST", form, w.base + "/v2/otp", "", notSaved},
		"without an address": {"POST", form, "", "", notSaved},
		"a page":             {"GET", list, "", list, "Your session has ended. Sign in again to go on."},
	} {
		t.Run(name, func(t *testing.T) {
			body := ""
			if c.method == http.MethodPost {
				body = "name=x"
			}
			want := "/dashboard/sign-in"
			if c.next != "" {
				want += "?next=" + url.QueryEscape(c.next)
			}
			p := owner.do(t, owner.request(t, c.method, c.path, body, "Referer", c.referer)).leadsTo(t, want)
			owner.get(t, p.Header.Get("Location")).shows(t, 200, c.says)
		})
	}

	w.browser(t, noToken).get(t, list).leadsTo(t, "/dashboard/sign-in?next="+url.QueryEscape(list))
	w.browser(t, noToken).get(t, "/dashboard/sign-in").shows(t, 200).lacks(t, "Your session has ended")
}

// TestNotFound: what is in the other mode is found there, and no text speaks of keys or commands.
func TestNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	o := w.sendCode(t, id.Live, "+32470123456")
	public, _ := owner.createKey(t, id.Live, "Shop", "send")
	for _, path := range []string{"/verifications/" + o.String(), "/keys/" + public} {
		owner.get(t, w.at(id.Test, path)).shows(t, 404, "in test mode", "Open it in live mode",
			`href="`+w.at(id.Live, path)+`"`)
	}
	for _, path := range []string{
		"/verifications/" + id.OTP{1}.String(), "/messages/msg_none", "/keys/key_none", "/templates/tmpl_none",
		"/webhooks/whe_none",
		"/events/evt_none", "/requests/req_none", "/audit/aud_none", "/opt-outs/00/remove",
	} {
		owner.get(t, w.at(id.Test, path)).shows(t, 404, "There is no such ").lacks(t,
			"Open it in", "the key is of", "syssecure ")
	}
	w.operator.get(t, strings.Replace(w.at(id.Test, "/overview"), w.Account.String(), id.Account{1}.String(), 1)).
		shows(t, 404, "There is no such account").lacks(t, "account list")
}
