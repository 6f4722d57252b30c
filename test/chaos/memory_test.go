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
	// mostMemory is what the server may take at 64 clients, whatever they list.
	mostMemory  = 120 << 20
	listClients = 64
)

// TestMemoryOfLists has 64 clients list full pages of the largest things that a customer can make, and holds the memory of
// the server's process to its bound. SYSSECURE_LONG lists for longer, and lists other things too.
func TestMemoryOfLists(t *testing.T) {
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

	abreast(120, func(i int) {
		must(t, live, "/v2/templates", fmt.Sprintf(`{"name":"t%d","translations":{%s}}`, i, strings.Join(texts, ",")), nil)
	})

	metadata := strings.Repeat("é", 1900)
	abreast(120, func(i int) {
		must(t, live, "/v2/sms/send", fmt.Sprintf(`{"to":"+32470%06d","body":"x","metadata":{"x":%q}}`, i, metadata), nil)
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
	if peak > mostMemory {
		t.Errorf("the server took %d MB, want %d at most", peak>>20, mostMemory>>20)
	}
	closing("memory of lists", seed, fmt.Sprintf("peak=%dMB", peak>>20))
}

// listWithin has clients read a list again and again, and returns how many pages came.
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

// peak is the most memory that the server's process had so far.
func (v *server) peak(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	check(t, err)
	found := highWater.FindSubmatch(b)
	if found == nil {
		t.Fatal("/proc says nothing of the process's memory")
	}
	kb, err := strconv.ParseInt(string(found[1]), 10, 64)
	check(t, err)

	return kb << 10
}
