// Package store owns what is remembered: the records, the contract of Update and View, and the group committer that
// makes durability cheap. The databases below it (memory, sqlite) only load, write and look up rows.
//
// It knows no rule. Its one hard idea is load – decide – write: an update names the rows that it needs and brings a
// closure; a writer collects all updates that arrived during the last commit, loads their rows at once, runs the
// closures one after another in memory, writes what changed and commits once.
//
// What a closure must keep:
//   - It may run more than once, so identifiers, randomness and the time are made before it, and it touches nothing but
//     its Tx.
//   - A refusal that has to be remembered (a wrong code, a limit that was hit) is a value, not an error: an error drops
//     the closure's changes, and an attacker would guess for free.
//   - It touches rows of one account, and only rows that it named. When it finds out that it needs another, it returns
//     Need, and runs again in the next group with the larger set.
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

// MaxGroup is how many updates one transaction takes at most: it bounds how long a caller waits for its neighbours.
const MaxGroup = 256

// maxNeeds is how often a closure may ask for more rows.
const maxNeeds = 3

// ErrClosed is the cause of updates refused after Close.
var ErrClosed = errors.New("the store is closed")

// Permanent reports whether an update that failed would fail again whenever it is repeated: a row of it is damaged, or the
// store is closed.
func Permanent(err error) bool { return errors.Is(err, ErrDamaged) || errors.Is(err, ErrClosed) }

// ErrEmpty is returned by a backend that was to open an existing database and found no schema of this program: there is no
// file, or it holds nothing. Nothing was made then.
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
	refused atomic.Bool // a change was refused since the last probe, see Ready
}

// Open starts the writers. Close ends them and closes the backend.
func Open(backend Backend) *Store {
	s := &Store{
		backend: backend, closing: make(chan struct{}), done: make(chan struct{}), close: sync.OnceValue(backend.Close),
	}
	s.startLanes()
	return s
}

// SetSlot gives this node's tallies rows of their own, which no other node writes: they are locked last and out of order,
// and would else be waited for in a circle. 0 is that of a database with one node.
func (s *Store) SetSlot(slot uint8) { s.slot.Store(uint32(slot)) }

type job struct {
	ctx   context.Context // the caller's, looked at once: when the writer takes the job
	keys  []Key
	fn    func(*Tx) error
	needs int
	after []func() // of the closure's last run
	done  chan error
}

// needError asks for more rows.
type needError struct{ keys []Key }

func (n *needError) Error() string { return fmt.Sprintf("needs %d more rows", len(n.keys)) }

// Need is what a closure returns when it found that it needs rows it did not name: its changes are dropped and it runs
// again with them, three times at most.
func Need(keys ...Key) error { return &needError{keys} }

// Update runs fn with the rows of keys and stores what it changed. It returns when the change is on disk, or fn's error
// when fn failed, or a 503 fault when the database did not take it. A ctx that ends before the update was begun stops
// it; afterwards it is carried out whatever happens to ctx.
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
		// The writer ended; it answers everything that it took before it does.
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

// View reads. What it sees is one state of the database, and includes every Update that returned before View was called.
func (s *Store) View(ctx context.Context, fn func(Reader) error) error {
	return s.look(ctx, s.backend.View, fn)
}

func (s *Store) look(ctx context.Context, view func(context.Context, func(Reader) error) error, fn func(Reader) error) error {
	var inside error
	err := view(ctx, func(r Reader) error {
		inside = fn(r)
		return inside
	})
	if err != nil && inside == nil && ctx.Err() == nil {
		return fault.Unavailable(err)
	}

	return err
}

// accountPage is how many accounts are read at once.
const accountPage = 256

// EachAccount calls fn for every account, in the order of their ids, until it fails or ctx ends. No read is open
// meanwhile: fn may take its time, and write.
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

// Peek is a View that may miss the changes of the last second; whole says that it did not. It is for sweeps, which look
// often, mostly find nothing, and decide in an Update.
func (s *Store) Peek(ctx context.Context, fn func(Reader) error) (whole bool, err error) {
	err = s.look(ctx, func(ctx context.Context, fn func(Reader) error) (err error) {
		whole, err = s.backend.Peek(ctx, fn)
		return err
	}, fn)
	return whole, err
}

// Find reads single rows, each as it is now; together they need not be one state. It includes every Update of this
// process that returned before; what another process changed may be missing for half a second. A row that is damaged is an
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

// Close carries out what was queued, ends the writer and closes the backend. Closing again does nothing more.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closing) })
	<-s.done
	return s.close()
}
