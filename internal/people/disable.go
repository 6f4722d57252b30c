package people

import (
	"context"
	"slices"
	"strconv"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// SetDisabled ends all sessions of a user, who cannot sign in until an operator enables them again. What the user is a
// member of stays. The last operator cannot be disabled.
func (p *People) SetDisabled(ctx context.Context, v Visit, user id.User, disabled bool) error {
	if !v.May(id.Account{}, signin.ManageInstance) {
		return forbidden(signin.ManageInstance)
	}
	if err := p.steppedUp(v); err != nil {
		return err
	}
	update := func(ctx context.Context, keys []store.Key, fn func(*store.Tx) error) error {
		return p.act(ctx, v, id.Account{}, signin.ManageInstance, keys, fn)
	}

	return p.setDisabled(ctx, update, v.Actor(), user, disabled)
}

// SetDisabledByEmail is SetDisabled at the command line.
func (p *People) SetDisabledByEmail(ctx context.Context, email string, disabled bool) error {
	u, err := p.named(ctx, email)
	if err != nil {
		return err
	}
	return p.setDisabled(ctx, p.update, audit.ActorOf(ctx), u.ID, disabled)
}

// named finds the user of an address that an operator wrote.
func (p *People) named(ctx context.Context, email string) (store.User, error) {
	address, err := signin.ParseEmail(email)
	if err != nil {
		return store.User{}, err
	}
	u, ok, err := p.byEmail(ctx, address)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "there is no user with this address; syssecure user list shows all users")
	}

	return u, err
}

func (p *People) setDisabled(
	ctx context.Context, update func(context.Context, []store.Key, func(*store.Tx) error) error, by audit.Actor,
	user id.User, disabled bool,
) error {
	k := store.UserKey(user)
	others, err := p.operators(ctx, user)
	if err != nil {
		return err
	}
	sessions, err := p.sessionKeys(ctx, user)
	if err != nil {
		return err
	}

	now := p.now()
	note := p.note(ctx, by, id.Account{}, audit.UserChanged, user.String(), store.Change{
		Field: "disabled", Before: strconv.FormatBool(!disabled), After: strconv.FormatBool(disabled),
	})

	return update(ctx, slices.Concat([]store.Key{k}, others, sessions), func(tx *store.Tx) error {
		u, ok := store.Get[store.User](tx, k)
		switch {
		case !ok:
			return fault.NoSuch("user")
		case u.Disabled == disabled:
			return nil // a change that changes nothing has no row in the audit log
		case disabled && u.Operator && !anotherOperator(tx, others):
			return lastOperator()
		}

		u.Disabled = disabled
		if disabled {
			// A session that began meanwhile ends, too, and enabling the user brings neither it nor an invitation back.
			u.SessionsFrom, u.LinksFrom = now, now
			remove(tx, sessions)
		}
		tx.Put(u)
		tx.Insert(note)

		return nil
	})
}

// anotherOperator reports whether one of the users, whose rows the update names, is an operator who can sign in.
func anotherOperator(tx *store.Tx, others []store.Key) bool {
	return slices.ContainsFunc(others, func(k store.Key) bool {
		o, ok := store.Get[store.User](tx, k)
		return ok && o.Operator && !o.Disabled
	})
}

func lastOperator() error {
	return fault.Invalid("user", "this is the last operator; make another user an operator first")
}
