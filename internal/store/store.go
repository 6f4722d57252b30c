// Package store defines the records that are stored, and implements Update and View with a group committer, which makes
// durability cheap. The databases below it (memory, sqlite, postgres) only load, write and find rows.
//
// An update loads, decides and writes: it names the rows that it needs, and has a closure. A writer collects all
// updates that came during the last commit, loads their rows, runs the closures one after another in memory, writes
// what changed and commits once.
//
// Rules for closures:
//   - A closure may run more than once. So it uses nothing but its Tx, and ids, random numbers and the time are made
//     before.
//   - A refusal that has to be stored (a wrong code, a limit that was reached) is a value, not an error: an error
//     discards the closure's changes, so a failed guess would not be counted.
//   - It uses rows of one account, and only rows that it named. When it needs another, it returns Need, and runs again
//     in the next group with the larger set.
package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
)

// MaxGroup is how many updates a group contains at most. It bounds how long an update waits for others.
const MaxGroup = 256

// maxNeeds is how often a closure may return Need.
const maxNeeds = 3

// ErrClosed is the cause of updates refused after Close.
var ErrClosed = errors.New("the store is closed")

// Permanent reports whether an update that failed would fail again: a row is damaged, or the store is closed.
func Permanent(err error) bool { return errors.Is(err, ErrDamaged) || errors.Is(err, ErrClosed) }

// ErrEmpty is returned by a backend that should open an existing database and found no schema of SysSecure: there is no
// file, or it is empty. Nothing was created.
var ErrEmpty = errors.New("the database has no tables of SysSecure")

// Store is a database behind a group committer. It is safe for concurrent use.
type Store struct {
	backend Backend
	lanes   []*lane
	closing chan struct{}
	once    sync.Once
	done    chan struct{}
	close   func() error // closes the backend, once
	stats   Stats
	recent  recent
	slot    atomic.Uint32
	refused atomic.Bool // a change failed since the last probe, see Ready
}

// Open starts the writers. Close stops them and closes the backend.
func Open(backend Backend) *Store {
	s := &Store{
		backend: backend, closing: make(chan struct{}), done: make(chan struct{}), close: sync.OnceValue(backend.Close),
	}
	s.startLanes()
	return s
}

// SetSlot gives this node's tallies separate rows, which no other node writes: they are locked last and out of order,
// which could end in a deadlock. A database with one node has slot 0.
func (s *Store) SetSlot(slot uint8) { s.slot.Store(uint32(slot)) }

type job struct {
	ctx   context.Context // the caller's; checked once, when the writer takes the job
	keys  []Key
	fn    func(*Tx) error
	needs int
	after []func() // of the closure's last run
	done  chan error
}

// needError asks for more rows.
type needError struct{ keys []Key }

func (n *needError) Error() string { return fmt.Sprintf("needs %d more rows", len(n.keys)) }

// Need is what a closure returns when it needs rows that it did not name. Its changes are dropped, and it runs again
// with these rows, three times at most.
func Need(keys ...Key) error { return &needError{keys} }

// Update runs fn with the rows of keys and stores what it changed. It returns nil when the change is on disk, fn's
// error when fn failed, or a 503 fault when the database failed. A ctx that ends before the update was begun stops it;
// later it has no effect.
func (s *Store) Update(ctx context.Context, account id.Account, keys []Key, fn func(*Tx) error) error {
	queue := s.lane(account).queue
	j := &job{ctx: ctx, keys: keys, fn: fn, done: make(chan error, 1)}
	select {
	case <-s.closing:
		return fault.Unavailable(ErrClosed)
	default:
	}

	select {
	case queue <- j:
	case <-s.closing:
		return fault.Unavailable(ErrClosed)
	case <-ctx.Done():
		return ctx.Err()
	}

	select {
	case err := <-j.done:
		return err
	case <-s.done:
		// The writer ended. Before that it answered every job that it took.
		select {
		case err := <-j.done:
			return err
		default:
			return fault.Unavailable(ErrClosed)
		}
	}
}

// Queued is how many updates wait for a writer now.
func (s *Store) Queued() (n int) {
	for _, l := range s.lanes {
		n += len(l.queue)
	}
	return n
}

// ErrLost is in the chain of a backend's error when the connection to the database broke while a view read.
var ErrLost = errors.New("the connection to the database was lost")

// View reads one state of the database, which includes every Update that returned before View was called.
func (s *Store) View(ctx context.Context, fn func(Reader) error) error {
	return read(ctx, s.backend.View, fn)
}

func read(
	ctx context.Context, view func(context.Context, func(Reader) error) error, fn func(Reader) error,
) error {
	var inside error
	err := view(ctx, func(r Reader) error {
		inside = fn(r)
		return inside
	})
	if err != nil && (inside == nil || errors.Is(err, ErrLost)) && ctx.Err() == nil {
		return fault.Unavailable(err)
	}

	return err
}

// accountPage is how many accounts are read at once.
const accountPage = 256

// EachAccount calls fn for every account, in the order of their ids, until it fails or ctx ends. No read is open
// meanwhile, so fn may be slow, and may write.
func (s *Store) EachAccount(ctx context.Context, fn func(Account) error) error {
	for after := (id.Account{}); ctx.Err() == nil; {
		var page []Account
		err := s.View(ctx, func(v Reader) (err error) {
			page, err = v.Accounts(after, accountPage)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}

		for _, a := range page {
			if err := fn(a); err != nil {
				return err
			}
		}
		after = page[len(page)-1].ID
	}

	return ctx.Err()
}

// Peek is a View that may miss the changes of the last second; complete says that it did not. It is for sweeps, which
// read often, usually find nothing, and decide in an Update.
func (s *Store) Peek(ctx context.Context, fn func(Reader) error) (complete bool, err error) {
	err = read(ctx, func(ctx context.Context, fn func(Reader) error) (err error) {
		complete, err = s.backend.Peek(ctx, fn)
		return err
	}, fn)
	return complete, err
}

// Find reads single rows, each as it is now; together they need not be one state. It includes every Update of this
// process that returned before. What another process changed may be missing for half a second. A damaged row is an
// error.
func (s *Store) Find(ctx context.Context, keys ...Key) (Rows, error) {
	rows, err := s.backend.Find(ctx, keys)
	if err == nil {
		return rows.undamaged()
	}
	if ctx.Err() == nil {
		err = fault.Unavailable(err)
	}

	return nil, err
}

// Close carries out the queued updates, stops the writers and closes the backend. It may be called again.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closing) })
	<-s.done
	return s.close()
}
