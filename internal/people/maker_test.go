package people_test

import (
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// TestMaker_LosesTheRight: a link ends with the right of who made it, whether it is used at once or by a user who exists,
// and comes back with no right that is given again.
func TestMaker_LosesTheRight(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, w world, ada, mole people.Visit) error{
		"removed": func(t *testing.T, w world, ada, mole people.Visit) error {
			return w.Remove(t.Context(), ada, w.account, mole.User)
		},
		"left": func(t *testing.T, w world, _, mole people.Visit) error {
			return w.Remove(t.Context(), mole, w.account, mole.User)
		},
		"demoted": func(t *testing.T, w world, ada, mole people.Visit) error {
			return w.ChangeRole(t.Context(), ada, w.account, mole.User, "support")
		},
		"demoted for a while": func(t *testing.T, w world, ada, mole people.Visit) error {
			if err := w.ChangeRole(t.Context(), ada, w.account, mole.User, "support"); err != nil {
				return err
			}
			return w.ChangeRole(t.Context(), ada, w.account, mole.User, "owner")
		},
		"disabled for a while": func(t *testing.T, w world, ada, mole people.Visit) error {
			if err := w.SetDisabled(t.Context(), ada, mole.User, true); err != nil {
				return err
			}
			return w.SetDisabled(t.Context(), ada, mole.User, false)
		},
		"disabled": func(t *testing.T, w world, _, mole people.Visit) error {
			k := store.UserKey(mole.User)
			return w.Store.Update(t.Context(), w.account, []store.Key{k}, func(tx *store.Tx) error {
				u, _ := store.Get[store.User](tx, k)
				u.Disabled = true
				tx.Put(u)

				return nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			other := w.join(t, "other@example.com", "billing")
			ada, mole := w.visit(t, w.first.SignedIn), w.visit(t, w.join(t, "mole@example.com", "owner"))
			sock, err := w.Invite(t.Context(), mole, w.account, "sock@example.com", "owner")
			if err != nil {
				t.Fatal(err)
			}
			kept, err := w.Invite(t.Context(), ada, w.account, "kept@example.com", "owner")
			if err != nil {
				t.Fatal(err)
			}
			if team, err := w.Team(t.Context(), ada, w.account); err != nil || len(team.Invites) != 2 || made(team, mole.User) != 1 {
				t.Fatalf("before: %+v, %v", team, err)
			}

			w.later(time.Second)
			if err := lose(t, w, ada, mole); err != nil {
				t.Fatal(err)
			}
			answer := people.LinkAnswer{Name: "Sock", Password: secret.NewString(password)}
			if _, err := w.UseLink(t.Context(), sock.Token, answer); status(err) != 404 {
				t.Errorf("the link makes a user: %v, want 404", err)
			}
			if _, err := w.Link(t.Context(), sock.Token); status(err) != 404 {
				t.Errorf("the link is shown: %v, want 404", err)
			}
			if _, err := w.Join(t.Context(), w.visit(t, other), sock.Token); status(err) != 404 {
				t.Errorf("the link lets a user join: %v, want 404", err)
			}
			team, err := w.Team(t.Context(), ada, w.account)
			if err != nil || len(team.Invites) != 1 || team.Invites[0].Email != "kept@example.com" {
				t.Errorf("the team has the invitations %+v, %v", team.Invites, err)
			}
			if _, err := w.UseLink(t.Context(), kept.Token, answer); err != nil {
				t.Errorf("the link of another member: %v", err)
			}
		})
	}
}

// made is how many invitations of a member are open.
func made(t people.Team, user id.User) int {
	i := slices.IndexFunc(t.Members, func(m people.Member) bool { return m.User == user })
	return t.Members[i].Invites
}

// TestMaker_Reset: the link for a new password ends with the operator who made it. That of the command line stays, and
// each shows whose password it is.
func TestMaker_Reset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ada, second := w.visit(t, w.first.SignedIn), w.visit(t, w.join(t, "second@example.com", "support"))
	w.join(t, "bob@example.com", "support")
	if err := w.SetOperator(t.Context(), ada, second.User, true); err != nil {
		t.Fatal(err)
	}
	links := map[string]people.Link{}
	for name, by := range map[string]audit.Actor{
		"ada": ada.Actor(), "second": second.Actor(), "command line": {Kind: audit.CommandLine, Name: "root"},
	} {
		l, err := w.Reset(audit.By(t.Context(), by), "bob@example.com", false)
		if err != nil {
			t.Fatal(err)
		}
		links[name] = l
	}
	w.later(time.Second)
	for _, operator := range []bool{false, true} { // the right that is given again brings no link back
		if err := w.SetOperator(t.Context(), ada, second.User, operator); err != nil {
			t.Fatal(err)
		}
	}

	for name, want := range map[string]int{"ada": 0, "second": 404, "command line": 0} {
		info, err := w.Link(t.Context(), links[name].Token)
		if status(err) != want || err == nil && info.Email != "bob@example.com" {
			t.Errorf("%s: %+v, %v, want %d", name, info, err, want)
		}
	}
	answer := people.LinkAnswer{Password: secret.NewString(password)}
	if _, err := w.UseLink(t.Context(), links["second"].Token, answer); status(err) != 404 {
		t.Errorf("the link of who is no operator any more: %v, want 404", err)
	}
	if _, err := w.UseLink(t.Context(), links["ada"].Token, answer); err != nil {
		t.Errorf("the link of an operator: %v", err)
	}
}
