package people_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

func TestTeam_InviteAndJoin(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		v := w.visit(t, w.first.SignedIn)
		l, err := w.Invite(t.Context(), v, w.account, "Bob@Example.com", "developer")
		if err != nil {
			t.Fatal(err)
		}
		info, err := w.Link(t.Context(), l.Token)
		if err != nil || info.Kind != people.LinkInvite || info.Email != "bob@example.com" || info.Name != "First" ||
			info.Role != signin.Developer || info.SignInFor {
			t.Errorf("Link = %+v, %v", info, err)
		}
		team, err := w.Team(t.Context(), v, w.account)
		if err != nil || len(team.Members) != 1 || len(team.Invites) != 1 || team.Invites[0].Email != "bob@example.com" {
			t.Errorf("Team = %+v, %v", team, err)
		}

		w.later(time.Second)
		s, err := w.UseLink(t.Context(), l.Token, people.LinkAnswer{Name: "Bob", Password: secret.NewString(password)})
		if err != nil {
			t.Fatal(err)
		}
		bob := w.visit(t, s.SignedIn)
		if bob.Operator || len(bob.Accounts) != 1 || bob.Accounts[0].Role != signin.Developer || s.Account != w.account {
			t.Errorf("Bob's visit is %+v", bob)
		}
		if bob.May(w.account, signin.ManageTeam) || !bob.May(w.account, signin.ManageKeys) || bob.May(id.Account{}, signin.ManageInstance) {
			t.Error("a developer's permissions are wrong")
		}
		if _, err := w.Link(t.Context(), l.Token); status(err) != 404 {
			t.Errorf("the link after it was used: %v, want 404", err)
		}
		team, err = w.Team(t.Context(), v, w.account)
		if err != nil || len(team.Members) != 2 || len(team.Invites) != 0 || team.Members[1].Name != "Bob" {
			t.Errorf("Team = %+v, %v", team, err)
		}
		if got := w.actions(t, w.account); !slices.Contains(got, "member.invited") || !slices.Contains(got, "member.joined") {
			t.Errorf("the audit log has %v", got)
		}
	})
}

// TestTeam_InvitationOfAUser: the one who made the invitation knows its link, and must not be able to take the invited
// person's user over.
func TestTeam_InvitationOfAUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}
	bob := w.join(t, "bob@example.com", "support")
	v := w.visit(t, w.first.SignedIn)
	l, err := w.Invite(t.Context(), v, other.ID, "bob@example.com", "owner")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := w.Link(t.Context(), l.Token); err != nil || !info.SignInFor {
		t.Errorf("Link = %+v, %v", info, err)
	}
	answer := people.LinkAnswer{Name: "Bob", Password: secret.NewString("taken over, taken over")}
	if _, err := w.UseLink(t.Context(), l.Token, answer); status(err) != 400 {
		t.Errorf("the link set another password: %v", err)
	}
	if _, err := w.Join(t.Context(), v, l.Token); status(err) != 403 {
		t.Errorf("another user joined: %v, want 403", err)
	}

	if got, err := w.Join(t.Context(), w.visit(t, bob), l.Token); err != nil || got != other.ID {
		t.Fatal(got, err)
	}
	if role, _ := w.visit(t, bob).Role(other.ID); role != signin.Owner {
		t.Errorf("Bob is %q in the other account, want owner", role)
	}
	if role, _ := w.visit(t, bob).Role(w.account); role != signin.Support {
		t.Errorf("Bob is %q in the first account, want support", role)
	}
}

// TestTeam_WhoMay has a row for each change of a team, with what each role gets.
func TestTeam_WhoMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	target := w.join(t, "target@example.com", "support")
	other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]people.SignedIn{
		"operator": w.first.SignedIn, "owner": w.join(t, "owner@example.com", "owner"),
		"developer": w.join(t, "developer@example.com", "developer"), "support": w.join(t, "support@example.com", "support"),
		"billing": w.join(t, "billing@example.com", "billing"),
	}
	n := 0
	for verb, do := range map[string]func(v people.Visit, a id.Account) error{
		"team": func(v people.Visit, a id.Account) error { _, err := w.Team(t.Context(), v, a); return err },
		"invite": func(v people.Visit, a id.Account) error {
			n++
			_, err := w.Invite(t.Context(), v, a, fmt.Sprintf("new%d@example.com", n), "support")
			return err
		},
		"withdraw": func(v people.Visit, a id.Account) error {
			if err := w.Withdraw(t.Context(), v, a, "00000000000000000000000000000000"); status(err) != 404 {
				return err
			}
			return nil
		},
		"role": func(v people.Visit, a id.Account) error {
			if err := w.ChangeRole(t.Context(), v, a, target.User, "support"); a == w.account || status(err) != 404 {
				return err
			}
			return nil
		},
		"remove": func(v people.Visit, a id.Account) error {
			if err := w.Remove(t.Context(), v, a, id.NewUser(w.clock.Now())); status(err) != 404 {
				return err
			}
			return nil
		},
	} {
		for role, s := range who {
			for name, c := range map[string]struct {
				account id.Account
				allowed bool
			}{
				"own":   {w.account, role == "operator" || role == "owner"},
				"other": {other.ID, role == "operator"},
			} {
				want := map[bool]int{true: 0, false: 403}[c.allowed]
				if err := do(w.visit(t, s), c.account); status(err) != want {
					t.Errorf("%s by the %s in the %s account: %v, want %d", verb, role, name, err, want)
				}
			}
		}
	}
	for role, s := range who {
		err := w.SetOperator(t.Context(), w.visit(t, s), target.User, true)
		if want := map[bool]int{true: 0, false: 403}[role == "operator"]; status(err) != want {
			t.Errorf("make an operator by the %s: %v, want %d", role, err, want)
		}
	}
}

func TestTeam_RemovedUserIsGone(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		bob := w.join(t, "bob@example.com", "support")
		if err := w.Remove(t.Context(), w.visit(t, w.first.SignedIn), w.account, bob.User); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Visit(t.Context(), bob.Token); status(err) != 401 {
			t.Errorf("the session of a removed user: %v, want 401", err)
		}
		if _, err := w.SignIn(t.Context(), people.Attempt{Email: "bob@example.com", Password: secret.NewString(password)}); status(err) != 401 {
			t.Errorf("a removed user signed in: %v", err)
		}
		again := w.join(t, "bob@example.com", "developer")
		if again.User == bob.User {
			t.Error("the user came back with the old id")
		}
		if err := w.Remove(t.Context(), w.visit(t, again), w.account, again.User); err != nil {
			t.Errorf("a member may not leave: %v", err)
		}
	})
}

func TestTeam_OperatorWithoutAccountIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v := w.visit(t, w.first.SignedIn)
	bob, l, err := w.Create(t.Context(), people.NewUser{Email: "bob@example.com", Operator: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.UseLink(t.Context(), l.Token, people.LinkAnswer{Password: secret.NewString(password)})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetOperator(t.Context(), v, bob, false); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Visit(t.Context(), s.Token); status(err) != 401 {
		t.Errorf("the session of an operator who was removed: %v, want 401", err)
	}
	if err := w.SetOperator(t.Context(), v, bob, true); status(err) != 404 {
		t.Errorf("making them an operator again: %v, want 404", err)
	}
}

func TestTeam_LastOwnerAndOperator(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		v := w.visit(t, w.first.SignedIn)
		if err := w.Remove(t.Context(), v, w.account, v.User); status(err) != 400 {
			t.Errorf("the last owner left: %v, want 400", err)
		}
		if err := w.ChangeRole(t.Context(), v, w.account, v.User, "billing"); status(err) != 400 {
			t.Errorf("the last owner became billing: %v, want 400", err)
		}
		if err := w.SetOperator(t.Context(), v, v.User, false); status(err) != 400 {
			t.Errorf("the last operator became none: %v, want 400", err)
		}

		bob := w.join(t, "bob@example.com", "owner")
		if err := w.SetOperator(t.Context(), v, bob.User, true); err != nil {
			t.Fatal(err)
		}
		// Two owners, who are operators, too, take each other away at the same time.
		other := w.visit(t, bob)
		for name, do := range map[string]func(by people.Visit, of id.User) error{
			"owners": func(by people.Visit, of id.User) error {
				return w.ChangeRole(t.Context(), by, w.account, of, "support")
			},
			"operators": func(by people.Visit, of id.User) error { return w.SetOperator(t.Context(), by, of, false) },
		} {
			var both sync.WaitGroup
			var got [2]int
			both.Go(func() { got[0] = status(do(v, other.User)) })
			both.Go(func() { got[1] = status(do(other, v.User)) })
			both.Wait()
			slices.Sort(got[:])
			// The second is no owner or operator any more, or would take the last one away.
			if got[0] != 0 || got[1] == 0 {
				t.Errorf("two %s take each other away: %v, want one refusal", name, got)
			}
		}
	})
}

// TestTeam_LastTwo: of two owners who leave at the same time one stays, and of two operators who give that up.
func TestTeam_LastTwo(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(w world, t *testing.T, v people.Visit) error{
		"owners leave": func(w world, t *testing.T, v people.Visit) error {
			return w.Remove(t.Context(), v, w.account, v.User)
		},
		"owners change their role": func(w world, t *testing.T, v people.Visit) error {
			return w.ChangeRole(t.Context(), v, w.account, v.User, "support")
		},
		"operators give it up": func(w world, t *testing.T, v people.Visit) error {
			return w.SetOperator(t.Context(), v, v.User, false)
		},
		"operators disable themselves": func(w world, t *testing.T, v people.Visit) error {
			return w.SetDisabled(t.Context(), v, v.User, true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBackends(t, func(t *testing.T, b store.Backend) {
				w := newWorld(t, b)
				ada := w.visit(t, w.first.SignedIn)
				bob := w.operatorNamed(t, ada, "bob@example.com")
				var both sync.WaitGroup
				var got [2]int
				both.Go(func() { got[0] = status(do(w, t, ada)) })
				both.Go(func() { got[1] = status(do(w, t, bob)) })
				both.Wait()
				slices.Sort(got[:])
				if got != [2]int{0, 400} {
					t.Errorf("both at once: %v, want one refusal", got)
				}
			})
		})
	}
}

// TestTeam_DisabledOwner: an owner who cannot sign in does not count as the one who stays.
func TestTeam_DisabledOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ada := w.visit(t, w.first.SignedIn)
	bob := w.join(t, "bob@example.com", "owner")
	if err := w.SetDisabled(t.Context(), ada, bob.User, true); err != nil {
		t.Fatal(err)
	}
	if err := w.Remove(t.Context(), ada, w.account, ada.User); status(err) != 400 {
		t.Errorf("the last owner who can sign in left: %v, want 400", err)
	}
	if err := w.Remove(t.Context(), ada, w.account, bob.User); err != nil {
		t.Errorf("a disabled owner cannot be removed: %v", err)
	}
}

func TestTeam_Bounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v := w.visit(t, w.first.SignedIn)
	invite := func(n int) error {
		_, err := w.Invite(t.Context(), v, w.account, fmt.Sprintf("user%d@example.com", n), "support")
		return err
	}
	later := func() {
		w.later(time.Hour + time.Second)
		v.Session.SteppedUpAt = w.clock.Now()
	}
	for n := range people.MaxInvites {
		if n > 0 && n%people.MaxInvitesHour == 0 {
			if err := invite(n); status(err) != 429 {
				t.Errorf("invitation %d within an hour: %v, want 429", n, err)
			}
			later()
		}
		if err := invite(n); err != nil {
			t.Fatal(err)
		}
	}
	later()
	if err := invite(1000); status(err) != 400 {
		t.Errorf("invitation 101: %v, want 400", err)
	}
	if err := invite(7); err != nil {
		t.Errorf("an invitation that replaces one: %v", err)
	}
	team, err := w.Team(t.Context(), v, w.account)
	if err != nil || len(team.Invites) != people.MaxInvites {
		t.Fatalf("%d invitations, %v", len(team.Invites), err)
	}
	if err := w.Withdraw(t.Context(), v, w.account, team.Invites[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := invite(1000); err != nil {
		t.Errorf("after one was withdrawn: %v", err)
	}
	if err := w.Withdraw(t.Context(), v, w.account, "xyz"); status(err) != 404 {
		t.Errorf("an id that is none: %v, want 404", err)
	}

	// Members are written directly: to hash 199 passwords takes long.
	err = w.Store.Update(t.Context(), id.Account{}, nil, func(tx *store.Tx) error {
		for range people.MaxMembers - 1 {
			tx.Insert(store.Member{Account: w.account, User: id.NewUser(w.clock.Now()), Role: "support", CreatedAt: w.clock.Now()})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := invite(8); status(err) != 400 {
		t.Errorf("an invitation to a full account: %v, want 400", err)
	}
	if _, _, err := w.Create(t.Context(), people.NewUser{Email: "x@example.com", Account: w.account, Role: "support"}); status(err) != 400 {
		t.Errorf("member 201: %v, want 400", err)
	}
}
