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

// registry keeps nodes as a database would. Its clock is an hour ahead, and it can be out.
type registry struct {
	mu   sync.Mutex
	rows map[int64]*row
	out  bool
}

type row struct {
	heartbeat time.Time
	dead      bool
}

var errOut = errors.New("the database is out")

const ahead = time.Hour

func (r *registry) join(epoch int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows == nil {
		r.rows = map[int64]*row{}
	}
	r.rows[epoch] = &row{heartbeat: time.Now().Add(ahead)}
}

func (r *registry) setOut(out bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out = out
}

func (r *registry) Renew(_ context.Context, epoch int64) (out Heartbeats, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out {
		return out, errOut
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

// member joins, and keeps its membership up to date until stop.
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

// A node that hangs is fenced and gone within 35 s, but not before it has stopped submitting by itself.
func TestMembership_DeadNode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		one, stopOne := member(t, &r, 1)
		two, stopTwo := member(t, &r, 2)
		time.Sleep(time.Minute)
		if !slices.Equal(live(one), []int64{1, 2}) || !slices.Equal(live(two), []int64{1, 2}) {
			t.Fatalf("members %v and %v", live(one), live(two))
		}
		if err := stopTwo(); err != nil { // as by SIGSTOP
			t.Fatal(err)
		}

		died := time.Now()
		stopped := time.Duration(0)
		for !one.Members().Gone(2) {
			time.Sleep(100 * time.Millisecond)
			if stopped == 0 && !two.MaySubmit() {
				stopped = time.Since(died)
			}
		}

		if took := time.Since(died); took > 35*time.Second || took < 25*time.Second {
			t.Errorf("it was gone after %v", took)
		} else if stopped == 0 || stopped > took-5*time.Second {
			t.Errorf("it submitted for %v, and was gone after %v", stopped, took)
		}
		if err := two.Run(t.Context()); !errors.Is(err, ErrFenced) {
			t.Errorf("when it wakes: %v, want ErrFenced", err)
		}
		if err := stopOne(); err != nil {
			t.Error(err)
		}
	})
}

// During an outage of the database no node submits, and after it none is dead.
func TestMembership_Outage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r registry
		one, stopOne := member(t, &r, 1)
		two, stopTwo := member(t, &r, 2)
		r.setOut(true)
		time.Sleep(10 * time.Minute)
		if one.MaySubmit() || two.MaySubmit() {
			t.Error("a node may submit although it cannot renew its heartbeat")
		}

		r.setOut(false)
		for range 100 {
			time.Sleep(time.Second)
			if one.Members().Gone(2) || two.Members().Gone(1) {
				t.Fatalf("members %v and %v", live(one), live(two))
			}
		}
		if !one.MaySubmit() || !two.MaySubmit() {
			t.Error("a node may not submit after the outage")
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

		time.Sleep(2 * PollEvery)
		if !one.Members().Gone(2) {
			t.Error("a node that left is not gone")
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
	if members := m.Members(); !m.Alone() || !m.MaySubmit() || members.Mine != 3 || !members.Gone(2) {
		t.Errorf("%+v", members)
	}
	if err := errors.Join(m.Run(t.Context()), m.Leave(t.Context())); err != nil {
		t.Error(err)
	}
}

// The start and the end of an outage are logged once.
func TestMembership_OutageLog(t *testing.T) {
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
		r.setOut(true)
		time.Sleep(time.Minute)
		r.setOut(false)
		time.Sleep(time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		text := out.String()
		if strings.Count(text, "could not be renewed") != 1 || strings.Count(text, "renewed again") != 1 {
			t.Errorf("the log says %q", text)
		}

		r.setOut(true)
		if _, err := Join(t.Context(), &r, 1, quiet); !errors.Is(err, errOut) {
			t.Errorf("joining without a database: %v", err)
		}
	})
}
