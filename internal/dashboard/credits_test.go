package dashboard_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestCredits_Ledger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, billing := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Billing)
	path := w.at(id.Live, "/credits")
	owner.get(t, w.at(id.Test, "/credits")).shows(t, 200, "Test mode costs nothing", "sms").lacks(t, "grant</td>")
	owner.get(t, path).shows(t, 200, "1,000,000", "grant</td>", "nothing was spent", "Warning and caps", "segment")
	billing.get(t, path).shows(t, 200, "1,000,000").lacks(t, "Warning and caps", "Add credits", ">Cost<")

	w.sendCode(t, id.Live, testworld.PhoneA)
	w.Settle()
	owner.get(t, path).shows(t, 200, "hold</td>", "capture</td>", "999,992", "+8", "/messages/msg_", "Enough for")
	billing.get(t, path).shows(t, 200, "hold</td>").lacks(t, "/messages/msg_")
	owner.get(t, path+"?kind=grant").shows(t, 200, "grant</td>").lacks(t, "hold</td>")
	owner.get(t, path+"?kind=refund").shows(t, 200, "Nothing matches")
	owner.get(t, path+"?kind=refund", "X-Fragment", "rows").shows(t, 200, "Nothing matches").lacks(t, "<html")
	owner.get(t, path+"?before=2.1000000").shows(t, 200, "grant</td>").lacks(t, "hold</td>")
	billing.get(t, path+".csv").shows(t, 200, "seq,kind,credits,held,balance,message_id,created_at\n",
		"\n1,grant,1000000,0,1000000,,")
	billing.get(t, path+".csv?kind=hold").shows(t, 200, ",hold,").lacks(t, ",grant,")
	w.operator.get(t, path).shows(t, 200, "Add credits", ">Cost<")
	for _, query := range []string{"?kind=gift", "?before=x", "?before=1", "?before=0.5", "?before=5.-1"} {
		owner.get(t, path+query).shows(t, 400)
	}
}

func TestCredits_Caps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, developer := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer)
	support := w.user(t, w.Account, signin.Support)
	path := w.at(id.Live, "/credits")
	form := url.Values{
		"credits_low": {"500"}, "spend_cap_hour": {"100"}, "spend_cap_day": {"1000"},
		"spend_cap_countries": {"be=50, *=20"},
	}
	developer.post(t, path+"/caps", form).shows(t, 403)
	owner.post(t, path+"/caps", form).shows(t, 303)
	owner.post(t, path+"/caps", form).shows(t, 303) // sent twice
	owner.get(t, path).shows(t, 200, "in force", `value="*=20,BE=50"`, `value="500"`)
	for field, bad := range map[string]string{
		"credits_low": "many", "spend_cap_hour": "-1", "spend_cap_day": "1.5", "spend_cap_countries": `"><script>alert(1)</script>`,
	} {
		t.Run(field, func(t *testing.T) {
			p := owner.post(t, path+"/caps", url.Values{field: {bad}}).shows(t, 400, `href="#f-`+field, `aria-invalid="true"`, bad)
			if strings.Contains(p.raw, "<script>alert") {
				t.Error("what was typed is not escaped")
			}
		})
	}
	owner.get(t, path).shows(t, 200, `value="*=20,BE=50"`)

	protection := w.at(id.Live, "/protection")
	owner.get(t, protection).shows(t, 200, "Today to BE", "0 of 50", "This hour", "Wrong guesses for one number")
	w.sendCode(t, id.Live, testworld.PhoneA)
	w.sendCode(t, id.Live, "+33612345678")
	owner.get(t, protection).shows(t, 200, "8 of 50", "8 of 20", "16 of 100", "16 of 1,000", "16.0 %")
	w.Clock.Add(20 * time.Minute)
	owner.get(t, protection).shows(t, 200, "16 of 100")
	support.get(t, protection).shows(t, 200, "List of opt-outs").lacks(t, "16 of")
	owner.get(t, w.at(id.Test, "/protection")).shows(t, 200, "no cap counts").lacks(t, "16 of")
}

func TestCredits_Add(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.at(id.Live, "/credits/add")
	w.user(t, w.Account, signin.Owner).post(t, path, url.Values{"credits": {"5"}, "once": {"a"}}).shows(t, 403)

	once := onceValue.FindStringSubmatch(w.operator.get(t, path).shows(t, 200, "1,000,000").raw)[1]
	form := url.Values{"credits": {"250"}, "once": {once}}
	w.operator.post(t, path, form).shows(t, 303)
	w.operator.get(t, w.at(id.Live, "/credits")).shows(t, 200, "The credits were added.").lacks(t, "counts once")
	w.operator.post(t, path, form).shows(t, 303) // a double click
	if got := w.Balance(t).Credits; got != 1_000_250 {
		t.Errorf("there are %d credits", got)
	}
	w.operator.get(t, w.at(id.Live, "/credits")).shows(t, 200, "1,000,250", "counts once")
	w.operator.post(t, path, url.Values{"credits": {"-250"}, "once": {"another"}}).shows(t, 303)
	w.operator.get(t, w.at(id.Live, "/credits")).shows(t, 200, "The credits were taken back.")
	for name, c := range map[string]struct{ credits, once, text string }{
		"no number":      {"<b>", "b", "whole number"},
		"nothing":        {"0", "c", "not 0"},
		"too many":       {"9000000000000000000", "d", "at most"},
		"more than left": {"-1000001", "e", "cannot be added"},
		"no token":       {"5", "", "send it once more"},
	} {
		t.Run(name, func(t *testing.T) {
			w.operator.post(t, path, url.Values{"credits": {c.credits}, "once": {c.once}}).shows(t, 400, c.text)
		})
	}
	if got := w.Balance(t).Credits; got != 1_000_000 {
		t.Errorf("there are %d credits", got)
	}
	noted := 0
	for _, row := range w.audits(t) {
		if strings.HasPrefix(row.Action, "credits.") && row.ActorKind == "user" {
			noted++
		}
	}
	if noted != 2 {
		t.Errorf("the audit log has %d of two changes", noted)
	}
}

// TestCredits_None: an account without credits learns that its messages are refused, and what a first live code needs.
func TestCredits_None(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	live, test := screen.AccountPath(w.other, id.Live), screen.AccountPath(w.other, id.Test)
	w.operator.get(t, live+"/overview").shows(t, 200, "are refused: 0 credits are left, and the cheapest costs 3.")
	for _, list := range []string{"/verifications", "/messages", "/analytics"} {
		w.operator.get(t, live+list).shows(t, 200, "+YOUR_NUMBER", "/dashboard/carriers", "Live messages need credits").
			lacks(t, "+15005550006")
		w.operator.get(t, test+list).shows(t, 200, "+15005550006")
	}
}

// TestCSV_Name says the filters of a file, but no number of somebody.
func TestCSV_Name(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	for _, c := range []struct{ query, want string }{
		{"?status=verified", "verifications-status-verified-"}, {"?to=%2B32470987654", "verifications-to-2"}, {"", "verifications-2"},
	} {
		p := owner.get(t, w.at(id.Live, "/verifications.csv"+c.query)).shows(t, 200)
		if name := p.Header.Get("Content-Disposition"); !strings.Contains(name, c.want) || strings.Contains(name, "32470987654") {
			t.Errorf("%s: %s, want %s", c.query, name, c.want)
		}
	}
}
