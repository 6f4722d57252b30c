package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/wire"
)

// Inbox is one text in the inbox of the sandbox.
type Inbox struct {
	Account id.Account
	ID      id.Message // of the row; orders the inbox
	Contact ContactID
	Number  []byte // sealed
	Channel message.Channel
	Body    []byte // sealed
	// Message is the message that the phone received, whose row may be gone before this one.
	Message id.Message
	At      time.Time
	// SandboxAt is At by the real clock.
	SandboxAt time.Time
	Extra     extra.Fields
}

// Key names the row.
func (i Inbox) Key() Key { return accountKey(TableInbox, i.Account, i.ID) }

func (i Inbox) encode(c *wire.Coder) { i.fields(c) }

func (i *Inbox) fields(c *wire.Coder) {
	wire.IDColumn(c, &i.Account)
	wire.IDColumn(c, &i.ID)
	wire.IDColumn(c, &i.Contact)
	c.TimeColumn(&i.SandboxAt)
	c.Data(&i.Extra, func(c *wire.Coder) {
		c.Blob(1, &i.Number)
		wire.Int(c, 2, &i.Channel)
		c.Blob(3, &i.Body)
		c.Time(4, &i.At)
		wire.ID(c, 5, &i.Message)
	})
}
