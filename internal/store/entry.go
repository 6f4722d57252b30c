package store

import (
	"encoding/binary"
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/wire"
)

// Entry is a ledger entry's row.
type Entry struct {
	ledger.Entry
	Extra extra.Fields
}

// Key names the row.
func (x Entry) Key() Key {
	return Key{Table: TableEntry, Account: x.Account, ID: string(binary.BigEndian.AppendUint64(nil, uint64(x.Seq)))}
}

func (x Entry) encode(c *wire.Coder) { x.fields(c) }

func (x *Entry) fields(c *wire.Coder) {
	wire.IDColumn(c, &x.Account)
	wire.IntColumn(c, &x.Seq)
	wire.IntColumn(c, &x.Credits)
	wire.IntColumn(c, &x.Held)
	c.Data(&x.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &x.Kind)
		wire.ID(c, 2, &x.Message)
		c.Time(3, &x.At)
	})
}

// LedgerCheck is the sum of an account's entries up to Seq. The next check continues there.
type LedgerCheck struct {
	Account id.Account
	Seq     int64
	Sum     ledger.Balance
	At      time.Time
	Extra   extra.Fields
}

// LedgerCheckKey names an account's check.
func LedgerCheckKey(a id.Account) Key { return Key{Table: TableLedgerMark, Account: a} }

// Key names the row.
func (m LedgerCheck) Key() Key { return LedgerCheckKey(m.Account) }

func (m LedgerCheck) encode(c *wire.Coder) { m.fields(c) }

func (m *LedgerCheck) fields(c *wire.Coder) {
	wire.IDColumn(c, &m.Account)
	c.Data(&m.Extra, func(c *wire.Coder) {
		wire.Int(c, 1, &m.Seq)
		wire.Int(c, 2, &m.Sum.Credits)
		wire.Int(c, 3, &m.Sum.Held)
		c.Time(4, &m.At)
	})
}
