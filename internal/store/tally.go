package store

import (
	"encoding/binary"
	"math"
	"slices"

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
	stats.Line
	Extra extra.Fields
}

// Key names the row. The id begins with mode and day, so that the days of a report are one range of the table.
func (t Tally) Key() Key {
	var memory [64]byte // enough for all but long names of carriers
	b := binary.BigEndian.AppendUint32(append(memory[:0], byte(t.Mode)), uint32(t.Day))
	b = append(b, t.Slot, byte(t.Kind), byte(t.Channel))
	b = append(append(b, byte(len(t.Country))), t.Country...)
	b = append(append(b, byte(len(t.Prefix))), t.Prefix...)
	return Key{Table: TableTally, Account: t.Account, ID: string(append(b, t.Carrier...))}
}

// Merge implements Sum.
func (t *Tally) Merge(other Sum) { t.Counts.Add(other.(*Tally).Counts) }

// AddTo implements Sum.
func (t *Tally) AddTo(r Record) Record {
	if r == nil {
		return *t
	}
	row := r.(Tally)
	row.Counts = row.Counts.Plus(t.Counts)
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
		for i, n := range []*int64{&t.Codes, &t.Sent, &t.Delivered, &t.Verified, &t.Segments, &t.Credits} {
			wire.Int(c, wire.Number(1+i), n)
		}
		wire.Int(c, 7, &t.Times.First)
		c.Packed(8, len(t.Times.N), func(b []byte) []byte { return appendCounters(b, t.Times.N) }, func(b []byte) bool {
			u := unpacker{b: b}
			t.Times.N = make([]uint32, u.elements())
			u.counters(t.Times.N)
			return !u.bad && len(u.b) == 0
		})
		wire.Int(c, 9, &t.Cost)
	})
}

func (t *Tally) readKey(b []byte) bool {
	u := unpacker{b: b}
	t.Mode, t.Day = u.dayID()
	t.Slot, t.Kind, t.Channel = u.byte(), stats.Kind(u.byte()), message.Channel(u.byte())
	t.Country = string(u.take(int(u.byte())))
	t.Prefix = string(u.take(int(u.byte())))
	t.Carrier = string(u.b)
	return !u.bad
}

func (u *unpacker) dayID() (id.Mode, stats.Day) {
	mode := id.Mode(u.byte())
	return mode, stats.Day(binary.BigEndian.Uint32(u.take(4)))
}

// elements is how many varints are left.
func (u *unpacker) elements() (n int) {
	for _, b := range u.b {
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
		Codes: u.int(), Sent: u.int(), Delivered: u.int(), Verified: u.int(), Segments: u.int(), Credits: u.int(),
	}

	n := u.uint()
	if n == 0 {
		return c
	}

	c.Times.First = u.byte()
	if n > uint64(len(u.b)) {
		u.bad, u.b = true, nil
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
	b := u.b
	for i := range into {
		if len(b) > 0 && b[0] < 0x80 {
			into[i], b = uint32(b[0]), b[1:]
			continue
		}

		n, size := binary.Uvarint(b)
		if size <= 0 || n > math.MaxUint32 {
			u.bad, u.b = true, nil
			return
		}
		into[i], b = uint32(n), b[size:]
	}
	u.b = b
}

// TallyDay has all cells of one past day in one row, since a report reads a past day completely or not at all. Each day
// has two rows, with and without prefixes: there are many prefixes, and few reports ask for them.
type TallyDay struct {
	Account  id.Account
	Mode     id.Mode
	Prefixes bool
	Day      stats.Day
	Lines    []stats.Line
	Extra    extra.Fields
}

// Key names the row.
func (t TallyDay) Key() Key { return Key{Table: TableTallyDay, Account: t.Account, ID: t.id()} }

func (t TallyDay) id() string {
	b := []byte{byte(t.Mode), 0}
	if t.Prefixes {
		b[1] = 1
	}
	return string(binary.BigEndian.AppendUint32(b, uint32(t.Day)))
}

func (t TallyDay) encode(c *wire.Coder) { t.fields(c) }

func (t *TallyDay) fields(c *wire.Coder) {
	wire.IDColumn(c, &t.Account)
	c.KeyColumn(t.id, t.readID)
	day := t.Day
	wire.IntColumn(c, &day)
	c.Check(day == t.Day)
	c.Data(&t.Extra, func(c *wire.Coder) {
		var names []string
		if !c.Reading() {
			names = t.names()
		}

		wire.Texts(c, 1, &names)
		c.Packed(2, len(t.Lines), func(b []byte) []byte { return t.packLines(b, names) }, func(b []byte) bool {
			return t.unpackLines(b, names)
		})
		c.Packed(3, t.withCosts(), t.packCosts, t.unpackCosts)
	})
}

func (t *TallyDay) readID(b []byte) bool {
	u := unpacker{b: b}
	t.Mode, t.Prefixes = id.Mode(u.byte()), u.byte() != 0
	t.Day = stats.Day(binary.BigEndian.Uint32(u.take(4)))
	return !u.bad && t.id() == string(b)
}

// names are the names of the lines, each once: a report reads thousands of lines with the same few carriers and
// countries.
func (t *TallyDay) names() (names []string) {
	seen := map[string]bool{}
	for _, l := range t.Lines {
		for _, name := range []string{l.Country, l.Prefix, l.Carrier} {
			if !seen[name] {
				seen[name], names = true, append(names, name)
			}
		}
	}

	return names
}

// packLines writes each line, with the indexes of its names.
func (t *TallyDay) packLines(b []byte, names []string) []byte {
	index := make(map[string]uint64, len(names))
	for i, name := range names {
		index[name] = uint64(i)
	}

	for _, l := range t.Lines {
		for _, n := range []uint64{
			uint64(l.Kind), uint64(l.Channel), index[l.Country], index[l.Prefix], index[l.Carrier],
		} {
			b = binary.AppendUvarint(b, n)
		}
		b = appendCounts(b, l.Counts)
	}

	return b
}

func (t *TallyDay) unpackLines(b []byte, names []string) bool {
	u := unpacker{b: b}
	name := func() string {
		n := u.uint()
		if n >= uint64(len(names)) {
			u.bad, u.b = true, nil
			return ""
		}
		return names[n]
	}

	pool := make([]uint32, len(b)) // a counter has at least a byte
	for len(u.b) > 0 && !u.bad {
		c := stats.Cell{
			Kind: stats.Kind(u.small()), Channel: message.Channel(u.small()),
			Country: name(), Prefix: name(), Carrier: name(),
		}
		t.Lines = append(t.Lines, stats.Line{Cell: c, Counts: u.counts(&pool)})
	}

	return !u.bad
}

// withCosts is how many lines have a cost. Costs are apart from the other counts, because rows of before have none.
func (t *TallyDay) withCosts() (n int) {
	for _, l := range t.Lines {
		if l.Cost != 0 {
			n++
		}
	}
	return n
}

// packCosts writes the cost of each line, in their order.
func (t *TallyDay) packCosts(b []byte) []byte {
	for _, l := range t.Lines {
		b = binary.AppendVarint(b, l.Cost)
	}
	return b
}

func (t *TallyDay) unpackCosts(b []byte) bool {
	u := unpacker{b: b}
	for i := range t.Lines {
		t.Lines[i].Cost = u.int()
	}
	return !u.bad && len(u.b) == 0
}

// Merge adds lines to the day's.
func (t TallyDay) Merge(lines []stats.Line) TallyDay {
	t.Lines = slices.Clone(t.Lines)
	at := make(map[stats.Cell]int, len(t.Lines))
	for i, l := range t.Lines {
		at[l.Cell] = i
	}

	for _, l := range lines {
		if !t.Prefixes {
			l.Prefix = ""
		}
		i, ok := at[l.Cell]
		if !ok {
			at[l.Cell] = len(t.Lines)
			t.Lines = append(t.Lines, l)
			continue
		}
		t.Lines[i].Counts = t.Lines[i].Counts.Plus(l.Counts)
	}

	return t
}

// DayOfTally returns the day's row, without lines, that a tally will be merged into.
func DayOfTally(tally Key, prefixes bool) TallyDay {
	k := unpacker{b: []byte(tally.ID)}
	t := TallyDay{Account: tally.Account, Prefixes: prefixes}
	t.Mode, t.Day = k.dayID()
	return t
}
