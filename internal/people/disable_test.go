package people_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// A user who is disabled is out at once, cannot come back with the password or a link, and can when enabled again; an
// earlier session stays at its end.
func TestDisabled_SignIn(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		v := w.visit(t, w.first.SignedIn)
		bob := w.join(t, "bob@example.com", "owner")
		byPassword := people.Attempt{Email: "bob@example.com", Password: secret.NewString(password)}
		link, err := w.Reset(t.Context(), "bob@example.com", false)
		if err != nil {
			t.Fatal(err)
		}

		if err := w.SetDisabled(t.Context(), w.visit(t, bob), v.User, true); status(err) != 403 {
			t.Errorf("an owner disabled an operator: %v, want 403", err)
		}
		if err := w.SetDisabled(t.Context(), v, bob.User, true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Visit(t.Context(), bob.Token); status(err) != 401 {
			t.Errorf("the session of a disabled user: %v, want 401", err)
		}
		if _, err := w.SignIn(t.Context(), byPassword); status(err) == 0 {
			t.Error("a disabled user signed in")
		}
		if _, err := w.UseLink(t.Context(), link.Token, people.LinkAnswer{Password: secret.NewString("another grey whale")}); status(err) == 0 {
			t.Error("a disabled user chose a password by a link")
		}

		if err := w.SetDisabled(t.Context(), v, bob.User, false); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Visit(t.Context(), bob.Token); status(err) != 401 {
			t.Errorf("the session from before: %v, want 401", err)
		}
		if _, err := w.SignIn(t.Context(), byPassword); err != nil {
			t.Errorf("an enabled user: %v", err)
		}
	})
}

// One operator always stays, also when two disable each other at the same time.
func TestDisabled_LastOperator(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		v := w.visit(t, w.first.SignedIn)
		if err := w.SetDisabled(t.Context(), v, v.User, true); status(err) != 400 {
			t.Errorf("the last operator was disabled: %v, want 400", err)
		}

		bob := w.join(t, "bob@example.com", "owner")
		if err := w.SetOperator(t.Context(), v, bob.User, true); err != nil {
			t.Fatal(err)
		}
		other := w.visit(t, bob)
		var both sync.WaitGroup
		var got [2]int
		both.Go(func() { got[0] = status(w.SetDisabled(t.Context(), v, other.User, true)) })
		both.Go(func() { got[1] = status(w.SetDisabled(t.Context(), other, v.User, true)) })
		both.Wait()
		slices.Sort(got[:])
		if got != [2]int{0, 401} { // the second is disabled already
			t.Errorf("two operators disable each other: %v, want one refusal", got)
		}
	})
}

// TestChange_RightEnds: a change that was on its way when the user lost the right to it has no effect. mole is that
// user, who owns the account and operates the installation.
func TestChange_RightEnds(t *testing.T) {
	t.Parallel()
	const all, ofTeam, ofInstance = 1, 2, 3 // which changes end
	for name, c := range map[string]struct {
		lose func(t *testing.T, w world, ada, mole people.Visit) error
		ends int
	}{
		"signed out": {ends: all, lose: func(t *testing.T, w world, _, mole people.Visit) error {
			return w.SignOut(t.Context(), mole)
		}},
		"another password": {ends: all, lose: func(t *testing.T, w world, _, mole people.Visit) error {
			next := secret.NewString("another grey whale")
			_, err := w.ChangePassword(t.Context(), mole, secret.NewString(password), next)
			return err
		}},
		"disabled": {ends: all, lose: func(t *testing.T, w world, ada, mole people.Visit) error {
			return w.SetDisabled(t.Context(), ada, mole.User, true)
		}},
		"another role": {ends: ofTeam, lose: func(t *testing.T, w world, ada, mole people.Visit) error {
			if err := w.SetOperator(t.Context(), ada, mole.User, false); err != nil {
				return err
			}
			return w.ChangeRole(t.Context(), ada, w.account, mole.User, "support")
		}},
		"removed": {ends: all, lose: func(t *testing.T, w world, ada, mole people.Visit) error {
			if err := w.SetOperator(t.Context(), ada, mole.User, false); err != nil {
				return err
			}
			return w.Remove(t.Context(), ada, w.account, mole.User)
		}},
		"no operator": {ends: ofInstance, lose: func(t *testing.T, w world, ada, mole people.Visit) error {
			return w.SetOperator(t.Context(), ada, mole.User, false)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBackends(t, func(t *testing.T, b store.Backend) {
				w := newWorld(t, b)
				ada := w.visit(t, w.first.SignedIn)
				mole := w.operatorNamed(t, ada, "mole@example.com")
				own, team, instance := w.changesBy(t, ada, mole)
				w.later(time.Second)
				if err := c.lose(t, w, ada, mole); err != nil {
					t.Fatal(err)
				}

				refused := map[int][]map[string]func() error{
					all: {own, team, instance}, ofTeam: {team, instance}, ofInstance: {instance},
				}
				for _, changes := range refused[c.ends] {
					for change, do := range changes {
						if err := do(); status(err) != 401 && status(err) != 403 {
							t.Errorf("%s: %v, want a refusal", change, err)
						}
					}
				}
			})
		})
	}
}

// operatorNamed makes a user who owns the first account and operates the installation.
func (w world) operatorNamed(t *testing.T, by people.Visit, email string) people.Visit {
	t.Helper()
	made := w.join(t, email, "owner")
	if err := w.SetOperator(t.Context(), by, made.User, true); err != nil {
		t.Fatal(err)
	}
	return w.visit(t, made)
}

// changesBy are the changes that a user is about to make: to how they sign in, to the team and to the installation.
func (w world) changesBy(t *testing.T, ada, mole people.Visit) (own, team, instance map[string]func() error) {
	t.Helper()
	friend, open := w.join(t, "friend@example.com", "billing").User, w.openInvite(t, ada, "open@example.com")
	app, err := w.BeginTOTP(mole)
	if err != nil {
		t.Fatal(err)
	}
	challenge, err := w.BeginRegister(t.Context(), mole)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := register(t, challenge)
	ctx, of := t.Context(), w.account

	own = map[string]func() error{
		"an app": func() error {
			_, err := w.ConfirmTOTP(ctx, mole, app.State, w.code(decodeSecret(t, app.Text)).Reveal())
			return err
		},
		"no app":    func() error { return w.DisableTOTP(ctx, mole) },
		"a passkey": func() error { return w.FinishRegister(ctx, mole, challenge.State, "Phone", answer) },
		"a name":    func() error { return w.SetProfile(ctx, mole, people.Profile{Name: "Mole"}) },
		"a proof":   func() error { return w.StepUp(ctx, mole, people.Proof{Password: secret.NewString(password)}) },
	}
	team = map[string]func() error{
		"an invitation":    func() error { _, err := w.Invite(ctx, mole, of, "sock@example.com", "owner"); return err },
		"no invitation":    func() error { return w.Withdraw(ctx, mole, of, open) },
		"a role":           func() error { return w.ChangeRole(ctx, mole, of, friend, "owner") },
		"a member removed": func() error { return w.Remove(ctx, mole, of, friend) },
	}
	instance = map[string]func() error{
		"an operator":     func() error { return w.SetOperator(ctx, mole, friend, true) },
		"no operator":     func() error { return w.SetOperator(ctx, mole, ada.User, false) },
		"a user disabled": func() error { return w.SetDisabled(ctx, mole, friend, true) },
	}

	return own, team, instance
}

// openInvite makes an invitation, and returns its id.
func (w world) openInvite(t *testing.T, by people.Visit, email string) string {
	t.Helper()
	if _, err := w.Invite(t.Context(), by, w.account, email, "support"); err != nil {
		t.Fatal(err)
	}
	team, err := w.Team(t.Context(), by, w.account)
	if err != nil {
		t.Fatal(err)
	}

	return team.Invites[0].ID
}

// TestPasskey_DatabaseFails: a passkey that could not be looked up was not refused.
func TestPasskey_DatabaseFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Backends["sqlite"](t))
	phone := w.addPasskey(t, w.first.SignedIn, "Phone")
	if err := w.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.byPasskey(t, phone); status(err) != 503 {
		t.Errorf("FinishPasskey = %v, want 503", err)
	}
}

// TestPasskey_Size: of what a browser sends with a new passkey, the user's row keeps only what a sign-in needs, since it is
// read for every page.
func TestPasskey_Size(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.addPasskey(t, w.first.SignedIn, "Phone")
	k := store.UserKey(w.first.User)
	rows, err := w.Store.Find(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := store.Get[store.User](rows, k)
	if n := len(u.Passkeys[0].Data); n > 1<<10 {
		t.Errorf("a passkey takes %d bytes", n)
	}

	v := w.visit(t, w.first.SignedIn)
	c, err := w.BeginRegister(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := register(t, c)
	large := strings.Replace(string(answer), `"response":{`, `"response":{"transports":["`+strings.Repeat("x", 40<<10)+`"],`, 1)
	if err := w.FinishRegister(t.Context(), v, c.State, "Large", []byte(large)); status(err) != 401 {
		t.Errorf("a passkey of 40 KB: %v, want 401", err)
	}
}

// TestPasskey_UserIsGone: the passkey of a user who is disabled or removed opens nothing, and neither does one of
// another user with their handle.
func TestPasskey_UserIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ada, bob := w.visit(t, w.first.SignedIn), w.join(t, "bob@example.com", "support")
	phone, adas := w.addPasskey(t, bob, "Phone"), w.addPasskey(t, w.first.SignedIn, "Ada's")
	mixed := phone
	mixed.authenticator.Options.UserHandle = adas.authenticator.Options.UserHandle
	if _, err := w.byPasskey(t, mixed); status(err) != 401 {
		t.Errorf("with the handle of another user: %v, want 401", err)
	}
	if err := w.SetDisabled(t.Context(), ada, bob.User, true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.byPasskey(t, phone); status(err) != 401 {
		t.Errorf("of a disabled user: %v, want 401", err)
	}
	if err := w.Remove(t.Context(), ada, w.account, bob.User); err != nil {
		t.Fatal(err)
	}
	w.join(t, "bob@example.com", "support") // who comes back is another user
	if _, err := w.byPasskey(t, phone); status(err) != 401 {
		t.Errorf("of a removed user: %v, want 401", err)
	}
}
