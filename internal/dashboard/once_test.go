package dashboard_test

import (
	"bufio"
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// TestOnce_Account: the form of a new account that is sent twice makes one, and shows the same secrets.
func TestOnce_Account(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/dashboard/accounts/new"
	w.operator.post(t, path, url.Values{"name": {"dup"}}).shows(t, 400, "send it once more")
	form := url.Values{"name": {"dup"}, "credits": {"5"}, "once": {w.operator.once(t, path)}}
	first := w.operator.post(t, path, form).shows(t, 200, "whsec_")
	again := w.operator.post(t, path, form).shows(t, 200)
	if secrets(first) == "" || secrets(first) != secrets(again) {
		t.Errorf("the secrets are %q and then %q", secrets(first), secrets(again))
	}
	if n := strings.Count(w.operator.get(t, "/dashboard/accounts").text, ">dup<"); n != 1 {
		t.Errorf("there are %d accounts", n)
	}
}

// secrets are those that a page shows.
func secrets(p page) string {
	return strings.Join(regexp.MustCompile(`whsec_[\w+/=-]+`).FindAllString(p.text, -1), " ")
}

// TestOnce_Invitation: the second of two clicks does not end the link that the first one made.
func TestOnce_Invitation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/team/invite")
	form := url.Values{"email": {"ada@example.com"}, "role": {"owner"}, "once": {owner.once(t, path)}}
	link := regexp.MustCompile(`/dashboard/setup\?token=[\w-]+`)
	first := link.FindString(owner.post(t, path, form).shows(t, 200).raw)
	if again := link.FindString(owner.post(t, path, form).shows(t, 200).raw); first == "" || again != first {
		t.Errorf("the link is %q and then %q", first, again)
	}
	w.browser(t, noToken).get(t, first).shows(t, 200, "ada@example.com")
	owner.get(t, w.at(id.Test, "/team")).shows(t, 200, "1 open invitation by this member ends")
}

// TestOnce_AtOnce: forms that are sent twice at the same time wait for each other, and both get the first answer.
func TestOnce_AtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	codes, app := w.user(t, w.Account, signin.Developer), w.user(t, w.Account, signin.Support)
	codes.addTOTP(t)
	p := app.get(t, "/dashboard/profile/authenticator")
	text := regexp.MustCompile(`<code id="secret">([A-Z2-7 ]+)</code>`).FindStringSubmatch(p.raw)[1]
	code := signin.TOTP(decodeSecret(t, strings.ReplaceAll(text, " ", "")), w.Clock.Now())
	for name, c := range map[string]struct {
		who        *browser
		path, page string // page is where the form is, when that is another path
		form       url.Values
		shown      string
	}{
		"recovery codes": {
			who: codes, path: "/dashboard/profile/recovery-codes", page: "/dashboard/profile", form: url.Values{},
			shown: `[0-9A-Z]{5}-[0-9A-Z]{5}`,
		},
		"an app": {
			who: app, path: "/dashboard/profile/authenticator", shown: `[0-9A-Z]{5}-[0-9A-Z]{5}`,
			form: url.Values{"code": {code}, "state": {p.field(t, "state")}},
		},
		"an invitation": {
			who: owner, path: w.at(id.Test, "/team/invite"), shown: `token=[\w-]+`,
			form: url.Values{"email": {"ada@example.com"}, "role": {"owner"}},
		},
		"an account": {
			who: w.operator, path: "/dashboard/accounts/new", shown: `whsec_[\w+/=-]+`,
			form: url.Values{"name": {"dup"}, "credits": {"5"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.form.Set("once", c.who.once(t, cmp.Or(c.page, c.path)))
			var answers [8]page
			var all sync.WaitGroup
			for i := range answers {
				all.Go(func() { answers[i] = c.who.post(t, c.path, c.form) })
			}
			all.Wait()

			shown := regexp.MustCompile(c.shown)
			first := shown.FindString(answers[0].shows(t, 200).text)
			for _, p := range answers {
				if got := shown.FindString(p.shows(t, 200).text); got == "" || got != first {
					t.Errorf("one answer shows %q, another %q", first, got)
				}
			}
		})
	}
}

// TestOnce_Key: a form that is sent again shows its key neither after it was revoked nor in another session.
func TestOnce_Key(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/keys/new")
	form := url.Values{"name": {"Shop"}, "scopes": {"send"}, "once": {owner.once(t, path)}}
	key := regexp.MustCompile(`sk_test_[0-9A-Za-z]{8}_[0-9A-Za-z]{20,}`)
	first := key.FindString(owner.post(t, path, form).shows(t, 200).text)
	if first == "" || first != key.FindString(owner.post(t, path, form).shows(t, 200).text) {
		t.Fatal("the form that is sent twice at once shows no key, or another")
	}

	elsewhere := w.signIn(t, owner)
	if got := key.FindString(elsewhere.post(t, path, form).shows(t, 200).text); got == first || got == "" {
		t.Errorf("another session is shown %q", got)
	}

	public := "key_" + strings.Split(first, "_")[2]
	owner.post(t, w.at(id.Test, "/keys/"+public+"/revoke"), url.Values{"confirm": {"Shop"}}).shows(t, 303)
	w.Clock.Add(time.Second)
	owner.post(t, path, form).leadsTo(t, w.at(id.Test, "/keys/"+public))
	owner.get(t, w.at(id.Test, "/keys/"+public)).shows(t, 200, "has ended since").lacks(t, first)
}

// TestLive_RightEnds: a row that comes after the role was taken away, or after the session ended, is not sent. An open
// stream does not put the end of its session off.
func TestLive_RightEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, w *world, b *browser) error{
		"another role": func(t *testing.T, w *world, b *browser) error {
			return w.people.ChangeRole(t.Context(), w.operator.visit(t), w.Account, b.visit(t).User, string(signin.Billing))
		},
		"removed": func(t *testing.T, w *world, b *browser) error {
			return w.people.Remove(t.Context(), w.operator.visit(t), w.Account, b.visit(t).User)
		},
		"disabled": func(t *testing.T, w *world, b *browser) error {
			return w.people.SetDisabled(t.Context(), w.operator.visit(t), b.visit(t).User, true)
		},
		"signed out": func(t *testing.T, w *world, b *browser) error {
			return w.people.SignOut(t.Context(), b.visit(t))
		},
		"idle": func(_ *testing.T, w *world, _ *browser) error {
			w.Clock.Add(signin.SessionIdle + time.Second)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			developer := w.user(t, w.Account, signin.Developer)
			r := developer.request(t, "GET", w.at(id.Test, "/verifications/live"), "", "Accept", "text/event-stream")
			answer, err := developer.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = answer.Body.Close() }()

			if err := end(t, w, developer); err != nil {
				t.Fatal(err)
			}
			o := w.sendCode(t, id.Test, "+32470123456")
			lines := bufio.NewScanner(answer.Body)
			for lines.Scan() {
				if strings.Contains(lines.Text(), o.String()) {
					t.Fatal("the stream sends a row to who may not see it")
				}
				if lines.Text() == "event: end" {
					return
				}
			}
			t.Errorf("the stream does not say that it ended: %v", lines.Err())
		})
	}
}

// TestAudit_Installation: operators see who signed in and what other operators did, and nobody else does.
func TestAudit_Installation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	row := store.Audit{
		ID: id.NewAudit(w.Clock.Now()), Action: audit.CarrierPaused, Object: "smsc", ActorKind: audit.User,
		ActorID:   "usr_x",
		ActorName: nasty[0], Address: "192.0.2.9", At: w.Clock.Now(),
	}
	err := w.Admin.Store.Update(t.Context(), id.Account{}, nil, func(tx *store.Tx) error {
		tx.Insert(row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	const path = "/dashboard/audit"
	w.operator.get(t, "/dashboard/users").shows(t, 200, `href="/dashboard/audit"`)
	w.operator.get(t, path).shows(t, 200, "Carrier paused", "User created", path+"/"+row.ID.String(), path+".csv").
		lacks(t, "Member joined", "/dashboard//").escaped(t, nasty[0])
	w.operator.get(t, path+"?action=carrier").shows(t, 200, "Carrier paused").lacks(t, "User created")
	w.operator.get(t, path+"/"+row.ID.String()).shows(t, 200, "carrier.paused", "192.0.2.9").lacks(t, "/dashboard//")
	w.operator.get(t, path+".csv").shows(t, 200, "carrier.paused", "user.created")
	w.operator.get(t, path+"/aud_none").shows(t, 404)
	for _, p := range []string{path, path + ".csv", path + "/" + row.ID.String()} {
		owner.get(t, p).shows(t, 403).lacks(t, "carrier.paused")
	}
	owner.get(t, w.at(id.Live, "/audit/"+row.ID.String())).shows(t, 404)
}

// TestLink_Reset: the page of a new password shows whose it is, and takes no other address.
func TestLink_Reset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	l, err := w.people.Reset(t.Context(), owner.email, false)
	if err != nil {
		t.Fatal(err)
	}
	w.browser(t, noToken).get(t, strings.TrimPrefix(l.Address(w.base), w.base)).
		shows(t, 200, `value="`+owner.email+`" readonly`)
}

// TestOnce_Reset: two clicks make one link for a new password.
func TestOnce_Reset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	form := url.Values{"email": {owner.email}, "once": {w.operator.once(t, "/dashboard/users")}}
	link := regexp.MustCompile(`/dashboard/setup\?token=[\w-]+`)
	first := link.FindString(w.operator.post(t, "/dashboard/users/reset", form).shows(t, 200).raw)
	if again := link.FindString(w.operator.post(t, "/dashboard/users/reset", form).shows(t, 200).raw); first == "" || again != first {
		t.Errorf("the link is %q and then %q", first, again)
	}
}
