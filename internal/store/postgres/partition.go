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

// whole means the table itself, where PostgreSQL finds the partition. That is right for every row, but expensive,
// because a plan for a partitioned table opens and locks every partition.
const whole day = -1 << 31

// partitioned are the tables that are kept by day: the column that the day follows from, where its value begins in a
// key's ID, the fill factor, and the conditions of the indexes of work that waits.
var partitioned = map[store.Table]struct {
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

// waits is an SQL expression: whether anything in a day's partition waits.
func (d day) waits(t store.Table) string {
	all := []string{"false"}
	for _, condition := range partitioned[t].waits {
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

// partitions has the days that a backend knows of. Statements for a known day name its partition, which costs no more
// than a plain table; all others name the table. So a day that is not known is only slower. A day that another node
// dropped is an error, after which no day is known until they are listed again.
type partitions struct {
	known atomic.Pointer[knowledge]
	mu    sync.Mutex
	notes map[dayOfTable]time.Time
}

type dayOfTable struct {
	table store.Table
	day   day
}

// knowledge has the known days. It is never changed, only replaced.
type knowledge struct {
	days map[store.Table]map[day]*statements
	// floor is the first day that may have work that waits. Sweeps do not read the days before it.
	floor map[store.Table]day
}

func newPartitions() *partitions {
	p := &partitions{notes: map[dayOfTable]time.Time{}}
	p.forget()
	return p
}

// forget makes every statement name the table itself.
func (p *partitions) forget() { p.known.Store(&knowledge{}) }

// dayOf is the day whose partition statements for a row name.
func (k *knowledge) dayOf(key store.Key) day {
	if p, ok := partitioned[key.Table]; ok && len(key.ID) >= p.at+6 {
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

// set replaces the known days. Days that were written to a moment ago stay above the floor, since the query for the
// floor may not have seen these rows.
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

// noteFor is far above how long a group takes.
const noteFor = time.Minute

// note records that a day below the floor is written to, so that work may wait there again.
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

// overDays changes a statement that reads the first rows of a table by an index, up to a LIMIT: it reads the first rows
// of each day that may have work. A plan for the table itself would sort all that waits, since no index spans the days.
func (k *knowledge) overDays(t store.Table, sql, order, limit string) string {
	return k.overSome(t, k.floor[t], sql, order, limit)
}

// overAll is overDays for every day.
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

// firstDays and moreDays are how many days a list reads in one statement. Most pages are in the newest days.
const (
	firstDays = 6
	moreDays  = 24
)

// span is the days from…to, both included.
type span struct{ from, to day }

var allDays = span{whole, 1<<31 - 1}

// inOrder returns statements that, one after another, read a table's rows by id. sql ends in a condition, without an
// order. Each statement reads its days in turn and stops at the limit. Days outside the span are left out.
func (k *knowledge) inOrder(t store.Table, sql, limit string, newestFirst bool, in span) (all []string) {
	column := cmp.Or(partitioned[t].column, "id") // tables without days are not in partitioned
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

// piece is a range of ids: a day's partition, or the rows of DEFAULT between two of them.
type piece struct{ table, and string }

// pieces are a table's rows cut into ranges, in order.
func (k *knowledge) pieces(t store.Table, in span) (out []piece) {
	rest, column := t.String()+"_default", partitioned[t].column
	list := slices.Sorted(maps.Keys(k.days[t]))
	for i, d := range list {
		switch {
		case i == 0:
			out = append(out, piece{rest, " AND " + column + " < " + d.begin()})
		case d != list[i-1]+1:
			and := fmt.Sprintf(" AND %s >= %s AND %[1]s < %[3]s", column, (list[i-1] + 1).begin(), d.begin())
			out = append(out, piece{rest, and})
		}
		if in.from <= d && d <= in.to {
			out = append(out, piece{table: d.of(t)})
		}
	}

	return append(out, piece{rest, " AND " + column + " >= " + (list[len(list)-1] + 1).begin()})
}
