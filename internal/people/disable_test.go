package people_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
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
		if got != [2]int{0, 400} {
			t.Errorf("two operators disable each other: %v, want one refusal", got)
		}
	})
}
