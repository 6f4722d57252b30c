package sqlite

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/store"
)

// The journal makes commits cheap. The changes of a group are written as one value into one table, which takes a few
// neighbouring pages; written directly into their tables and indexes they would change a page for nearly every row. The
// rows are written into their tables later ("settle"), sorted, in batches, and only in their last state: a code that is
// sent, accepted and verified within a moment is written once and not three times.
//
// Until then the frames are authoritative, and pending is their content by key. After an error, or when another process
// wrote, pending is read from the frames again. Rows are complete states, so writing one twice does no harm.
//
// A frame that is damaged, so that it cannot be read to its end, stays in the table with a negative number after its
// readable rows have settled: its changes were acknowledged, and must not be lost without a trace.

// generation is how many rows settle in one batch: about a tenth of a second of full load.
const generation = 2048

// journal has the rows that have not settled.
type journal struct {
	// mu guards pending for its readers. Only the writer changes it.
	mu           sync.RWMutex
	pending      map[store.Key]unsettled
	current      []store.Key // of the current generation, in the order of their first change
	settling     []store.Key // of the generation that is settling, sorted
	last         int64       // the newest frame
	settlingLast int64       // the newest frame of old
	frame        []byte
	staged       []unsettledRow // of the current group
	settled      int            // how many of old this group has settled
	generations  int            // how often a generation ended
	unreadable   []int64        // frames that cannot be read to their end
}

// unsettled is the newest state of a row.
type unsettled struct {
	record  store.Record // nil: removed
	current bool
	mac     [16]byte // of the record, so that it is computed once; zero = unknown
}

type unsettledRow struct {
	key    store.Key
	record store.Record
	mac    [16]byte
}

// reset drops what is in memory; the frames remain.
func (j *journal) reset() { j.setPending(map[store.Key]unsettled{}, nil, nil, 0) }

// setPending sets the rows that wait, in the order of their first change, and the newest frame.
func (j *journal) setPending(pending map[store.Key]unsettled, young []store.Key, unread []int64, last int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.pending, j.current, j.unreadable, j.last = pending, young, unread, last
	j.settling, j.settlingLast, j.settled, j.staged = nil, 0, 0, j.staged[:0]
}

// find returns the newest state of rows that wait, and the keys of the others.
func (j *journal) find(keys []store.Key) (rows store.Rows, others []store.Key) {
	rows = make(store.Rows, len(keys))
	j.mu.RLock()
	defer j.mu.RUnlock()
	for _, k := range keys {
		switch p, ok := j.pending[k]; {
		case !ok:
			others = append(others, k)
		case p.record != nil:
			rows[k] = p.record
		}
	}

	return rows, others
}

// begin starts a group.
func (j *journal) begin() { j.staged, j.settled = j.staged[:0], 0 }

// committed notes that the group's transaction is on disk.
func (j *journal) committed() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, k := range j.settling[:j.settled] {
		if p, ok := j.pending[k]; ok && !p.current {
			delete(j.pending, k)
		}
	}
	if j.settling = j.settling[j.settled:]; len(j.settling) == 0 {
		j.settling, j.settlingLast = nil, 0
	}

	for _, r := range j.staged {
		if p, ok := j.pending[r.key]; !ok || !p.current {
			j.current = append(j.current, r.key)
		}
		j.pending[r.key] = unsettled{r.record, true, r.mac}
	}
	if len(j.pending) == 0 {
		j.last = 0
	}
}

// startSettling begins to settle the current generation, whose newest frame is last.
func (j *journal) startSettling(last int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.settling, j.current, j.settlingLast = j.current, make([]store.Key, 0, len(j.current)), last
	j.generations++
	sortKeys(j.settling)
	for _, k := range j.settling {
		p := j.pending[k]
		p.current = false
		j.pending[k] = p
	}
}

// sortKeys sorts by table first: rows of one table, in order, are written to neighbouring pages.
func sortKeys(keys []store.Key) {
	slices.SortFunc(keys, func(a, b store.Key) int {
		if a.Table != b.Table {
			return int(a.Table) - int(b.Table)
		}
		return a.Compare(b)
	})
}

// Write implements store.Batch. It writes one frame, and settles a part of the rows that wait.
func (c *conn) Write(records []store.Record, gone []store.Key) error {
	j := &c.journal
	frame := j.frame[:0]
	for _, r := range records {
		k := r.Key()
		row := c.encoder.Encode(k.Table, r)
		// The tables check this too, but only when the row settles, which is too late for an error.
		if err := store.Check(k.Table, row); err != nil {
			return err
		}
		frame = appendRow(frame, k.Table, row)
		j.staged = append(j.staged, unsettledRow{k, r, c.encoder.MAC()})
	}

	for _, k := range gone {
		c.row = store.KeyRow(k, c.row[:0])
		frame = appendGone(frame, k, c.row)
		j.staged = append(j.staged, unsettledRow{key: k})
	}

	j.frame = frame
	s, err := c.statement("INSERT INTO journal (seq, data) VALUES ((SELECT max(0, coalesce(max(seq), 0)) + 1 FROM journal), ?1)")
	if err != nil {
		return err
	}

	s.BindBytes(1, frame)
	if err := run(s); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}

	before := j.last
	if j.last = c.LastInsertRowID(); len(j.settling) == 0 && len(j.current) >= c.generation {
		j.startSettling(before)
	}

	return c.settle(2*len(j.staged) + 32)
}

// settle writes up to n rows of the old generation into their tables, and finally removes its frames.
func (c *conn) settle(n int) error {
	j := &c.journal
	if len(j.settling) == 0 {
		return nil
	}

	part := j.settling[j.settled:min(len(j.settling), j.settled+n)]
	for _, k := range part {
		p, ok := j.pending[k]
		if !ok || p.current {
			continue // a newer frame has the row
		}
		if err := c.writeRow(k, p); err != nil {
			return err
		}
	}
	if j.settled += len(part); j.settled < len(j.settling) {
		return nil
	}

	return c.removeFrames(j.settlingLast)
}

// removeFrames removes the frames up to last, whose rows have settled.
func (c *conn) removeFrames(last int64) error {
	unread := c.journal.unreadable
	for len(unread) > 0 && unread[0] <= last {
		if err := c.execWith(setAsideSQL, unread[0]); err != nil {
			return err
		}
		unread = unread[1:]
	}
	c.journal.unreadable = unread // their numbers may be used again

	return c.execWith("DELETE FROM journal WHERE seq > 0 AND seq <= ?1", last)
}

// unreadableFrames counts the frames that removeFrames kept.
func (c *conn) unreadableFrames() (n int64, err error) {
	s, err := c.statement("SELECT count(*) FROM journal WHERE seq < 0")
	if err != nil {
		return 0, err
	}
	if _, err = s.Step(); err == nil {
		n = s.ColumnInt64(0)
	}

	return n, errors.Join(err, s.Reset())
}

// settleAll writes every row that waits into its table and removes all frames.
func (c *conn) settleAll() error {
	j := &c.journal
	keys := slices.AppendSeq(make([]store.Key, 0, len(j.pending)), maps.Keys(j.pending))
	sortKeys(keys)
	for _, k := range keys {
		if err := c.writeRow(k, j.pending[k]); err != nil {
			return err
		}
	}

	return c.removeFrames(math.MaxInt64)
}

// writeRow writes or removes a row of a table.
func (c *conn) writeRow(k store.Key, row unsettled) error {
	if row.record == nil {
		c.row = store.KeyRow(k, c.row[:0])
		bind(c.del[k.Table], store.Defs[k.Table], c.row)
		if err := run(c.del[k.Table]); err != nil {
			return fmt.Errorf("delete from %s: %w", k.Table, err)
		}
		return nil
	}

	bind(c.put[k.Table], store.Defs[k.Table], c.columns(k.Table, row))
	if err := run(c.put[k.Table]); err != nil {
		return fmt.Errorf("write to %s: %w", k.Table, err)
	}
	failpoint.Hit(failpoint.Settling)

	return nil
}

// columns returns the columns of a row that settles.
func (c *conn) columns(t store.Table, row unsettled) store.Row {
	if row.mac == ([16]byte{}) {
		return c.encoder.Encode(t, row.record)
	}
	return c.encoder.EncodeWith(t, row.record, row.mac)
}

// journaled reports whether the table has any frame.
func (c *conn) journaled() (found bool, err error) {
	s, err := c.statement("SELECT 1 FROM journal WHERE seq > 0 LIMIT 1")
	if err != nil {
		return false, err
	}

	found, err = s.Step()
	if reset := s.Reset(); err == nil {
		err = reset
	}

	return found, err
}

// loadPending reads pending from the frames. It writes nothing, so that it works on a full disk.
func (c *conn) loadPending() error {
	s, err := c.statement("SELECT seq, data FROM journal WHERE seq > 0 ORDER BY seq")
	if err != nil {
		return err
	}

	pending, young, unread, last := map[store.Key]unsettled{}, []store.Key(nil), []int64(nil), int64(0)
	for {
		found, err := s.Step()
		if err == nil && !found {
			c.journal.setPending(pending, young, unread, last)
			return s.Reset()
		}

		if err == nil {
			last = s.ColumnInt64(0)
			err = c.eachChange(blob(s, 1), func(k store.Key, rec store.Record) {
				if _, ok := pending[k]; !ok {
					young = append(young, k)
				}
				pending[k] = unsettled{record: rec, current: true}
			})
			if errors.Is(err, errDamaged) {
				unread, err = append(unread, last), nil
			}
		}
		if err != nil {
			return errors.Join(fmt.Errorf("read the journal: %w", err), s.Reset())
		}
	}
}

// eachChange calls fn with every row of a frame, as a record of this version.
func (c *conn) eachChange(frame []byte, fn func(store.Key, store.Record)) error {
	for len(frame) > 0 {
		r, rest, err := cutRow(frame)
		if err != nil {
			return err
		}

		k, rec, err := r.change(c.codec)
		if err != nil {
			return err
		}
		fn(k, rec)
		frame = rest
	}

	return nil
}

func blob(s *sqlite.Stmt, column int) []byte {
	b := make([]byte, s.ColumnLen(column))
	s.ColumnBytes(column, b)
	return b
}
