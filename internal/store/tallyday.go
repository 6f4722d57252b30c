package store

import (
	"encoding/binary"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/wire"
)

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
		c.Packed(4, t.withTemplates(), func(b []byte) []byte { return t.packTemplates(b, names) }, func(b []byte) bool {
			return t.unpackTemplates(b, names)
		})
	})
}

func (t *TallyDay) readID(b []byte) bool {
	u := unpacker{wire.Unpacker{B: b}}
	t.Mode, t.Prefixes = id.Mode(u.Byte()), u.Byte() != 0
	t.Day = stats.Day(binary.BigEndian.Uint32(u.Take(4)))
	return !u.Bad && t.id() == string(b)
}

// names are the names of the lines, each once: a report reads thousands of lines with the same few carriers and
// countries.
func (t *TallyDay) names() (names []string) {
	seen := map[string]bool{}
	for _, l := range t.Lines {
		for _, name := range []string{l.Country, l.Prefix, l.Carrier, l.Template} {
			if !seen[name] {
				seen[name], names = true, append(names, name)
			}
		}
	}

	return names
}

func indexOf(names []string) map[string]uint64 {
	index := make(map[string]uint64, len(names))
	for i, name := range names {
		index[name] = uint64(i)
	}
	return index
}

// name reads the index of a name.
func (u *unpacker) name(names []string) string {
	n := u.Uint()
	if n >= uint64(len(names)) {
		u.Bad, u.B = true, nil
		return ""
	}
	return names[n]
}

// packLines writes each line, with the indexes of its names.
func (t *TallyDay) packLines(b []byte, names []string) []byte {
	index := indexOf(names)
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
	u := unpacker{wire.Unpacker{B: b}}
	pool := make([]uint32, len(b)) // a counter has at least a byte
	for len(u.B) > 0 && !u.Bad {
		c := stats.Cell{
			Kind: stats.Kind(u.Small()), Channel: message.Channel(u.Small()),
			Country: u.name(names), Prefix: u.name(names), Carrier: u.name(names),
		}
		t.Lines = append(t.Lines, stats.Line{Cell: c, Counts: u.counts(&pool)})
	}

	return !u.Bad
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
	u := unpacker{wire.Unpacker{B: b}}
	for i := range t.Lines {
		t.Lines[i].Cost = u.Int()
	}
	return !u.Bad && len(u.B) == 0
}

// withTemplates is how many lines have a template. Templates are apart from the other names, because rows of before
// have none.
func (t *TallyDay) withTemplates() (n int) {
	for _, l := range t.Lines {
		if l.Template != "" {
			n++
		}
	}
	return n
}

// packTemplates writes the index of each line's template, in their order.
func (t *TallyDay) packTemplates(b []byte, names []string) []byte {
	index := indexOf(names)
	for _, l := range t.Lines {
		b = binary.AppendUvarint(b, index[l.Template])
	}
	return b
}

func (t *TallyDay) unpackTemplates(b []byte, names []string) bool {
	u := unpacker{wire.Unpacker{B: b}}
	for i := range t.Lines {
		t.Lines[i].Template = u.name(names)
	}
	return !u.Bad && len(u.B) == 0
}

// Merge adds lines to the day's.
func (t TallyDay) Merge(lines []stats.Line) TallyDay {
	t.Lines = stats.Merge(t.Lines, lines, t.Prefixes)
	return t
}

// DayOfTally returns the day's row, without lines, that a tally will be merged into.
func DayOfTally(tally Key, prefixes bool) TallyDay {
	k := unpacker{wire.Unpacker{B: []byte(tally.ID)}}
	t := TallyDay{Account: tally.Account, Prefixes: prefixes}
	t.Mode, t.Day = k.dayID()
	return t
}
