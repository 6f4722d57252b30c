package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout/keyword"
)

// QuotaID is the index value of a limit's name and one value of its key: a keyed MAC, cut to 128 bits. The value itself,
// an address or a user's id, is nowhere in the database.
type QuotaID [16]byte

// QuotaKey names what a limit counted for one value.
func QuotaKey(a id.Account, q QuotaID) Key {
	return Key{Table: TableQuota, Account: a, ID: string(q[:])}
}

// Quota is what one limit counted for one value of its key.
type Quota struct {
	Account id.Account
	ID      QuotaID
	Marks   []guard.Mark
	// EndsAt is when the row may go: no mark counts any more. It is rounded up, so that its index entry seldom moves.
	EndsAt time.Time
	// Era tells by which setting of the clock the marks were written.
	Era clock.Era
}

// Key names the row.
func (q Quota) Key() Key { return QuotaKey(q.Account, q.ID) }

// Counted is a limit that an OTP was counted by, so that sending it again counts too.
type Counted struct {
	Limit string
	ID    QuotaID
}

func (q Quota) encode(e *encoder) {
	e.id(q.Account)
	e.id(q.ID)
	e.time(q.EndsAt)
	p := e.pack()
	var before int64
	list(&p, q.Marks, func(m guard.Mark) {
		at := m.At.UnixMicro()
		p.int(at - before) // near each other: three bytes in place of eight
		p.string(m.Item)
		before = at
	})
	p.era(q.Era)
	e.packed(p)
}

func decodeQuota(d *decoder) Record {
	q := Quota{Account: d.account(), ID: QuotaID(d.contact()), EndsAt: d.time()}
	u := d.unpack()
	var at int64
	q.Marks = unlist(&u, func() guard.Mark {
		at += u.int()
		return guard.Mark{At: time.UnixMicro(at).UTC(), Item: u.string()}
	})
	q.Era = u.era()
	d.unpacked(&u)
	return q
}

func (p *packer) replies(c Contact) {
	list(p, c.LastSentVia, func(s message.SentVia) {
		p.string(s.Carrier)
		p.time(s.At)
	})
	list(p, c.Acknowledged, func(a keyword.Acknowledged) {
		p.uint(uint64(a.Kind))
		p.time(a.At)
	})
}

func (u *unpacker) replies(c *Contact) {
	if len(u.b) == 0 {
		return
	}
	c.LastSentVia = unlist(u, func() message.SentVia { return message.SentVia{Carrier: u.string(), At: u.time()} })
	c.Acknowledged = unlist(u, func() keyword.Acknowledged {
		return keyword.Acknowledged{Kind: keyword.Kind(u.uint()), At: u.time()}
	})
}

func (p *packer) counted(o OTP) {
	list(p, o.Counted, func(c Counted) {
		p.string(c.Limit)
		p.id(c.ID)
	})
}

func (u *unpacker) counted(o *OTP) {
	if len(u.b) == 0 {
		return // of the first version
	}
	o.Counted = unlist(u, func() Counted { return Counted{Limit: u.string(), ID: u.id()} })
}
