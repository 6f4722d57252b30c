package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/store"
)

// conn is a connection with its prepared statements. It implements store.Batch.
type conn struct {
	*sqlite.Conn
	get     []*sqlite.Stmt // by table
	put     []*sqlite.Stmt
	del     []*sqlite.Stmt
	named   map[string]*sqlite.Stmt
	version int64 // of the data when the last group began, see refresh
	changed bool  // another process wrote since the last Unchanged
	journal journal
	// generation is how many rows of the journal settle together.
	generation int
	row        store.Row
	codec      *store.Codec
	encoder    *store.Encoder
	scratch    []byte
}

// prepare makes the statements of every table, since parsing SQL costs more than running it. They are persistent
// (Prepare, not PrepareTransient): transient ones would use the connection's lookaside memory, which each run needs for
// its cursors. Without it each run would allocate, which took half of a busy server's CPU.
func (c *conn) prepare() error {
	c.named = map[string]*sqlite.Stmt{}
	for _, d := range store.Defs {
		for _, s := range []struct {
			into *[]*sqlite.Stmt
			sql  string
		}{{&c.get, selectSQL(d)}, {&c.put, upsertSQL(d)}, {&c.del, deleteSQL(d)}} {
			stmt, err := c.Prepare(s.sql)
			if err != nil {
				return fmt.Errorf("prepare %q: %w", s.sql, err)
			}
			*s.into = append(*s.into, stmt)
		}
	}

	return nil
}

func columnList(d store.Def) string {
	names := make([]string, len(d.Columns))
	for i, c := range d.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

func whereKey(d store.Def) string {
	terms := make([]string, d.Keys)
	for i := range terms {
		terms[i] = fmt.Sprintf("%s = ?%d", d.Columns[i].Name, i+1)
	}
	return strings.Join(terms, " AND ")
}

func selectSQL(d store.Def) string {
	return "SELECT " + columnList(d) + " FROM " + d.Name + " WHERE " + whereKey(d)
}

func deleteSQL(d store.Def) string { return "DELETE FROM " + d.Name + " WHERE " + whereKey(d) }

func upsertSQL(d store.Def) string {
	var keys, sets []string
	for i, c := range d.Columns {
		if i < d.Keys {
			keys = append(keys, c.Name)
		} else if !c.Immutable {
			sets = append(sets, c.Name+" = excluded."+c.Name)
		}
	}

	return "INSERT INTO " + d.Name + " (" + columnList(d) + ") VALUES (?" + strings.Repeat(", ?", len(d.Columns)-1) +
		") ON CONFLICT (" + strings.Join(keys, ", ") + ") DO UPDATE SET " + strings.Join(sets, ", ")
}

// Unchanged implements store.Batch. A transaction between two groups, which settled the journal, may have noticed what
// another process wrote.
func (c *conn) Unchanged() (unchanged, known bool) {
	unchanged, c.changed = !c.changed, false
	return unchanged, true
}

// unknown is not a data_version: the next group loads everything.
const unknown = -1

// refresh finds out, at the start of a group, whether another connection wrote since the last one: then data_version
// has changed, and it cannot change under the write lock. In this case the frames are read again.
func (c *conn) refresh() error {
	s, err := c.statement("PRAGMA data_version")
	if err != nil {
		return err
	}
	if _, err := s.Step(); err != nil {
		return fmt.Errorf("read data_version: %w", err)
	}

	version := s.ColumnInt64(0)
	if err := s.Reset(); err != nil {
		return err
	}
	if version == c.version {
		return nil
	}

	c.changed = true
	if err := c.loadPending(); err != nil {
		return err
	}
	c.version = version

	return nil
}

// exec runs a statement without parameters.
func (c *conn) exec(sql string) error {
	s, err := c.statement(sql)
	if err != nil {
		return err
	}
	return run(s)
}

// execWith runs a statement with one parameter.
func (c *conn) execWith(sql string, n int64) error {
	s, err := c.statement(sql)
	if err != nil {
		return err
	}
	s.BindInt64(1, n)

	return run(s)
}

// statement returns the prepared statement of sql.
func (c *conn) statement(sql string) (*sqlite.Stmt, error) {
	if s, ok := c.named[sql]; ok {
		return s, s.Reset()
	}
	s, err := c.Prepare(sql)
	if err == nil && c.named != nil {
		c.named[sql] = s
	}

	return s, err
}

// run steps a statement that returns no rows.
func run(s *sqlite.Stmt) error {
	_, err := s.Step()
	if reset := s.Reset(); err == nil {
		err = reset
	}
	return err
}

// bind sets the parameters from 1 on.
func bind(s *sqlite.Stmt, d store.Def, row store.Row) {
	for i, v := range row {
		switch {
		case v.Null:
			s.BindNull(i + 1)
		case d.Columns[i].Type == store.Int:
			s.BindInt64(i+1, v.N)
		case d.Columns[i].Type == store.Text:
			s.BindText(i+1, v.Text())
		default:
			s.BindBytes(i+1, v.B)
		}
	}
}

// Load implements store.Batch.
func (c *conn) Load(keys []store.Key) (store.Rows, error) {
	rows := make(store.Rows, len(keys))
	for _, k := range keys {
		if p, ok := c.journal.pending[k]; ok {
			if p.record != nil {
				rows[k] = p.record
			}
			continue
		}

		d, s := store.Defs[k.Table], c.get[k.Table]
		c.row = store.KeyRow(k, c.row[:0])
		bind(s, d, c.row)
		found, err := c.one(k.Table, s)
		if err != nil {
			return nil, fmt.Errorf("load from %s: %w", d.Name, err)
		}
		if found {
			rows[k] = c.codec.Loaded(k.Table, c.row)
		}
	}

	return rows, nil
}

// one steps s to its row, if it has one, reads it into c.row, and resets s.
func (c *conn) one(t store.Table, s *sqlite.Stmt) (found bool, err error) {
	if found, err = s.Step(); err == nil && found {
		c.read(t, s)
	}
	if reset := s.Reset(); err == nil {
		err = reset
	}
	return found, err
}

// read reads the current row of s, whose columns are the table's, into c.row.
func (c *conn) read(t store.Table, s *sqlite.Stmt) {
	c.row, c.scratch = c.row[:0], c.scratch[:0]
	for i, col := range store.Defs[t].Columns {
		switch {
		case s.ColumnIsNull(i):
			c.row = append(c.row, store.Value{Null: true})
		case col.Type == store.Int:
			c.row = append(c.row, store.Value{N: s.ColumnInt64(i)})
		default:
			n, from := s.ColumnLen(i), len(c.scratch)
			c.scratch = slices.Grow(c.scratch, n)[:from+n]
			s.ColumnBytes(i, c.scratch[from:])
			c.row = append(c.row, store.Value{B: c.scratch[from:]})
		}
	}
}
