package people

import (
	"context"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// setUp makes the first user, their account and its first key of the sandbox, in one transaction.
func (p *People) setUp(ctx context.Context, l store.Link, a LinkAnswer) (Welcome, error) {
	all, err := p.setupLinks(ctx) // nodes that start at the same time may each have made one
	if there, lost := p.anyone(ctx); err != nil || lost != nil || there {
		return Welcome{}, orElse(orElse(err, lost), errLink())
	}
	email, err := signin.ParseEmail(a.Email)
	person, bad := name(a.Name)
	now := p.now()
	u, login := p.newUser(email, person, now)
	ctx = audit.By(ctx, actorOf(u, a.Client))
	first, failed := p.Admin.FirstAccount(ctx, a.Account)
	weak := signin.CheckPassword(a.Password.Reveal(), email, person)
	if err := fault.Join(err, bad, ofAccount(failed), weak); err != nil {
		return Welcome{}, err
	}

	h, err := p.hash(ctx, a.Password, email, person)
	if err != nil {
		return Welcome{}, err
	}
	p.setPassword(&u, h, now)
	u.SeenAt, u.Operator, u.Accounts = now, true, []id.Account{first.Account.ID}
	member := store.Member{Account: first.Account.ID, User: u.ID, Role: string(signin.Owner), CreatedAt: now}
	s, err := p.begin(ctx, u, a.Client)
	if err != nil {
		return Welcome{}, err
	}

	by := actorOf(u, a.Client)
	notes := append(first.Notes,
		p.note(ctx, by, id.Account{}, audit.UserCreated, u.ID.String(), store.Change{Field: "operator", After: "true"}),
		p.note(ctx, by, first.Account.ID, audit.MemberJoined, u.ID.String(), store.Change{Field: "role", After: member.Role}))
	keys := slices.Concat(keysOf(l), all)
	keys = append(keys, login.Key(), u.Key(), member.Key(), first.Account.Key(), first.Key.Key())
	err = p.update(ctx, keys, func(tx *store.Tx) error {
		if err := p.take(tx, l); err != nil {
			return err
		}
		remove(tx, all)
		for _, r := range []store.Record{u, login, member, first.Account, first.Key} {
			tx.Put(r)
		}
		insert(tx, notes...)
		s.in(tx)

		return nil
	})

	return Welcome{s.SignedIn, first.Account.ID, first.Plain}, err
}

// ofAccount says that a name that was refused is the account's, not the person's.
func ofAccount(err error) error {
	f := fault.From(err)
	if err == nil || f.Details.Field != "name" {
		return err
	}
	return fault.Invalid("account", "account%s", strings.TrimPrefix(f.Message, "name"))
}

// orElse is err, or the other error when there is none.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// accept makes the user of an invitation.
func (p *People) accept(ctx context.Context, l store.Link, a LinkAnswer) (Welcome, error) {
	email, err := p.linkEmail(l)
	if err != nil {
		return Welcome{}, err
	}
	person, err := name(a.Name)
	if err := fault.Join(err, signin.CheckPassword(a.Password.Reveal(), email, person)); err != nil {
		return Welcome{}, err
	}
	h, err := p.hash(ctx, a.Password, email, person)
	if err != nil {
		return Welcome{}, err
	}

	now := p.now()
	u, login := p.newUser(email, person, now)
	p.setPassword(&u, h, now)
	u.SeenAt = now
	s, err := p.begin(ctx, u, a.Client)
	if err != nil {
		return Welcome{}, err
	}

	by := actorOf(u, a.Client)
	created := p.note(ctx, by, id.Account{}, audit.UserCreated, u.ID.String())
	j := p.joining(ctx, l, u.ID, by)
	err = p.growth(ctx, l.Account, func() error {
		return p.update(ctx, append(j.keys(), login.Key(), u.Key()), func(tx *store.Tx) error {
			if store.Exists(tx, login.Key()) {
				return fault.Invalid("email", "there is a user with this address now; sign in, and open the link again")
			}
			tx.Put(login)
			tx.Insert(created)
			s.in(tx)

			return j.in(tx, u)
		})
	})

	return Welcome{SignedIn: s.SignedIn, Account: l.Account}, err
}

// Join adds the signed-in user to the account of an invitation that was made for their address.
func (p *People) Join(ctx context.Context, v Visit, token secret.String) (id.Account, error) {
	l, err := p.link(ctx, token)
	if err != nil {
		return id.Account{}, err
	}

	email, err := p.linkEmail(l)
	if err != nil {
		return id.Account{}, err
	}
	if LinkKind(l.Kind) != LinkInvite || email != v.Email {
		return id.Account{}, fault.New(fault.Unauthorized, "this invitation is for another e-mail address; sign in with it").
			WithStatus(403)
	}

	j := p.joining(ctx, l, v.User, v.Actor())
	err = p.growth(ctx, l.Account, func() error {
		return p.act(ctx, v, id.Account{}, "", j.keys(), func(tx *store.Tx) error {
			u, _ := store.Get[store.User](tx, store.UserKey(v.User))
			return j.in(tx, u)
		})
	})

	return l.Account, err
}

// joining is a user on the way into an account.
type joining struct {
	p      *People
	link   store.Link
	member store.Member
	note   store.Audit
}

func (p *People) joining(ctx context.Context, l store.Link, u id.User, by audit.Actor) joining {
	return joining{
		p, l,
		store.Member{Account: l.Account, User: u, Role: l.Role, CreatedAt: p.now(), InvitedBy: l.By},
		p.note(ctx, by, l.Account, audit.MemberJoined, u.String(), store.Change{Field: "role", After: l.Role}),
	}
}

func (j joining) keys() []store.Key {
	return append(keysOf(j.link), j.member.Key(), store.AccountKey(j.link.Account))
}

// in uses the link and writes the member. A user who is a member already keeps their role.
func (j joining) in(tx *store.Tx, u store.User) error {
	if err := j.p.take(tx, j.link); err != nil {
		return err
	}
	if !store.Exists(tx, store.AccountKey(j.link.Account)) {
		return errLink()
	}
	if j.link.Operator {
		u.Operator = true
	}

	if !store.Exists(tx, j.member.Key()) {
		u.Accounts = append(slices.Clone(u.Accounts), j.link.Account)
		tx.Put(j.member)
		tx.Insert(j.note)
	}
	tx.Put(u)

	return nil
}

// resetBy sets a password by a link, and ends all sessions.
func (p *People) resetBy(ctx context.Context, l store.Link, a LinkAnswer) (Welcome, error) {
	u, ok, err := find[store.User](ctx, p, store.UserKey(l.User))
	if err != nil || !ok {
		return Welcome{}, orElse(err, errLink())
	}
	email, err := p.email(u)
	if err != nil {
		return Welcome{}, err
	}

	h, err := p.hash(ctx, a.Password, email, u.Name)
	if err != nil {
		return Welcome{}, err
	}

	now := p.now()
	u.SessionsFrom = now // so that no earlier device counts as known
	s, err := p.begin(ctx, u, a.Client)
	if err != nil {
		return Welcome{}, err
	}

	by := actorOf(u, a.Client)
	changed := p.note(ctx, by, id.Account{}, audit.PasswordChanged, u.ID.String())
	var factor bool
	err = p.update(ctx, slices.Concat(keysOf(l), s.others), func(tx *store.Tx) error {
		if err := p.take(tx, l); err != nil {
			return err
		}
		row, _ := store.Get[store.User](tx, u.Key())

		p.setPassword(&row, h, now)
		remove(tx, s.others) // also those of a node whose clock is ahead
		if LinkKind(l.Kind) == LinkResetFactors {
			row.TOTP, row.TOTPStep, row.Recovery, row.Passkeys = nil, 0, nil, nil
		}
		tx.Put(row)
		tx.Insert(changed)
		if factor = len(row.TOTP) > 0; !factor {
			s.in(tx)
		}

		return nil
	})
	if factor || err != nil {
		return Welcome{SignedIn: SignedIn{User: u.ID}}, err
	}

	return Welcome{SignedIn: s.SignedIn}, nil
}
