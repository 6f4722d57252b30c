// Package people implements those who use the dashboard: how they sign in, their sessions, their passkeys and second
// factors, the links that invite them, and the teams of accounts.
//
// What is stored of a secret is sealed, or a MAC under the master key. Guesses are counted in the database before they
// are compared. Each change writes its audit row in the same transaction.
package people

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // users' time zones, also on a machine without the names of zones

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// How many of each thing there may be.
const (
	MaxMembers  = 200 // of an account
	MaxInvites  = 100 // of an account, unused
	MaxSessions = 20  // of a user; the oldest ends
	MaxPasskeys = 20  // of a user
	// MaxInvitesHour is how many invitations an account may make in an hour.
	MaxInvitesHour = 50
)

// Config is what People needs.
type Config struct {
	Store *store.Store
	Keys  *secret.Keyring
	Admin *admin.Admin // makes the first account
	Now   func() time.Time
	Log   *slog.Logger
	// Origin is where browsers open the dashboard, such as https://otp.example.com. Passkeys are bound to it.
	Origin func() string
	// Cost is what the hash of a password takes; zero = signin.StandardCost.
	Cost signin.Cost
}

// People is safe for concurrent use.
type People struct {
	Config

	// A hash takes 19 MiB and tens of milliseconds, so only two are computed at once: one for browsers that are known,
	// and one for all others, so that a flood of strangers delays no one who has signed in before.
	known, unknown chan struct{}
	crowd          crowd
	// growing is held while a member or an invitation is added, so that the bounds are exact within this node.
	growing sync.Mutex
}

// New makes People.
func New(c Config) *People {
	if c.Cost == (signin.Cost{}) {
		c.Cost = signin.StandardCost()
	}

	return &People{Config: c, known: make(chan struct{}, 1), unknown: make(chan struct{}, 1)}
}

// Client is the browser that a request came from, as the edge knows it. Device is what SignedIn.Device was, or empty.
type Client struct {
	Address, Agent string
	Device         secret.String
}

// Visit is a request of a signed-in user.
type Visit struct {
	User        id.User
	Email, Name string
	Operator    bool
	// Accounts are those that the user is a member of, in the order in which they joined. An operator may visit the
	// others, too.
	Accounts            []Membership
	Zone, Theme, Locale string
	NoShortcuts         bool
	Session             signin.Session
	SessionID           store.SessionID
	Client              Client // that signed in; Device is empty
}

// Membership is what a user is in an account.
type Membership struct {
	Account id.Account
	Name    string
	Role    signin.Role
}

// Role is what the user is in an account.
func (v Visit) Role(of id.Account) (signin.Role, bool) {
	if v.Operator {
		return signin.Operator, true
	}
	i := slices.IndexFunc(v.Accounts, func(m Membership) bool { return m.Account == of })
	if i < 0 {
		return "", false
	}
	return v.Accounts[i].Role, true
}

// May reports whether the user has a permission in an account. The zero account is the installation.
func (v Visit) May(of id.Account, p signin.Permission) bool {
	role, _ := v.Role(of)
	return role.May(p)
}

// SteppedUp reports whether the user proved recently who they are.
func (v Visit) SteppedUp(now time.Time) bool { return v.Session.SteppedUp(now) }

// errNoSession is one text for every session that is not valid, so that it says nothing about others.
func errNoSession() error {
	return fault.New(fault.Unauthorized, "you are not signed in, or your session has ended; sign in again")
}

// ErrStepUp is in the chain of a fault that a repetition after StepUp may avoid.
var ErrStepUp = stepUpError{}

type stepUpError struct{}

func (stepUpError) Error() string { return "the user must prove again who they are" }

func (p *People) steppedUp(v Visit) error {
	if v.SteppedUp(p.now()) {
		return nil
	}
	return fault.New(fault.Unauthorized, "confirm first that it is you: by a passkey, your password or a code").
		WithStatus(403).WithCause(ErrStepUp)
}

// forbidden refuses what a role may not do.
func forbidden(to signin.Permission) error {
	return fault.New(fault.Unauthorized, "your role may not do this; it needs the permission to %s", to).WithStatus(403)
}

// Visit finds the signed-in user of a session's token, and notes that the session was used.
func (p *People) Visit(ctx context.Context, token secret.String) (Visit, error) {
	return p.visitOf(ctx, token, p.seen)
}

// Look is Visit for what happens without the user, such as a list that renews itself: it does not keep the session alive.
func (p *People) Look(ctx context.Context, token secret.String) (Visit, error) {
	return p.visitOf(ctx, token, func(context.Context, store.Session, time.Time) {})
}

// visitOf reads single rows, since it runs for every page.
func (p *People) visitOf(ctx context.Context, token secret.String,
	seen func(context.Context, store.Session, time.Time),
) (Visit, error) {
	now := p.now()
	if len(token.Reveal()) != tokenLength {
		return Visit{}, errNoSession()
	}
	session, ok, err := find[store.Session](ctx, p, store.SessionKey(p.sessionID(token)))
	if err != nil {
		return Visit{}, err
	}

	user, found, err := find[store.User](ctx, p, store.UserKey(session.User))
	switch {
	case err != nil:
		return Visit{}, err
	case !ok || !found || user.Disabled || !rules(session).Valid(user.SessionsFrom, now):
		return Visit{}, errNoSession()
	}

	if rules(session).Seen(now) {
		session.SeenAt = now
		seen(ctx, session, now)
	}

	return p.visit(ctx, user, session)
}

// rules are what the rules need to know of a session.
func rules(s store.Session) signin.Session {
	return signin.Session{BegunAt: s.CreatedAt, SeenAt: s.SeenAt, EndsAt: s.EndsAt, SteppedUpAt: s.SteppedUpAt}
}

func (p *People) visit(ctx context.Context, u store.User, s store.Session) (Visit, error) {
	email, err := p.email(u)
	if err != nil {
		return Visit{}, err
	}

	v := Visit{
		User: u.ID, Email: email, Name: u.Name, Operator: u.Operator, Zone: u.Zone, Theme: u.Theme, Locale: u.Locale,
		NoShortcuts: u.NoShortcuts, Session: rules(s), SessionID: s.ID, Client: Client{Address: s.Address, Agent: s.Agent},
	}
	keys := make([]store.Key, 0, 2*len(u.Accounts))
	for _, a := range u.Accounts {
		keys = append(keys, store.MemberKey(a, u.ID), store.AccountKey(a))
	}
	rows, err := p.Store.Find(ctx, keys...)
	if err != nil {
		return Visit{}, err
	}

	for _, a := range u.Accounts {
		member, ok := store.Get[store.Member](rows, store.MemberKey(a, u.ID))
		account, there := store.Get[store.Account](rows, store.AccountKey(a))
		if ok && there {
			v.Accounts = append(v.Accounts, Membership{Account: a, Name: account.Name, Role: signin.Role(member.Role)})
		}
	}

	return v, nil
}

// seen stores when a session was used last. A page is shown also when that fails.
func (p *People) seen(ctx context.Context, s store.Session, now time.Time) {
	keys := []store.Key{s.Key(), store.UserKey(s.User)}
	err := p.update(ctx, keys, func(tx *store.Tx) error {
		row, ok := store.Get[store.Session](tx, s.Key())
		if ok && rules(row).Seen(now) {
			row.SeenAt = now
			tx.Put(row)
		}
		if u, there := store.Get[store.User](tx, store.UserKey(s.User)); ok && there && now.Sub(u.SeenAt) >= 10*time.Minute {
			u.SeenAt = now
			tx.Put(u)
		}

		return nil
	})
	if err != nil && ctx.Err() == nil {
		p.Log.Warn("when a session was used could not be stored; the session may end too early", "error", err)
	}
}

// now is the time as rows keep it: whole microseconds, so that it compares equal after it was stored.
func (p *People) now() time.Time { return p.Now().UTC().Truncate(time.Microsecond) }

// find reads one row.
func find[R store.Record](ctx context.Context, p *People, k store.Key) (row R, ok bool, err error) {
	rows, err := p.Store.Find(ctx, k)
	if err != nil {
		return row, false, err
	}
	row, ok = store.Get[R](rows, k)

	return row, ok, nil
}

// act is the update of a change by a signed-in user. Their session and their right to the change may have ended since
// the visit was read, so its transaction asks for both again. A change that needs no permission has the zero one.
func (p *People) act(ctx context.Context, v Visit, of id.Account, to signin.Permission, keys []store.Key,
	fn func(*store.Tx) error,
) error {
	session, user, member := store.SessionKey(v.SessionID), store.UserKey(v.User), store.MemberKey(of, v.User)
	return p.update(ctx, slices.Concat(keys, []store.Key{session, user, member}), func(tx *store.Tx) error {
		s, ok := store.Get[store.Session](tx, session)
		u, there := store.Get[store.User](tx, user)
		m, _ := store.Get[store.Member](tx, member)
		switch {
		case !ok || !there || u.Disabled || s.CreatedAt.Before(u.SessionsFrom):
			return errNoSession()
		case to != "" && !u.Operator && !signin.Role(m.Role).May(to):
			return forbidden(to)
		}

		return fn(tx)
	})
}

// update is an update of rows of people. All share one lane, because they concern several accounts.
func (p *People) update(ctx context.Context, keys []store.Key, fn func(*store.Tx) error) error {
	return p.Store.Update(ctx, id.Account{}, keys, fn)
}
