package store

import (
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/wire"
)

// Counts is how much an account has of each thing in a mode. It is a separate row, so that the sandbox never writes the
// row that live sends need.
type Counts struct {
	Account id.Account
	Mode    id.Mode
	bound.Counts
	// KeyChanges numbers the API keys that were added.
	KeyChanges int64
	Extra      extra.Fields
}

// CountsKey names how much an account has in a mode.
func CountsKey(a id.Account, mode id.Mode) Key {
	return Key{Table: TableCounts, Account: a, ID: string([]byte{byte(mode)})}
}

// Key names the row.
func (n Counts) Key() Key { return CountsKey(n.Account, n.Mode) }

// CountsOf reads how much an account has in a mode; an absent row means that it has nothing.
func CountsOf(from Getter, a id.Account, mode id.Mode) Counts {
	n, ok := Get[Counts](from, CountsKey(a, mode))
	if !ok {
		n = Counts{Account: a, Mode: mode}
	}
	return n
}

func (n Counts) encode(c *wire.Coder) { n.fields(c) }

func (n *Counts) fields(c *wire.Coder) {
	wire.IDColumn(c, &n.Account)
	c.KeyColumn(func() string { return n.Key().ID }, func(b []byte) bool {
		if len(b) != 1 {
			return false
		}
		n.Mode = id.Mode(b[0])
		return true
	})

	c.Data(&n.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &n.Templates)
		wire.Int(c, 2, &n.Endpoints)
		wire.Int(c, 3, &n.Scheduled)
		wire.List(c, 4, (*[]bound.Hour)(&n.Deleted), hourFields, nil)
		wire.List(c, 5, (*[]bound.Hour)(&n.Sandbox), hourFields, nil)
		wire.Int(c, 6, &n.KeyChanges)
	})
}

func hourFields(c *wire.Coder, h *bound.Hour) {
	c.Time(1, &h.At)
	wire.Int(c, 2, &h.N)
}
