package cluster

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/node"
)

// registry keeps nodes as a database would, with a clock of its own that is an hour ahead, and can go away.
type registry struct {
	mu   sync.Mutex
	rows map[int64]*row
	away bool
}

type row struct {
	beat time.Time
	dead bool
}

var errAway = errors.New("the database is away")

const ahead = time.Hour

func (r *registry) join(epoch int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows == nil {
		r.rows = map[int64]*row{}
	}
	r.rows[epoch] = &row{beat: time.Now().Add(ahead)}
}

func (r *registry) set(away bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = away
}

func (r *registry) Roll(_ context.Context, epoch int64) (roll Roll, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		return roll, errAway
	}
	roll.Now = time.Now().Add(ahead)
	if n := r.rows[epoch]; n.dead {
		return roll, ErrFenced
	} else if roll.Now.Sub(n.beat) >= node.BeatEvery {
		n.beat = roll.Now
	}
	for e, n := range r.rows {
		roll.Newest = max(roll.Newest, e)
		if !n.dead {
			roll.Beats = append(roll.Beats, node.Beat{Epoch: e, At: n.beat})
		}
	}
	slices.SortFunc(roll.Beats, func(a, b node.Beat) int { return int(a.Epoch - b.Epoch) })
	return roll, nil
}

func (r *registry) Bury(_ context.Context, b node.Beat) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.rows[b.Epoch]; n.beat.Equal(b.At) {
		n.dead = true
	}
	return nil
}

func (r *registry) Leave(_ context.Context, epoch int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows[epoch].dead = true
	return nil
}

var quiet = slog.New(slog.DiscardHandler)

// member joins and keeps its membership up until stop.
func member(t *testing.T, r *registry, epoch int64) (k *Keeper, stop func() error) {
	t.Helper()
	r.join(epoch)
	k, err := Join(t.Context(), r, epoch, quiet)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	return k, func() error { cancel(); return <-done }
}

func live(k *Keeper) []int64 { return k.Set().Live }

// A node that stands still is buried, and its work is free, within 35 s; not before it has stopped by itself.
func TestDeadNodeIsNoticed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		one, stopOne := member(t, &r, 1)
		two, stopTwo := member(t, &r, 2)
		time.Sleep(time.Minute)
		if !slices.Equal(live(one), []int64{1, 2}) || !slices.Equal(live(two), []int64{1, 2}) {
			t.Fatalf("%v and %v live", live(one), live(two))
		}
		if err := stopTwo(); err != nil { // as by SIGSTOP
			t.Fatal(err)
		}
		died := time.Now()
		stopped := time.Duration(0)
		for !one.Set().Gone(2) {
			time.Sleep(100 * time.Millisecond)
			if stopped == 0 && !two.Holds() {
				stopped = time.Since(died)
			}
		}
		if took := time.Since(died); took > 35*time.Second || took < 25*time.Second {
			t.Errorf("it was noticed after %v", took)
		} else if stopped == 0 || stopped > took-5*time.Second {
			t.Errorf("it held for %v, and was dead after %v", stopped, took)
		}
		if err := two.Run(t.Context()); !errors.Is(err, ErrFenced) {
			t.Errorf("when it wakes it is told %v", err)
		}
		if err := stopOne(); err != nil {
			t.Error(err)
		}
	})
}

// The database is away for everybody: nobody submits meanwhile, and nobody is dead when it comes back.
func TestOutageKillsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		one, stopOne := member(t, &r, 1)
		two, stopTwo := member(t, &r, 2)
		r.set(true)
		time.Sleep(10 * time.Minute)
		if one.Holds() || two.Holds() {
			t.Error("a node holds although it cannot renew its heartbeat")
		}
		r.set(false)
		for range 100 {
			time.Sleep(time.Second)
			if one.Set().Gone(2) || two.Set().Gone(1) {
				t.Fatalf("%v and %v live", live(one), live(two))
			}
		}
		if !one.Holds() || !two.Holds() {
			t.Error("a node does not hold again")
		}
		if err := errors.Join(stopOne(), stopTwo()); err != nil {
			t.Error(err)
		}
	})
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		one, stopOne := member(t, &r, 1)
		two, stopTwo := member(t, &r, 2)
		if err := errors.Join(stopTwo(), two.Leave(t.Context())); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * node.LookEvery)
		if !one.Set().Gone(2) {
			t.Error("a node that left is waited for")
		}
		if got := time.Until(one.Now()).Round(time.Second); got != ahead {
			t.Errorf("the clock is %v ahead, the database's %v", got, ahead)
		}
		if err := stopOne(); err != nil {
			t.Error(err)
		}
	})
}

func TestAlone(t *testing.T) {
	t.Parallel()
	k := Alone(3)
	if !k.Alone() || !k.Holds() || k.Set().Mine != 3 || !k.Set().Gone(2) || k.Run(t.Context()) != nil || k.Leave(t.Context()) != nil {
		t.Errorf("%+v", k.Set())
	}
}

// An outage is told once, and its end.
func TestOutageIsToldOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		r.join(1)
		var out bytes.Buffer
		k, err := Join(t.Context(), &r, 1, slog.New(slog.NewTextHandler(&out, nil)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- k.Run(ctx) }()
		r.set(true)
		time.Sleep(time.Minute)
		r.set(false)
		time.Sleep(time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if text := out.String(); strings.Count(text, "could not be renewed") != 1 || strings.Count(text, "renewed again") != 1 {
			t.Errorf("the log says %q", text)
		}
		r.set(true)
		if _, err := Join(t.Context(), &r, 1, quiet); !errors.Is(err, errAway) {
			t.Errorf("joining without a database: %v", err)
		}
	})
}
