package dashboard_test

import (
	"net/url"
	"testing"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/testworld"
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
	owner.get(t, path+query).shows(t, 200, "nothing accepted", "look in the request log", "/v2/lookup/+32470987654/explain",
		"A code that is asked for now is accepted, and costs at most 8 credits.", "/requests?status=4xx")
	support.get(t, path+query).shows(t, 200, "which owners and developers see").lacks(t, "/requests?status=4xx")
	for _, pasted := range []string{"32470987654", "0032470987654", "+32 470 98 76 54", "(+32) 470/98.76.54"} {
		owner.get(t, path+"?to="+url.QueryEscape(pasted)).shows(t, 200, "nothing accepted", "/v2/lookup/+32470987654/explain")
	}
	owner.get(t, path+"?to=0032470987654").shows(t, 200, "Read as +32470987654.")
	o := w.sendCode(t, id.Live, number)
	for _, b := range []*browser{owner, support} {
		b.get(t, path+query).shows(t, 200, "What happened", "/verifications/"+o.String(), "smsc by sms")
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

// TestHistory_Next says what stops the next code, and leads there.
func TestHistory_Next(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	const number = "+32470987655"
	path := w.at(id.Live, "/history?to="+url.QueryEscape(number))

	if _, err := w.OptOuts.Add(t.Context(), w.Live, number); err != nil {
		t.Fatal(err)
	}
	support.get(t, path).shows(t, 200, "Texts are refused, because the number has opted out").lacks(t, "codes are refused")
	testworld.Set(t, w.World, "opt_out_blocks_otp=true")
	support.get(t, path).shows(t, 200, "settings refuse codes to such numbers", "/opt-outs?to=")
	testworld.Set(t, w.World, "opt_out_blocks_otp=false", "spend_cap_hour=1")
	owner.get(t, path).shows(t, 200, "spend_cap_hour", w.at(id.Live, "/settings"))
}

// TestHistory_Paused tells apart who can do something about carriers that are all paused.
func TestHistory_Paused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	w.operator.post(t, screen.Root+"/carriers/smsc/pause", url.Values{}).shows(t, 303)
	w.operator.get(t, screen.Root+"/carriers/smsc").shows(t, 200, "No other carrier for sms is in use")
	path := w.at(id.Live, "/history?to="+url.QueryEscape("+32470987656"))
	owner.get(t, path).shows(t, 200, "no carrier of its route works: smsc is paused by an operator").lacks(t, `href="/dashboard/carriers"`)
	w.operator.get(t, path).shows(t, 200, "smsc is paused by an operator", `href="/dashboard/carriers"`)
}
