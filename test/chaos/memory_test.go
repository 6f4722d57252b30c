package chaos

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// maxMemory is the most memory of the server while 64 clients list anything.
	maxMemory   = 120 << 20
	listClients = 64
)

// TestMemory_Lists: the memory of the server stays below its bound while 64 clients list full pages of the largest
// objects that a customer can make. SYSSECURE_LONG lists for longer.
func TestMemory_Lists(t *testing.T) {
	needs(t, runtime.GOOS == "linux", "the memory of a process is read from /proc")
	seed, _ := seeded(t)
	carrier := startSim(t, seed)
	s := newSite(t, evidence(t), siteOptions{carrier: carrier.url, credits: crashCredits})
	running := s.start(t)
	live := s.api(s.key, 0)
	t.Cleanup(live.close)

	texts := make([]string, 40)
	for i := range texts {
		texts[i] = fmt.Sprintf("%q:%q", fmt.Sprintf("en-x-v%d", i), "{{code}} "+strings.Repeat("x", 1450))
	}

	inParallel(120, func(i int) {
		must(t, live, "/v2/templates", fmt.Sprintf(`{"name":"t%d","translations":{%s}}`, i, strings.Join(texts, ",")),
			nil)
	})

	metadata := strings.Repeat("é", 1900)
	inParallel(120, func(i int) {
		must(t, live, "/v2/sms/send", fmt.Sprintf(`{"to":"+32470%06d","body":"x","metadata":{"x":%q}}`, i, metadata),
			nil)
	})

	t.Logf("%d MB at most before anything is listed", running.peak(t)>>20)
	paths := []string{"/v2/templates?limit=100", "/v2/messages?limit=100"}
	within := 3 * time.Second
	if long() {
		within = time.Minute
	}

	for _, path := range paths {
		pages := listWithin(t, live, path, within)
		if pages == 0 {
			t.Errorf("%s: no page was read", path)
		}
		t.Logf("%s: %d pages, %d MB at most so far", path, pages, running.peak(t)>>20)
	}

	peak := running.peak(t)
	if peak > maxMemory {
		t.Errorf("the server used %d MB, want %d at most", peak>>20, maxMemory>>20)
	}
	printSummary("memory of lists", seed, fmt.Sprintf("peak=%dMB", peak>>20))
}

// listWithin has clients read a list repeatedly, and returns how many pages they got.
func listWithin(t *testing.T, a *api, path string, within time.Duration) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var pages atomic.Int64
	var all sync.WaitGroup

	for range listClients {
		all.Go(func() {
			for ctx.Err() == nil {
				r, err := a.call(ctx, http.MethodGet, path, "", "")
				switch {
				case err != nil:
				case r.status != http.StatusOK:
					t.Errorf("%s: %d %s", path, r.status, r.body)
					return
				case len(r.body) > 1_000_000:
					t.Errorf("%s: a page of %d bytes", path, len(r.body))
					return
				default:
					pages.Add(1)
				}
			}
		})
	}
	all.Wait()

	return pages.Load()
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the highest memory of the server's process so far.
func (v *server) peak(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	check(t, err)
	found := highWater.FindSubmatch(b)
	if found == nil {
		t.Fatal("/proc does not have the memory of the process")
	}
	kb, err := strconv.ParseInt(string(found[1]), 10, 64)
	check(t, err)

	return kb << 10
}
