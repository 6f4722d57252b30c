package store

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
)

// Tally is what was counted in one cell of an account's statistics. Whoever counts adds a Tally of one to it.
type Tally struct {
	Account id.Account
	Mode    id.Mode
	Day     stats.Day
	// Slot keeps nodes from waiting for each other's rows, see Store.SetSlot. Whoever adds leaves it out.
	Slot uint8
	stats.Line
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

// Absorb implements Sum.
func (t *Tally) Absorb(other Sum) { t.Counts.Grow(other.(*Tally).Counts) }

// Onto implements Sum.
func (t *Tally) Onto(r Record) Record {
	if r == nil {
		return *t
	}
	row := r.(Tally)
	row.Counts = row.Counts.Plus(t.Counts)
	return row
}

func (t Tally) encode(e *encoder) {
	e.id(t.Account)
	e.blob([]byte(t.Key().ID))
	e.int(int64(t.Day))
	p := e.pack()
	p.counts(t.Counts)
	e.packed(p)
}

func decodeTally(d *decoder) Record {
	t := Tally{Account: d.account()}
	k := unpacker{b: d.next().B}
	t.Mode, t.Day = k.dayID()
	t.Slot, t.Kind, t.Channel = k.byte(), stats.Kind(k.byte()), message.Channel(k.byte())
	t.Country = string(k.take(int(k.byte())))
	t.Prefix = string(k.take(int(k.byte())))
	t.Carrier = string(k.b)
	d.bad = d.bad || k.bad || d.int() != int64(t.Day)
	u := d.unpack()
	t.Counts = u.counts(new([]uint32))
	d.unpacked(&u)
	return t
}

func (u *unpacker) byte() byte { return u.take(1)[0] }

func (u *unpacker) dayID() (id.Mode, stats.Day) {
	mode := id.Mode(u.byte())
	return mode, stats.Day(binary.BigEndian.Uint32(u.take(4)))
}

func (p *packer) counts(c stats.Counts) {
	for _, n := range []int64{c.Codes, c.Sent, c.Delivered, c.Verified, c.Segments, c.Credits} {
		p.int(n)
	}
	p.uint(uint64(len(c.Times.N)))
	if len(c.Times.N) > 0 {
		p.b = append(p.b, c.Times.First)
	}
	for _, n := range c.Times.N {
		p.uint(uint64(n))
	}
}

// counts reads what counts wrote; the times take their memory from pool when it has enough.
func (u *unpacker) counts(pool *[]uint32) stats.Counts {
	c := stats.Counts{Codes: u.int(), Sent: u.int(), Delivered: u.int(), Verified: u.int(), Segments: u.int(), Credits: u.int()}
	n := u.uint()
	if n == 0 {
		return c
	}
	c.Times.First = u.byte()
	if n > uint64(len(u.b)) {
		u.bad = true
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

func (u *unpacker) small() uint8 {
	n := u.uint()
	u.bad = u.bad || n > 255
	return uint8(n)
}

// TallyDay is what was counted on one day, all cells in one row: a day that is over is read as a whole or not at all. Each
// day has two rows, one that keeps prefixes apart and one that does not: few reports ask for prefixes, of which there are
// many.
type TallyDay struct {
	Account  id.Account
	Mode     id.Mode
	Prefixes bool
	Day      stats.Day
	Lines    []stats.Line
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

// encode writes each name once, and then each line with the places of its names: a report reads thousands of lines with
// the same few carriers and countries.
func (t TallyDay) encode(e *encoder) {
	e.id(t.Account)
	e.list(append(e.buf, t.id()...))
	e.int(int64(t.Day))
	var names []string
	places := map[string]uint64{}
	place := func(name string) uint64 {
		n, ok := places[name]
		if !ok {
			n = uint64(len(names))
			places[name], names = n, append(names, name)
		}
		return n
	}
	for _, l := range t.Lines {
		place(l.Country)
		place(l.Prefix)
		place(l.Carrier)
	}
	p := e.pack()
	list(&p, names, p.string)
	list(&p, t.Lines, func(l stats.Line) {
		p.uint(uint64(l.Kind))
		p.uint(uint64(l.Channel))
		p.uint(place(l.Country))
		p.uint(place(l.Prefix))
		p.uint(place(l.Carrier))
		p.counts(l.Counts)
	})
	e.packed(p)
}

func decodeTallyDay(d *decoder) Record {
	t := TallyDay{Account: d.account()}
	raw := d.next().B
	k := unpacker{b: raw}
	t.Mode, t.Prefixes = id.Mode(k.byte()), k.bool()
	t.Day = stats.Day(binary.BigEndian.Uint32(k.take(4)))
	d.bad = d.bad || k.bad || t.id() != string(raw) || d.int() != int64(t.Day)
	u := d.unpack()
	names := unlist(&u, u.string)
	name := func() string {
		n := u.uint()
		if n >= uint64(len(names)) {
			u.bad = true
			return ""
		}
		return names[n]
	}
	pool := make([]uint32, len(u.b)) // a counter has at least a byte
	t.Lines = unlist(&u, func() stats.Line {
		c := stats.Cell{Kind: stats.Kind(u.small()), Channel: message.Channel(u.small()), Country: name(), Prefix: name(), Carrier: name()}
		return stats.Line{Cell: c, Counts: u.counts(&pool)}
	})
	d.unpacked(&u)
	return t
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

// LedgerMark says that an account's entries up to Seq were added up, and what they came to: the next check begins there.
type LedgerMark struct {
	Account id.Account
	Seq     int64
	Sum     ledger.Balance
	At      time.Time
}

// LedgerMarkKey names an account's mark.
func LedgerMarkKey(a id.Account) Key { return Key{Table: TableLedgerMark, Account: a} }

// Key names the row.
func (m LedgerMark) Key() Key { return LedgerMarkKey(m.Account) }

func (m LedgerMark) encode(e *encoder) {
	e.id(m.Account)
	e.int(m.Seq)
	e.int(m.Sum.Credits)
	e.int(m.Sum.Held)
	e.time(m.At)
}

func decodeLedgerMark(d *decoder) Record {
	return LedgerMark{Account: d.account(), Seq: d.int(), Sum: ledger.Balance{Credits: d.int(), Held: d.int()}, At: d.time()}
}

// WentLow reports whether the credits fell below the account's threshold since before, and nobody was told of it yet.
func (a Account) WentLow(before Account) bool {
	return a.Watch.LowTold != 0 && a.Watch.LowTold != before.Watch.LowTold
}

// watch stores what caps remember; null is nothing, as in the row of an account that never spent.
func (e *encoder) watch(w ledger.Watch) {
	if w.Hour.IsZero() && w.Day.IsZero() && w.InHour == 0 && w.InDay == 0 && len(w.Countries) == 0 && w.LowTold == 0 {
		e.blob(nil)
		return
	}
	p := e.pack()
	p.time(w.Hour)
	p.time(w.Day)
	p.int(w.InHour)
	p.int(w.InDay)
	list(&p, w.Countries, func(c ledger.CountrySpend) { p.string(c.Country); p.int(c.Spent) })
	p.int(w.LowTold)
	e.packed(p)
}

func (d *decoder) watch() (w ledger.Watch) {
	if d.row[d.i].Null {
		d.i++
		return w
	}
	u := d.unpack()
	w.Hour, w.Day, w.InHour, w.InDay = u.time(), u.time(), u.int(), u.int()
	w.Countries = unlist(&u, func() ledger.CountrySpend { return ledger.CountrySpend{Country: u.string(), Spent: u.int()} })
	w.LowTold = u.int()
	d.unpacked(&u)
	return w
}

// DayOfTally gives a day's row that a tally is put away into, without lines.
func DayOfTally(tally Key, prefixes bool) TallyDay {
	k := unpacker{b: []byte(tally.ID)}
	t := TallyDay{Account: tally.Account, Prefixes: prefixes}
	t.Mode, t.Day = k.dayID()
	return t
}
