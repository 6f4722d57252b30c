package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Direct writes tables of an open database without the store, as an attacker with access to the database could.
type Direct interface {
	// Exec runs SQL.
	Exec(t *testing.T, sql string)
	// Literal is the SQL literal of a byte string.
	Literal(b []byte) string
}

// RunTamper changes every column of every table, exchanges the contents of two rows, and adds a row. Each time this
// row, and no other, must count as damaged.
func RunTamper(t *testing.T, open Open, direct Direct) {
	s := begin(t, open(t))
	r := random(t)
	for i, rec := range anyRecords(r) {
		d := &store.Defs[rec.Key().Table]
		if d.Name == "meta" {
			continue
		}

		other := anyRecords(r)[i]
		rows := tampered{s: s, direct: direct, def: d, one: rec, other: other}
		for _, c := range d.Columns {
			t.Run(d.Name+"."+c.Name, func(t *testing.T) { rows.refuses(t, rows.changed(c)) })
		}

		t.Run(d.Name+" exchanged", func(t *testing.T) { rows.refuses(t, rows.exchanged()) })
		t.Run(d.Name+" added", func(t *testing.T) {
			rows.refuses(t, fmt.Sprintf("UPDATE %s SET mac = %s WHERE %s", d.Name, direct.Literal(make([]byte, 16)), rows.where()))
		})
	}
}

// TamperedLists damages the newest rows of lists: the rows after them must be listed, and pages must be full.
func TamperedLists(t *testing.T, open Open, direct Direct) {
	s := begin(t, open(t))
	for n := range 6 {
		put(t, s,
			store.Template{Account: acme, ID: number(n), Mode: id.Live, CreatedAt: start},
			store.Delivery{Delivery: webhook.Delivery{
				Account: acme, Target: number(1), Event: number(n), Mode: id.Live, State: webhook.Waiting,
				DueAt: start.Add(time.Duration(n)), CreatedAt: start,
			}})
	}

	view(t, s, func(store.Reader) error { return nil }) // settles the journal
	newest := number(4)
	direct.Exec(t, "UPDATE template SET mode = mode + 0, mac = "+direct.Literal(make([]byte, 16))+" WHERE id >= "+direct.Literal(newest[:]))
	third := number(3)
	direct.Exec(t, "UPDATE delivery SET mac = "+direct.Literal(make([]byte, 16))+" WHERE event < "+direct.Literal(third[:]))
	view(t, s, func(r store.Reader) error {
		list, err := r.Templates(acme, id.Live, id.Template{}, 3)
		if err != nil || len(list) != 3 || list[0].ID != number(3) {
			t.Errorf("templates: %v, %v", list, err)
		}

		due, err := r.DueDeliveries(store.TargetRef{Account: acme, Target: number(1)}, nil, 2)
		if err != nil || len(due) != 2 || due[0].Event != number(3) {
			t.Errorf("deliveries: %v, %v", due, err)
		}

		return nil
	})

	direct.Exec(t, "UPDATE template SET account = account || "+direct.Literal([]byte{1})+" WHERE id >= "+direct.Literal(newest[:]))
	rows := 0
	err := s.EachPage(t.Context(), store.TableTemplate, 4,
		func(page []store.Record) error { rows += len(page); return nil })
	if err != nil || rows != 6 {
		t.Errorf("%d rows are gone through (%v), want 6", rows, err)
	}
}

type tampered struct {
	s          *store.Store
	direct     Direct
	def        *store.Def
	one, other store.Record
}

// where is the SQL condition for the row of one.
func (x tampered) where() string {
	var terms []string
	for i, v := range store.KeyRow(x.one.Key(), nil) {
		terms = append(terms, x.def.Columns[i].Name+" = "+x.literal(x.def.Columns[i], v))
	}
	return strings.Join(terms, " AND ")
}

func (x tampered) literal(c store.Column, v store.Value) string {
	switch c.Type {
	case store.Int:
		return fmt.Sprint(v.N)
	case store.Text:
		return "CAST(" + x.direct.Literal([]byte(v.S+string(v.B))) + " AS " + x.textType() + ")"
	}
	return x.direct.Literal(v.B)
}

// textType is the type of text columns: bytes where the literal is of bytes.
func (x tampered) textType() string {
	if strings.HasPrefix(x.direct.Literal(nil), "x") {
		return "TEXT"
	}
	return "BYTEA"
}

// changed is SQL that changes a column of one.
func (x tampered) changed(c store.Column) string {
	value := c.Name + " || " + x.literal(c, store.Value{B: []byte{1}})
	if c.Type == store.Int {
		value = fmt.Sprintf("coalesce(%s, 0) + 1", c.Name)
	}
	return fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", x.def.Name, c.Name, value, x.where())
}

// exchanged is SQL that gives one the columns of other, without the key.
func (x tampered) exchanged() string {
	var sets []string
	columns := Codec.Encoder().Encode(x.other.Key().Table, x.other)
	for i := x.def.Keys; i < len(columns); i++ {
		value := "NULL"
		if !columns[i].Null {
			value = x.literal(x.def.Columns[i], columns[i])
		}
		sets = append(sets, x.def.Columns[i].Name+" = "+value)
	}

	return fmt.Sprintf("UPDATE %s SET %s WHERE %s", x.def.Name, strings.Join(sets, ", "), x.where())
}

// refuses runs SQL that changes the row of one, and checks that this row is refused, and no other.
func (x tampered) refuses(t *testing.T, sql string) {
	x.direct.Exec(t, "DELETE FROM "+x.def.Name)
	put(t, x.s, x.one, x.other)
	rows := x.scan(t) // settles the journal
	if len(rows) != 2 || store.Damage(rows[0]) != nil || store.Damage(rows[1]) != nil {
		t.Fatalf("before: %v", rows)
	}

	x.direct.Exec(t, sql)

	rows, bad := x.scan(t), 0
	for _, rec := range rows {
		if store.Damage(rec) != nil {
			bad++
		}
	}
	if len(rows) != 2 || bad != 1 {
		t.Fatalf("%d of %d rows are refused, want 1 of 2", bad, len(rows))
	}

	found, err := x.s.Find(t.Context(), x.one.Key())
	if _, there := found[x.one.Key()]; err == nil && there {
		t.Errorf("the row is read as %v", found)
	}
	if err == nil { // its key is another now
		return
	}

	err = x.s.Update(t.Context(), x.one.Key().Account, []store.Key{x.one.Key()}, func(tx *store.Tx) error {
		store.Exists(tx, x.one.Key())
		return nil
	})
	if !errors.Is(err, store.ErrDamaged) {
		t.Errorf("an update of the row: %v", err)
	}
	if _, err := x.s.Find(t.Context(), x.other.Key()); err != nil {
		t.Errorf("the other row: %v", err)
	}
}

func (x tampered) scan(t *testing.T) (rows []store.Record) {
	t.Helper()
	view(t, x.s, func(r store.Reader) (err error) {
		rows, err = r.Scan(x.one.Key().Table, nil, 10)
		return err
	})
	return rows
}
