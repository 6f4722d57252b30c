package people

import (
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// A link works only as long as who made it may make it: else a person who is removed could come back by an invitation
// of before. One for a password works only until the next password is chosen: else who finds it later could take the
// user over.

// rightKeys are the rows that say whether a link still works: the user whose password it is for, and its maker. A link
// of the command line has no maker.
func rightKeys(l store.Link) []store.Key {
	keys := []store.Key{store.UserKey(l.User), store.UserKey(l.Maker)}
	if LinkKind(l.Kind) == LinkInvite {
		keys = append(keys, store.MemberKey(l.Account, l.Maker))
	}
	return keys
}

// keysOf are the rows that a transaction which uses a link must name.
func keysOf(l store.Link) []store.Key { return append(rightKeys(l), l.Key()) }

// works reports whether a link still works, apart from its time.
func works(rows store.Getter, l store.Link) bool {
	if u, ok := store.Get[store.User](rows, store.UserKey(l.User)); !l.User.IsZero() {
		return ok && !u.Disabled && !u.PasswordAt.After(l.CreatedAt) && makerMay(rows, l)
	}
	return makerMay(rows, l)
}

// makerMay reports whether the maker of a link may still make such a link.
func makerMay(rows store.Getter, l store.Link) bool {
	if l.Maker.IsZero() {
		return true
	}
	maker, ok := store.Get[store.User](rows, store.UserKey(l.Maker))
	switch {
	case !ok || maker.Disabled || l.CreatedAt.Before(maker.LinksFrom):
		return false
	case maker.Operator:
		return true
	case LinkKind(l.Kind) != LinkInvite:
		return false // only operators make the others
	}
	m, _ := store.Get[store.Member](rows, store.MemberKey(l.Account, l.Maker))

	return signin.Role(m.Role).May(signin.ManageTeam)
}

// working are the invitations that still work.
func (p *People) working(ctx context.Context, links []store.Link) ([]store.Link, error) {
	var keys []store.Key
	for _, l := range links {
		keys = append(keys, rightKeys(l)...)
	}
	rows, err := p.Store.Find(ctx, keys...)
	if err != nil {
		return nil, err
	}

	return slices.DeleteFunc(links, func(l store.Link) bool {
		return LinkKind(l.Kind) != LinkInvite || !l.EndsAt.After(p.now()) || !works(rows, l)
	}), nil
}

// invitesBy are the open invitations that a member made, which end when the member may not invite any more.
func (p *People) invitesBy(ctx context.Context, of id.Account, user id.User) (keys []store.Key, err error) {
	_, links, err := p.team(ctx, of)
	for _, l := range links {
		if l.Maker == user {
			keys = append(keys, l.Key())
		}
	}
	return keys, err
}

// remove deletes rows in a transaction that named them.
func remove(tx *store.Tx, keys []store.Key) {
	for _, k := range keys {
		tx.Delete(k)
	}
}
