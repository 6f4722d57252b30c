// Package requestlog keeps what each API key did: one line for each request, never its body, its query or a code.
//
// Lines wait in memory, by account and mode, and are stored together once a second. An account that sends many requests
// gets a sample: above a rate its requests are counted instead, and the next line says how many it stands for. So the
// log costs a busy server next to nothing, and no account takes the room of another.
package requestlog

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Bounds of the memory, and of one row.
const (
	// maxAccounts is how many accounts and modes have a queue; those of others that come then are not logged.
	maxAccounts = 10_000
	// maxLines is how many lines wait in all. Each queue may have its share of it, and minLines however many there are.
	maxLines = 20_000
	minLines = 10
	// maxKeys is how many keys are remembered for their last use.
	maxKeys = 10_000
	// batchLines and batchSpan bound a row: a reader that wants a few lines reads it whole.
	batchLines = 250
	batchSpan  = 10 * time.Second
)

const (
	flushEvery = time.Second
	lookEvery  = 200 * time.Millisecond
	// useEvery is how often the last use of a key is stored.
	useEvery = time.Minute
	// lastFlush bounds the flush when the server ends.
	lastFlush = 5 * time.Second
)

// Config is what a Log is made from.
type Config struct {
	Store *store.Store
	Now   func() time.Time
	Log   *slog.Logger
}

// Log is safe for concurrent use.
type Log struct {
	c Config

	mu     sync.Mutex
	queues map[accountMode]*queue
	// used is when the last use of a key was noted.
	used    map[string]time.Time
	pending int // queues with lines or uses
}

type accountMode struct {
	account id.Account
	mode    id.Mode
}

// queue is what waits of an account and mode.
type queue struct {
	successes, failures sampler
	changes             map[string]*sampler // by operation, of which an API has some dozens
	lines               []store.Request
	uses                map[string]use
}

// use is the last use of a key.
type use struct {
	at   time.Time
	from string
}

// keepChange reports whether a request above the rate is kept because it changed something.
func (q *queue) keepChange(operation string, now time.Time) bool {
	if operation == "" {
		return false
	}
	s := q.changes[operation]
	if s == nil {
		if q.changes == nil {
			q.changes = map[string]*sampler{}
		}
		s = &sampler{}
		q.changes[operation] = s
	}

	return s.keep(now, changesBurst)
}

// idle reports whether a new queue would behave as this one does.
func (q *queue) idle(now time.Time) bool {
	if !q.empty() || !q.successes.idle(now) || !q.failures.idle(now) {
		return false
	}
	for _, s := range q.changes {
		if !s.idle(now) {
			return false
		}
	}
	return true
}

func (q *queue) empty() bool { return len(q.lines) == 0 && len(q.uses) == 0 }

// New makes a Log. Run stores what it gets.
func New(c Config) *Log {
	return &Log{c: c, queues: map[accountMode]*queue{}, used: map[string]time.Time{}}
}

// Source makes the line of a request. It is asked only for lines that are kept.
type Source interface {
	LogLine() store.Request
	// Change is the operation, if it may have changed something; empty when it only reads or was refused.
	Change() string
	// Client is the client's address.
	Client() string
}

// Add notes a request that was answered.
func (l *Log) Add(of id.Account, mode id.Mode, key string, failed bool, from Source) {
	now := l.c.Now()

	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.queue(accountMode{of, mode}, now)
	if q == nil {
		return
	}

	was := q.empty()
	l.noteUse(q, key, from, now)
	s := &q.successes
	if failed {
		s = &q.failures
	}
	if len(q.lines) < l.room() && (s.keep(now, burst) || q.keepChange(from.Change(), now)) {
		line := from.LogLine()
		line.Skipped, s.skipped = s.skipped, 0
		q.lines = append(q.lines, line)
	} else {
		s.skipped++
	}
	if was && !q.empty() {
		l.pending++
	}
}

// queue finds or makes the queue of an account and mode; nil when there are too many.
func (l *Log) queue(of accountMode, now time.Time) *queue {
	q := l.queues[of]
	if q != nil {
		return q
	}
	if len(l.queues) >= maxAccounts {
		l.forget(now)
	}
	if len(l.queues) >= maxAccounts {
		return nil
	}

	q = &queue{}
	l.queues[of] = q

	return q
}

// forget removes the queues that hold nothing: a new one would behave as they do.
func (l *Log) forget(now time.Time) {
	for of, q := range l.queues {
		if q.idle(now) {
			delete(l.queues, of)
		}
	}
}

// room is how many lines a queue may have.
func (l *Log) room() int { return max(minLines, maxLines/max(1, l.pending)) }

// noteUse notes the use of a key, at most once in useEvery.
func (l *Log) noteUse(q *queue, key string, from Source, now time.Time) {
	if age := now.Sub(l.used[key]); age >= 0 && age < useEvery {
		return
	}
	if len(l.used) >= maxKeys {
		clear(l.used)
	}
	l.used[key] = now
	if q.uses == nil {
		q.uses = map[string]use{}
	}
	q.uses[key] = use{now, from.Client()}
}

// Run stores what waits, at most once a second, until ctx ends, and then the rest.
func (l *Log) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastFlush)
			defer cancel()
			l.report(l.Flush(end))

			return nil
		case <-tick.C:
		}

		if now := l.c.Now(); now.Sub(last) >= flushEvery || now.Before(last) {
			if l.waiting() {
				l.report(l.Flush(ctx))
				last = now
			}
		}
	}
}

func (l *Log) waiting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pending > 0
}

func (l *Log) report(err error) {
	if err != nil {
		l.c.Log.Warn("a part of the request log could not be stored; it is tried again", "error", err)
	}
}

// Flush stores what waits. What could not be stored waits on, as far as there is room for it.
func (l *Log) Flush(ctx context.Context) (failed error) {
	for of, q := range l.take() {
		if err := l.store(ctx, of, q); err != nil {
			failed = err
			l.putBack(of, q)
		}
	}
	return failed
}

// take empties the queues, and returns what was in them.
func (l *Log) take() map[accountMode]*queue {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[accountMode]*queue, l.pending)
	for of, q := range l.queues {
		if !q.empty() {
			out[of] = &queue{lines: q.lines, uses: q.uses}
			q.lines, q.uses = nil, nil
		}
	}
	l.pending = 0

	return out
}

// putBack puts back what could not be stored.
func (l *Log) putBack(of accountMode, back *queue) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.queue(of, l.c.Now())
	if q == nil {
		return
	}

	was := q.empty()
	for key := range back.uses {
		delete(l.used, key) // the next request notes its use again
	}
	room := max(0, l.room()-len(q.lines))
	if lost := len(back.lines) - room; lost > 0 {
		q.successes.skipped += lost
		back.lines = back.lines[lost:]
	}
	q.lines = append(back.lines, q.lines...)
	if was && !q.empty() {
		l.pending++
	}
}

// store writes what waited of an account and mode in one transaction: its lines, and the last uses of its keys.
func (l *Log) store(ctx context.Context, of accountMode, q *queue) error {
	rows := batches(of.account, of.mode, q.lines)
	var keys []store.Key
	for key := range q.uses {
		keys = append(keys, store.APIKeyKey(key))
	}
	slices.SortFunc(keys, store.Key.Compare)

	return l.c.Store.Update(ctx, of.account, keys, func(tx *store.Tx) error {
		for _, row := range rows {
			tx.Insert(row)
		}
		for _, k := range keys {
			row, ok := store.GetSound[store.APIKey](tx, k)
			// Another node may have stored a newer one.
			if used := q.uses[k.ID]; ok && used.at.After(row.API.UsedAt) {
				row.API.UsedAt, row.API.UsedFrom = used.at, used.from
				tx.Put(row)
			}
		}

		return nil
	})
}

// batches are the rows for some lines, which need not be in order.
func batches(of id.Account, mode id.Mode, lines []store.Request) (rows []store.RequestBatch) {
	slices.SortStableFunc(lines, func(x, y store.Request) int {
		return cmp.Or(x.At.Compare(y.At), slices.Compare(x.ID[:], y.ID[:]))
	})
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && n < batchLines && lines[n].At.Sub(lines[0].At) <= batchSpan {
			n++
		}

		to := lines[n-1].At
		rows = append(rows, store.RequestBatch{
			// Its id has the time of its newest line, so that a list by time finds it.
			Account: of, Mode: mode, ID: id.NewRequest(to), From: lines[0].At, To: to, Requests: slices.Clone(lines[:n]),
		})
		lines = lines[n:]
	}

	return rows
}
