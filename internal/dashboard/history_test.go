package dashboard_test

import (
	"net/url"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// TestHistory answers why a number got no code, from the number or from a verification whose number is not shown.
func TestHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	path := w.at(id.Live, "/history")
	owner.get(t, path).shows(t, 200, "Why did this number get no code?").lacks(t, "What happened")

	const number = "+32470987654"
	query := "?to=" + url.QueryEscape(number)
	owner.get(t, path+query).shows(t, 200, "no request", "look in the request log", "/v2/lookup/+32470987654/explain")
	o := w.sendCode(t, id.Live, number)
	for _, b := range []*browser{owner, support} {
		b.get(t, path+query).shows(t, 200, "What happened", "/verifications/"+o.String(), "smsc sms")
		b.get(t, path+"/"+o.String()).shows(t, 200, "What happened", "/verifications/"+o.String()).lacks(t, number)
	}
	owner.get(t, w.at(id.Live, "/verifications/"+o.String())).shows(t, 200, path+"/"+o.String())
	owner.get(t, w.at(id.Test, "/history/"+o.String())).shows(t, 404)
	for _, wrong := range []string{"otp_none", "msg_none", "x"} {
		owner.get(t, path+"/"+wrong).shows(t, 404)
	}
	for _, wrong := range append([]string{"abc", "0470"}, nasty...) {
		owner.get(t, path+"?to="+url.QueryEscape(wrong)).shows(t, 422, "Please check the form").escaped(t, wrong)
	}
}
