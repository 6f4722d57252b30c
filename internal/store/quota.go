package store

import (
	"encoding/binary"
	"time"

	"github.com/syssecure/syssecure/internal/clock"
	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/wire"
)

// QuotaID is the index value of a limit's name and one value of its key: a keyed MAC, cut to 128 bits. The value
// itself, an address or a user's id, is nowhere in the database.
type QuotaID [16]byte

// QuotaKey names what a limit counted for one value.
func QuotaKey(a id.Account, q QuotaID) Key { return accountKey(TableQuota, a, q) }

// Quota is what one limit counted for one value of its key.
type Quota struct {
	Account id.Account
	ID      QuotaID
	Counted []guard.Counted
	// EndsAt is when the row may be removed, since nothing in it counts any more. It is rounded up, so that the index
	// seldom changes.
	EndsAt time.Time
	// Era says by which setting of the clock the times were written.
	Era   clock.Era
	Extra extra.Fields
}

// Key names the row.
func (q Quota) Key() Key { return QuotaKey(q.Account, q.ID) }

// Counted is a limit that an OTP was counted by, so that sending it again counts too.
type Counted struct {
	Limit string
	ID    QuotaID
}

func (q Quota) encode(c *wire.Coder) { q.fields(c) }

func (q *Quota) fields(c *wire.Coder) {
	wire.IDColumn(c, &q.Account)
	wire.IDColumn(c, &q.ID)
	c.TimeColumn(&q.EndsAt)
	c.Data(&q.Extra, func(c *wire.Coder) {
		c.Packed(1, len(q.Counted), q.packCounted, q.unpackCounted)
		c.Era(2, &q.Era) // and 3
	})
}

// packCounted writes each time as the difference to the one before, which is small, and the item. A row may have
// thousands.
func (q *Quota) packCounted(b []byte) []byte {
	var before int64
	for _, m := range q.Counted {
		at := m.At.UnixMicro()
		b = binary.AppendVarint(b, at-before)
		b = binary.AppendUvarint(b, uint64(len(m.Item)))
		b = append(b, m.Item...)
		before = at
	}

	return b
}

func (q *Quota) unpackCounted(b []byte) bool {
	u := wire.Unpacker{B: b}
	var at int64
	for len(u.B) > 0 && !u.Bad {
		at += u.Int()
		q.Counted = append(q.Counted, guard.Counted{At: time.UnixMicro(at).UTC(), Item: u.Text()})
	}
	return !u.Bad
}
