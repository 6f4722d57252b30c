package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/test/badlink"
)

// These are the tests of docs/reliability.md, "one account harms no other": a guest's messages are on time whatever
// another account, the neighbour, does. internal/dispatch tests the order of queues with a fake clock; this is a real
// server.

// late is the longest delay of a guest's message. It is one second in make torture; next to other tests on two cores a
// commit may take longer.
func late() time.Duration {
	if long() {
		return time.Second
	}
	return 4 * time.Second
}

// sharedServer is a server with two accounts and good, slow and hanging carriers, and the figures of the guest.
type sharedServer struct {
	seed        uint64
	site        *site
	neighbour   *api
	test        *api // the neighbour's sandbox
	guest       *api
	good, slow  *sim
	hung        *badlink.Link
	next        int64
	first, busy []time.Duration // how long the guest's sends took, without and with the neighbour
}

func newSharedServer(t *testing.T) *sharedServer {
	seed, _ := seeded(t)
	b := &sharedServer{seed: seed, good: startSim(t, seed), slow: startSim(t, seed+1)}
	target, err := url.Parse(b.slow.url)
	check(t, err)
	b.hung, err = badlink.New("tcp", target.Host, seed)
	check(t, err)
	t.Cleanup(b.hung.Close)
	check(t, b.hung.Set(badlink.Fault{Stall: true}))

	b.site = newSite(t, evidence(t), siteOptions{carrier: b.good.url, credits: crashCredits, more: fmt.Sprintf(
		"[[carrier]]\nname = \"hangs\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\ntoken = %q\n"+
			"[[carrier]]\nname = \"slow\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\ntoken = %q\nrate = 10\n"+
			"[[carrier]]\nname = \"chat\"\nkind = \"http\"\nchannel = \"whatsapp\"\nurl = %q\ntoken = %q\n"+
			"[[route]]\nchannel = \"sms\"\nprefix = \"+31\"\ncarriers = [\"hangs\"]\n"+
			"[[route]]\nchannel = \"sms\"\nprefix = \"+33\"\ncarriers = [\"slow\"]\n"+
			"[[route]]\nchannel = \"sms\"\ncarriers = [\"sim\"]\n[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n",
		"http://"+b.hung.Addr()+"/", carrierToken, b.slow.url, carrierToken, b.good.url, carrierToken)})

	b.neighbour = b.site.api(b.site.key, 0)
	_, guest, _ := b.site.newAccount(t, crashCredits)
	b.guest = b.site.api(guest, 0)
	var key struct{ Secret string }
	b.site.json(t, &key, "key", "create", "--account", b.site.account, "--mode", "test", "--json")
	b.test = b.site.api(key.Secret, 0)

	for _, a := range []*api{b.neighbour, b.guest, b.test} {
		a.http.Timeout = time.Minute
		t.Cleanup(a.close)
	}

	return b
}

// must makes a request, which must succeed.
func must(t *testing.T, a *api, path, body string, out any) {
	t.Helper()
	r, err := a.call(t.Context(), http.MethodPost, path, "", body)
	check(t, err)
	if r.status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, r.status, r.body)
	}
	if out != nil {
		check(t, json.Unmarshal(r.body, out))
	}
}

// inParallel makes n calls, sixteen at a time.
func inParallel(n int, one func(i int)) {
	var all sync.WaitGroup
	places := make(chan struct{}, 16)
	for i := range n {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			one(i)
		})
	}
	all.Wait()
}

// texts schedules texts of an account for one moment.
func (b *sharedServer) texts(t *testing.T, a *api, prefix string, n int, due time.Time, more string) {
	t.Helper()
	inParallel(n, func(i int) {
		must(t, a, "/v2/sms/send", fmt.Sprintf(`{"to":"%s%06d","body":"x","scheduled_at":%q%s}`, prefix, i,
			due.UTC().Format(time.RFC3339), more), nil)
	})
}

// number is an unused number of the guest.
func (b *sharedServer) number(prefix string) string {
	b.next++
	return fmt.Sprintf("%s%06d", prefix, 900_000+b.next)
}

// sends measures the guest's sends of codes.
func (b *sharedServer) sends(t *testing.T, n int) (took []time.Duration) {
	t.Helper()
	for range n {
		begin := time.Now()
		if sent := b.guest.send(t, b.number("+32470")); sent.Status != "sent" {
			t.Errorf("a guest's code is %s after %v", sent.Status, time.Since(begin))
		}
		took = append(took, time.Since(begin))
		time.Sleep(10 * time.Millisecond)
	}

	return took
}

// served sends codes, scheduled texts and a message with a fallback for the guest, and returns the longest delay.
func (b *sharedServer) served(t *testing.T, over ...string) (worst time.Duration) {
	t.Helper()
	due := time.Now().Add(2 * time.Second).Truncate(time.Second)
	waits := map[string]time.Time{}

	for _, prefix := range append(over, "+32470") {
		to := b.number(prefix)
		waits[to] = due
		must(t, b.guest, "/v2/sms/send",
			fmt.Sprintf(`{"to":%q,"body":"x","scheduled_at":%q}`, to, due.UTC().Format(time.RFC3339)), nil)
	}

	fallback := b.number("+32471")
	must(t, b.guest, "/v2/otp/send",
		fmt.Sprintf(`{"to":%q,"channels":["whatsapp","sms"],"fallback":{"after":5}}`, fallback), nil)
	waits[fallback] = time.Now().Add(5 * time.Second)

	b.busy = append(b.busy, b.sends(t, 40)...)
	for to, at := range waits {
		wanted := 1
		if to == fallback {
			wanted = 2
		}

		until(t, time.Minute, "the message to "+to, func() bool {
			came, ok := b.good.submitted(to, wanted)
			if !ok {
				came, ok = b.slow.submitted(to, wanted)
			}
			if ok {
				worst = max(worst, came.Sub(at))
			}

			return ok
		})
	}

	return worst
}

// TestAccounts_Isolation: a guest's messages are on time during each load that the neighbour makes.
func TestAccounts_Isolation(t *testing.T) {
	size := func(short, full int) int {
		if long() {
			return full
		}
		return short
	}

	b := newSharedServer(t)
	running := b.site.start(t)
	b.first = b.sends(t, 100)
	lates := map[string]time.Duration{"nothing else": b.served(t)}
	b.busy = nil

	soon := time.Now().Add(time.Duration(size(8, 40)) * time.Second)
	b.texts(t, b.neighbour, "+31611", size(300, 1600), soon, "")
	until(t, 2*time.Minute, "the texts' time", func() bool { return !time.Now().Before(soon) })
	lates["texts due over a carrier that hangs"] = b.served(t)

	soon = time.Now().Add(time.Duration(size(6, 20)) * time.Second)
	b.texts(t, b.neighbour, "+33612", size(200, 600), soon, "")
	until(t, 2*time.Minute, "the texts' time", func() bool { return !time.Now().Before(soon) })
	lates["texts queued at a carrier with a rate"] = b.served(t, "+33612")

	ctx, cancel := context.WithCancel(t.Context())
	var floods sync.WaitGroup
	for i := range size(400, 2600) {
		floods.Go(func() {
			_, _ = b.neighbour.call(ctx, http.MethodPost, "/v2/otp/send", "", sendBody(fmt.Sprintf("+31612%06d", i)))
		})
	}

	lates["sends in flight on a carrier that hangs"] = b.served(t)
	cancel()
	floods.Wait()

	b.texts(t, b.test, "+32472", size(1500, 24_000), time.Now().Add(24*time.Hour), "")
	floods.Go(func() { _, _ = b.test.call(t.Context(), http.MethodPost, "/v2/sandbox/clock", "", `{"advance":"48h"}`) })
	until(t, time.Minute, "the first text on the sandbox's phone", func() bool {
		var shown struct{ Data []any }
		b.test.get(t, "/v2/sandbox/messages", &shown)
		return len(shown.Data) > 0
	})

	lates["a sandbox's clock that is moved"] = b.served(t)
	floods.Wait()

	// With few files it matters how many each account may use.
	running.stop(t)
	running = b.site.start(t, "prlimit", "--nofile=1024:1024")
	b.hangingOrigins(t, size(300, 1200))
	lates["callback origins that hang"] = b.served(t)

	for name, d := range lates {
		t.Logf("%s: %v late at most", name, d)
		if d > late() {
			t.Errorf("%s: a guest's message was %v late", name, d)
		}
	}
	running.stop(t)
	printSummary("neighbours", b.seed,
		fmt.Sprintf("worst_late=%v p99_quiet=%v p99_beside=%v", slices.Max(values(lates)).Round(time.Millisecond),
			percentile(b.first).Round(time.Millisecond), percentile(b.busy).Round(time.Millisecond)))
}

// hangingOrigins sends texts with callbacks to many origins that accept connections and never answer.
func (b *sharedServer) hangingOrigins(t *testing.T, n int) {
	t.Helper()
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	check(t, err)
	t.Cleanup(func() { _ = listener.Close() })

	go func() {
		for {
			if _, err := listener.Accept(); err != nil {
				return
			}
		}
	}()

	port := listener.Addr().(*net.TCPAddr).Port
	inParallel(n, func(i int) {
		must(t, b.neighbour, "/v2/sms/send",
			fmt.Sprintf(`{"to":"+32473%06d","body":"x","callback_url":"http://127.1.%d.%d:%d/"}`,
				i, i/250, 1+i%250, port), nil)
	})
}

func values(m map[string]time.Duration) (out []time.Duration) {
	for _, d := range m {
		out = append(out, d)
	}
	return out
}

func percentile(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)*99/100]
}
