package chaos

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const drainClients = 64

// TestShutdown_Drains: a server that is stopped under load answers the requests that it has begun, ends with exit code
// 0, and leaves nothing that the next one would repeat. SYSSECURE_DRAINS sets how often.
func TestShutdown_Drains(t *testing.T) {
	rounds := number(t, "SYSSECURE_DRAINS", 5)
	seed := uint64(number(t, "SYSSECURE_SEED", int(time.Now().UnixNano()&0xFFFFFFFF)+1))
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	carrier := startSim(t, seed)
	carrier.slowest = slowestSim
	s := newSite(t, evidence(t), siteOptions{carrier: carrier.url, credits: crashCredits})
	answered := &answered{ids: map[string]string{}}
	var slowest time.Duration

	for range rounds {
		running := s.start(t)
		load := startLoad(t, s, answered)
		<-time.After(200*time.Millisecond + time.Duration(random.Int64N(int64(400*time.Millisecond))))
		until(t, quietWithin, "half of the clients waiting for an answer",
			func() bool { return load.inFlight.Load() >= drainClients/2 })
		asked := time.Now()
		running.stop(t)
		slowest = max(slowest, time.Since(asked))
		load.clients.Wait()
	}

	running := s.start(t)
	a := s.api(s.key, 0)
	defer a.close()
	until(t, quietWithin, "quiet", func() bool { return a.balance(t).Held == 0 && carrier.idle() })
	there := a.list(t)

	for id, otp := range there {
		if answered.ids[id] == "" {
			t.Errorf("%s to %s was begun, but its client got no answer", id, otp.To)
		}
	}

	for id, to := range answered.ids {
		if there[id].To != to {
			t.Errorf("%s was acknowledged, but does not exist", id)
		}
	}

	carrier.each(func(to string, h *handset) {
		if n := h.submits(); n != 1 {
			t.Errorf("%s was submitted %d times: %v", to, n, h.refs)
		}
	})
	running.stop(t)
	t.Logf("stops=%d acked=%d there=%d slowest_end=%v", rounds, len(answered.ids), len(there),
		slowest.Round(time.Millisecond))
}

// answered are the sends that were answered: numbers by id.
type answered struct {
	mu   sync.Mutex
	ids  map[string]string
	next atomic.Int64
}

// load is a set of clients that send without keys until the server no longer answers.
type load struct {
	clients  sync.WaitGroup
	inFlight atomic.Int64
}

func startLoad(t *testing.T, s *site, answered *answered) *load {
	l := &load{}
	a := s.api(s.key, 0)
	for range drainClients {
		l.clients.Go(func() {
			for l.send(t, a, answered) {
			}
		})
	}
	t.Cleanup(a.close)

	return l
}

// send reports whether there was an answer. None is not a failure, because the server may have closed the socket before
// it read the request; whether it had begun is checked afterwards.
func (l *load) send(t *testing.T, a *api, answered *answered) bool {
	to := mobile(answered.next.Add(1))
	l.inFlight.Add(1)
	r, err := a.call(t.Context(), http.MethodPost, "/v2/otp/send", "", sendBody(to))
	l.inFlight.Add(-1)
	if err != nil {
		return false
	}

	var sent sentOTP
	if err := json.Unmarshal(r.body, &sent); r.status != http.StatusOK || err != nil {
		t.Errorf("a send was answered with %d %s", r.status, r.body)
		return false
	}

	answered.mu.Lock()
	defer answered.mu.Unlock()
	answered.ids[sent.ID] = to

	return true
}
