package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/wire"
)

// Idempotency is what is stored of a request with an Idempotency-Key.
type Idempotency struct {
	Account     id.Account
	MAC         []byte // of mode and key
	Fingerprint []byte // of method, path and body
	// OTP or Message is what the request created, for an answer that was lost in a crash.
	OTP     id.OTP
	Message id.Message
	// Owner is the epoch of the node that works on the request; Status is 0 until the answer is known.
	Owner     int64
	Status    int
	Answer    []byte // sealed
	CreatedAt time.Time
	EndsAt    time.Time // from then on the key may be used again
	Extra     extra.Fields
}

// IdempotencyKey names what is stored of a request; mac is the keyed MAC of mode and Idempotency-Key.
func IdempotencyKey(a id.Account, mac []byte) Key {
	return Key{Table: TableIdempotency, Account: a, ID: string(mac)}
}

// Key names the row.
func (i Idempotency) Key() Key { return IdempotencyKey(i.Account, i.MAC) }

func (i Idempotency) encode(c *wire.Coder) { i.fields(c) }

func (i *Idempotency) fields(c *wire.Coder) {
	wire.IDColumn(c, &i.Account)
	c.BlobColumn(&i.MAC)
	c.TimeColumn(&i.EndsAt)
	c.Data(&i.Extra, func(c *wire.Coder) {
		c.Blob(1, &i.Fingerprint)
		wire.ID(c, 2, &i.OTP)
		wire.ID(c, 3, &i.Message)
		wire.Int(c, 4, &i.Owner)
		wire.Int(c, 5, &i.Status)
		c.Blob(6, &i.Answer)
		c.Time(7, &i.CreatedAt)
	})
}
