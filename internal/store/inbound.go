package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
)

// Inbound is a text that came from a phone.
type Inbound struct {
	Account id.Account
	ID      id.Inbound // orders the list by the account's clock
	Mode    id.Mode
	Contact ContactID
	Number  []byte // sealed: whom it is from
	Channel message.Channel
	Carrier string
	To      string // what the phone wrote to, "" when the carrier did not say
	Body    []byte // sealed
	At      time.Time
	// StoredAt is At by the real clock: rows are kept for a time after it.
	StoredAt time.Time
}

// Key names the row.
func (i Inbound) Key() Key { return Key{Table: TableInbound, Account: i.Account, ID: string(i.ID[:])} }

// InboundReader is the part of Reader that texts from phones need.
type InboundReader interface {
	// Inbound lists texts of an account and mode, newest first.
	Inbound(q ListQuery, p *Page) ([]Inbound, error)
	// InboundBeyond lists the texts of an account and mode that are older than the newest keep, newest first.
	InboundBeyond(account id.Account, mode id.Mode, keep, limit int) ([]Key, error)
}

func (i Inbound) encode(e *encoder) {
	e.id(i.Account)
	e.id(i.ID)
	e.int(int64(i.Mode))
	e.id(i.Contact)
	e.time(i.StoredAt)
	p := e.pack()
	p.bytes(i.Number)
	p.uint(uint64(i.Channel))
	p.string(i.Carrier)
	p.string(i.To)
	p.bytes(i.Body)
	p.time(i.At)
	e.packed(p)
}

func decodeInbound(d *decoder) Record {
	i := Inbound{Account: d.account(), ID: id.Inbound(d.sixteen()), Mode: id.Mode(d.int()), Contact: d.contact(), StoredAt: d.time()}
	u := d.unpack()
	i.Number, i.Channel, i.Carrier, i.To = u.bytes(), message.Channel(u.uint()), u.string(), u.string()
	i.Body, i.At = u.bytes(), u.time()
	d.unpacked(&u)
	return i
}
