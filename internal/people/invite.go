package people

import (
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

// Invite makes a link by which a person joins an account. An invitation of the same address that is still open ends.
func (p *People) Invite(ctx context.Context, v Visit, of id.Account, email, role string) (Link, error) {
	if err := p.manages(v, of); err != nil {
		return Link{}, err
	}
	if err := p.steppedUp(v); err != nil {
		return Link{}, err
	}
	address, err := signin.ParseEmail(email)
	as, bad := signin.ParseRole(role)
	if err := fault.Join(err, bad); err != nil {
		return Link{}, err
	}

	l, row := p.newLink(store.Link{
		Account: of, Kind: uint8(LinkInvite), Role: string(as), By: v.Name, Maker: v.User,
	}, signin.InviteValid)
	row.Email = p.Keys.Seal([]byte(address), row.Key().Location(columnEmail))
	note := p.note(ctx, v.Actor(), of, audit.MemberInvited, hex.EncodeToString(row.ID[:]), store.Change{Field: "role", After: role})
	p.growing.Lock()
	defer p.growing.Unlock()
	if err := p.invitedLately(ctx, of); err != nil {
		return Link{}, err
	}
	before, err := p.mayInvite(ctx, of, address)
	if err != nil {
		return Link{}, err
	}

	err = p.act(ctx, v, of, signin.ManageTeam, append(before, store.AccountKey(of)), func(tx *store.Tx) error {
		if !store.Exists(tx, store.AccountKey(of)) {
			return fault.NoSuch("account")
		}
		remove(tx, before)
		tx.Insert(row)
		tx.Insert(note)

		return nil
	})

	return l, err
}

// invitedLately refuses more than MaxInvitesHour invitations in an hour, also when they were used or withdrawn. Each has
// its row in the audit log, which nobody can remove.
func (p *People) invitedLately(ctx context.Context, of id.Account) error {
	f := audit.Filter{Action: audit.MemberInvited, From: p.now().Add(-time.Hour)}
	var made []store.Audit
	for next := (id.Audit{}); ; {
		rows, more, err := audit.List(ctx, p.Store, of, f, next, MaxInvitesHour)
		if err != nil {
			return err
		}
		if made = append(made, rows...); len(made) >= MaxInvitesHour {
			return fault.Limited("invitations", "limit_reached", made[MaxInvitesHour-1].At.Sub(f.From),
				"%d invitations of this account were made within an hour; wait before you make the next", MaxInvitesHour)
		}
		if more.IsZero() {
			return nil
		}
		next = more
	}
}

// mayInvite checks the bounds, and that the address is not a member. It returns the invitations that the new one
// replaces.
func (p *People) mayInvite(ctx context.Context, of id.Account, email string) (before []store.Key, err error) {
	members, links, err := p.team(ctx, of)
	if err != nil {
		return nil, err
	}
	if u, ok, err := p.byEmail(ctx, email); err != nil {
		return nil, err
	} else if ok && slices.ContainsFunc(members, func(m store.Member) bool { return m.User == u.ID }) {
		return nil, fault.Invalid("email", "this person is a member of the account already")
	}

	for _, l := range links {
		if address, err := p.linkEmail(l); err == nil && address == email {
			before = append(before, l.Key())
		}
	}
	switch {
	case len(links)-len(before) >= MaxInvites:
		return nil, fault.Invalid("email", "%d invitations are open; withdraw one that is not needed", MaxInvites)
	case len(members) >= MaxMembers:
		return nil, fault.Invalid("email", "an account may have %d members; remove one first", MaxMembers)
	}

	return before, nil
}
