// Package postgres implements the database of installations with several nodes, on a PostgreSQL server.
//
// A group takes two round trips: one begins, locks and loads with a statement for each table, and one writes with a
// statement for each table and commits. All nodes lock rows in the same order. An absent row cannot be locked, so it is
// inserted, and when another node was first, the insert fails and the group runs again.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/store"
)

// lanes is how many groups run at the same time: while one waits for the disk, the other loads. More lanes make smaller
// groups, with fewer rows for each statement.
const lanes = 2

// readers is how many views can run at once.
const readers = 8

// Backend is an open database.
type Backend struct {
	config  *pgconn.Config
	codec   *store.Codec
	writers chan *conn
	readers chan *conn
	closed  chan struct{}
	sent    atomic.Int64
	node    atomic.Int64 // this node's epoch, once it has joined
	home    []byte       // and its home
	control control
	hung    hung
	sockets sockets
	parts   *partitions
	strays  atomic.Int64 // when DEFAULT was last looked through, in milliseconds
}

// errClosed is returned after Close.
var errClosed = errors.New("the database is closed")

// Open connects to the database that url names (postgres://…) and brings its schema up to date. A schema that is newer
// than this program is refused.
func Open(ctx context.Context, url string, codec *store.Codec) (*Backend, error) {
	return openURL(ctx, url, codec, true)
}

// OpenExisting is Open of a database that has a schema. Without one it creates nothing and returns store.ErrEmpty.
func OpenExisting(ctx context.Context, url string, codec *store.Codec) (*Backend, error) {
	return openURL(ctx, url, codec, false)
}

// CheckURL checks a database's URL and its certificate files without connecting.
func CheckURL(url string) error {
	_, err := pgconn.ParseConfig(url)
	return err // does not repeat the password
}

func openURL(ctx context.Context, url string, codec *store.Codec, fresh bool) (*Backend, error) {
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		return nil, err // does not repeat the password
	}

	return openConfig(ctx, config, codec, fresh)
}

func openConfig(ctx context.Context, config *pgconn.Config, codec *store.Codec, fresh bool) (*Backend, error) {
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "syssecure"
	}
	b := newBackend(config, codec)
	first := b.conn()
	if err := first.connect(ctx); err != nil {
		return nil, err
	}

	err := migrate(ctx, first.pg, fresh)
	if err == nil {
		err = b.refreshDays(ctx, first.pg, time.Now(), store.Retention{})
	}

	if err != nil {
		first.drop()
		return nil, err
	}
	b.fill(first)

	return b, nil
}

func newBackend(config *pgconn.Config, codec *store.Codec) *Backend {
	b := &Backend{
		config: config, codec: codec, writers: make(chan *conn, lanes), readers: make(chan *conn, readers),
		closed: make(chan struct{}),
		parts:  newPartitions(),
	}
	b.control.conn = b.conn()
	return b
}

// fill makes the other connections than first.
func (b *Backend) fill(first *conn) {
	b.writers <- first
	for range lanes - 1 {
		b.writers <- b.conn()
	}
	for range readers {
		b.readers <- b.conn()
	}
}

func (b *Backend) conn() *conn {
	return &conn{
		config: b.config, sent: &b.sent, hung: &b.hung, sockets: &b.sockets, node: &b.node,
		work: work{parts: b.parts, codec: b.codec, encoder: b.codec.Encoder()},
	}
}

// Close waits for open groups and views, and closes every connection. It is called once.
func (b *Backend) Close() error {
	close(b.closed)
	for range lanes {
		(<-b.writers).drop()
	}

	for range readers {
		(<-b.readers).drop()
	}

	b.control.Lock()
	defer b.control.Unlock()
	b.control.drop()

	return nil
}

// Codec returns the codec of the rows.
func (b *Backend) Codec() *store.Codec { return b.codec }

// Lanes implements store.Backend.
func (b *Backend) Lanes() int { return lanes }

// Statements is how many statements were sent since Open.
func (b *Backend) Statements() int64 { return b.sent.Load() }

func (b *Backend) take(ctx context.Context, from chan *conn) (*conn, error) {
	select {
	case <-b.closed:
		return nil, errClosed
	default:
	}

	select {
	case c := <-from:
		return c, nil
	case <-b.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// writableSQL returns why a change would fail. The setting is that of new transactions, since views are always
// read-only.
const writableSQL = `SELECT CASE WHEN pg_is_in_recovery() THEN 'the database is a standby'::bytea
	WHEN current_setting('default_transaction_read_only') = 'on' THEN 'the database is read only'::bytea ELSE ''::bytea END`

// Writable implements store.Backend.
func (b *Backend) Writable(ctx context.Context) error {
	c, err := b.take(ctx, b.readers)
	if err != nil {
		return err
	}

	defer func() { b.readers <- c }()
	why := ""
	err = c.first(ctx, []step{{sql: writableSQL, row: func(values [][]byte) error { why = string(values[0]); return nil }}})
	if err == nil && why != "" {
		c.drop() // the next connection may find the primary
		err = errors.New(why)
	}

	return err
}

// Group implements store.Backend.
func (b *Backend) Group(ctx context.Context, fn func(store.Batch) error) error {
	c, err := b.take(ctx, b.writers)
	if err != nil {
		return err
	}

	defer func() { b.writers <- c }()
	if err := c.connect(ctx); err != nil {
		return err
	}

	t := &batch{conn: c, ctx: ctx}
	defer t.end()
	if err := fn(t); err != nil {
		return err
	}

	return t.commit()
}

// View implements store.Backend.
func (b *Backend) View(ctx context.Context, fn func(store.Reader) error) error {
	c, err := b.take(ctx, b.readers)
	if err != nil {
		return err
	}

	defer func() { b.readers <- c }()
	r := &reader{conn: c, ctx: ctx}
	// Deferred, in case fn panics: an open transaction would keep its snapshot for ever.
	defer r.end()

	err = fn(r)
	if err != nil && !c.alive() {
		return fmt.Errorf("%w: %w", store.ErrLost, err)
	}

	return err
}

// Peek implements store.Backend.
func (b *Backend) Peek(ctx context.Context, fn func(store.Reader) error) (complete bool, err error) {
	return true, b.View(ctx, fn)
}

// Find implements store.Backend: one round trip, and no transaction.
func (b *Backend) Find(ctx context.Context, keys []store.Key) (store.Rows, error) {
	c, err := b.take(ctx, b.readers)
	if err != nil {
		return nil, err
	}

	defer func() { b.readers <- c }()
	rows := make(store.Rows, len(keys))
	steps := c.work.loads(keys, rows, false)
	if len(steps) == 0 {
		return rows, nil
	}
	if err := c.first(ctx, steps); err != nil {
		return nil, fmt.Errorf("find: %w", err)
	}

	return rows, nil
}
