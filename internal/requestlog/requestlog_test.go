package requestlog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// world is a log over a database.
type world struct {
	*testworld.World
	log *requestlog.Log
	key account.Key
}

func newWorld(t testing.TB, o testworld.Options) *world {
	t.Helper()
	w := &world{World: testworld.New(t, o)}
	w.log = requestlog.New(requestlog.Config{
		Store: w.Admin.Store, Now: w.Admin.Now, Log: slog.New(slog.DiscardHandler),
	})

	var err error
	if w.key, _, err = w.Admin.CreateKey(t.Context(), w.Account, id.Live, nil); err != nil {
		t.Fatal(err)
	}

	return w
}

// line is a source.
type line struct {
	store.Request
	client string
}

func (l line) LogLine() store.Request { return l.Request }
func (l line) Client() string         { return l.client }
func (l line) Change() string {
	if l.Method == "GET" || l.Status >= 400 {
		return ""
	}
	return l.Operation
}

// add logs a request to the live mode.
func (w *world) add(status int, edit ...func(*store.Request)) store.Request {
	now := w.Admin.Now()
	r := store.Request{
		ID: id.NewRequest(now), At: now, Method: "GET", Path: "/v2/balance", Operation: "get-balance", Status: status,
		Key: w.key.ID, Address: "192.0.2.7",
	}
	for _, fn := range edit {
		fn(&r)
	}
	w.log.Add(w.Account, id.Live, r.Key, status >= 400, line{r, "192.0.2.7"})

	return r
}

// list reads the whole log of a mode, page by page.
func (w *world) list(t testing.TB, mode id.Mode, f requestlog.Filter, limit int) (out []store.Request) {
	t.Helper()
	var at requestlog.Position
	for {
		page, next, err := requestlog.List(t.Context(), w.Admin.Store, w.Account, mode, f, at, limit)
		if err != nil || len(page) > limit {
			t.Fatalf("%d lines, %v", len(page), err)
		}
		out = append(out, page...)
		if next == (requestlog.Position{}) {
			return out
		}
		at = next
	}
}

func TestLog_StoresLines(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, testworld.Options{Backend: fresh(t)})
			var want []store.Request
			for i := range 7 {
				want = append(want, w.add(200+i))
				w.Clock.Add(time.Second)
				if i%3 == 0 {
					w.Do(t, w.log.Flush)
				}
			}
			w.Do(t, w.log.Flush)
			w.Do(t, w.log.Flush)

			got := w.list(t, id.Live, requestlog.Filter{}, 2)
			if len(got) != len(want) {
				t.Fatalf("%d lines, want %d", len(got), len(want))
			}
			for i, r := range got {
				if r.ID != want[len(want)-1-i].ID || !r.At.Equal(want[len(want)-1-i].At) {
					t.Errorf("line %d is %+v", i, r)
				}
			}
			if got := w.list(t, id.Test, requestlog.Filter{}, 10); len(got) != 0 {
				t.Errorf("the sandbox has %d lines", len(got))
			}
		})
	}
}

func TestLog_Sample(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	flood := func(status, n int) {
		for range n {
			w.add(status)
		}
	}
	flood(200, 3000)
	flood(500, 10) // failures have a budget of their own
	w.Clock.Add(time.Second)
	flood(200, 5)
	w.Clock.Add(time.Hour)
	flood(200, 1)
	w.Do(t, w.log.Flush)

	var skipped []int
	successes, failures := 0, 0
	for _, r := range w.list(t, id.Live, requestlog.Filter{}, 100) {
		if r.Status == 500 {
			failures++
			continue
		}
		successes++
		if r.Skipped > 0 {
			skipped = append(skipped, r.Skipped)
		}
	}
	if successes != 1002 || failures != 10 || fmt.Sprint(skipped) != "[4 2000]" {
		t.Errorf("%d successes and %d failures are kept, %v were left out", successes, failures, skipped)
	}
}

// An account that floods the log takes no room of another, and the sandbox none of live mode.
// TestLog_Changes: a flood of calls that change nothing does not hide what a key changed, and changes are bounded, too.
func TestLog_Changes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	change := func(operation string, n int) {
		for range n {
			w.add(200, func(r *store.Request) { r.Method, r.Operation = "POST", operation })
		}
	}
	for range 3000 {
		w.add(200)
	}
	change("create-key", 3)
	change("send-sms", 500)
	change("opt-out", 2)
	for range 1500 {
		w.add(404, func(r *store.Request) { r.Method, r.Operation = "DELETE", "opt-in" })
	}
	if err := w.log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	count := map[string]int{}
	skipped := 0
	for _, r := range w.list(t, id.Live, requestlog.Filter{}, 100) {
		count[r.Operation]++
		skipped += r.Skipped
	}
	want := map[string]int{"get-balance": 1000, "create-key": 3, "send-sms": 60, "opt-out": 2, "opt-in": 1000}
	if !maps.Equal(count, want) || skipped != 2440 {
		t.Errorf("kept %v and counted %d, want %v and 2440", count, skipped, want)
	}
}

func TestLog_Isolation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	other, err := w.Admin.CreateAccount(t.Context(), "Zenith", 0)
	if err != nil {
		t.Fatal(err)
	}
	from := line{Request: store.Request{At: w.Clock.Now()}}
	for range 100_000 {
		w.log.Add(other.ID, id.Live, "zzzzzzzz", false, from)
		w.log.Add(w.Account, id.Test, "yyyyyyyy", true, from)
	}
	w.add(200)
	w.Do(t, w.log.Flush)
	if got := w.list(t, id.Live, requestlog.Filter{}, 10); len(got) != 1 || got[0].Skipped != 0 {
		t.Errorf("the lines are %+v", got)
	}
}

// While the database fails the memory is bounded, and what is lost is counted.
func TestLog_DatabaseFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 1000 {
		w.add(200)
	}
	if err := w.log.Flush(gone); !errors.Is(err, context.Canceled) {
		t.Fatalf("a flush without a database: %v", err)
	}
	w.Clock.Add(time.Hour)
	w.add(200)
	w.Do(t, w.log.Flush)
	if got := w.list(t, id.Live, requestlog.Filter{}, 100); len(got) != 1001 {
		t.Errorf("%d lines are stored", len(got))
	}
}

func TestLog_LastUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	used := func() (time.Time, string) {
		t.Helper()
		keys, err := w.Admin.ListKeys(t.Context(), w.Account)
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		return keys[0].UsedAt, keys[0].UsedFrom
	}

	first := w.Clock.Now()
	for range 10 {
		w.add(200)
		w.Clock.Add(5 * time.Second)
		w.Do(t, w.log.Flush)
	}
	if at, from := used(); !at.Equal(first) || from != "192.0.2.7" {
		t.Errorf("used at %v from %q, want %v", at, from, first)
	}

	w.Clock.Add(time.Minute)
	w.add(500)
	w.Do(t, w.log.Flush)
	if at, _ := used(); !at.Equal(w.Clock.Now()) {
		t.Errorf("used at %v, want %v", at, w.Clock.Now())
	}

	// A key that was removed meanwhile does not come back.
	w.Clock.Add(time.Hour)
	w.add(200, func(r *store.Request) { r.Key = "zzzzzzzz" })
	w.Do(t, w.log.Flush)
	used()
}

func TestList_Filters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	start := w.Clock.Now()
	statuses := []int{200, 400, 404, 429, 500, 503}
	for i := range 60 {
		w.add(statuses[i%len(statuses)], func(r *store.Request) {
			if i%2 == 1 {
				r.Method, r.Operation, r.Key = "POST", "send-otp", "bbbbbbbb"
			}
		})
		w.Clock.Add(time.Minute)
		w.Do(t, w.log.Flush)
	}

	for name, c := range map[string]struct {
		filter requestlog.Filter
		want   int
	}{
		"all":                {want: 60},
		"success":            {filter: requestlog.Filter{Status: "success"}, want: 10},
		"error":              {filter: requestlog.Filter{Status: "error"}, want: 50},
		"4xx":                {filter: requestlog.Filter{Status: "4xx"}, want: 30},
		"429":                {filter: requestlog.Filter{Status: "429"}, want: 10},
		"a method":           {filter: requestlog.Filter{Method: "POST"}, want: 30},
		"an operation":       {filter: requestlog.Filter{Operation: "get-balance"}, want: 30},
		"a key":              {filter: requestlog.Filter{Key: w.key.ID}, want: 30},
		"a key and a status": {filter: requestlog.Filter{Key: w.key.ID, Status: "200"}, want: 10},
		"from a time":        {filter: requestlog.Filter{From: start.Add(50 * time.Minute)}, want: 10},
		"before a time":      {filter: requestlog.Filter{Before: start.Add(5 * time.Minute)}, want: 5},
		"between": {
			filter: requestlog.Filter{From: start.Add(time.Minute), Before: start.Add(3 * time.Minute)}, want: 2,
		},
		"before the first":    {filter: requestlog.Filter{Before: start}, want: 0},
		"a status of nothing": {filter: requestlog.Filter{Status: "2xx", Method: "DELETE"}, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, limit := range []int{1, 3, 100} {
				if got := w.list(t, id.Live, c.filter, limit); len(got) != c.want {
					t.Errorf("%d lines in pages of %d, want %d", len(got), limit, c.want)
				}
			}
		})
	}
}

// Run stores a line soon after it came, not more often than once a second, and the rest when it ends.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, testworld.Options{Now: time.Now})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			_ = w.log.Run(ctx)
			close(done)
		}()

		count := func() int { return len(w.list(t, id.Live, requestlog.Filter{}, 100)) }
		w.add(200)
		time.Sleep(250 * time.Millisecond)
		if n := count(); n != 1 {
			t.Errorf("%d lines are stored after a quarter of a second", n)
		}
		w.add(200)
		time.Sleep(500 * time.Millisecond)
		if n := count(); n != 1 {
			t.Errorf("%d lines are stored within a second", n)
		}
		time.Sleep(time.Second)
		if n := count(); n != 2 {
			t.Errorf("%d lines are stored after a second", n)
		}

		w.add(200)
		stop()
		<-done
		if n := count(); n != 3 {
			t.Errorf("%d lines are stored at the end", n)
		}
		if err := w.Admin.Store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkAdd is what the log costs a request of a busy account: nearly all are only counted.
func BenchmarkAdd(b *testing.B) {
	w := newWorld(b, testworld.Options{})
	l := line{Request: store.Request{Path: "/v2/otp/send", Agent: "syssecure-go/0.1.0"}}
	b.ReportAllocs()
	for b.Loop() {
		w.log.Add(w.Account, id.Live, w.key.ID, false, &l)
	}
}
