package people

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Profile is what users say about themselves.
type Profile struct {
	Name, Zone, Theme, Locale string
	NoShortcuts               bool
}

// themes are the looks that a user may choose; the empty one follows the system.
var themes = []string{"", "light", "dark"}

// maxLocale is the longest tag of a language that RFC 5646 asks programs to take. Private parts have no other bound.
const maxLocale = 35

// SetProfile changes the user's profile.
func (p *People) SetProfile(ctx context.Context, v Visit, next Profile) error {
	called, err := name(next.Name)
	var bad, wrong, strange error
	if _, unknown := time.LoadLocation(next.Zone); unknown != nil || next.Zone == "Local" {
		bad = fault.Invalid("zone", "zone must be the name of a time zone, such as Europe/Brussels, or empty for UTC")
	}
	if !slices.Contains(themes, next.Theme) {
		wrong = fault.Invalid("theme", "theme must be light, dark or empty")
	}
	if _, unknown := language.Parse(next.Locale); next.Locale != "" && (unknown != nil || len(next.Locale) > maxLocale) {
		strange = fault.Invalid("locale", "locale must be a language as a BCP 47 tag, such as en or pt-BR, or empty")
	}
	if err := fault.Join(err, bad, wrong, strange); err != nil {
		return err
	}

	var diff audit.Diff
	diff.AddText("name", v.Name, called)
	diff.Add("zone", v.Zone, next.Zone)
	diff.Add("theme", v.Theme, next.Theme)
	diff.Add("locale", v.Locale, next.Locale)
	diff.Add("no_shortcuts", v.NoShortcuts, next.NoShortcuts)
	if len(diff) == 0 {
		return nil
	}
	note := p.noteSelf(ctx, v, audit.UserChanged, diff...)

	return p.change(ctx, v, note, nil, func(_ *store.Tx, u *store.User) error {
		set(&u.Name, v.Name, called)
		set(&u.Zone, v.Zone, next.Zone)
		set(&u.Theme, v.Theme, next.Theme)
		set(&u.Locale, v.Locale, next.Locale)
		set(&u.NoShortcuts, v.NoShortcuts, next.NoShortcuts)

		return nil
	})
}

// set changes a field that the form changed: what it left as it was may have been changed by another one meanwhile.
func set[T comparable](field *T, before, after T) {
	if before != after {
		*field = after
	}
}

// NewUser is a user to be made by the operator.
type NewUser struct {
	Email, Name string
	Operator    bool
	Account     id.Account // zero for none
	Role        string     // in the account
}

// Create makes a user at the command line, and the link by which they choose a password.
func (p *People) Create(ctx context.Context, n NewUser) (id.User, Link, error) {
	email, err := signin.ParseEmail(n.Email)
	called, bad := name(orDefault(n.Name, email))
	if err := fault.Join(err, bad); err != nil {
		return id.User{}, Link{}, err
	}
	if !n.Account.IsZero() {
		if _, err := signin.ParseRole(n.Role); err != nil {
			return id.User{}, Link{}, err
		}
	}
	setup, err := p.setupLinks(ctx) // they must not work once there is a user
	if err != nil {
		return id.User{}, Link{}, err
	}

	now := p.now()
	u, login := p.newUser(email, called, now)
	u.Operator = n.Operator
	l, link := p.newLink(store.Link{User: u.ID, Kind: uint8(LinkReset)}, signin.InviteValid)
	created := p.note(ctx, audit.ActorOf(ctx), id.Account{}, audit.UserCreated, u.ID.String(),
		store.Change{Field: "operator", After: strconv.FormatBool(n.Operator)})
	write := func(tx *store.Tx) error {
		if store.Exists(tx, login.Key()) {
			return fault.Invalid("email", "there is a user with this address already; syssecure user list shows all users")
		}
		remove(tx, setup)
		tx.Put(login)
		tx.Put(u)
		tx.Insert(link)
		tx.Insert(created)

		return nil
	}
	keys := append(setup, login.Key(), u.Key())
	if n.Account.IsZero() {
		return u.ID, l, p.update(ctx, keys, write)
	}

	u.Accounts = []id.Account{n.Account}
	err = p.createMember(ctx, n, u, keys, write)

	return u.ID, l, err
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// createMember is the part of Create for a user with an account.
func (p *People) createMember(ctx context.Context, n NewUser, u store.User, keys []store.Key,
	write func(*store.Tx) error,
) error {
	m := store.Member{Account: n.Account, User: u.ID, Role: n.Role, CreatedAt: p.now(), InvitedBy: audit.ActorOf(ctx).Who()}
	joined := p.note(ctx, audit.ActorOf(ctx), n.Account, audit.MemberJoined, u.ID.String(), store.Change{Field: "role", After: n.Role})
	account := store.AccountKey(n.Account)

	return p.growth(ctx, n.Account, func() error {
		return p.update(ctx, append(keys, m.Key(), account), func(tx *store.Tx) error {
			if !store.Exists(tx, account) {
				return fault.New(fault.NotFound, "there is no account %s; syssecure account list shows all accounts", n.Account)
			}
			tx.Put(m)
			tx.Insert(joined)

			return write(tx)
		})
	})
}

// Reset makes a link by which a user chooses a new password. With factors it also removes the second factors and
// passkeys, when it is used.
func (p *People) Reset(ctx context.Context, email string, factors bool) (Link, error) {
	u, err := p.named(ctx, email)
	if err != nil {
		return Link{}, err
	}

	kind := LinkReset
	if factors {
		kind = LinkResetFactors
	}
	l, row := p.newLink(store.Link{User: u.ID, Kind: uint8(kind), Maker: actingUser(ctx)}, signin.ResetValid)
	note := p.note(ctx, audit.ActorOf(ctx), id.Account{}, audit.UserReset, u.ID.String(),
		store.Change{Field: "second_factors", After: strconv.FormatBool(factors)})
	err = p.update(ctx, []store.Key{u.Key()}, func(tx *store.Tx) error {
		if !store.Exists(tx, u.Key()) {
			return fault.NoSuch("user")
		}
		tx.Insert(row)
		tx.Insert(note)

		return nil
	})

	return l, err
}

// User is a user as an operator sees one.
type User struct {
	ID                id.User
	Email, Name       string
	Operator          bool
	Accounts          []id.Account
	HasPassword       bool
	SecondFactor      bool
	Disabled          bool
	CreatedAt, SeenAt time.Time
}

// userPage is how many users are read at once, and foundUsers what one search reads: their addresses are stored encrypted,
// so no index could find them.
const userPage = 200

var foundUsers = store.Searched{Batch: userPage, Most: 10_000}

// Users lists all users, oldest first.
func (p *People) Users(ctx context.Context) (all []User, err error) {
	err = p.eachUser(ctx, func(u store.User) error {
		one, err := p.shown(u)
		all = append(all, one)
		return err
	})
	return all, err
}

// FindUsers lists at most limit users after the given one, oldest first; the zero id begins at the oldest. With a text only
// those with it in their name or e-mail address. next is where the search goes on, zero at the end. There can be fewer
// than limit although more follow, since a search reads only so many.
func (p *People) FindUsers(ctx context.Context, text string, after id.User, limit int) (out []User, next id.User, err error) {
	var wanted func(User) bool
	if text = strings.ToLower(text); text != "" {
		wanted = func(u User) bool { return strings.Contains(strings.ToLower(u.Name+" "+u.Email), text) }
	}

	read := func(after id.User, n int) ([]User, error) { return p.userPage(ctx, after, n) }
	out, next, more, err := store.Search(foundUsers, after, limit, read, func(u User) id.User { return u.ID }, wanted)
	if !more {
		next = id.User{}
	}

	return out, next, err
}

// shown is a user as an operator sees one.
func (p *People) shown(u store.User) (User, error) {
	email, err := p.email(u)
	return User{
		u.ID, email, u.Name, u.Operator, u.Accounts, len(u.Password) > 0, len(u.TOTP) > 0 || len(u.Passkeys) > 0,
		u.Disabled, u.CreatedAt, u.SeenAt,
	}, err
}

// userPage reads n users after one, in the order in which they were made.
func (p *People) userPage(ctx context.Context, after id.User, n int) (page []User, err error) {
	rows, err := p.usersAfter(ctx, after, n)
	for _, u := range rows {
		one, err := p.shown(u)
		if err != nil {
			return nil, err
		}
		page = append(page, one)
	}

	return page, err
}

func (p *People) usersAfter(ctx context.Context, after id.User, n int) (rows []store.User, err error) {
	err = p.Store.View(ctx, func(v store.Reader) (err error) {
		rows, err = v.Users(after, n)
		return err
	})
	return rows, err
}

func (p *People) eachUser(ctx context.Context, fn func(store.User) error) error {
	for after := (id.User{}); ; {
		page, err := p.usersAfter(ctx, after, userPage)
		if err != nil || len(page) == 0 {
			return err
		}

		for _, u := range page {
			if err := fn(u); err != nil {
				return err
			}
		}
		after = page[len(page)-1].ID
	}
}

// SetOperator makes a user an operator, or no longer one. The last operator stays one. A user who is in no account is
// removed with it.
func (p *People) SetOperator(ctx context.Context, v Visit, user id.User, operator bool) error {
	if !v.May(id.Account{}, signin.ManageInstance) {
		return forbidden(signin.ManageInstance)
	}
	if err := p.steppedUp(v); err != nil {
		return err
	}
	k := store.UserKey(user)
	u, ok, err := find[store.User](ctx, p, k)
	if err != nil || !ok {
		return orElse(err, fault.NoSuch("user"))
	}
	others, err := p.operators(ctx, user)
	if err != nil {
		return err
	}
	sessions, err := p.sessionKeys(ctx, user)
	if err != nil {
		return err
	}

	note := p.note(ctx, v.Actor(), id.Account{}, audit.UserChanged, user.String(), store.Change{
		Field: "operator", Before: strconv.FormatBool(!operator), After: strconv.FormatBool(operator),
	})

	now := p.now()
	keys := slices.Concat([]store.Key{k, store.LoginKey(u.Login)}, others, sessions)

	return p.act(ctx, v, id.Account{}, signin.ManageInstance, keys, func(tx *store.Tx) error {
		u, ok := store.Get[store.User](tx, k)
		switch {
		case !ok:
			return fault.NoSuch("user")
		case u.Operator == operator:
			return nil // a change that changes nothing has no row in the audit log
		case !operator && !anotherOperator(tx, others):
			return lastOperator()
		}
		if u.Operator = operator; !operator {
			u.LinksFrom = now
		}
		putOrRemove(tx, u, sessions)
		tx.Insert(note)

		return nil
	})
}

// operators are the rows of all operators but one. An update that takes one away names them all, so that of two who take
// each other away one is refused.
func (p *People) operators(ctx context.Context, without id.User) (keys []store.Key, err error) {
	err = p.eachUser(ctx, func(u store.User) error {
		if u.Operator && u.ID != without {
			keys = append(keys, u.Key())
		}
		return nil
	})
	return keys, err
}
