package work_test

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/queue"
	"github.com/syssecure/syssecure/internal/work"
)

// log collects what ran, in order.
type log struct {
	mu   sync.Mutex
	list []string
}

func (l *log) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, s)
}

func (l *log) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// pool is a pool with its workers.
type pool struct {
	*work.Pool
	workers *work.Workers
}

func newPool(limits map[string]work.Limits, starved func()) pool {
	w := work.NewWorkers(slog.New(slog.DiscardHandler))
	return pool{work.New(w, limits, starved), w}
}

// end closes the pool and waits for its workers.
func (p pool) end(t *testing.T) {
	t.Helper()
	p.Close()
	if err := p.workers.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// job makes a job that keeps its place for a time.
func (l *log) job(name string, class queue.Class, keep time.Duration) work.Job {
	return work.Job{
		Account: id.Account{name[0]}, Class: class, Cost: 1,
		Run: func(p *work.Place) {
			l.add(name)
			time.Sleep(keep)
			p.Release()
		},
		Drop: func() { l.add("dropped " + name) },
	}
}

func TestPool_CarrierThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(map[string]work.Limits{"hangs": {Places: 2}, "well": {Places: 2}}, func() {})
		var l log
		for i := range 50 {
			p.Add("hangs", l.job(fmt.Sprint("a", i), queue.Codes, time.Hour))
		}

		p.Add("well", l.job("b", queue.Texts, 0))
		synctest.Wait()
		if got := l.all(); len(got) != 3 || !slices.Contains(got, "b") {
			t.Errorf("ran %v, want two for the carrier that hangs, and b", got)
		}

		p.end(t)
	})
}

func TestPool_Order(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(map[string]work.Limits{"a": {Places: 1, Rate: 10}}, func() {})
		var l log
		p.Add("a", l.job("first", queue.Texts, 0))
		for i := range 3 {
			p.Add("a", l.job(fmt.Sprint("x", i), queue.Texts, 0))
		}

		p.Add("a", l.job("y", queue.Texts, 0))
		p.Add("a", l.job("code", queue.Codes, 0))
		time.Sleep(time.Second)
		want := []string{"first", "code", "x0", "y", "x1", "x2"}
		if got := l.all(); !slices.Equal(got, want) {
			t.Errorf("ran %v, want %v", got, want)
		}
		if p.Try("a", queue.Codes, 1) == nil {
			t.Error("no place is free although nothing waits")
		}
		p.end(t)
	})
}

func TestPool_CallsStarvedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := make(chan struct{}, 10)
		p := newPool(map[string]work.Limits{"a": {Places: 1}}, func() { calls <- struct{}{} })
		var l log
		for range 4 {
			p.Add("a", l.job("x", queue.Texts, time.Second))
		}

		p.Queue("a", queue.Texts).NotifyBelow(2)
		synctest.Wait()
		if len(calls) != 0 {
			t.Fatal("called while the queue is long")
		}

		time.Sleep(10 * time.Second)
		if len(calls) != 1 {
			t.Errorf("called %d times", len(calls))
		}
		p.end(t)
	})
}

func TestPool_Close(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(map[string]work.Limits{"a": {Places: 1}}, func() {})
		var l log
		p.Add("a", l.job("x", queue.Texts, time.Minute))
		p.Add("a", l.job("y", queue.Texts, 0))
		synctest.Wait()
		p.Close()
		if p.Try("a", queue.Codes, 1) != nil || p.Add("a", l.job("z", queue.Codes, 0)) {
			t.Error("a closed pool accepts work")
		}

		if err := p.workers.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := l.all(); !slices.Equal(got, []string{"x", "dropped y"}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestPool_UnknownName(t *testing.T) {
	t.Parallel()
	p := newPool(nil, func() {})
	if p.Has("a") || p.Try("a", queue.Codes, 1) != nil || p.Add("a", work.Job{}) {
		t.Error("a queue that does not exist accepts work")
	}
}

// Each job runs once, and no carrier has more than its places.
func TestPool_ConcurrentUse(t *testing.T) {
	t.Parallel()
	p := newPool(map[string]work.Limits{"a": {Places: 3}, "b": {Places: 5}}, func() {})
	var mu sync.Mutex
	held, most, ran := map[string]int{}, map[string]int{}, 0
	count := func(name string, n int) {
		mu.Lock()
		defer mu.Unlock()
		held[name] += n
		most[name] = max(most[name], held[name])
		if n > 0 {
			ran++
		}
	}

	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for i := range 200 {
				name := []string{"a", "b"}[i%2]
				run := func(place *work.Place) {
					count(name, 1)
					count(name, -1)
					place.Release()
					place.Release() // only the first counts
				}

				if place := p.Try(name, queue.Codes, 1); place != nil {
					p.workers.Go(func() { run(place) })
				} else if !p.Add(name, work.Job{Account: id.Account{byte(client)}, Class: queue.Class(i % 2), Run: run}) {
					t.Error("a job was refused below the bounds")
				}
			}
		})
	}

	clients.Wait()
	if err := p.workers.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ran != 1600 || most["a"] > 3 || most["b"] > 5 {
		t.Errorf("ran %d of 1600, at most %v at once", ran, most)
	}
}

// TestPool_Pause: nothing gets a place while a queue is paused, what waited is dropped, and its load stays known.
func TestPool_Pause(t *testing.T) {
	t.Parallel()
	p := newPool(map[string]work.Limits{"a": {Places: 1}}, func() {})
	defer p.end(t)
	place := p.Try("a", queue.Codes, 2)
	dropped := false
	waits := work.Job{Run: (*work.Place).Release, Drop: func() { dropped = true }}
	if place == nil || !p.Add("a", waits) {
		t.Fatal("a free place was refused")
	}

	p.Pause("a", true)
	place.Release()
	if !dropped || p.Try("a", queue.Codes, 1) != nil || p.Add("a", waits) {
		t.Error("a paused queue gave a place")
	}
	if inFlight, spent := p.Load("a"); inFlight != 0 || spent != 2 {
		t.Errorf("%d in flight, %d units", inFlight, spent)
	}

	p.Pause("a", false)
	if place = p.Try("a", queue.Codes, 1); place == nil {
		t.Error("a resumed queue gave no place")
	}
	place.Release()
}
