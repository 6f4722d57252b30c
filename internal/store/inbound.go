package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/wire"
)

// Inbound is a text from a phone.
type Inbound struct {
	Account id.Account
	ID      id.Inbound // orders the list by the account's clock
	Mode    id.Mode
	Contact ContactID
	Number  []byte // sealed; of the phone
	Channel message.Channel
	Carrier string
	To      string // the number that the phone wrote to; "" when the carrier did not say
	Body    []byte // sealed
	At      time.Time
	// StoredAt is At by the real clock, which decides how long the row is kept.
	StoredAt time.Time
	Extra    extra.Fields
}

// Key names the row.
func (i Inbound) Key() Key { return accountKey(TableInbound, i.Account, i.ID) }

func (i Inbound) encode(c *wire.Coder) { i.fields(c) }

func (i *Inbound) fields(c *wire.Coder) {
	wire.IDColumn(c, &i.Account)
	wire.IDColumn(c, &i.ID)
	wire.IntColumn(c, &i.Mode)
	wire.IDColumn(c, &i.Contact)
	c.TimeColumn(&i.StoredAt)
	c.Data(&i.Extra, func(c *wire.Coder) {
		c.Blob(1, &i.Number)
		wire.Int(c, 2, &i.Channel)
		wire.Text(c, 3, &i.Carrier)
		wire.Text(c, 4, &i.To)
		c.Blob(5, &i.Body)
		c.Time(6, &i.At)
	})
}
