package people_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

func TestSetup_FirstUser(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		v := w.visit(t, w.first.SignedIn)
		if !v.Operator || v.Email != email || v.Name != "Ada" || len(v.Accounts) != 1 || v.Accounts[0].Role != signin.Owner ||
			v.Accounts[0].Name != "First" || v.Accounts[0].Account != w.account {
			t.Errorf("the visit of the first user is %+v", v)
		}
		if _, ok, err := w.Setup(t.Context()); ok || err != nil {
			t.Errorf("with a user, there is a setup link: %v, %v", ok, err)
		}

		caller, err := w.Admin.ListKeys(t.Context(), w.account)
		if err != nil || len(caller) != 1 || caller[0].Mode != id.Test || !strings.HasPrefix(w.first.Key.Reveal(), "sk_test_") {
			t.Errorf("the first account has the keys %v, %v; shown: %v", caller, err, w.first.Key.Reveal() != "")
		}
		got := w.actions(t, id.Account{})
		slices.Sort(got) // they have one time
		if !slices.Equal(got, []string{"user.created", "user.signed_in"}) {
			t.Errorf("the installation's audit log has %v", got)
		}
		if got := w.actions(t, w.account); !slices.Contains(got, "account.created") || !slices.Contains(got, "member.joined") {
			t.Errorf("the account's audit log has %v", got)
		}
	})
}

func TestSetup_Renewed(t *testing.T) {
	t.Parallel()
	w := empty(t, nil)
	first, _, err := w.Setup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, ok, err := w.Setup(t.Context())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}

	answer := people.LinkAnswer{Email: email, Name: "Ada", Account: "First", Password: secret.NewString(password)}
	if _, err := w.UseLink(t.Context(), first.Token, answer); status(err) != 404 {
		t.Errorf("the link of the start before: %v, want 404", err)
	}
	w.later(24 * time.Hour)
	if _, err := w.UseLink(t.Context(), second.Token, answer); status(err) != 404 {
		t.Errorf("the link after a day: %v, want 404", err)
	}
}

func TestSetup_ChecksEveryField(t *testing.T) {
	t.Parallel()
	w := empty(t, nil)
	l, _, err := w.Setup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	good := people.LinkAnswer{Email: email, Name: "Ada", Account: "First", Password: secret.NewString(password)}
	for name, change := range map[string]func(*people.LinkAnswer){
		"email":    func(a *people.LinkAnswer) { a.Email = "ada" },
		"name":     func(a *people.LinkAnswer) { a.Name = "Ada\x1b[31m" },
		"account":  func(a *people.LinkAnswer) { a.Account = "" },
		"password": func(a *people.LinkAnswer) { a.Password = secret.NewString("ada@example.com!") },
	} {
		t.Run(name, func(t *testing.T) {
			a := good
			change(&a)
			_, err := w.UseLink(t.Context(), l.Token, a)
			if f := fault.From(err); f.Status != 400 || f.Details.Field != name {
				t.Errorf("UseLink = %v, want 400 about %s", err, name)
			}
		})
	}
	_, err = w.UseLink(t.Context(), l.Token, people.LinkAnswer{})
	var wrong []string
	for _, e := range fault.From(err).Details.Errors {
		wrong = append(wrong, e.Field)
	}
	if !slices.Equal(wrong, []string{"email", "name", "account", "password"}) {
		t.Errorf("an empty form is wrong at %v", wrong)
	}
	if _, err := w.UseLink(t.Context(), l.Token, good); err != nil {
		t.Errorf("after mistakes, the link no longer works: %v", err)
	}
}

func TestSignIn_Password(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		for name, c := range map[string]struct {
			email, password string
			status          int
		}{
			"right":            {"Ada@Example.com", password, 0},
			"wrong password":   {email, "grey whale eats bread", 401},
			"no such user":     {"bob@example.com", password, 401},
			"not an address":   {"ada", password, 400},
			"empty password":   {email, "", 401},
			"a long password":  {email, strings.Repeat("x", 1<<20), 401},
			"another spelling": {email, strings.ToUpper(password), 401},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := w.SignIn(t.Context(), people.Attempt{
					Email: c.email, Password: secret.NewString(c.password), Client: client,
				})
				if status(err) != c.status {
					t.Errorf("SignIn = %v, want %d", err, c.status)
				}
				if err != nil && c.status == 401 && !strings.Contains(err.Error(), "the e-mail address or the password") {
					t.Errorf("the error says more than it may: %v", err)
				}
			})
		}
	})
}

func TestSignIn_OldHashIsRenewed(t *testing.T) {
	t.Parallel()
	w := newWorldAt(t, signin.Cost{}) // which is the standard one, as in an installation
	k := store.UserKey(w.first.User)
	// Of the same password, with the parameters of an earlier version: m=8192, t=1.
	const old = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$Ahw08aAkVxdgwG00Gk3lsu2Kf4Az2H8fgItKsxOPJP8"
	set := func(text string) {
		err := w.Store.Update(t.Context(), id.Account{}, []store.Key{k}, func(tx *store.Tx) error {
			u, _ := store.Get[store.User](tx, k)
			u.Password = w.Keys.Seal([]byte(text), k.Location("password"))
			tx.Put(u)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(old)
	w.signIn(t, email, client)

	rows, err := w.Store.Find(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := store.Get[store.User](rows, k)
	plain, err := w.Keys.Open(u.Password, k.Location("password"))
	if err != nil || !strings.Contains(string(plain), "m=19456,t=2,p=1") {
		t.Errorf("after the sign-in the hash is %s, %v", plain, err)
	}
	w.visit(t, w.first.SignedIn) // earlier sessions go on
	w.signIn(t, email, client)
	set("nonsense")
	if _, err := w.SignIn(t.Context(), people.Attempt{Email: email, Password: secret.NewString(password)}); status(err) != 401 {
		t.Errorf("with a hash that cannot be read: %v, want 401", err)
	}
}

func TestVisit_Ends(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		s := w.signIn(t, email, client)
		for range 23 { // a page every half hour: 11.5 hours
			w.later(30 * time.Minute)
			w.visit(t, s)
		}
		w.later(29 * time.Minute)
		w.visit(t, s)
		w.later(time.Minute)
		if _, err := w.Visit(t.Context(), s.Token); status(err) != 401 {
			t.Errorf("after 12 hours: %v, want 401", err)
		}

		s = w.signIn(t, email, client)
		w.later(31 * time.Minute)
		if _, err := w.Visit(t.Context(), s.Token); status(err) != 401 {
			t.Errorf("after 31 minutes without a page: %v, want 401", err)
		}

		s = w.signIn(t, email, client)
		w.clock.Add(-time.Hour)
		if _, err := w.Visit(t.Context(), s.Token); status(err) != 401 {
			t.Errorf("after the clock was set back: %v, want 401", err)
		}
	})
}

func TestVisit_BadTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	good := w.first.Token.Reveal()
	for name, token := range map[string]string{
		"empty": "", "cut": good[1:], "longer": good + "A", "another": "A" + good[1:], "long": strings.Repeat("A", 1<<20),
		"zeros": strings.Repeat("\x00", 43), "a device token": w.first.Device.Reveal(),
	} {
		if token == good {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if _, err := w.Visit(t.Context(), secret.NewString(token)); status(err) != 401 {
				t.Errorf("Visit = %v, want 401", err)
			}
		})
	}
}

func TestVisit_SeenOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	before := w.Store.Updates()
	for range 10 {
		w.later(5 * time.Second)
		w.visit(t, w.first.SignedIn)
	}
	if n := w.Store.Updates() - before; n != 0 {
		t.Errorf("ten pages in 50 s made %d updates, want none", n)
	}
	w.later(10 * time.Second)
	w.visit(t, w.first.SignedIn)
	w.visit(t, w.first.SignedIn)
	if n := w.Store.Updates() - before; n != 1 {
		t.Errorf("a minute after the last time, two pages made %d updates, want 1", n)
	}
}

func TestSessions_ListAndEnd(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		w.later(time.Second)
		second := w.signIn(t, email, people.Client{Address: "198.51.100.1", Agent: strings.Repeat("ä", 1000) + "\xff"})
		w.later(time.Second)
		third := w.signIn(t, email, client)
		v := w.visit(t, third)
		list, err := w.Sessions(t.Context(), v)
		if err != nil || len(list) != 3 || !list[0].Current || list[1].Address != "198.51.100.1" ||
			len([]rune(list[1].Agent)) > 200 {
			t.Fatalf("Sessions = %+v, %v", list, err)
		}

		if err := w.EndSession(t.Context(), v, list[1].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Visit(t.Context(), second.Token); status(err) != 401 {
			t.Errorf("the session that was ended: %v, want 401", err)
		}
		if err := w.EndSession(t.Context(), v, list[1].ID); status(err) != 404 {
			t.Errorf("ending it again: %v, want 404", err)
		}
		if err := w.EndOthers(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Visit(t.Context(), w.first.Token); status(err) != 401 {
			t.Errorf("another session: %v, want 401", err)
		}
		if err := w.SignOut(t.Context(), w.visit(t, third)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Visit(t.Context(), third.Token); status(err) != 401 {
			t.Errorf("after signing out: %v, want 401", err)
		}
	})
}

func TestSessions_OfAnotherUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	bob := w.join(t, "bob@example.com", "developer")
	list, err := w.Sessions(t.Context(), w.visit(t, w.first.SignedIn))
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, s := range list {
		if err := w.EndSession(t.Context(), w.visit(t, bob), s.ID); status(err) != 404 {
			t.Errorf("ending another user's session: %v, want 404", err)
		}
	}
	w.visit(t, w.first.SignedIn)
}

func TestSessions_OldestEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var all []people.SignedIn
	for range people.MaxSessions {
		w.later(time.Second)
		all = append(all, w.signIn(t, email, client))
	}
	if _, err := w.Visit(t.Context(), w.first.Token); status(err) != 401 {
		t.Errorf("the oldest of 21 sessions: %v, want 401", err)
	}
	for _, s := range all {
		w.visit(t, s)
	}
}

// TestSessions_ManyAtOnce: sign-ins at the same time can make more sessions than a list has, and all of them end.
func TestSessions_ManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v, now := w.visit(t, w.first.SignedIn), w.clock.Now()
	err := w.Store.Update(t.Context(), id.Account{}, nil, func(tx *store.Tx) error {
		for i := range 10 * people.MaxSessions {
			tx.Insert(store.Session{
				ID: store.SessionID{byte(i), 1}, User: v.User, CreatedAt: now, SeenAt: now,
				EndsAt: now.Add(signin.SessionOverall),
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.EndOthers(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if list, err := w.Sessions(t.Context(), v); err != nil || len(list) != 1 || !list[0].Current {
		t.Errorf("%d sessions are left, %v", len(list), err)
	}
}

// TestSessions_ClockAhead: a new password ends also the sessions that began on a node whose clock is a little ahead.
func TestSessions_ClockAhead(t *testing.T) {
	t.Parallel()
	next := secret.NewString("another grey whale")
	for name, choose := range map[string]func(t *testing.T, w world) error{
		"changed": func(t *testing.T, w world) error {
			_, err := w.ChangePassword(t.Context(), w.visit(t, w.first.SignedIn), secret.NewString(password), next)
			return err
		},
		"reset": func(t *testing.T, w world) error {
			l, err := w.Reset(t.Context(), email, false)
			if err != nil {
				return err
			}
			_, err = w.UseLink(t.Context(), l.Token, people.LinkAnswer{Password: next})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.later(clock.Skew)
			ahead := w.signIn(t, email, client)
			w.later(-clock.Skew)
			if err := choose(t, w); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Visit(t.Context(), ahead.Token); status(err) != 401 {
				t.Errorf("the session from before: %v, want 401", err)
			}
		})
	}
}
