package store

import (
	"encoding/binary"
	"slices"

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
	n := u.uint()
	if n >= uint64(len(names)) {
		u.bad, u.b = true, nil
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
	u := unpacker{b: b}
	pool := make([]uint32, len(b)) // a counter has at least a byte
	for len(u.b) > 0 && !u.bad {
		c := stats.Cell{
			Kind: stats.Kind(u.small()), Channel: message.Channel(u.small()),
			Country: u.name(names), Prefix: u.name(names), Carrier: u.name(names),
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

// withTemplates is how many lines have a template. Templates are apart from the other names, because rows of before have
// none.
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
	u := unpacker{b: b}
	for i := range t.Lines {
		t.Lines[i].Template = u.name(names)
	}
	return !u.bad && len(u.b) == 0
}

// Merge adds lines to the day's. Cells that become one have no more templates than one may have.
func (t TallyDay) Merge(lines []stats.Line) TallyDay {
	t.Lines = slices.Clone(t.Lines)
	at, templates := make(map[stats.Cell]int, len(t.Lines)), map[stats.Cell]int{}
	note := func(c stats.Cell, i int) {
		at[c] = i
		if stats.ByID(c.Template) {
			c.Template = ""
			templates[c]++
		}
	}
	for i, l := range t.Lines {
		note(l.Cell, i)
	}

	for _, l := range lines {
		if !t.Prefixes {
			l.Prefix = ""
		}
		i, ok := at[l.Cell]
		if !ok {
			all := l.Cell
			all.Template = ""
			l.Template = stats.PlaceOf(l.Template, templates[all])
			i, ok = at[l.Cell]
		}
		if !ok {
			note(l.Cell, len(t.Lines))
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
