package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syssecure/syssecure/internal/failpoint"
)

// settings are those of every connection. Statements always read a few rows by their keys, so plans are made once and
// use an index, whatever the statistics say. The server ends transactions of a node that hangs, since other nodes wait
// for its locks. An acknowledged group is on disk, also where the server's default is to answer earlier.
const settings = `SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
	SET enable_mergejoin = off; SET jit = off; SET max_parallel_workers_per_gather = 0; SET client_min_messages = error;
	SET idle_in_transaction_session_timeout = '5s'; SET lock_timeout = '8s';
	SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off;
	SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
	SELECT coalesce(host(inet_server_addr()), ''), current_setting('port')`

// connectWithin bounds how long connecting may take, answerWithin the answer to one round trip.
const (
	connectWithin = 5 * time.Second
	answerWithin  = 15 * time.Second
)

// conn is a connection, which is opened when it is needed, and again after it was lost. It has one user at a time.
type conn struct {
	config  *pgconn.Config
	sent    *atomic.Int64 // statements
	hung    *hung
	sockets *sockets
	pg      *pgconn.PgConn
	known   map[string]*pgconn.StatementDescription
	names   int
	// mark is the id of the row in which each group of this connection stores its number, seq. marked is the node for
	// which the row is known to exist.
	mark   [16]byte
	seq    int64
	marked int64
	node   *atomic.Int64 // that writes; 0: not a node that can be fenced

	work work
}

// step is a statement of a round trip.
type step struct {
	sql   string
	types []uint32
	args  [][]byte
	row   func(values [][]byte) error // gets each row; values are valid until it returns
}

// binaryForm selects the binary form for every argument and column.
var binaryForm = []int16{1}

func (c *conn) alive() bool { return c.pg != nil && !c.pg.IsClosed() }

// connect opens the connection unless it is open.
func (c *conn) connect(ctx context.Context) error {
	if c.alive() {
		return c.releaseStatements(ctx)
	}
	if err := c.hung.lately(); err != nil {
		return err
	}

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
	defer cancel()
	pg, err := pgconn.ConnectConfig(ctx, c.config)
	if err != nil {
		err = fmt.Errorf("connect to PostgreSQL: %w", err)
		if ctx.Err() != nil {
			c.hung.note(err)
		}
		return err
	}

	results, err := pg.Exec(ctx, settings).ReadAll()
	if err != nil {
		return errors.Join(fmt.Errorf("set up the connection: %w", err), pg.Close(ctx))
	}
	if told := results[len(results)-1].Rows; len(told) == 1 {
		c.sockets.connected(pg.Conn().RemoteAddr(), []string{string(told[0][0]), string(told[0][1])})
	}

	c.pg, c.known = pg, map[string]*pgconn.StatementDescription{}
	_, _ = rand.Read(c.mark[:]) // never fails
	c.marked = 0

	return nil
}

// hung remembers that connecting took too long. Others who need a connection then get the same error without waiting:
// if a hundred requests tried one after another, the last would wait for minutes.
type hung struct {
	mu    sync.Mutex
	err   error
	until time.Time
}

// hungFor is how long the error counts: long enough for all who wait, and short enough to recover soon.
const hungFor = 500 * time.Millisecond

func (h *hung) note(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err, h.until = err, time.Now().Add(hungFor)
}

func (h *hung) lately() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Now().Before(h.until) {
		return h.err
	}
	return nil
}

// keptStatements is far above how many statements are used at a time. Each day has its statements, and the server keeps
// the plan of each.
const keptStatements = 500

// releaseStatements closes all prepared statements when there are many, most of them for past days.
func (c *conn) releaseStatements(ctx context.Context) error {
	if len(c.known) < keptStatements || c.pg.TxStatus() != 'I' {
		return nil
	}
	clear(c.known)
	// The deadline of the last round trip may have passed while the connection was idle.
	if err := c.pg.Conn().SetDeadline(time.Now().Add(answerWithin)); err != nil {
		c.drop()
		return fmt.Errorf("release statements: %w", err)
	}

	if _, err := c.pg.Exec(ctx, "DEALLOCATE ALL").ReadAll(); err != nil {
		c.drop()
		return fmt.Errorf("release statements: %w", err)
	}

	return nil
}

// drop closes the connection; the server rolls back what was open.
func (c *conn) drop() {
	if c.pg == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.pg.Close(ctx) // it is not used any more
	c.pg = nil
}

// first runs the first steps of a transaction. A connection that was lost since it was last used, because the server
// was restarted, is opened again: the steps cannot have had an effect.
func (c *conn) first(ctx context.Context, steps []step) error {
	if err := c.connect(ctx); err != nil {
		return err
	}
	told := false
	for i, s := range steps {
		if s.row != nil {
			steps[i].row = func(values [][]byte) error { told = true; return s.row(values) }
		}
	}

	err := c.run(ctx, steps)
	// A server that did not answer in time would not answer the next time either.
	if err == nil || told || c.alive() || ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if again := c.connect(ctx); again != nil {
		return errors.Join(err, again)
	}

	return c.run(ctx, steps)
}

// run sends the steps in one round trip. After one that fails, the rest is not carried out. Afterwards the connection
// may be lost, see alive.
func (c *conn) run(ctx context.Context, steps []step) error {
	until := time.Now().Add(answerWithin)
	if d, ok := ctx.Deadline(); ok && d.Before(until) {
		until = d
	}

	// A deadline and not the context, which would cost a goroutine for each round trip.
	if err := c.pg.Conn().SetDeadline(until); err != nil {
		c.drop()
		return fmt.Errorf("lost the connection: %w", err)
	}

	p := c.pg.StartPipeline(context.Background())
	names := make([]string, len(steps))
	for i, s := range steps {
		if d, ok := c.known[s.sql]; ok {
			p.SendQueryStatement(d, s.args, binaryForm, binaryForm)
			continue
		}

		c.names++
		names[i] = "s" + strconv.Itoa(c.names)
		p.SendPrepare(names[i], s.sql, s.types)
		p.SendQueryPrepared(names[i], s.args, binaryForm, binaryForm)
	}

	c.sent.Add(int64(len(steps)))
	err := p.Sync()
	if failpoint.On && steps[len(steps)-1].sql == "COMMIT" {
		failpoint.Hit(failpoint.CommitSent)
	}

	for i := 0; err == nil && i < len(steps); i++ {
		err = c.answer(p, names[i], steps[i])
	}
	// Close reads the remaining answers.
	if end := p.Close(); err == nil {
		err = end
	}

	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == noTable {
		c.work.parts.forget()
	}

	return err
}

// noTable is PostgreSQL's code for a table that does not exist: here a day that was dropped.
const noTable = "42P01"

// answer reads the result of one step.
func (c *conn) answer(p *pgconn.Pipeline, name string, s step) error {
	if name != "" {
		result, err := p.GetResults()
		if err != nil {
			return err
		}
		if d, ok := result.(*pgconn.StatementDescription); ok {
			d.Name = name // which the answer does not have
			c.known[s.sql] = d
		}
	}

	result, err := p.GetResults()
	if err != nil {
		return err
	}

	rows, ok := result.(*pgconn.ResultReader)
	if !ok {
		return fmt.Errorf("unexpected answer %T", result)
	}

	var mine error
	for rows.NextRow() {
		if mine == nil && s.row != nil {
			mine = s.row(rows.Values())
		}
	}
	if _, err := rows.Close(); err != nil {
		return err
	}

	return mine
}
