package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/wire"
)

// LoginID, SessionID and LinkID are keyed MACs, cut to 128 bits: of an e-mail address in lower case, of a session's
// token, of a link's token. Who reads the database learns no address from them, and no token that would be accepted.
type (
	LoginID   [16]byte
	SessionID [16]byte
	LinkID    [16]byte
)

// User is somebody who signs in to the dashboard. The sealed fields are sealed by those who write them, at the
// Location of the row's key.
type User struct {
	ID    id.User
	Email []byte // sealed
	// Login names the login row of the address, so that it can be removed with the user.
	Login LoginID
	Name  string

	Password   []byte // the encoding of argon2id, sealed
	PasswordAt time.Time
	TOTP       []byte // the secret, sealed; nil while there is none
	TOTPStep   int64  // the last step whose code was accepted, so that no code is accepted twice
	Recovery   [][]byte
	Passkeys   []Passkey
	Handle     []byte // random, by which authenticators know the user (WebAuthn's user handle)

	// Operator may do all that concerns the installation. Accounts are those that the user is a member of.
	Operator bool
	Accounts []id.Account

	Zone, Theme, Locale string
	NoShortcuts         bool
	Disabled            bool
	SessionsFrom        time.Time // sessions that began before are over
	LinksFrom           time.Time // links that the user made before are over
	CreatedAt, SeenAt   time.Time
	Extra               extra.Fields
}

// Passkey is one of a user's passkeys.
type Passkey struct {
	ID        []byte
	Name      string
	Data      []byte // the credential as JSON, sealed
	CreatedAt time.Time
	UsedAt    time.Time
	Extra     extra.Fields
}

// UserKey names a user.
func UserKey(u id.User) Key { return Key{Table: TableUser, ID: string(u[:])} }

// Key names the row.
func (u User) Key() Key { return UserKey(u.ID) }

func (u User) encode(c *wire.Coder) { u.fields(c) }

func (u *User) fields(c *wire.Coder) {
	wire.IDColumn(c, &u.ID)
	c.Data(&u.Extra, func(c *wire.Coder) {
		c.Blob(1, &u.Email)
		wire.ID(c, 2, &u.Login)
		wire.Text(c, 3, &u.Name)
		c.Blob(4, &u.Password)
		c.Time(5, &u.PasswordAt)
		c.Blob(6, &u.TOTP)
		wire.Int(c, 7, &u.TOTPStep)
		wire.List(c, 8, &u.Recovery, func(c *wire.Coder, mac *[]byte) { c.Blob(1, mac) }, nil)
		wire.List(c, 9, &u.Passkeys, passkeyFields, func(p *Passkey) *extra.Fields { return &p.Extra })
		c.Blob(10, &u.Handle)
		c.Bool(11, &u.Operator)
		wire.IDs(c, 12, &u.Accounts)
		wire.Text(c, 13, &u.Zone)
		wire.Text(c, 14, &u.Theme)
		wire.Text(c, 15, &u.Locale)
		c.Bool(16, &u.NoShortcuts)
		c.Bool(17, &u.Disabled)
		c.Time(18, &u.SessionsFrom)
		c.Time(19, &u.CreatedAt)
		c.Time(20, &u.SeenAt)
		c.Time(21, &u.LinksFrom)
	})
}

func passkeyFields(c *wire.Coder, p *Passkey) {
	c.Blob(1, &p.ID)
	wire.Text(c, 2, &p.Name)
	c.Blob(3, &p.Data)
	c.Time(4, &p.CreatedAt)
	c.Time(5, &p.UsedAt)
}

// Login leads from an e-mail address to the user who signs in with it. Its key makes the address unique.
type Login struct {
	ID    LoginID
	User  id.User
	Extra extra.Fields
}

// LoginKey names the login row of an address.
func LoginKey(l LoginID) Key { return Key{Table: TableLogin, ID: string(l[:])} }

// Key names the row.
func (l Login) Key() Key { return LoginKey(l.ID) }

func (l Login) encode(c *wire.Coder) { l.fields(c) }

func (l *Login) fields(c *wire.Coder) {
	wire.IDColumn(c, &l.ID)
	c.Data(&l.Extra, func(c *wire.Coder) { wire.ID(c, 1, &l.User) })
}

// Member is a user's place in an account.
type Member struct {
	Account   id.Account
	User      id.User
	Role      string
	CreatedAt time.Time
	InvitedBy string
	SeenAt    time.Time
	Extra     extra.Fields
}

// MemberKey names a user's place in an account.
func MemberKey(a id.Account, u id.User) Key { return accountKey(TableMember, a, u) }

// Key names the row.
func (m Member) Key() Key { return MemberKey(m.Account, m.User) }

func (m Member) encode(c *wire.Coder) { m.fields(c) }

func (m *Member) fields(c *wire.Coder) {
	wire.IDColumn(c, &m.Account)
	wire.IDColumn(c, &m.User)
	c.Data(&m.Extra, func(c *wire.Coder) {
		wire.Text(c, 1, &m.Role)
		c.Time(2, &m.CreatedAt)
		wire.Text(c, 3, &m.InvitedBy)
		c.Time(4, &m.SeenAt)
	})
}
