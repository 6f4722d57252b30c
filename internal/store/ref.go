package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/wire"
)

// Ref maps the ids that a carrier gave to the parts of messages. Ids that carriers write in several forms share a row.
type Ref struct {
	Carrier   string
	ID        string     // the form that the ids of the entries have in common
	Entries   []RefEntry // the oldest first
	CreatedAt time.Time  // of the newest entry
	Extra     extra.Fields
}

// RefEntry is one id of a carrier. A receipt that comes before the carrier's answer is kept as an orphan: Message is
// zero and Kind is what it reported.
type RefEntry struct {
	ID        string // exactly as the carrier wrote it
	Account   id.Account
	Message   id.Message
	Attempt   int
	Part      int
	Kind      message.InputKind // of an orphan
	Reason    message.Reason
	Code      string
	CreatedAt time.Time
	Extra     extra.Fields
}

// Orphan reports whether it is a receipt without a message.
func (e RefEntry) Orphan() bool { return e.Message.IsZero() }

// RefKey names the row of a carrier's ids; ref is the form that they have in common.
func RefKey(carrier, ref string) Key { return Key{Table: TableRef, ID: carrier + "\x00" + ref} }

// Key names the row.
func (r Ref) Key() Key { return RefKey(r.Carrier, r.ID) }

func (r Ref) encode(c *wire.Coder) { r.fields(c) }

func (r *Ref) fields(c *wire.Coder) {
	c.TextColumn(&r.Carrier)
	c.TextColumn(&r.ID)
	c.TimeColumn(&r.CreatedAt)
	c.Data(&r.Extra, func(c *wire.Coder) {
		wire.List(c, 1, &r.Entries, refEntryFields, func(e *RefEntry) *extra.Fields { return &e.Extra })
	})
}

func refEntryFields(c *wire.Coder, e *RefEntry) {
	wire.Text(c, 1, &e.ID)
	wire.ID(c, 2, &e.Account)
	wire.ID(c, 3, &e.Message)
	wire.Int(c, 4, &e.Attempt)
	wire.Int(c, 5, &e.Part)
	wire.Int(c, 6, &e.Kind)
	wire.Text(c, 7, &e.Reason)
	wire.Text(c, 8, &e.Code)
	c.Time(9, &e.CreatedAt)
}

// Meta is a value about the database itself: the wrapped index key, the epoch. It has no MAC: it is read before the
// master key is known to be the right one.
type Meta struct {
	Name  string
	Value []byte
}

// MetaKey names a value about the database itself.
func MetaKey(name string) Key { return Key{Table: TableMeta, ID: name} }

// Key names the row.
func (m Meta) Key() Key { return MetaKey(m.Name) }

func (m Meta) encode(c *wire.Coder) { m.fields(c) }

func (m *Meta) fields(c *wire.Coder) {
	c.TextColumn(&m.Name)
	c.BlobColumn(&m.Value)
}
