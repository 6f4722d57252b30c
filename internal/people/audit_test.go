package people_test

import (
	"slices"
	"testing"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
)

// noted returns the actions that were noted since, in both logs.
func (w world) noted(t testing.TB, since map[string]bool) (out []string) {
	t.Helper()
	for _, of := range []id.Account{{}, w.account} {
		for _, row := range w.audits(t, of) {
			if key := row.ID.String(); !since[key] {
				since[key] = true
				out = append(out, row.Action)
			}
		}
	}
	slices.Sort(out)

	return out
}

// noting is a verb with the rows that it leaves.
type noting struct {
	name string
	do   func()
	want []string
}

// check carries the verbs out in turn.
func (w world) check(t *testing.T, since map[string]bool, verbs []noting) {
	t.Helper()
	for _, c := range verbs {
		c.do()
		if got := w.noted(t, since); !slices.Equal(got, c.want) {
			t.Errorf("%s: noted %v, want %v", c.name, got, c.want)
		}
	}
}

// TestAudit_Team: each change of a team leaves its row, and a refused change leaves none.
func TestAudit_Team(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	bob := w.join(t, "bob@example.com", "support")
	carol := w.join(t, "carol@example.com", "billing")
	v := w.visit(t, w.first.SignedIn)
	weak := w.visit(t, bob)
	since := map[string]bool{}
	w.noted(t, since)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	var inviteID string

	w.check(t, since, []noting{
		{"invite", func() {
			_, err := w.Invite(t.Context(), v, w.account, "dan@example.com", "owner")
			must(err)
			team, err := w.Team(t.Context(), v, w.account)
			must(err)
			inviteID = team.Invites[0].ID
		}, []string{audit.MemberInvited}},
		{"invite, refused", func() { _, _ = w.Invite(t.Context(), weak, w.account, "dan@example.com", "owner") }, nil},
		{"withdraw", func() { must(w.Withdraw(t.Context(), v, w.account, inviteID)) }, []string{audit.InvitationWithdrawn}},
		{"withdraw again", func() { _ = w.Withdraw(t.Context(), v, w.account, inviteID) }, nil},
		{
			"role", func() { must(w.ChangeRole(t.Context(), v, w.account, bob.User, "developer")) },
			[]string{audit.MemberRoleChanged},
		},
		{"role, refused", func() { _ = w.ChangeRole(t.Context(), v, w.account, v.User, "billing") }, nil},
		{"remove", func() { must(w.Remove(t.Context(), v, w.account, carol.User)) }, []string{audit.MemberRemoved}},
		{"remove again", func() { _ = w.Remove(t.Context(), v, w.account, carol.User) }, nil},
		{"operator", func() { must(w.SetOperator(t.Context(), v, bob.User, true)) }, []string{audit.UserChanged}},
		{"disable", func() { must(w.SetDisabled(t.Context(), v, bob.User, true)) }, []string{audit.UserChanged}},
		{"disable again", func() { must(w.SetDisabled(t.Context(), v, bob.User, true)) }, nil},
		{"enable", func() { must(w.SetDisabledByEmail(t.Context(), "bob@example.com", false)) }, []string{audit.UserChanged}},
		{"enable who is enabled", func() { _ = w.SetDisabled(t.Context(), v, v.User, false) }, nil},
		{
			"profile", func() { must(w.SetProfile(t.Context(), v, people.Profile{Name: "Ada L."})) },
			[]string{audit.UserChanged},
		},
		{"profile, refused", func() { _ = w.SetProfile(t.Context(), v, people.Profile{}) }, nil},
	})
}

// TestAudit_Self: so does each change of how users sign in, and each sign-in.
func TestAudit_Self(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v, pw := w.visit(t, w.first.SignedIn), secret.NewString(password)
	since := map[string]bool{}
	w.noted(t, since)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	var passkeyID string
	w.signIn(t, email, client) // one to be ended
	w.noted(t, since)

	w.check(t, since, []noting{
		{"passkey", func() {
			w.addPasskey(t, w.first.SignedIn, "Phone")
			s, err := w.Security(t.Context(), v)
			must(err)
			passkeyID = s.Passkeys[0].ID
		}, []string{audit.PasskeyAdded}},
		{
			"rename", func() { must(w.RenamePasskey(t.Context(), v, passkeyID, "Old")) },
			[]string{audit.PasskeyRenamed},
		},
		{
			"remove a passkey", func() { must(w.RemovePasskey(t.Context(), v, passkeyID)) },
			[]string{audit.PasskeyRemoved},
		},
		{"no such passkey", func() { _ = w.RemovePasskey(t.Context(), v, passkeyID) }, nil},
		{"app", func() { w.enableTOTP(t, w.first.SignedIn) }, []string{audit.TOTPEnabled}},
		{
			"recovery codes", func() { _, err := w.RenewRecoveryCodes(t.Context(), v); must(err) },
			[]string{audit.RecoveryCodesRenewed},
		},
		{"no app", func() { must(w.DisableTOTP(t.Context(), v)) }, []string{audit.TOTPDisabled}},
		{"step up", func() { must(w.StepUp(t.Context(), v, people.Proof{Password: pw})) }, nil},
		{"sign in", func() { w.signIn(t, email, client) }, []string{audit.UserSignedIn}},
		{
			"sign in, refused", func() { _, _ = w.SignIn(t.Context(), people.Attempt{Email: email, Client: client}) },
			[]string{audit.UserSignInRefused},
		},
		{"sign in as nobody", func() { _, _ = w.SignIn(t.Context(), people.Attempt{Email: "x@example.com"}) }, nil},
		{"end others", func() { must(w.EndOthers(t.Context(), v)) }, []string{audit.SessionEnded}},
		{"no others", func() { must(w.EndOthers(t.Context(), v)) }, nil},
		{"reset", func() { _, err := w.Reset(t.Context(), email, true); must(err) }, []string{audit.UserReset}},
		{
			"create", func() { _, _, err := w.Create(t.Context(), people.NewUser{Email: "eve@example.com"}); must(err) },
			[]string{audit.UserCreated},
		},
		{"sign out", func() { must(w.SignOut(t.Context(), v)) }, []string{audit.UserSignedOut}},
		{"sign out again", func() { _ = w.SignOut(t.Context(), v) }, nil},
	})
}

// TestFindUser: the filter of the audit log finds a user by the address as a person writes it.
func TestFindUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for text, want := range map[string]id.User{
		email: w.first.User, "  Ada@Example.COM": w.first.User, "bob@example.com": {}, "@": {},
	} {
		if got, known, err := w.FindUser(t.Context(), text); got != want || known == want.IsZero() || err != nil {
			t.Errorf("FindUser(%q) = %s, %v, %v", text, got, known, err)
		}
	}
}

// TestAudit_Actors: a row names who made the change and from where, as far as the edge or the session knows.
func TestAudit_Actors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v := w.visit(t, w.first.SignedIn)
	now := v.Actor()
	now.Address = "198.51.100.9"
	other := audit.Actor{Kind: audit.CommandLine, Name: "root"}
	if _, err := w.Invite(audit.By(t.Context(), now), v, w.account, "bob@example.com", "owner"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Create(audit.By(t.Context(), other), people.NewUser{Email: "eve@example.com"}); err != nil {
		t.Fatal(err)
	}

	found := 0
	for _, row := range slices.Concat(w.audits(t, w.account), w.audits(t, id.Account{})) {
		switch {
		case row.Action == audit.MemberInvited:
			found++
			if row.ActorID != v.User.String() || row.ActorName != "Ada" || row.Address != "198.51.100.9" || row.Agent != chrome {
				t.Errorf("the invitation was made by %+v", row)
			}
		case row.Action == audit.UserCreated && row.ActorKind == audit.CommandLine:
			found++
			if row.ActorName != "root" {
				t.Errorf("the user was created by %+v", row)
			}
		case row.ActorKind != audit.User || row.Address != client.Address:
			t.Errorf("%s was made by %s at %q", row.Action, row.ActorKind, row.Address)
		}
	}
	if found != 2 {
		t.Errorf("%d of 2 rows were found", found)
	}
}
