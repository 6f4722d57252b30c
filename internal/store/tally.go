package store

import (
	"encoding/binary"
	"math"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/wire"
)

// Tally is a row of an account's statistics. To count, a Tally of one is added to it, see Tx.Add.
type Tally struct {
	Account id.Account
	Mode    id.Mode
	Day     stats.Day
	// Slot separates the rows of nodes, see Store.SetSlot. Tx.Add sets it.
	Slot uint8
	stats.Split
	Extra extra.Fields
}

// Key names the row, in which all templates are. The id begins with mode and day, so that the days of a report are one
// range of the table.
func (t Tally) Key() Key {
	var memory [64]byte // enough for all but long names of carriers
	b := binary.BigEndian.AppendUint32(append(memory[:0], byte(t.Mode)), uint32(t.Day))
	b = append(b, t.Slot, byte(t.Kind), byte(t.Channel))
	b = append(append(b, byte(len(t.Country))), t.Country...)
	b = append(append(b, byte(len(t.Prefix))), t.Prefix...)
	return Key{Table: TableTally, Account: t.Account, ID: string(append(b, t.Carrier...))}
}

// Merge implements Sum.
func (t *Tally) Merge(other Sum) { t.Split.Add(other.(*Tally).Split) }

// AddTo implements Sum.
func (t *Tally) AddTo(r Record) Record {
	if r == nil {
		return *t
	}
	row := r.(Tally)
	row.Split = row.Split.Plus(t.Split)
	return row
}

func (t Tally) encode(c *wire.Coder) { t.fields(c) }

func (t *Tally) fields(c *wire.Coder) {
	wire.IDColumn(c, &t.Account)
	c.KeyColumn(func() string { return t.Key().ID }, t.readKey)
	day := t.Day
	wire.IntColumn(c, &day)
	c.Check(day == t.Day)
	c.Data(&t.Extra, func(c *wire.Coder) {
		countsFields(c, &t.Counts)
		wire.Text(c, 10, &t.Template)
		wire.List(c, 11, &t.Shares, shareFields, nil)
	})
}

func shareFields(c *wire.Coder, s *stats.Share) {
	countsFields(c, &s.Counts)
	wire.Text(c, 10, &s.Template)
}

// countsFields are the fields 1 to 9.
func countsFields(c *wire.Coder, n *stats.Counts) {
	for i, sum := range []*int64{&n.Codes, &n.Sent, &n.Delivered, &n.Verified, &n.Segments, &n.Credits} {
		wire.Int(c, wire.Number(1+i), sum)
	}
	wire.Int(c, 7, &n.Times.First)
	c.Packed(8, len(n.Times.N), func(b []byte) []byte { return appendCounters(b, n.Times.N) }, func(b []byte) bool {
		u := unpacker{wire.Unpacker{B: b}}
		n.Times.N = make([]uint32, u.elements())
		u.counters(n.Times.N)
		return !u.Bad && len(u.B) == 0
	})
	wire.Int(c, 9, &n.Cost)
}

func (t *Tally) readKey(b []byte) bool {
	u := unpacker{wire.Unpacker{B: b}}
	t.Mode, t.Day = u.dayID()
	t.Slot, t.Kind, t.Channel = u.Byte(), stats.Kind(u.Byte()), message.Channel(u.Byte())
	t.Country = string(u.Take(int(u.Byte())))
	t.Prefix = string(u.Take(int(u.Byte())))
	t.Carrier = string(u.B)
	return !u.Bad
}

// unpacker reads the parts of a tally.
type unpacker struct{ wire.Unpacker }

func (u *unpacker) dayID() (id.Mode, stats.Day) {
	mode := id.Mode(u.Byte())
	return mode, stats.Day(binary.BigEndian.Uint32(u.Take(4)))
}

// elements is how many varints are left.
func (u *unpacker) elements() (n int) {
	for _, b := range u.B {
		if b < 0x80 {
			n++
		}
	}
	return n
}

func appendCounters(b []byte, counters []uint32) []byte {
	for _, n := range counters {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

func appendCounts(b []byte, n stats.Counts) []byte {
	for _, sum := range []int64{n.Codes, n.Sent, n.Delivered, n.Verified, n.Segments, n.Credits} {
		b = binary.AppendVarint(b, sum)
	}
	b = binary.AppendUvarint(b, uint64(len(n.Times.N)))
	if len(n.Times.N) > 0 {
		b = append(b, n.Times.First)
	}

	return appendCounters(b, n.Times.N)
}

// counts reads what appendCounts wrote. The times use memory of pool when it has enough.
func (u *unpacker) counts(pool *[]uint32) stats.Counts {
	c := stats.Counts{
		Codes: u.Int(), Sent: u.Int(), Delivered: u.Int(), Verified: u.Int(), Segments: u.Int(), Credits: u.Int(),
	}

	n := u.Uint()
	if n == 0 {
		return c
	}

	c.Times.First = u.Byte()
	if n > uint64(len(u.B)) {
		u.Bad, u.B = true, nil
		return c
	}
	if uint64(len(*pool)) < n {
		*pool = make([]uint32, n)
	}
	c.Times.N, *pool = (*pool)[:n:n], (*pool)[n:]
	u.counters(c.Times.N)

	return c
}

// counters is written for speed: a report reads millions, and most have one byte.
func (u *unpacker) counters(into []uint32) {
	b := u.B
	for i := range into {
		if len(b) > 0 && b[0] < 0x80 {
			into[i], b = uint32(b[0]), b[1:]
			continue
		}

		n, size := binary.Uvarint(b)
		if size <= 0 || n > math.MaxUint32 {
			u.Bad, u.B = true, nil
			return
		}
		into[i], b = uint32(n), b[size:]
	}
	u.B = b
}
