// Package transfer copies all rows of one database to another, and proves that the copy is the same.
//
// It knows no rule, no key and no SQL, and what it copies stays sealed. Both databases list a table in the same order,
// so one walk over both finds what to write and what to remove: a first copy, a repeated one after an interruption, and
// the last pass after the old server has stopped are the same walk.
package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"

	"github.com/syssecure/syssecure/internal/store"
)

// View gives fn a state of the database to read from: a newer one each time, as a store's View does, or always the same
// one (see ViewOf).
type View func(ctx context.Context, fn func(store.Reader) error) error

// ViewOf is a View of one state, which is read by one goroutine at a time.
func ViewOf(r store.Reader) View {
	return func(_ context.Context, fn func(store.Reader) error) error { return fn(r) }
}

// Progress is how far a walk has come: Rows of about Of.
type Progress struct {
	Table    string
	Rows, Of int64
}

// Options of a walk.
type Options struct {
	// Skip are rows that belong to a database itself: they are neither copied nor removed nor summed.
	Skip []store.Key
	// Progress is called now and then; nil = never.
	Progress func(Progress)
}

// Sum is the checksum of a table: the number of its rows, and a digest over all of them in order.
type Sum struct {
	Table  store.Table
	Rows   int64
	Digest [sha256.Size]byte
}

// String is the beginning of the digest, for people to compare.
func (s Sum) String() string { return hex.EncodeToString(s.Digest[:8]) }

// Changes are how many rows a walk wrote and removed.
type Changes struct{ Written, Removed int64 }

// Sync makes the tables of to the same as those of from, and sums up what it read. When from changes meanwhile, the
// copy mixes states of different times, and another Sync corrects it.
func Sync(ctx context.Context, from View, to *store.Store, o Options) (sums []Sum, changes Changes, err error) {
	w, err := begin(ctx, from, o)
	if err != nil {
		return nil, changes, err
	}

	w.to = to
	for t := range store.Defs {
		sum, err := w.sync(ctx, from, store.Table(t))
		if err != nil {
			return nil, w.changes, fmt.Errorf("copy table %s: %w", store.Table(t), err)
		}
		sums = append(sums, sum)
	}
	w.end()

	return sums, w.changes, nil
}

// Sums reads every row of a database.
func Sums(ctx context.Context, of View, o Options) (sums []Sum, err error) {
	w, err := begin(ctx, of, o)
	if err != nil {
		return nil, err
	}

	for t := range store.Defs {
		sum, err := w.sum(ctx, of, store.Table(t))
		if err != nil {
			return nil, fmt.Errorf("read table %s: %w", store.Table(t), err)
		}
		sums = append(sums, sum)
	}
	w.end()

	return sums, nil
}

// Differences describes each table that is not the same in two databases.
func Differences(a, b []Sum) (out []string) {
	for i, x := range a {
		if y := b[i]; x != y {
			out = append(out, fmt.Sprintf("%s: %d rows with digest %s, and %d rows with digest %s",
				x.Table, x.Rows, x, y.Rows, y))
		}
	}
	return out
}

// Bounds of a batch that is written, and of a page that is read.
const (
	pageRows   = 2000
	batchRows  = 1000
	batchBytes = 4 << 20
)

// walk is one pass over all tables.
type walk struct {
	Options
	to      *store.Store
	changes Changes
	done    Progress

	// The batch that is written next.
	records []store.Record
	gone    []store.Key
	bytes   int
}

func begin(ctx context.Context, of View, o Options) (*walk, error) {
	w := &walk{Options: o}
	if o.Progress == nil {
		w.Progress = func(Progress) {}
	}

	err := of(ctx, func(r store.Reader) error {
		for t := range store.Defs {
			n, err := r.Size(store.Table(t))
			if err != nil {
				return err
			}
			w.done.Of += n
		}

		return nil
	})

	return w, err
}

// end reports how many rows there were in all tables: the number before was an estimate, and counted skipped rows.
func (w *walk) end() {
	w.done.Table, w.done.Of = "", w.done.Rows
	w.Progress(w.done)
}

// read counts a row of the source.
func (w *walk) read() {
	w.done.Rows++
	if w.done.Rows%batchRows == 0 {
		w.Progress(w.done)
	}
}

func (w *walk) sum(ctx context.Context, of View, t store.Table) (Sum, error) {
	rows := readAhead(ctx, of, t, w.Skip)
	defer rows.stop()
	d := newDigest(t)
	w.done.Table = t.String()
	w.Progress(w.done)
	for {
		r, found, err := rows.peek()
		if err != nil || !found {
			return d.sum(), err
		}
		d.add(d.canonical(r))
		rows.next()
		w.read()
	}
}

// sync walks over both sides of a table.
func (w *walk) sync(ctx context.Context, from View, t store.Table) (Sum, error) {
	theirs, ours := readAhead(ctx, from, t, w.Skip), readAhead(ctx, w.to.View, t, w.Skip)
	defer theirs.stop()
	defer ours.stop()
	d, other := newDigest(t), newDigest(t)
	w.done.Table = t.String()
	w.Progress(w.done)
	for {
		want, more, err := theirs.peek()
		if err != nil {
			return Sum{}, err
		}

		have, left, err := ours.peek()
		if err != nil {
			return Sum{}, err
		}
		if !more && !left {
			return d.sum(), w.flush(ctx)
		}

		side := compare(want, more, have, left)
		if side <= 0 {
			row := d.canonical(want)
			d.add(row)
			if side < 0 || !bytes.Equal(row, other.canonical(have)) {
				w.records, w.bytes = append(w.records, want), w.bytes+len(row)
			}
			theirs.next()
			w.read()
		} else {
			w.gone = append(w.gone, have.Key())
		}
		if side >= 0 {
			ours.next()
		}
		if len(w.records)+len(w.gone) >= batchRows || w.bytes >= batchBytes {
			if err := w.flush(ctx); err != nil {
				return Sum{}, err
			}
		}
	}
}

// compare says which side's row comes first; 0 = both sides have it.
func compare(want store.Record, more bool, have store.Record, left bool) int {
	switch {
	case !left:
		return -1
	case !more:
		return 1
	}
	return want.Key().Compare(have.Key())
}

func (w *walk) flush(ctx context.Context) error {
	if len(w.records)+len(w.gone) == 0 {
		return nil
	}
	if err := w.to.Restore(ctx, w.records, w.gone); err != nil {
		return err
	}

	w.changes.Written += int64(len(w.records))
	w.changes.Removed += int64(len(w.gone))
	clear(w.records)
	w.records, w.gone, w.bytes = w.records[:0], w.gone[:0], 0

	return nil
}

// digest sums up a table.
type digest struct {
	of      Sum
	hash    hash.Hash
	encoder store.Encoder
	buf     []byte
}

func newDigest(t store.Table) *digest { return &digest{of: Sum{Table: t}, hash: sha256.New()} }

func (d *digest) add(row []byte) {
	d.of.Rows++
	d.hash.Write(row)
}

func (d *digest) sum() Sum {
	d.hash.Sum(d.of.Digest[:0])
	return d.of
}

// canonical encodes a row so that equal rows are equal bytes, whatever database they come from. The bytes are valid
// until the next call.
func (d *digest) canonical(r store.Record) []byte {
	b := d.buf[:0]
	for _, v := range d.encoder.Columns(r) {
		if v.Null {
			b = append(b, 0)
			continue
		}
		b = binary.AppendVarint(append(b, 1), v.N)
		b = binary.AppendUvarint(b, uint64(len(v.B)+len(v.S)))
		b = append(append(b, v.B...), v.S...)
	}
	d.buf = b

	return b
}

// rows are those of one table, which a goroutine reads ahead.
type rows struct {
	pages chan page
	page  []store.Record
	last  bool // page is the table's last
	err   error
	stop  func() // ends the goroutine and waits for it
}

type page struct {
	rows []store.Record
	last bool
	err  error
}

func readAhead(ctx context.Context, of View, t store.Table, skip []store.Key) *rows {
	ctx, cancel := context.WithCancel(ctx)
	r := &rows{pages: make(chan page, 2)}
	done := make(chan struct{})
	r.stop = func() { cancel(); <-done }
	go func() {
		defer close(done)
		defer close(r.pages)
		for after := (*store.Key)(nil); ; {
			p := readPage(ctx, of, t, after)
			if p.last = len(p.rows) < pageRows; !p.last {
				k := p.rows[pageRows-1].Key()
				after = &k
			}

			p.rows = slices.DeleteFunc(p.rows, func(rec store.Record) bool { return slices.Contains(skip, rec.Key()) })
			select {
			case r.pages <- p:
			case <-ctx.Done():
				return
			}
			if p.last || p.err != nil {
				return
			}
		}
	}()

	return r
}

func readPage(ctx context.Context, of View, t store.Table, after *store.Key) (p page) {
	p.err = of(ctx, func(r store.Reader) (err error) {
		p.rows, err = r.Scan(t, after, pageRows)
		return err
	})
	return p
}

// peek returns the next row; found is false after the last.
func (r *rows) peek() (rec store.Record, found bool, err error) {
	for len(r.page) == 0 && r.err == nil && !r.last {
		p, more := <-r.pages
		if !more {
			// An interruption must not look like the end: the walk would remove the other side's remaining rows.
			p.err = context.Canceled
		}
		r.page, r.last, r.err = p.rows, p.last, p.err
	}
	if r.err != nil || len(r.page) == 0 {
		return nil, false, r.err
	}

	return r.page[0], true, nil
}

func (r *rows) next() { r.page = r.page[1:] }
