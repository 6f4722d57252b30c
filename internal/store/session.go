package store

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/wire"
)

// Session is a browser in which a user signed in. A restore removes all of them.
type Session struct {
	ID        SessionID
	User      id.User
	CreatedAt time.Time
	SeenAt    time.Time
	EndsAt    time.Time
	// SteppedUpAt is when the user last proved again who they are.
	SteppedUpAt    time.Time
	Address, Agent string
	Device         []byte
	Extra          extra.Fields
}

// SessionKey names a session.
func SessionKey(s SessionID) Key { return Key{Table: TableSession, ID: string(s[:])} }

// Key names the row.
func (s Session) Key() Key { return SessionKey(s.ID) }

func (s Session) encode(c *wire.Coder) { s.fields(c) }

func (s *Session) fields(c *wire.Coder) {
	wire.IDColumn(c, &s.ID)
	wire.IDColumn(c, &s.User)
	c.TimeColumn(&s.EndsAt)
	c.Data(&s.Extra, func(c *wire.Coder) {
		c.Time(1, &s.CreatedAt)
		c.Time(2, &s.SeenAt)
		c.Time(3, &s.SteppedUpAt)
		wire.Text(c, 4, &s.Address)
		wire.Text(c, 5, &s.Agent)
		c.Blob(6, &s.Device)
	})
}

// NewestSessions sorts sessions by when they began, the newest first.
func NewestSessions(list []Session) []Session {
	slices.SortFunc(list, func(a, b Session) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), bytes.Compare(b.ID[:], a.ID[:]))
	})
	return list
}

// Link is a link that works once: it sets the installation up, invites a user to an account, or lets a user choose
// a new password. A restore removes all of them.
type Link struct {
	ID        LinkID
	Account   id.Account // zero for the setup
	User      id.User    // whose password is chosen; zero for others
	Kind      uint8
	Email     []byte // sealed
	Role      string
	Operator  bool
	By        string
	Maker     id.User // without whose right the link ends; zero for the setup and the command line
	CreatedAt time.Time
	EndsAt    time.Time
	Extra     extra.Fields
}

// LinkKey names a link.
func LinkKey(l LinkID) Key { return Key{Table: TableLink, ID: string(l[:])} }

// Key names the row.
func (l Link) Key() Key { return LinkKey(l.ID) }

func (l Link) encode(c *wire.Coder) { l.fields(c) }

func (l *Link) fields(c *wire.Coder) {
	wire.IDColumn(c, &l.ID)
	wire.IDColumn(c, &l.Account)
	c.TimeColumn(&l.EndsAt)
	c.Data(&l.Extra, func(c *wire.Coder) {
		wire.ID(c, 1, &l.User)
		wire.Int(c, 2, &l.Kind)
		c.Blob(3, &l.Email)
		wire.Text(c, 4, &l.Role)
		c.Bool(5, &l.Operator)
		wire.Text(c, 6, &l.By)
		c.Time(7, &l.CreatedAt)
		wire.ID(c, 8, &l.Maker)
	})
}
