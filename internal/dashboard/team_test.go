package dashboard_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// userID is the id of a browser's user.
func (b *browser) userID(t testing.TB) string { t.Helper(); return b.visit(t).User.String() }

// TestTeam_Invite: an owner makes a link, which is shown once, and the invited person joins by it.
func TestTeam_Invite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	invite := func(email, role string) page {
		return owner.post(t, w.at(id.Test, "/team/invite"), url.Values{
			"email": {email}, "role": {role}, "once": {screen.NewOnce()},
		})
	}
	link := func(p page) string {
		t.Helper()
		found := regexp.MustCompile(`<code id="link">` + regexp.QuoteMeta(w.base) + `(/dashboard/setup\?token=[\w-]{43})</code>`).FindStringSubmatch(p.raw)
		if found == nil {
			t.Fatalf("there is no link: %s", short(p.raw))
		}
		return found[1]
	}

	owner.get(t, w.at(id.Test, "/team")).shows(t, 200, "There is none. An invitation is a link that works once",
		"User owner", "What each role may do")
	for name, c := range map[string]struct{ email, role, text string }{
		"no address":   {"", "owner", "E-mail must be an e-mail address"},
		"no e-mail":    {"ada", "owner", "E-mail must be an e-mail address"},
		"a script":     {nasty[1], "owner", "E-mail must be an e-mail address"},
		"a wrong role": {"ada@example.com", "operator", "Role must be owner, developer, support or billing"},
		"both":         {"ada", "king", "Role must be"},
		"a member":     {emailOf(w.Account, signin.Owner), "owner", "is a member of the account already"},
	} {
		t.Run(name, func(t *testing.T) {
			p := invite(c.email, c.role).shows(t, 400, c.text, `aria-invalid="true"`)
			if c.email != "" {
				p.escaped(t, c.email)
			}
		})
	}

	first := link(invite("ada@example.com", "support").shows(t, 200, "It is shown only now", "ada@example.com"))
	p := owner.get(t, w.at(id.Live, "/team")).shows(t, 200, "ada@example.com", "Withdraw").lacks(t, first)
	second := link(invite("Ada@Example.com", "billing").shows(t, 200)) // sent twice: the later link counts
	if n := strings.Count(owner.get(t, w.at(id.Live, "/team")).raw, `name="invite"`); n != 1 {
		t.Errorf("there are %d invitations", n)
	}
	owner.post(t, w.at(id.Test, "/team/withdraw"), url.Values{"invite": {p.field(t, "invite")}}).shows(t, 404,
		"no such invitation")
	w.browser(t, noToken).get(t, first).shows(t, 404)

	ada := w.browser(t, noToken)
	ada.get(t, second).shows(t, 200, "billing", `value="ada@example.com" readonly`)
	token := strings.TrimPrefix(second, "/dashboard/setup?token=")
	form := url.Values{
		"token": {token}, "name": {nasty[0]}, "password": {password}, "email": {"other@example.com"},
		"role": {"owner"},
	}
	ada.post(t, "/dashboard/setup", form).leadsTo(t, "/dashboard")
	ada.post(t, "/dashboard/setup", form).shows(t, 404)
	if v := ada.visit(t); v.Email != "ada@example.com" || len(v.Accounts) != 1 || v.Accounts[0].Role != signin.Billing {
		t.Errorf("the invited user is %+v", v)
	}
	owner.get(t, w.at(id.Test, "/team")).shows(t, 200).escaped(t, nasty[0])
}

func TestTeam_Withdraw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, stranger := w.user(t, w.Account, signin.Owner), w.user(t, w.other, signin.Owner)
	p := owner.post(t, w.at(id.Test, "/team/invite"), url.Values{
		"email": {"ada@example.com"}, "role": {"owner"}, "once": {screen.NewOnce()},
	}).shows(t, 200)
	link := regexp.MustCompile(`/dashboard/setup\?token=[\w-]+`).FindString(p.raw)
	form := url.Values{"invite": {owner.get(t, w.at(id.Test, "/team")).field(t, "invite")}}
	theirs := strings.Replace(w.at(id.Test, "/team/withdraw"), w.Account.String(), w.other.String(), 1)
	stranger.post(t, theirs, form).shows(t, 404, "no such invitation")
	owner.post(t, w.at(id.Test, "/team/withdraw"), url.Values{}).shows(t, 404)
	owner.post(t, w.at(id.Test, "/team/withdraw"), form).leadsTo(t, w.at(id.Test, "/team"))
	owner.get(t, w.at(id.Test, "/team")).shows(t, 200, "Its link does not work any more").lacks(t, "ada@example.com")
	w.browser(t, noToken).get(t, link).shows(t, 404)
}

// TestTeam_Change: roles and members change, but the last owner stays, and no form reaches another account.
func TestTeam_Change(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, dev, stranger := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer), w.user(t,
		w.other, signin.Owner)
	role := func(user, to string) page {
		return owner.post(t, w.at(id.Test, "/team/role"), url.Values{
			"user": {user}, "role": {to},
			"account": {w.other.String()},
		})
	}
	remove := func(user string) page {
		return owner.post(t, w.at(id.Test, "/team/remove"), url.Values{"user": {user}, "account": {w.other.String()}})
	}
	team, devID, ownerID := w.at(id.Test, "/team"), dev.userID(t), owner.userID(t)

	role(stranger.userID(t), "billing").shows(t, 404, "no such member")
	remove(stranger.userID(t)).shows(t, 404, "no such member")
	role("user_none", "billing").shows(t, 404)
	role(devID, "operator").shows(t, 400, "role must be")
	role(ownerID, "support").shows(t, 400, "the account's last owner")
	remove(ownerID).shows(t, 400, "the account's last owner")

	role(devID, "support").leadsTo(t, team)
	role(devID, "support").leadsTo(t, team) // sent twice
	if v := dev.visit(t); v.Accounts[0].Role != signin.Support {
		t.Errorf("the role is %s", v.Accounts[0].Role)
	}
	dev.get(t, team).shows(t, 403)
	owner.get(t, team).shows(t, 200, "<option selected>support</option>", "none")
	dev.addPasskey(t)
	owner.get(t, team).shows(t, 200, `badge ok`)

	role(devID, "owner").leadsTo(t, team)
	role(ownerID, "support").leadsTo(t, "/dashboard") // who gives the team away sees it no more
	owner.get(t, team).shows(t, 403)
	dev.post(t, w.at(id.Test, "/team/remove"), url.Values{"user": {ownerID}}).leadsTo(t, team)
	dev.post(t, w.at(id.Test, "/team/remove"), url.Values{"user": {ownerID}}).shows(t, 404) // sent twice
	if !owner.get(t, "/dashboard").toSignIn() {
		t.Error("a removed user is signed in")
	}
}

// TestTeam_Removed: what was open when the user was removed stays closed, in each browser.
func TestTeam_Removed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, dev := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer)
	second := w.enter(t, emailOf(w.Account, signin.Developer), "Firefox")
	k := dev.addPasskey(t)
	w.Clock.Add(time.Second)
	owner.post(t, w.at(id.Live, "/team/remove"), url.Values{"user": {dev.userID(t)}}).leadsTo(t, w.at(id.Live, "/team"))
	for _, b := range []*browser{dev, second} {
		if !b.get(t, w.at(id.Test, "/verifications")).toSignIn() || !b.post(t, "/dashboard/profile",
			url.Values{"name": {"x"}}).toSignIn() {
			t.Error("a session of a removed user goes on")
		}
	}
	w.browser(t, noToken).usePasskey(t, k, "/dashboard/sign-in/passkey", "").shows(t, 401)
	w.browser(t, noToken).post(t, "/dashboard/sign-in", url.Values{
		"email": {emailOf(w.Account, signin.Developer)}, "password": {password},
	}).shows(t, 401, "the e-mail address or the password is not right")
}
