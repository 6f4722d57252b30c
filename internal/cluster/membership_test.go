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
)

// registry keeps nodes as a database would, with a clock of its own that is an hour ahead, and can go away.
type registry struct {
	mu   sync.Mutex
	rows map[int64]*row
	away bool
}

type row struct {
	heartbeat time.Time
	dead      bool
}

var errAway = errors.New("the database is away")

const ahead = time.Hour

func (r *registry) join(epoch int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows == nil {
		r.rows = map[int64]*row{}
	}
	r.rows[epoch] = &row{heartbeat: time.Now().Add(ahead)}
}

func (r *registry) set(away bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = away
}

func (r *registry) Renew(_ context.Context, epoch int64) (out Heartbeats, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		return out, errAway
	}

	out.Now = time.Now().Add(ahead)
	if n := r.rows[epoch]; n.dead {
		return out, ErrFenced
	} else if out.Now.Sub(n.heartbeat) >= HeartbeatEvery {
		n.heartbeat = out.Now
	}

	for e, n := range r.rows {
		out.Newest = max(out.Newest, e)
		if !n.dead {
			out.Live = append(out.Live, Heartbeat{Epoch: e, At: n.heartbeat})
		}
	}
	slices.SortFunc(out.Live, func(a, b Heartbeat) int { return int(a.Epoch - b.Epoch) })

	return out, nil
}

func (r *registry) Fence(_ context.Context, h Heartbeat) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.rows[h.Epoch]; n.heartbeat.Equal(h.At) {
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
func member(t *testing.T, r *registry, epoch int64) (m *Membership, stop func() error) {
	t.Helper()
	r.join(epoch)
	m, err := Join(t.Context(), r, epoch, quiet)
	if err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()

	return m, func() error { cancel(); return <-done }
}

func live(m *Membership) []int64 { return m.Members().Live }

// A node that stands still is fenced, and its work is free, within 35 s; not before it has stopped by itself.
func TestMembership_DeadNodeIsNoticed(t *testing.T) {
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
		for !one.Members().Gone(2) {
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
func TestMembership_OutageKillsNoNode(t *testing.T) {
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
			if one.Members().Gone(2) || two.Members().Gone(1) {
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

func TestMembership_Leave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		one, stopOne := member(t, &r, 1)
		two, stopTwo := member(t, &r, 2)
		if err := errors.Join(stopTwo(), two.Leave(t.Context())); err != nil {
			t.Fatal(err)
		}

		time.Sleep(2 * LookEvery)
		if !one.Members().Gone(2) {
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

func TestMembership_Alone(t *testing.T) {
	t.Parallel()
	m := Alone(3)
	if !m.Alone() || !m.Holds() || m.Members().Mine != 3 || !m.Members().Gone(2) || m.Run(t.Context()) != nil || m.Leave(t.Context()) != nil {
		t.Errorf("%+v", m.Members())
	}
}

// An outage is told once, and its end.
func TestMembership_OutageIsLoggedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		r.join(1)
		var out bytes.Buffer
		m, err := Join(t.Context(), &r, 1, slog.New(slog.NewTextHandler(&out, nil)))
		if err != nil {
			t.Fatal(err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- m.Run(ctx) }()
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
