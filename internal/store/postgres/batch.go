package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/store"
)

// work is memory for the statements of one round trip, which a connection reuses.
type work struct {
	parts   *partitions
	loading [len(tables)]dayRows
	writing [len(tables)][3]dayRows // fresh rows, known rows, rows to remove
	codec   *store.Codec
	encoder *store.Encoder
	key     store.Row
	row     store.Row
	ordered []keyed
}

type keyed struct {
	key    store.Key
	record store.Record // nil: to remove
	kind   int          // index in work.writing
}

// loads are the statements that read the keys' rows into rows, accounts first, then table by table and day by day.
func (w *work) loads(keys []store.Key, rows store.Rows, lock bool) (steps []step) {
	known := w.parts.known.Load()
	for i := range w.loading {
		w.loading[i].used = 0
	}

	for _, k := range keys {
		d := &store.Defs[k.Table]
		w.key = store.KeyRow(k, w.key[:0])
		w.loading[k.Table].of(known.dayOf(k), d.Columns[:d.Keys]).add(w.key)
	}

	for i := range w.loading {
		t := store.Table(i)
		read := func(values [][]byte) error {
			w.row = readRow(t, values, w.row[:0])
			r := w.codec.Loaded(t, w.row)
			rows[r.Key()] = r
			return nil
		}

		for _, c := range w.loading[i].sorted() {
			sql := known.statements(t, c.day)
			s := step{sql: sql.load, types: sql.keyTypes, args: c.args(), row: read}
			if lock {
				s.sql = sql.lock
			}
			steps = append(steps, s)
		}
	}

	return steps
}

// The kinds of writes.
const (
	fresh = iota
	loadedBefore
	removed
)

// writes returns the statements that store the records and remove the rows of gone. A row that was loaded is locked,
// and is replaced. An absent row could not be locked: replacing it could overwrite what another node stored since, so
// it is inserted, which fails when it exists.
func (w *work) writes(records []store.Record, gone []store.Key, loaded store.Rows) (steps []step) {
	w.order(records, gone, loaded)
	known := w.parts.known.Load()
	for i := range w.writing {
		for kind := range w.writing[i] {
			w.writing[i][kind].used = 0
		}
	}

	for _, k := range w.ordered {
		of, d := store.Defs[k.key.Table].Columns, known.dayOf(k.key)
		if k.kind == removed {
			w.key = store.KeyRow(k.key, w.key[:0])
			w.writing[k.key.Table][removed].of(d, of[:store.Defs[k.key.Table].Keys]).add(w.key)
			continue
		}
		w.parts.note(k.key.Table, d)
		w.writing[k.key.Table][k.kind].of(d, of).add(w.encoder.Encode(k.key.Table, k.record))
	}

	for i := range w.writing {
		for kind := range w.writing[i] {
			for _, c := range w.writing[i][kind].sorted() {
				s := known.statements(store.Table(i), c.day)
				do := [...]step{
					{sql: s.insert, types: s.rowTypes},
					{sql: s.upsert, types: s.rowTypes},
					{sql: s.remove, types: s.keyTypes},
				}[kind]
				do.args = c.args()
				steps = append(steps, do)
			}
		}
	}
	clear(w.ordered) // frees the records

	return steps
}

// order sorts writes by key, so that nodes that insert the same absent rows wait for each other in one order.
func (w *work) order(records []store.Record, gone []store.Key, loaded store.Rows) {
	w.ordered = w.ordered[:0]
	for _, r := range records {
		k := keyed{key: r.Key(), record: r}
		if _, ok := loaded[k.key]; ok {
			k.kind = loadedBefore
		}
		w.ordered = append(w.ordered, k)
	}

	for _, k := range gone {
		if _, ok := loaded[k]; ok {
			w.ordered = append(w.ordered, keyed{key: k, kind: removed})
		}
	}
	slices.SortFunc(w.ordered, func(a, b keyed) int { return a.key.Compare(b.key) })
}

// batch is a group's transaction. It implements store.Batch.
type batch struct {
	*conn
	ctx    context.Context
	open   bool
	loaded store.Rows // all rows that this transaction has locked
	writes []step
	// mark is the row for the group's number. A connection that is opened again has another one.
	mark  [16]byte
	fence rowCount
}

// Unchanged implements store.Batch. Other nodes may have written.
func (t *batch) Unchanged() (unchanged, known bool) { return false, false }

// Load implements store.Batch. The first call begins the transaction in the same round trip.
func (t *batch) Load(keys []store.Key) (store.Rows, error) {
	rows := make(store.Rows, len(keys))
	steps := t.work.loads(keys, rows, true)
	var err error
	if t.open {
		err = t.run(t.ctx, steps)
	} else if err = t.connect(t.ctx); err == nil {
		err = t.begun(t.first(t.ctx, t.begin(steps)))
		t.open = true // or lost, or to be rolled back
	}
	if err != nil {
		return nil, told(t.conn, "load", err)
	}

	if t.loaded == nil {
		t.loaded = rows
		return rows, nil
	}

	for k, r := range rows {
		t.loaded[k] = r
	}

	return rows, nil
}

const markSQL = `INSERT INTO mark (id, seq, at) VALUES ($1, $2, now())
	ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at = excluded.at RETURNING seq`

// begin puts the begin of the transaction before the steps. The mark is written first and not with the commit: so a
// query for it, after the connection was lost, waits for the end of this transaction, and a node that was fenced cannot
// write it.
func (t *batch) begin(steps []step) []step {
	t.seq++
	t.mark, t.fence = t.conn.mark, rowCount{}
	mark := step{
		sql: markSQL, types: []uint32{oidBytea, oidInt8}, row: t.fence.row,
		args: [][]byte{t.mark[:], binary.BigEndian.AppendUint64(nil, uint64(t.seq))},
	}

	if node := t.node.Load(); node != 0 {
		mark.sql = firstMarkSQL
		if t.marked == node {
			mark.sql = nextMarkSQL
		}
		mark.types, mark.args = append(mark.types, oidInt8), append(mark.args, binary.BigEndian.AppendUint64(nil, uint64(node)))
	}

	return append([]step{{sql: "BEGIN"}, mark}, steps...)
}

// begun checks the result of begin.
func (t *batch) begun(err error) error {
	if err == nil && t.fence.rows == 0 {
		t.marked = 0 // the next group checks the node
		return fmt.Errorf("%w: %w", store.ErrDown, cluster.ErrFenced)
	}
	return err
}

// Write implements store.Batch. The statements are sent with the commit, in one round trip.
func (t *batch) Write(records []store.Record, gone []store.Key) error {
	if t.writes != nil {
		return errors.New("a group writes once")
	}
	if !t.open {
		if _, err := t.Load(nil); err != nil {
			return err
		}
	}
	t.writes = t.work.writes(records, gone, t.loaded)

	return nil
}

// commit stores the group. When it returns nil the changes are on disk.
func (t *batch) commit() error {
	if len(t.writes) == 0 {
		return nil // end releases the locks
	}
	failpoint.Hit(failpoint.CommitBegun)
	err := t.run(t.ctx, append(t.writes, step{sql: "COMMIT"}))
	if err == nil {
		failpoint.Hit(failpoint.CommitDone)
		t.open = false
		if t.mark == t.conn.mark { // not that of an earlier connection, which was lost at the begin
			t.marked = t.node.Load()
		}
		return nil
	}
	if t.alive() {
		return told(t.conn, "commit", err)
	}
	t.open = false

	return t.outcome(err)
}

// end rolls back a group that was not committed.
func (t *batch) end() {
	if t.open && t.alive() && t.run(context.WithoutCancel(t.ctx), []step{{sql: "ROLLBACK"}}) != nil {
		t.drop()
	}
}

// askWithin bounds the query for an outcome. The server ends a transaction whose client is gone before that.
const askWithin = 20 * time.Second

// askSQL waits for a transaction that writes the mark, also for the first time: an absent row cannot be locked, but it
// cannot be inserted twice.
const askSQL = `INSERT INTO mark (id, seq, at) VALUES ($1, 0, now())
	ON CONFLICT (id) DO UPDATE SET at = excluded.at RETURNING seq`

// outcome finds out whether a commit whose answer was lost succeeded: then the mark has the group's number. The query
// waits for the transaction's lock if it is still running.
func (t *batch) outcome(lost error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), askWithin)
	defer cancel()
	seq := t.seq
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		found, alive, node := int64(0), rowCount{}, t.node.Load()
		ask := step{
			sql: askSQL, types: []uint32{oidBytea}, args: [][]byte{t.mark[:]},
			row: func(values [][]byte) error { found = number(values[0]); return nil },
		}

		err := t.first(ctx, []step{ask, intStep(aliveSQL, alive.row, node)})
		switch {
		case err == nil && found == seq:
			return nil
		case err == nil && found == 0 && node != 0 && alive.rows == 0:
			// The mark, and with it the answer, was removed when the node was fenced.
			return fmt.Errorf("%w: %w: %w", store.ErrOutcome, cluster.ErrFenced, lost)
		case err == nil:
			return fmt.Errorf("%w: %w", store.ErrConflict, lost)
		}

		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", store.ErrOutcome, err)
		case <-time.After(pause):
		}
	}
}

// told wraps an error in what it means to the committer.
func told(c *conn, what string, err error) error {
	var refused *pgconn.PgError
	switch {
	case !c.alive():
		return fmt.Errorf("%s: %w: %w", what, store.ErrDown, err)
	case !errors.As(err, &refused):
		return fmt.Errorf("%s: %w", what, err)
	}

	switch refused.Code {
	case "40001", "40P01", "23505": // serialization failure, deadlock, unique violation
		return fmt.Errorf("%s: %w: %w", what, store.ErrConflict, err)
	case noTable: // a day that was dropped
		return fmt.Errorf("%s: %w: %w", what, store.ErrConflict, err)
	case "55P03": // lock timeout; one by one all would wait as long
		return fmt.Errorf("%s: %w: %w", what, store.ErrDown, err)
	case "25006": // read only
		c.drop() // the next connection may find the primary
		return fmt.Errorf("%s: %w: %w", what, store.ErrDown, err)
	}

	switch refused.Code[:min(2, len(refused.Code))] {
	case "53", "57", "58": // out of room, shutdown, input or output failed
		return fmt.Errorf("%s: %w: %w", what, store.ErrDown, err)
	}

	return fmt.Errorf("%s: %w", what, err)
}
