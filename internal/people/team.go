package people

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Member is a member of an account as its team page shows one.
type Member struct {
	User             id.User
	Name, Email      string
	Role             signin.Role
	SecondFactor     bool // a passkey or an authenticator app
	JoinedAt, SeenAt time.Time
	InvitedBy        string
	// Invites is how many open invitations the member made, which end when the member may not invite any more.
	Invites int
}

// Invite is an invitation that was not used yet.
type Invite struct {
	ID        string
	Email     string
	Role      signin.Role
	By        string
	CreatedAt time.Time
	EndsAt    time.Time
}

// Team is who may visit an account, and who is invited.
type Team struct {
	Members []Member
	Invites []Invite
}

// manages refuses a visit that may not change the team of an account.
func (p *People) manages(v Visit, of id.Account) error {
	if !v.May(of, signin.ManageTeam) {
		return forbidden(signin.ManageTeam)
	}
	return nil
}

// Team lists the members of an account, those who joined first at the top, and its invitations.
func (p *People) Team(ctx context.Context, v Visit, of id.Account) (t Team, err error) {
	if err := p.manages(v, of); err != nil {
		return t, err
	}
	members, links, err := p.team(ctx, of)
	if err != nil {
		return t, err
	}

	keys := make([]store.Key, len(members))
	for i, m := range members {
		keys[i] = store.UserKey(m.User)
	}
	users, err := p.Store.Find(ctx, keys...)
	if err != nil {
		return t, err
	}

	for _, m := range members {
		u, ok := store.Get[store.User](users, store.UserKey(m.User))
		if !ok {
			continue
		}
		shown := Member{
			User: u.ID, Name: u.Name, Role: signin.Role(m.Role), JoinedAt: m.CreatedAt, SeenAt: u.SeenAt, InvitedBy: m.InvitedBy,
			SecondFactor: len(u.TOTP) > 0 || len(u.Passkeys) > 0,
		}
		if shown.Email, err = p.email(u); err != nil {
			return t, err
		}
		for _, l := range links {
			if l.Maker == u.ID {
				shown.Invites++
			}
		}
		t.Members = append(t.Members, shown)
	}
	slices.SortStableFunc(t.Members, func(a, b Member) int { return a.JoinedAt.Compare(b.JoinedAt) })
	t.Invites, err = p.invites(links)

	return t, err
}

// team reads the members of an account and the invitations that still work.
func (p *People) team(ctx context.Context, of id.Account) (members []store.Member, links []store.Link, err error) {
	err = p.Store.View(ctx, func(v store.Reader) error {
		if members, err = v.Members(of, id.User{}, 2*MaxMembers); err == nil {
			links, err = v.Links(of, 2*MaxInvites)
		}
		return err
	})
	if err == nil {
		links, err = p.working(ctx, links)
	}

	return members, links, err
}

func (p *People) invites(links []store.Link) (out []Invite, err error) {
	for _, l := range links {
		shown := Invite{
			ID: hex.EncodeToString(l.ID[:]), Role: signin.Role(l.Role), By: l.By, CreatedAt: l.CreatedAt, EndsAt: l.EndsAt,
		}
		if shown.Email, err = p.linkEmail(l); err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	slices.SortFunc(out, func(a, b Invite) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})

	return out, nil
}

// growth runs fn when the account may have one more member.
func (p *People) growth(ctx context.Context, of id.Account, fn func() error) error {
	p.growing.Lock()
	defer p.growing.Unlock()
	members, _, err := p.team(ctx, of)
	if err != nil {
		return err
	}
	if len(members) >= MaxMembers {
		return fault.Invalid("account", "an account may have %d members; remove one first", MaxMembers)
	}

	return fn()
}

// Withdraw ends an invitation.
func (p *People) Withdraw(ctx context.Context, v Visit, of id.Account, invite string) error {
	if err := p.manages(v, of); err != nil {
		return err
	}
	b, err := hex.DecodeString(invite)
	if err != nil || len(b) != len(store.LinkID{}) {
		return fault.NoSuch("invitation")
	}

	k := store.LinkKey(store.LinkID(b))
	note := p.note(ctx, v.Actor(), of, audit.InvitationWithdrawn, invite)

	return p.act(ctx, v, of, signin.ManageTeam, []store.Key{k}, func(tx *store.Tx) error {
		if l, ok := store.Get[store.Link](tx, k); !ok || l.Account != of || LinkKind(l.Kind) != LinkInvite {
			return fault.NoSuch("invitation")
		}
		tx.Delete(k)
		tx.Insert(note)

		return nil
	})
}

// ChangeRole gives a member another role. The last owner stays one.
func (p *People) ChangeRole(ctx context.Context, v Visit, of id.Account, user id.User, role string) error {
	if err := p.manages(v, of); err != nil {
		return err
	}
	if err := p.steppedUp(v); err != nil {
		return err
	}
	as, err := signin.ParseRole(role)
	if err != nil {
		return err
	}
	owners, rows, err := p.owners(ctx, of)
	if err != nil {
		return err
	}

	var ended []store.Key
	if !as.May(signin.ManageTeam) {
		if ended, err = p.invitesBy(ctx, of, user); err != nil {
			return err
		}
	}

	k := store.MemberKey(of, user)
	note := p.note(ctx, v.Actor(), of, audit.MemberRoleChanged, user.String())

	keys := slices.Concat(rows, []store.Key{k}, ended)

	return p.act(ctx, v, of, signin.ManageTeam, keys, func(tx *store.Tx) error {
		m, ok := store.Get[store.Member](tx, k)
		last := anotherOwner(tx, owners, user)
		switch {
		case !ok:
			return fault.NoSuch("member")
		case m.Role == role:
			return nil // a change that changes nothing has no row in the audit log
		case as != signin.Owner && last != nil:
			return last
		}

		row := note
		row.Changes = []store.Change{{Field: "role", Before: m.Role, After: role}}
		m.Role = role
		tx.Put(m)
		remove(tx, ended)
		tx.Insert(row)

		return nil
	})
}

// Remove takes a member out of an account. Members may leave by themselves. A user who is then in no account, and is no
// operator, is removed with their sessions.
func (p *People) Remove(ctx context.Context, v Visit, of id.Account, user id.User) error {
	var needs signin.Permission
	if user != v.User {
		needs = signin.ManageTeam
		if err := p.manages(v, of); err != nil {
			return err
		}
	}
	owners, rows, err := p.owners(ctx, of)
	if err != nil {
		return err
	}
	u, _, err := find[store.User](ctx, p, store.UserKey(user))
	if err != nil {
		return err
	}
	sessions, err := p.sessionKeys(ctx, user)
	if err != nil {
		return err
	}

	ended, err := p.invitesBy(ctx, of, user)
	if err != nil {
		return err
	}

	k := store.MemberKey(of, user)
	keys := slices.Concat(rows, []store.Key{k, store.UserKey(user), store.LoginKey(u.Login)}, sessions, ended)
	note := p.note(ctx, v.Actor(), of, audit.MemberRemoved, user.String())

	return p.act(ctx, v, of, needs, keys, func(tx *store.Tx) error {
		u, ok := store.Get[store.User](tx, store.UserKey(user))
		if !store.Exists(tx, k) || !ok {
			return fault.NoSuch("member")
		}
		if err := anotherOwner(tx, owners, user); err != nil {
			return err
		}
		tx.Delete(k)
		remove(tx, ended)
		tx.Insert(note)
		u.Accounts = slices.DeleteFunc(slices.Clone(u.Accounts), func(a id.Account) bool { return a == of })
		putOrRemove(tx, u, sessions)

		return nil
	})
}

// putOrRemove stores a user from whom something was taken, or removes one who may see nothing any more: then neither the
// address nor a session stays.
func putOrRemove(tx *store.Tx, u store.User, sessions []store.Key) {
	if len(u.Accounts) > 0 || u.Operator {
		tx.Put(u)
		return
	}

	tx.Delete(u.Key())
	tx.Delete(store.LoginKey(u.Login))
	remove(tx, sessions)
}

// owners are an account's owners with their rows. An update that takes one away names them all, so that of two that
// leave at the same time one is refused.
func (p *People) owners(ctx context.Context, of id.Account) (owners []store.Member, keys []store.Key, err error) {
	members, _, err := p.team(ctx, of)
	for _, m := range members {
		if m.Role == string(signin.Owner) {
			owners = append(owners, m)
			keys = append(keys, m.Key(), store.UserKey(m.User))
		}
	}
	return owners, keys, err
}

// anotherOwner refuses to take away the last owner who can sign in.
func anotherOwner(tx *store.Tx, owners []store.Member, without id.User) error {
	is := false
	for _, o := range owners {
		m, ok := store.Get[store.Member](tx, o.Key())
		u, _ := store.Get[store.User](tx, store.UserKey(o.User))
		switch {
		case !ok || m.Role != string(signin.Owner):
		case o.User == without:
			is = true
		case !u.Disabled:
			return nil
		}
	}
	if !is {
		return nil // not an owner
	}

	return fault.Invalid("user", "this is the account's last owner; make another member an owner first")
}
