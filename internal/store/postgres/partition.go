package postgres

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/store"
)

// day counts days of UTC since 1970. An id begins with its milliseconds, so a row's day follows from its key.
type day int32

// whole stands for a table itself: what is sent to it finds its partition by PostgreSQL's own routing. It is right for
// every row, and dear, because a plan over a partitioned table opens and locks every partition.
const whole day = -1 << 31

// parted are the tables that are kept by day: the column that says when, where its value begins in a key's ID, the room
// that its pages leave, and the conditions of the indexes of work that waits.
var parted = map[store.Table]struct {
	column   string
	at, fill int
	waits    []string
}{
	store.TableOTP:      {"id", 0, 80, []string{"status = 1"}},
	store.TableMessage:  {"id", 0, 70, []string{"due_at IS NOT NULL AND purpose = 0", "due_at IS NOT NULL AND purpose <> 0"}},
	store.TableEvent:    {"id", 1, 100, nil},
	store.TableDelivery: {"event", 16, 70, []string{"due_at IS NOT NULL"}},
}

const dayLength = 24 * time.Hour

func dayOf(t time.Time) day { return day(t.UnixMilli() / dayLength.Milliseconds()) }

// dayOfID is the day that an id begins with, at most that of the year 10889.
func dayOfID(id string) day {
	ms := uint64(binary.BigEndian.Uint32([]byte(id)))<<16 | uint64(binary.BigEndian.Uint16([]byte(id[4:])))
	return day(ms / uint64(dayLength.Milliseconds()))
}

// begin is the day's first id, without its random part, as a literal of SQL.
func (d day) begin() string { return fmt.Sprintf(`'\x%012x'`, int64(d)*dayLength.Milliseconds()) }

func (d day) end() time.Time { return time.UnixMilli(int64(d+1) * dayLength.Milliseconds()) }

// waits is an expression that tells whether anything in a day's partition waits.
func (d day) waits(t store.Table) string {
	all := []string{"false"}
	for _, condition := range parted[t].waits {
		all = append(all, "EXISTS (SELECT FROM "+d.of(t)+" WHERE "+condition+")")
	}
	return "(" + strings.Join(all, " OR ") + ")"
}

// of names the day's partition of a table.
func (d day) of(t store.Table) string {
	if d == whole {
		return t.String()
	}
	return t.String() + "_d" + time.UnixMilli(int64(d)*dayLength.Milliseconds()).UTC().Format("20060102")
}

// parseDay reads the day out of a partition's name.
func parseDay(t store.Table, name string) (day, bool) {
	text, ok := strings.CutPrefix(name, t.String()+"_d")
	at, err := time.Parse("20060102", text)
	return dayOf(at), ok && err == nil
}

// partitions is what a backend knows of the tables' days. A day that is known is addressed by its partition's name, which
// costs no more than a plain table; everything else goes to the table. So what is not known yet is only slower, and a day
// that another node dropped is an error, after which nothing is known until the next look.
type partitions struct {
	known atomic.Pointer[knowledge]
	mu    sync.Mutex
	notes map[dayOfTable]time.Time
}

type dayOfTable struct {
	table store.Table
	day   day
}

// knowledge is never changed, only replaced.
type knowledge struct {
	days map[store.Table]map[day]*statements
	// floor is the first day that may hold work that waits: sweeps do not look at the days before it.
	floor map[store.Table]day
}

func newPartitions() *partitions {
	p := &partitions{notes: map[dayOfTable]time.Time{}}
	p.forget()
	return p
}

// forget makes every statement go to the tables themselves.
func (p *partitions) forget() { p.known.Store(&knowledge{}) }

// dayOf is the day by whose partition a row is addressed.
func (k *knowledge) dayOf(key store.Key) day {
	if p, ok := parted[key.Table]; ok && len(key.ID) >= p.at+6 {
		d := dayOfID(key.ID[p.at:])
		if _, there := k.days[key.Table][d]; there {
			return d
		}
	}
	return whole
}

func (k *knowledge) statements(t store.Table, d day) *statements {
	if s, ok := k.days[t][d]; ok {
		return s
	}
	return &tables[t]
}

// set replaces what is known. Days that were written to a moment ago stay above the floor: whoever looked for work may
// not have seen it.
func (p *partitions) set(days map[store.Table][]day, floor map[store.Table]day) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.known.Load()
	k := &knowledge{days: map[store.Table]map[day]*statements{}, floor: floor}
	for t, list := range days {
		k.days[t] = map[day]*statements{}
		for _, d := range list {
			s := old.days[t][d]
			if s == nil {
				made := statementsOf(store.Defs[t], d.of(t))
				s = &made
			}
			k.days[t][d] = s
		}
	}

	for n, at := range p.notes {
		if time.Since(at) > noteFor {
			delete(p.notes, n)
		} else if n.day < k.floor[n.table] {
			k.floor[n.table] = n.day
		}
	}
	p.known.Store(k)
}

// noteFor is far above what a group takes.
const noteFor = time.Minute

// note tells that a day below the floor is written to: work may wait there again.
func (p *partitions) note(t store.Table, d day) {
	if d == whole || d >= p.known.Load().floor[t] {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes[dayOfTable{t, d}] = time.Now()
	k := *p.known.Load()
	if d < k.floor[t] {
		k.floor = maps.Clone(k.floor)
		k.floor[t] = d
		p.known.Store(&k)
	}
}

// overDays makes a statement that reads the first rows of a table by an index, up to a LIMIT, read those of each day that
// may hold work. A plan over the table itself would sort whatever waits, for want of one index, before it takes the first.
func (k *knowledge) overDays(t store.Table, sql, order, limit string) string {
	return k.overSome(t, k.floor[t], sql, order, limit)
}

// overAll is overDays for every day there is.
func (k *knowledge) overAll(t store.Table, sql, order, limit string) string {
	return k.overSome(t, whole, sql, order, limit)
}

func (k *knowledge) overSome(t store.Table, first day, sql, order, limit string) string {
	sql += " ORDER BY " + order + " LIMIT " + limit
	list := slices.Sorted(maps.Keys(k.days[t]))
	if len(list) == 0 {
		return sql
	}

	branches := []string{"(" + strings.Replace(sql, " FROM "+t.String()+" ", " FROM "+t.String()+"_default ", 1) + ")"}
	for _, d := range list {
		if d >= first {
			branches = append(branches, "("+strings.Replace(sql, " FROM "+t.String()+" ", " FROM "+d.of(t)+" ", 1)+")")
		}
	}

	return "SELECT * FROM (" + strings.Join(branches, " UNION ALL ") + ") AS days ORDER BY " + order + " LIMIT " + limit
}

// firstDays and moreDays are how many parts a list reads at once: mostly its page lies in the newest days.
const (
	firstDays = 6
	moreDays  = 24
)

// span is the days from one to another and between.
type span struct{ from, to day }

var allDays = span{whole, 1<<31 - 1}

// inOrder are statements that, one after another, read a table's rows by id: sql, which ends in a condition, has no order
// yet. Each goes through its days in turn and stops at the limit. Days that are not in the span are left out.
func (k *knowledge) inOrder(t store.Table, sql, limit string, newestFirst bool, in span) (all []string) {
	column := cmp.Or(parted[t].column, "id") // tables without days have no place in parted
	from, end := " FROM "+t.String()+" ", " ORDER BY "+column+" LIMIT "+limit
	if newestFirst {
		end = " ORDER BY " + column + " DESC LIMIT " + limit
	}
	if len(k.days[t]) == 0 {
		return []string{sql + end}
	}

	var branches []string
	for _, p := range k.pieces(t, in) {
		branches = append(branches, "("+strings.Replace(sql, from, " FROM "+p.table+" ", 1)+p.and+end+")")
	}

	size := moreDays
	if newestFirst {
		slices.Reverse(branches)
		size = firstDays
	}

	for len(branches) > 0 {
		n := min(size, len(branches))
		all = append(all, "SELECT * FROM ("+strings.Join(branches[:n], " UNION ALL ")+") AS days LIMIT "+limit)
		branches, size = branches[n:], moreDays
	}

	return all
}

// piece is a range of ids: a day's partition, or what of DEFAULT lies between two of them.
type piece struct{ table, and string }

// pieces are a table's rows cut into ranges, in order.
func (k *knowledge) pieces(t store.Table, in span) (out []piece) {
	rest, column := t.String()+"_default", parted[t].column
	list := slices.Sorted(maps.Keys(k.days[t]))
	for i, d := range list {
		switch {
		case i == 0:
			out = append(out, piece{rest, " AND " + column + " < " + d.begin()})
		case d != list[i-1]+1:
			out = append(out, piece{rest, fmt.Sprintf(" AND %s >= %s AND %[1]s < %[3]s", column, (list[i-1] + 1).begin(), d.begin())})
		}
		if in.from <= d && d <= in.to {
			out = append(out, piece{table: d.of(t)})
		}
	}

	return append(out, piece{rest, " AND " + column + " >= " + (list[len(list)-1] + 1).begin()})
}
