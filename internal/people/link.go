package people

import (
	"context"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// LinkKind is what a link is for. The numbers are stored.
type LinkKind uint8

// The kinds of links.
const (
	LinkSetup        LinkKind = iota + 1 // makes the first user and account
	LinkInvite                           // makes a user, or adds one to an account
	LinkReset                            // sets a password
	LinkResetFactors                     // sets a password, and removes the second factors
)

// Link is a link that works once. Token is shown once; what is stored is its MAC.
type Link struct {
	Token  secret.String
	EndsAt time.Time
}

// Address is the link as a browser opens it. origin is where the pages of the server are.
func (l Link) Address(origin string) string {
	return strings.TrimSuffix(origin, "/") + "/dashboard/setup?token=" + l.Token.Reveal()
}

// LinkInfo is what the page of a link shows.
type LinkInfo struct {
	Kind      LinkKind
	Email     string // of the person who is invited, or whose password is chosen; empty for the setup
	Account   id.Account
	Name      string // of the account
	Role      signin.Role
	Operator  bool
	EndsAt    time.Time
	SignInFor bool // the address has a user: who accepts the invitation must sign in as that user, see Join
}

// LinkAnswer is what a person fills in.
type LinkAnswer struct {
	Email    string // for the setup
	Name     string // not for a reset
	Account  string // the name of the first account, for the setup
	Password secret.String
	Client   Client
}

// Welcome is the result of a link. The session is empty after a reset when a second factor is still needed.
type Welcome struct {
	SignedIn
	Account id.Account
	Key     secret.String // of the sandbox, for the setup; shown once
}

// errLink is one text for links that were used, have ended, or never existed.
func errLink() error {
	return fault.New(fault.NotFound, "this link was used already, or has ended; sign in if you used it, or ask for a new one")
}

// Setup makes the link by which the first user is made, and ends the one before. ok is false when there is a user.
func (p *People) Setup(ctx context.Context) (l Link, ok bool, err error) {
	if there, err := p.anyone(ctx); err != nil || there {
		return Link{}, false, err
	}
	old, err := p.setupLinks(ctx)
	if err != nil {
		return Link{}, false, err
	}

	l, row := p.newLink(store.Link{Kind: uint8(LinkSetup)}, signin.SetupValid)
	err = p.update(ctx, old, func(tx *store.Tx) error {
		remove(tx, old)
		tx.Insert(row)
		return nil
	})

	return l, err == nil, err
}

// anyone reports whether there is a user.
func (p *People) anyone(ctx context.Context) (there bool, err error) {
	err = p.Store.View(ctx, func(v store.Reader) error {
		users, err := v.Users(id.User{}, 1)
		there = len(users) > 0
		return err
	})
	return there, err
}

// setupLinks are the keys of the links that set the installation up.
func (p *People) setupLinks(ctx context.Context) (keys []store.Key, err error) {
	err = p.Store.View(ctx, func(v store.Reader) error {
		links, err := v.Links(id.Account{}, 100)
		for _, l := range links {
			if LinkKind(l.Kind) == LinkSetup {
				keys = append(keys, l.Key())
			}
		}
		return err
	})
	return keys, err
}

// newLink makes a token and completes the row.
func (p *People) newLink(row store.Link, valid time.Duration) (Link, store.Link) {
	now := p.now()
	l := Link{Token: newToken(), EndsAt: now.Add(valid)}
	row.ID, row.CreatedAt, row.EndsAt = p.linkID(l.Token), now, l.EndsAt

	return l, row
}

// link reads a link that still works.
func (p *People) link(ctx context.Context, token secret.String) (store.Link, error) {
	if len(token.Reveal()) != tokenLength {
		return store.Link{}, errLink()
	}
	row, ok, err := find[store.Link](ctx, p, store.LinkKey(p.linkID(token)))
	if err != nil {
		return row, err
	}
	if !ok || !row.EndsAt.After(p.now()) {
		return row, errLink()
	}

	rows, err := p.Store.Find(ctx, rightKeys(row)...)
	if err == nil && !works(rows, row) {
		err = errLink()
	}

	return row, err
}

// take removes a link in a transaction that named its keys: of several that use it at once, one succeeds.
func (p *People) take(tx *store.Tx, l store.Link) error {
	row, ok := store.Get[store.Link](tx, l.Key())
	if !ok || !row.EndsAt.After(p.now()) || !works(tx, row) {
		return errLink()
	}
	tx.Delete(l.Key())

	return nil
}

// linkEmail is the address that a link is for.
func (p *People) linkEmail(l store.Link) (string, error) {
	if l.Email == nil {
		return "", nil
	}
	plain, err := p.Keys.Open(l.Email, l.Key().Location(columnEmail))
	return string(plain), err
}

// personOf is the address of the person whom a link is for.
func (p *People) personOf(ctx context.Context, l store.Link) (string, error) {
	if l.User.IsZero() {
		return p.linkEmail(l)
	}
	u, ok, err := find[store.User](ctx, p, store.UserKey(l.User))
	if err != nil || !ok {
		return "", orElse(err, errLink())
	}

	return p.email(u)
}

// Link says what a link is for.
func (p *People) Link(ctx context.Context, token secret.String) (LinkInfo, error) {
	row, err := p.link(ctx, token)
	if err != nil {
		return LinkInfo{}, err
	}

	info := LinkInfo{
		Kind: LinkKind(row.Kind), Account: row.Account, Role: signin.Role(row.Role), Operator: row.Operator, EndsAt: row.EndsAt,
	}
	if info.Email, err = p.personOf(ctx, row); err != nil {
		return LinkInfo{}, err
	}

	account, ok, err := find[store.Account](ctx, p, store.AccountKey(row.Account))
	if ok {
		info.Name = account.Name
	}
	if err == nil && info.Kind == LinkInvite {
		_, info.SignInFor, err = p.byEmail(ctx, info.Email)
	}

	return info, err
}

// UseLink uses a link: it makes the user, or sets the password, and begins a session.
func (p *People) UseLink(ctx context.Context, token secret.String, a LinkAnswer) (Welcome, error) {
	l, err := p.link(ctx, token)
	if err != nil {
		return Welcome{}, err
	}

	switch LinkKind(l.Kind) {
	case LinkSetup:
		return p.setUp(ctx, l, a)
	case LinkInvite:
		return p.accept(ctx, l, a)
	case LinkReset, LinkResetFactors:
		return p.resetBy(ctx, l, a)
	}

	return Welcome{}, errLink() // of a newer version
}
