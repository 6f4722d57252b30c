package postgres_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

func join(t *testing.T, b *postgres.Backend, home string) (epoch int64, slot uint8) {
	t.Helper()
	epoch, slot, err := b.Join(t.Context(), postgres.Self{Home: []byte(home), Name: home, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return epoch, slot
}

func heartbeats(t *testing.T, b *postgres.Backend, epoch int64) cluster.Heartbeats {
	t.Helper()
	r, err := b.Renew(t.Context(), epoch)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func heartbeatOf(t *testing.T, r cluster.Heartbeats, epoch int64) cluster.Heartbeat {
	t.Helper()
	for _, b := range r.Live {
		if b.Epoch == epoch {
			return b
		}
	}
	t.Fatalf("%d is not among %v", epoch, r.Live)

	return cluster.Heartbeat{}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	one, two := open(t, url), open(t, url)
	e1, s1 := join(t, one, "a")
	e2, s2 := join(t, two, "b")
	if e1 != 1 || e2 != 2 || s1 == s2 {
		t.Errorf("epochs %d and %d, slots %d and %d", e1, e2, s1, s2)
	}

	r := heartbeats(t, one, e1)
	if len(r.Live) != 2 || r.Newest != e2 || r.Now.Sub(heartbeatOf(t, r, e2).At).Abs() > time.Minute {
		t.Errorf("%+v", r)
	}

	// A start from the same home takes the node before it for dead, whatever its heartbeat, and takes its slot.
	three := open(t, url)
	e3, s3 := join(t, three, "a")
	if r = heartbeats(t, two, e2); len(r.Live) != 2 || r.Newest != e3 || s3 != s1 {
		t.Errorf("after the restart: %+v, slot %d", r, s3)
	}
	if _, err := one.Renew(t.Context(), e1); !errors.Is(err, cluster.ErrFenced) {
		t.Errorf("the node before it gets %v", err)
	}
	if err := two.Leave(t.Context(), e2); err != nil {
		t.Fatal(err)
	}
	if r = heartbeats(t, three, e3); len(r.Live) != 1 {
		t.Errorf("after one left: %+v", r)
	}
}

// A fenced node cannot write, neither over existing connections nor over new ones.
func TestFence_NodeWritesNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	zombie, other := open(t, url), open(t, url)
	epoch, _ := join(t, zombie, "a")
	mine, _ := join(t, other, "b")
	s := store.Open(zombie)
	t.Cleanup(func() { _ = s.Close() })
	enrol(t, s, 2) // one lane has its mark
	beat := heartbeatOf(t, heartbeats(t, other, mine), epoch)
	if err := other.Fence(t.Context(), cluster.Heartbeat{Epoch: epoch, At: beat.At.Add(-time.Microsecond)}); err != nil {
		t.Fatal(err)
	}
	if err := enter(s, customer(0), id.Message{1}, 1); err != nil {
		t.Fatalf("it was fenced although its heartbeat had moved: %v", err)
	}
	if err := other.Fence(t.Context(), beat); err != nil {
		t.Fatal(err)
	}

	for n := range 4 {
		err := enter(s, customer(n%2), id.Message{2, 1: byte(n)}, 1)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Status != 503 || !errors.Is(err, cluster.ErrFenced) {
			t.Errorf("write %d of a fenced node: %v", n, err)
		}
	}
	if n := balanced(t, s, customer(0)); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

// Fencing waits for open groups, so that the node that takes over the work sees all that was written. It waits for the
// first group of a connection by the node's row, for later ones by their mark.
func TestFence_WaitsForOpenGroups(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 4} {
		url := pgtest.URL(t)
		slow, other := open(t, url), open(t, url)
		epoch, _ := join(t, slow, "a")
		mine, _ := join(t, other, "b")
		s := store.Open(slow)
		t.Cleanup(func() { _ = s.Close() })
		write := func(n int, during func()) error {
			c := contactOf(customer(0), n)
			return s.Update(context.Background(), customer(0), []store.Key{c.Key()}, func(tx *store.Tx) error {
				during()
				tx.Put(c)
				return nil
			})
		}

		for n := range before {
			if err := write(n, func() {}); err != nil {
				t.Fatal(err)
			}
		}

		entered, release, wrote, fenced := make(chan struct{}), make(chan struct{}), make(chan error, 1), make(chan error, 1)
		go func() { wrote <- write(before, func() { close(entered); <-release }) }()
		<-entered
		beat := heartbeatOf(t, heartbeats(t, other, mine), epoch)
		go func() { fenced <- other.Fence(context.Background(), beat) }()
		until(t, "fencing waits", func() bool {
			n, err := pgtest.Ask(url, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND (query LIKE 'DELETE FROM mark%' OR query LIKE 'UPDATE node%')")
			return err == nil && n != "0"
		})

		close(release)
		if err := errors.Join(<-wrote, <-fenced); err != nil {
			t.Fatal(err)
		}
		if rows, err := other.Find(t.Context(), []store.Key{contactOf(customer(0), before).Key()}); err != nil || len(rows) != 1 {
			t.Errorf("%d groups before: %d rows, %v", before, len(rows), err)
		}
		if err := write(99, func() {}); !errors.Is(err, cluster.ErrFenced) {
			t.Errorf("%d groups before: afterwards it writes: %v", before, err)
		}
	}
}

// A connection that was lost does not make a node look fenced.
func TestFence_NotByLostConnection(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	var mu sync.Mutex
	var last net.Conn
	var count atomic.Int32
	b, err := postgres.OpenOver(t.Context(), url, func(c net.Conn) net.Conn {
		mu.Lock()
		defer mu.Unlock()
		count.Add(1)
		last = c
		return c
	})
	if err != nil {
		t.Fatal(err)
	}

	s := store.Open(b)
	t.Cleanup(func() { _ = s.Close() })
	join(t, b, "a")
	enrol(t, s, 1)
	for n := range 6 {
		if err := enter(s, customer(0), id.Message{1, 1: byte(n)}, 1); err != nil {
			t.Fatalf("write %d: %v", n, err)
		}
		if n%2 == 0 {
			mu.Lock()
			_ = last.Close()
			mu.Unlock()
		}
	}
	if n := balanced(t, s, customer(0)); n != 6 || count.Load() < 3 {
		t.Errorf("%d entries over %d connections", n, count.Load())
	}
}

// What a node wrote before it joined does not conflict with its later groups.
func TestJoin_EarlierWrites(t *testing.T) {
	t.Parallel()
	b := open(t, pgtest.URL(t))
	s := store.Open(b)
	t.Cleanup(func() { _ = s.Close() })
	enrol(t, s, 1)
	for n := range 4 { // over all connections that write
		if err := enter(s, customer(0), id.Message{1, 1: byte(n)}, 1); err != nil {
			t.Fatal(err)
		}
	}

	join(t, b, "a")
	for n := range 4 {
		if err := enter(s, customer(0), id.Message{2, 1: byte(n)}, 1); err != nil {
			t.Errorf("write %d after joining: %v", n, err)
		}
	}
	if n := balanced(t, s, customer(0)); n != 8 || s.Conflicts() != 0 {
		t.Errorf("%d entries with %d conflicts, want 8 with none", n, s.Conflicts())
	}
}

// After a restore, the epoch in meta is lower than those of nodes. Epochs grow all the same.
func TestJoin_EpochAfterRestore(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	b := open(t, url)
	defer b.Close()
	join(t, b, "a")
	join(t, b, "a")
	if _, err := pgtest.Ask(url, `UPDATE meta SET value = '\x0000000000000000' WHERE name = 'epoch'; SELECT ''`); err != nil {
		t.Fatal(err)
	}
	if epoch, _ := join(t, b, "a"); epoch != 3 {
		t.Errorf("epoch %d, want 3", epoch)
	}
}

// Hold fences silent nodes, and fails when a node lives.
func TestHold(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	silent, command := open(t, url), open(t, url)
	defer command.Close()
	epoch, _ := join(t, silent, "a")
	s := store.Open(silent)
	t.Cleanup(func() { _ = s.Close() })
	enrol(t, s, 2)
	if _, err := command.Reserve(t.Context(), nil); !errors.Is(err, postgres.ErrRunning) {
		t.Fatalf("while a node lives: %v", err)
	}
	if _, err := pgtest.Ask(url, "UPDATE node SET heartbeat_at = now() - interval '31 seconds'; SELECT ''"); err != nil {
		t.Fatal(err)
	}

	release, err := command.Reserve(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := enter(s, customer(0), id.Message{1}, 1); !errors.Is(err, cluster.ErrFenced) {
		t.Errorf("the silent node writes during the command: %v", err)
	}
	if _, err := silent.Renew(t.Context(), epoch); !errors.Is(err, cluster.ErrFenced) {
		t.Errorf("it gets %v", err)
	}
	if _, err := command.Reserve(t.Context(), nil); !errors.Is(err, postgres.ErrReserved) {
		t.Errorf("a second command: %v", err)
	}

	other := open(t, url)
	defer other.Close()
	if _, _, err := other.Join(t.Context(), postgres.Self{Home: []byte("b")}); !errors.Is(err, postgres.ErrReserved) {
		t.Errorf("a node that starts meanwhile: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}

	mine, _ := join(t, other, "b")
	if r := heartbeats(t, other, mine); len(r.Live) != 1 {
		t.Errorf("%+v", r.Live)
	}
}

// The command notices when another node ended its hold.
func TestHold_Lost(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	b := open(t, url)
	defer b.Close()
	ctx, lost := context.WithCancelCause(t.Context())
	release, err := b.Reserve(ctx, lost)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pgtest.Ask(url, "DELETE FROM node; SELECT ''"); err != nil {
		t.Fatal(err)
	}

	<-ctx.Done()
	if why := context.Cause(ctx); why == nil || errors.Is(why, context.Canceled) {
		t.Errorf("the command gets %v", why)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

// The connection is lost in a commit, and before the outcome is queried, the node is fenced and its mark removed. The
// client must get ErrOutcome, not an error that says that nothing was done.
func TestFence_OutcomeIsUnknown(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	other := open(t, url)
	defer other.Close()
	mine, _ := join(t, other, "b")
	var cut, asks atomic.Int32
	var fenced cluster.Heartbeat
	b, err := postgres.OpenOver(t.Context(), url, func(c net.Conn) net.Conn {
		if asks.Load() > 0 && asks.Add(1) == 2 {
			if err := other.Fence(context.Background(), fenced); err != nil {
				t.Error(err)
			}
		}
		return cutting{c, &cut}
	})
	if err != nil {
		t.Fatal(err)
	}

	s := store.Open(b)
	t.Cleanup(func() { _ = s.Close() })
	epoch, _ := join(t, b, "a")
	fenced = heartbeatOf(t, heartbeats(t, other, mine), epoch)
	c := contactOf(customer(0), 1)
	asks.Store(1)
	cut.Store(cutAfter)
	err = s.Update(t.Context(), customer(0), []store.Key{c.Key()}, func(tx *store.Tx) error { tx.Put(c); return nil })
	if !errors.Is(err, store.ErrOutcome) {
		t.Errorf("the client gets %v", err)
	}
	if rows, err := other.Find(t.Context(), []store.Key{c.Key()}); err != nil || len(rows) != 1 || asks.Load() < 2 {
		t.Errorf("%d rows, %v: the test tests nothing", len(rows), err)
	}
}
