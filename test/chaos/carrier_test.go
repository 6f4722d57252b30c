package chaos

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sim is the simulated carrier: an HTTP gateway that outlives the server and remembers everything.
type sim struct {
	url    string
	http   *http.Client
	server *httptest.Server

	mu      sync.Mutex
	random  *rand.Rand
	slowest time.Duration // longest wait before an answer
	reports string        // where receipts are posted; empty = nowhere
	rejects func(to string) bool
	busy    atomic.Bool // it throttles every submit
	phones  map[string]*handset
	open    int // submits in flight
	count   int
	journal *journal
	posting sync.WaitGroup
}

// handset is what was sent to one number.
type handset struct {
	refs map[string]int // submits by our reference
	text string
	last time.Time // of the newest submit
}

// submits is how often the number was submitted.
func (h *handset) submits() (n int) {
	for _, times := range h.refs {
		n += times
	}
	return n
}

var digits = regexp.MustCompile(`\b[0-9]{6}\b`)

func startSim(t *testing.T, seed uint64) *sim {
	s := &sim{
		random: rand.New(rand.NewPCG(seed, 2)), phones: map[string]*handset{},
		http: &http.Client{Timeout: 5 * time.Second},
	}
	s.server = httptest.NewServer(s)
	s.url = s.server.URL + "/"
	t.Cleanup(func() {
		s.server.CloseClientConnections()
		s.server.Close()
		s.posting.Wait()
	})

	return s
}

// ServeHTTP handles a submit, which counts once it is read, even if its answer is lost.
func (s *sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ ID, To, Body string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil ||
		r.Header.Get("Authorization") != "Bearer "+carrierToken {
		http.Error(w, "not a submit", http.StatusBadRequest)
		return
	}

	id, wait, receipt := s.record(in.ID, in.To, in.Body)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open--
	}()
	if receipt == early {
		s.report(in.ID)
	}

	select {
	case <-time.After(wait):
	case <-r.Context().Done():
		return // the server is dead, so this submit is unknown
	}

	w.Header().Set("Content-Type", "application/json")
	if s.busy.Load() {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}

	if s.rejects != nil && s.rejects(in.To) {
		// Some carriers quote what they reject.
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"code":"E7","message":%q}`, in.To+" "+in.Body)
		return
	}

	fmt.Fprintf(w, `{"id":%q}`, id)
	switch receipt {
	case byTheirID:
		s.posting.Go(func() { s.report(id) })
	case byOurID:
		s.posting.Go(func() { s.report(in.ID) })
	}
}

// Kinds of receipts.
const (
	none = iota
	early
	byTheirID
	byOurID
)

func (s *sim) record(ref, to, text string) (id string, wait time.Duration, receipt int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.open++
	h := s.phones[to]
	if h == nil {
		h = &handset{refs: map[string]int{}}
		s.phones[to] = h
	}

	h.refs[ref]++
	h.text, h.last = text, time.Now()
	if s.slowest > 0 {
		wait = time.Duration(s.random.Int64N(int64(s.slowest)))
	}
	if s.reports != "" {
		receipt = s.random.IntN(8) // most get none
	}
	if s.journal != nil {
		s.journal.note(record{Kind: "submit", Ref: ref, To: to})
	}

	return fmt.Sprintf("c%d", s.count), wait, receipt
}

// answerImmediately makes the carrier answer without a wait.
func (s *sim) answerImmediately() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slowest = 0
}

// report posts a delivery receipt once. It may be lost, as real ones are.
func (s *sim) report(id string) {
	r, err := http.NewRequest(http.MethodPost, s.reports, strings.NewReader(`{"id":"`+id+`","status":"delivered"}`))
	if err != nil {
		return
	}

	r.Header.Set("Authorization", "Bearer "+carrierToken)
	r.Header.Set("Content-Type", "application/json")
	if resp, err := s.http.Do(r); err == nil {
		_ = resp.Body.Close()
	}
}

// code is the last code that was sent to a number; empty when there is none.
func (s *sim) code(to string) string { return digits.FindString(s.text(to)) }

func (s *sim) text(to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.phones[to]; h != nil {
		return h.text
	}
	return ""
}

// idle reports whether no submit is in flight.
func (s *sim) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open == 0
}

// each calls fn for every number that was sent something.
func (s *sim) each(fn func(to string, h *handset)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for to, h := range s.phones {
		fn(to, h)
	}
}

// submitted is the time of a number's last submit; ok is false if it had less than n.
func (s *sim) submitted(to string, n int) (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.phones[to]
	if h == nil || h.submits() < n {
		return at, false
	}
	return h.last, true
}
