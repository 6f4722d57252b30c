package sqlite

import (
	"errors"
	"fmt"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// settleWithoutSchema carries out every frame of the table, oldest first, and removes those that could be read. It takes the columns
// from the database, since the tables of this version may be newer.
func settleWithoutSchema(c *sqlite.Conn) error {
	s, _, err := c.PrepareTransient("SELECT data, seq FROM journal WHERE seq > 0 ORDER BY seq")
	if err != nil {
		return err
	}

	defer func() { _ = s.Finalize() }() // repeats the error of the last step
	tables := map[string]*table{}
	defer func() {
		for _, t := range tables {
			t.close()
		}
	}()

	var unread []int64
	for {
		found, err := s.Step()
		if err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		if !found {
			break
		}

		if err := writeFrame(c, tables, blob(s, 0)); errors.Is(err, errDamaged) {
			unread = append(unread, s.ColumnInt64(1))
		} else if err != nil {
			return err
		}
	}

	for _, seq := range unread {
		if err := sqlitex.ExecuteTransient(c, setAsideSQL, &sqlitex.ExecOptions{Args: []any{seq}}); err != nil {
			return err
		}
	}

	return sqlitex.ExecuteTransient(c, "DELETE FROM journal WHERE seq > 0", nil)
}

func writeFrame(c *sqlite.Conn, tables map[string]*table, frame []byte) (err error) {
	for len(frame) > 0 {
		var r frameRow
		if r, frame, err = cutRow(frame); err != nil {
			return err
		}

		t, ok := tables[r.table]
		if !ok {
			if t, err = openTable(c, r.table); err != nil {
				return err
			}
			tables[r.table] = t
		}
		if err := t.writeRow(r); err != nil {
			return fmt.Errorf("carry out the journal: %s: %w", r.table, err)
		}
	}

	return nil
}

// table writes rows of frames.
type table struct {
	columns, keys int
	put, del      *sqlite.Stmt
}

func openTable(c *sqlite.Conn, name string) (*table, error) {
	t := &table{}
	var where []string
	s, _, err := c.PrepareTransient("SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid")
	if err != nil {
		return nil, err
	}

	defer func() { _ = s.Finalize() }() // repeats the error of the last step
	s.BindText(1, name)
	for {
		found, err := s.Step()
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}

		t.columns++
		if s.ColumnInt64(1) > 0 {
			t.keys++
			where = append(where, fmt.Sprintf("%s = ?%d", s.ColumnText(0), t.keys))
		}
	}
	if t.keys == 0 {
		return nil, fmt.Errorf("journal: no table %q: %w", name, errDamaged)
	}
	if t.put, _, err = c.PrepareTransient("INSERT OR REPLACE INTO " + name + " VALUES (?" + strings.Repeat(", ?", t.columns-1) + ")"); err != nil {
		return nil, err
	}
	t.del, _, err = c.PrepareTransient("DELETE FROM " + name + " WHERE " + strings.Join(where, " AND "))

	return t, err
}

func (t *table) writeRow(r frameRow) error {
	s, want := t.put, t.columns
	if r.gone {
		s, want = t.del, t.keys+goneExtra
	}
	if len(r.values) != want {
		return fmt.Errorf("%d columns: %w", len(r.values), errDamaged)
	}

	for i, c := range r.values[:s.BindParamCount()] {
		switch c.kind {
		case valueNull:
			s.BindNull(i + 1)
		case valueInt:
			s.BindInt64(i+1, c.n)
		case valueText:
			s.BindText(i+1, string(c.b))
		case valueBlob:
			s.BindBytes(i+1, c.b)
		}
	}

	err := run(s)
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultConstraint {
		return fmt.Errorf("%w: %w", err, errDamaged)
	}

	return err
}

func (t *table) close() {
	for _, s := range []*sqlite.Stmt{t.put, t.del} {
		if s != nil {
			_ = s.Finalize() // repeats the error of the last step
		}
	}
}
