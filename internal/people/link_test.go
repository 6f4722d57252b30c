package people_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

func TestLinks_OnceInParallel(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		w.join(t, "bob@example.com", "support")
		setup := empty(t, nil)
		first, _, err := setup.Setup(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		reset, err := w.Reset(t.Context(), "bob@example.com", false)
		if err != nil {
			t.Fatal(err)
		}
		invite, err := w.Invite(t.Context(), w.visit(t, w.first.SignedIn), w.account, "carol@example.com", "billing")
		if err != nil {
			t.Fatal(err)
		}

		answer := people.LinkAnswer{Email: email, Name: "N", Account: "First", Password: secret.NewString("another grey whale")}
		for name, use := range map[string]func() error{
			"setup":  func() error { _, err := setup.UseLink(t.Context(), first.Token, answer); return err },
			"reset":  func() error { _, err := w.UseLink(t.Context(), reset.Token, answer); return err },
			"invite": func() error { _, err := w.UseLink(t.Context(), invite.Token, answer); return err },
		} {
			t.Run(name, func(t *testing.T) {
				var done sync.WaitGroup
				results := make([]int, 8)
				for i := range results {
					done.Go(func() { results[i] = status(use()) })
				}
				done.Wait()
				slices.Sort(results)
				if results[0] != 0 || slices.ContainsFunc(results[1:], func(s int) bool { return s != 404 && s != 400 && s != 429 }) {
					t.Errorf("eight uses at once got %v, want one success", results)
				}
			})
		}
		users, err := setup.Users(t.Context())
		if err != nil || len(users) != 1 {
			t.Errorf("after the setup there are %d users, %v", len(users), err)
		}
	})
}

func TestLinks_Reset(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		w.enableTOTP(t, w.first.SignedIn)
		phone := w.addPasskey(t, w.first.SignedIn, "Phone")
		w.later(time.Second)
		reset := func(factors bool, next string) people.Welcome {
			t.Helper()
			l, err := w.Reset(t.Context(), email, factors)
			if err != nil {
				t.Fatal(err)
			}
			s, err := w.UseLink(t.Context(), l.Token, people.LinkAnswer{Password: secret.NewString(next)})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}

		if s := reset(false, "another grey whale"); !s.Token.Empty() {
			t.Error("a reset signed in without the second factor")
		}
		if _, err := w.Visit(t.Context(), w.first.Token); status(err) != 401 {
			t.Errorf("a session from before the reset: %v, want 401", err)
		}
		if _, err := w.byPasskey(t, phone); err != nil {
			t.Errorf("a passkey after a reset of the password: %v", err)
		}
		s := reset(true, "a third grey whale")
		sec, err := w.Security(t.Context(), w.visit(t, s.SignedIn))
		if err != nil || sec.TOTP || sec.RecoveryLeft != 0 || len(sec.Passkeys) != 0 {
			t.Errorf("after a reset of all factors: %+v, %v", sec, err)
		}
		if _, err := w.byPasskey(t, phone); status(err) != 401 {
			t.Errorf("a passkey that was removed: %v, want 401", err)
		}
		if _, err := w.Reset(t.Context(), "nobody@example.com", false); status(err) != 404 {
			t.Errorf("a reset of nobody: %v, want 404", err)
		}
	})
}

func TestLinks_Expire(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	l, err := w.Reset(t.Context(), email, false)
	if err != nil {
		t.Fatal(err)
	}
	w.later(time.Hour)
	if _, err := w.UseLink(t.Context(), l.Token, people.LinkAnswer{Password: secret.NewString("another grey whale")}); status(err) != 404 {
		t.Errorf("a reset after an hour: %v, want 404", err)
	}
	for name, token := range map[string]string{"empty": "", "short": "x", "unknown": l.Token.Reveal()[1:] + "A"} {
		if _, err := w.Link(t.Context(), secret.NewString(token)); status(err) != 404 {
			t.Errorf("a link that is %s: %v, want 404", name, err)
		}
	}
}

// TestLinks_TwoSetups: of two links that nodes printed when they started at the same time, one makes the first user.
func TestLinks_TwoSetups(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := empty(t, b)
		var nodes, users sync.WaitGroup
		links, results := make([]people.Link, 8), make([]int, 8)
		for i := range links {
			nodes.Go(func() { links[i], _, _ = w.Setup(t.Context()) })
		}
		nodes.Wait()
		for i, l := range links {
			users.Go(func() {
				a := people.LinkAnswer{Name: "N", Account: "First", Password: secret.NewString(password)}
				a.Email = fmt.Sprintf("user%d@example.com", i)
				_, err := w.UseLink(t.Context(), l.Token, a)
				results[i] = status(err)
			})
		}
		users.Wait()
		all, err := w.Users(t.Context())
		if err != nil || len(all) != 1 {
			t.Errorf("there are %d users, %v; the links answered %v", len(all), err, results)
		}
	})
}

// TestLinks_EndWithTheNextPassword: a link for a password that was not used ends when another password is chosen, since
// it may lie in a mailbox for days.
func TestLinks_EndWithTheNextPassword(t *testing.T) {
	t.Parallel()
	next := secret.NewString("another grey whale")
	for name, choose := range map[string]func(t *testing.T, w world) error{
		"by another link": func(t *testing.T, w world) error {
			l, err := w.Reset(t.Context(), "bob@example.com", true)
			if err != nil {
				return err
			}
			_, err = w.UseLink(t.Context(), l.Token, people.LinkAnswer{Password: next})
			return err
		},
		"by the user": func(t *testing.T, w world) error {
			v := w.visit(t, w.signIn(t, "bob@example.com", client))
			_, err := w.ChangePassword(t.Context(), v, secret.NewString(password), next)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			bob := people.NewUser{Email: "bob@example.com", Account: w.account, Role: "support"}
			_, first, err := w.Create(t.Context(), bob)
			if err != nil {
				t.Fatal(err)
			}
			second, err := w.Reset(t.Context(), "bob@example.com", false)
			if err != nil {
				t.Fatal(err)
			}
			answer := people.LinkAnswer{Password: secret.NewString(password)}
			if _, err := w.UseLink(t.Context(), second.Token, answer); err != nil {
				t.Fatal(err)
			}
			third, err := w.Reset(t.Context(), "bob@example.com", false)
			if err != nil {
				t.Fatal(err)
			}
			w.later(time.Second)
			if err := choose(t, w); err != nil {
				t.Fatal(err)
			}

			for name, l := range map[string]people.Link{"the first": first, "the third": third} {
				if _, err := w.Link(t.Context(), l.Token); status(err) != 404 {
					t.Errorf("%s link is shown: %v, want 404", name, err)
				}
				if _, err := w.UseLink(t.Context(), l.Token, answer); status(err) != 404 {
					t.Errorf("%s link: %v, want 404", name, err)
				}
			}
		})
	}
}

func TestManage_CreateAndList(t *testing.T) {
	t.Parallel()
	w := empty(t, nil)
	setup, _, err := w.Setup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	account, err := w.Admin.CreateAccount(t.Context(), "Acme", 0)
	if err != nil {
		t.Fatal(err)
	}
	made, l, err := w.Create(t.Context(), people.NewUser{Email: email, Operator: true, Account: account.ID, Role: "owner"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Link(t.Context(), setup.Token); status(err) != 404 {
		t.Errorf("the setup link after a user was made: %v, want 404", err)
	}
	if _, err := w.SignIn(t.Context(), people.Attempt{Email: email}); status(err) != 401 {
		t.Errorf("a user without a password signed in: %v", err)
	}
	s, err := w.UseLink(t.Context(), l.Token, people.LinkAnswer{Password: secret.NewString(password)})
	if err != nil || s.User != made || !w.visit(t, s.SignedIn).Operator {
		t.Fatalf("the link of a new user: %+v, %v", s, err)
	}

	users, err := w.Users(t.Context())
	if err != nil || len(users) != 1 || users[0].Email != email || !users[0].HasPassword || users[0].SecondFactor ||
		!slices.Equal(users[0].Accounts, []id.Account{account.ID}) {
		t.Errorf("Users = %+v, %v", users, err)
	}
	for name, n := range map[string]people.NewUser{
		"the same address":  {Email: "ADA@example.com"},
		"no address":        {Email: "ada"},
		"a role that is no": {Email: "b@example.com", Account: account.ID, Role: "operator"},
		"no such account":   {Email: "b@example.com", Account: id.NewAccount(w.clock.Now()), Role: "owner"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := w.Create(t.Context(), n); status(err) != 400 && status(err) != 404 {
				t.Errorf("Create = %v", err)
			}
		})
	}
}

// TestStored_NoSecrets searches all rows for what must not be in them.
func TestStored_NoSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	_, codes := w.enableTOTP(t, w.first.SignedIn)
	w.addPasskey(t, w.first.SignedIn, "Phone")
	invite, err := w.Invite(t.Context(), w.visit(t, w.first.SignedIn), w.account, "bob@example.com", "support")
	if err != nil {
		t.Fatal(err)
	}

	secrets := []string{
		email, "bob@example.com", password, "argon2id", w.first.Token.Reveal(), invite.Token.Reveal(), codes[0],
		w.first.Device.Reveal(), w.first.Key.Reveal(),
	}
	rows := 0
	err = w.Store.View(t.Context(), func(v store.Reader) error {
		for _, table := range []store.Table{
			store.TableUser, store.TableLogin, store.TableMember, store.TableSession, store.TableLink, store.TableAudit,
			store.TableQuota, store.TableAPIKey,
		} {
			records, err := v.Scan(table, nil, 1000)
			if err != nil {
				return err
			}
			for _, r := range records {
				rows++
				text := fmt.Sprintf("%+v %q", r, r)
				for _, s := range secrets {
					if strings.Contains(text, s) {
						t.Errorf("a row of %s holds %q", table, s)
					}
				}
			}
		}
		return nil
	})
	if err != nil || rows < 10 {
		t.Errorf("%d rows were searched, %v", rows, err)
	}
}
