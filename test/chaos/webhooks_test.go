package chaos

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// hookReceiver is the customer's server: it outlives the server and remembers everything.
type hookReceiver struct {
	*httptest.Server
	mu   sync.Mutex
	seen map[string]int // by event id
}

func startHookReceiver(t *testing.T) *hookReceiver {
	t.Helper()
	r := &hookReceiver{seen: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.seen[q.Header.Get("webhook-id")]++
	}))
	t.Cleanup(r.Close)

	return r
}

// counts returns how many events came, and how many of these more than once.
func (r *hookReceiver) counts() (events, twice int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.seen {
		if n > 1 {
			twice++
		}
	}

	return len(r.seen), twice
}

func (r *hookReceiver) has(event string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[event] > 0
}

// shownEvent is an event as GET /v2/events shows it.
type shownEvent struct {
	ID, Event string
	Payload   struct {
		OTPID string `json:"otp_id"`
	}
}

func (a *api) events(t *testing.T) (all []shownEvent) {
	t.Helper()
	for after := "start"; ; {
		var page struct {
			Data       []shownEvent
			NextCursor string `json:"next_cursor"`
		}

		a.get(t, "/v2/events?limit=100&after="+after, &page)
		all = append(all, page.Data...)
		if len(page.Data) < 100 {
			return all
		}
		after = page.NextCursor
	}
}

// judge waits for every event that the server has stored, and returns them by verification, and how many never came.
func (r *hookReceiver) judge(t *testing.T, a *api) (written map[string]map[string]bool, lost int) {
	t.Helper()
	written = map[string]map[string]bool{}
	for _, e := range a.events(t) {
		if written[e.Payload.OTPID] == nil {
			written[e.Payload.OTPID] = map[string]bool{}
		}
		written[e.Payload.OTPID][e.Event] = true
		if !poll(quietWithin, func() bool { return r.has(e.ID) }) {
			lost++
			t.Errorf("%s %s was never delivered", e.Event, e.ID)
		}
	}

	return written, lost
}

// TestCrashes_LoseNoEvent: a server that is killed during deliveries loses no event: everything that it acknowledged
// has its events, and every stored event is delivered at least once.
func TestCrashes_LoseNoEvent(t *testing.T) {
	crashes := number(t, "SYSSECURE_HOOK_CRASHES", 20)
	if testing.Short() {
		crashes = min(crashes, 5)
	}

	seed := uint64(number(t, "SYSSECURE_SEED", int(time.Now().UnixNano()&0xFFFFFFFF)+1))
	t.Logf("seed %d", seed)
	folder := evidence(t)
	carrier, hooks := startSim(t, seed), startHookReceiver(t)
	carrier.slowest = slowestSim
	s := newSite(t, folder,
		siteOptions{carrier: carrier.url, credits: crashCredits, more: "[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n"})
	carrier.reports = "http://" + s.listen + "/carriers/sim/receipts"
	carrier.journal = openJournal(t, filepath.Join(folder, "journal"))
	crowd := &crowd{api: s.api(s.key, 0), carrier: carrier, journal: carrier.journal, stop: make(chan struct{})}
	crowd.gate.shut()
	running := s.start(t)
	r, err := crowd.api.call(t.Context(), http.MethodPost, "/v2/webhooks", "", `{"url":"`+hooks.URL+`"}`)
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("make the endpoint: %d %s %v", r.status, r.body, err)
	}

	crowd.gate.open()
	crowd.start(t)
	k := &killer{site: s, crowd: crowd, random: rand.New(rand.NewPCG(seed, 1)), least: crashClients}

	for range crashes {
		running = k.crash(t, running)
	}

	close(crowd.stop)
	crowd.clients.Wait()
	until(t, quietWithin, "quiet: nothing held, no submit open", func() bool {
		return crowd.api.balance(t).Held == 0 && carrier.idle()
	})

	carrier.mu.Lock()
	carrier.journal = nil
	carrier.mu.Unlock()
	written, lost := hooks.judge(t, crowd.api)
	untold := 0
	stories, _ := readStories(t, crowd.journal.close(t))
	there := crowd.api.list(t)

	for _, st := range stories {
		verified := false
		for _, v := range st.verifies {
			verified = verified || v.Valid
		}

		// A code that was verified while its carrier's answer was lost is not submitted again, so it has no event
		// message.sent, even when the answer to its check was lost, too. A message whose two submits have no answer is
		// unknown, and has no event before its time is over.
		has := written[st.OTP]
		if verified && !has["otp.verified"] || !verified && !has["message.sent"] && !has["otp.verified"] &&
			!there[st.OTP].unknown() {
			untold++
			t.Errorf("%s was acknowledged (verified: %v), but has only the events %v", st.OTP, verified, has)
		}
	}

	running.stop(t)
	events, twice := hooks.counts()
	outcome, _ := json.Marshal(map[string]int{
		"crashes": crashes, "in_flight_min": int(k.least), "events": events,
		"lost": lost, "untold": untold, "told_twice": twice,
	})
	fmt.Printf("torture webhooks: seed=%d %s\n", seed, outcome)
}
