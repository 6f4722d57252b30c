package chaos

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/test/badlink"
)

// The clients of each carrier. Those of the bad one pause between their sends, because a carrier that rejects
// immediately would otherwise get many more sends than the good one.
const (
	goodClients = 48
	badClients  = 24
	badPause    = 100 * time.Millisecond
	goodLatency = 200 * time.Millisecond // at most; so that the machine does not limit the rate
)

var carrierFaults = []struct {
	name  string
	fault badlink.Fault
	busy  bool
}{
	{name: "down", fault: badlink.Fault{Down: true}},
	{name: "hangs", fault: badlink.Fault{Stall: true}},
	{name: "slow", fault: badlink.Fault{Delay: 2 * time.Second}},
	{name: "one byte a second", fault: badlink.Fault{Rate: 1}},
	{name: "reset", fault: badlink.Fault{Reset: 40}},
	{name: "cut", fault: badlink.Fault{Limit: 40}},
	{name: "garbage", fault: badlink.Fault{Garbage: true}},
	{name: "throttling", busy: true},
}

// TestCarriers_Isolation: a carrier that is down, slow, silent, broken or busy affects only its own messages. Sends
// over another carrier continue, and nothing is lost. The log compares the rates of the other with and without the
// fault.
func TestCarriers_Isolation(t *testing.T) {
	seed, _ := seeded(t)
	good, bad := startSim(t, seed), startSim(t, seed+1)
	good.slowest, bad.slowest = goodLatency, goodLatency
	target, err := url.Parse(bad.url)
	check(t, err)
	link, err := badlink.New("tcp", target.Host, seed)
	check(t, err)
	t.Cleanup(link.Close)
	s := newSite(t, evidence(t), siteOptions{carrier: good.url, credits: crashCredits, more: fmt.Sprintf(
		"[[carrier]]\nname = \"bad\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\ntoken = %q\n"+
			"[[route]]\nchannel = \"sms\"\nprefix = \"+31\"\ncarriers = [\"bad\"]\n"+
			"[[route]]\nchannel = \"sms\"\ncarriers = [\"sim\"]\n",
		"http://"+link.Addr()+"/", carrierToken)})

	running := s.start(t)
	a := s.api(s.key, 0)
	defer a.close()
	a.http.Timeout = time.Minute
	window := 500 * time.Millisecond
	if long() {
		window = 5 * time.Second
	}

	goods := startSenders(t, a, goodClients, 0, mobile)
	bads := startSenders(t, a, badClients, badPause,
		func(n int64) string { return fmt.Sprintf("+316%08d", 10_000_000+n) })
	worst := 1.0

	for _, f := range carrierFaults {
		until(t, quietWithin, "sends over both carriers", advanced(goods, bads))
		before := goods.during(window)
		check(t, link.Set(f.fault))
		bad.busy.Store(f.busy)
		until(t, quietWithin, "sends over the good carrier during the fault "+f.name, advanced(goods))
		ratio := float64(goods.during(window)) / float64(max(before, 1))
		check(t, link.Set(badlink.Fault{}))
		bad.busy.Store(false)
		worst = min(worst, ratio)
		t.Logf("%s: the other carrier has %.2f of its rate", f.name, ratio)
	}

	until(t, quietWithin, "sends over both carriers in the end", advanced(goods, bads))
	goods.end()
	bads.end()
	until(t, 3*quietWithin, "quiet", func() bool { return good.idle() && bad.idle() && a.balance(t).Held == 0 })
	lost := 0
	there := a.list(t)

	for _, l := range []*senders{goods, bads} {
		for otp, to := range l.acked {
			if there[otp].To != to || !there[otp].settled() {
				lost++
				t.Errorf("%s to %s was acknowledged, but is %+v", otp, to, there[otp])
			}
		}
	}

	for otp, to := range goods.acked {
		if there[otp].Status != "sent" || good.text(to) == "" {
			t.Errorf("%s was sent over the good carrier, but is %s", otp, there[otp].Status)
		}
	}
	running.stop(t)
	s.command(t, "doctor")
	printSummary("bad-carrier", seed,
		fmt.Sprintf("faults=%d good=%d bad=%d lost=%d worst_ratio=%.2f", len(carrierFaults),
			len(goods.acked), len(bads.acked), lost, worst))
}

// senders are clients that send one code after another.
type senders struct {
	mu    sync.Mutex
	acked map[string]string // numbers by id
	sent  atomic.Int64      // accepted by a carrier
	next  atomic.Int64
	stop  chan struct{}
	all   sync.WaitGroup
}

func startSenders(t *testing.T, a *api, clients int, pause time.Duration, number func(int64) string) *senders {
	s := &senders{acked: map[string]string{}, stop: make(chan struct{})}
	for range clients {
		s.all.Go(func() {
			for {
				select {
				case <-s.stop:
					return
				case <-time.After(pause):
					s.one(t, a, number(s.next.Add(1)))
				}
			}
		})
	}
	t.Cleanup(s.end)

	return s
}

func (s *senders) one(t *testing.T, a *api, to string) {
	r, err := a.call(t.Context(), http.MethodPost, "/v2/otp/send", "", sendBody(to))
	var sent sentOTP
	if err != nil || r.status != http.StatusOK || json.Unmarshal(r.body, &sent) != nil {
		t.Errorf("a send to %s was answered with %d %s %v", to, r.status, r.body, err)
		return
	}
	if sent.Status == "sent" {
		s.sent.Add(1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked[sent.ID] = to
}

func (s *senders) during(window time.Duration) int64 {
	before := s.sent.Load()
	<-time.After(window)
	return s.sent.Load() - before
}

func (s *senders) end() {
	select {
	case <-s.stop:
	default:
		close(s.stop)
	}
	s.all.Wait()
}

// advanced reports whether, since it was made, each got more messages accepted than it has clients.
func advanced(all ...*senders) func() bool {
	want := make([]int64, len(all))
	for i, s := range all {
		want[i] = s.sent.Load() + goodClients
	}

	return func() bool {
		for i, s := range all {
			if s.sent.Load() < want[i] {
				return false
			}
		}
		return true
	}
}
