package chaos

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
)

// Figures of the races.
const (
	parallelVerifies = 1000
	connections      = 50
	spenders         = 200
	affordable       = 100
)

// Of a thousand parallel checks of the right code exactly one is valid. SYSSECURE_ROUNDS sets how many thousands.
func TestACodeIsGoodOnce(t *testing.T) {
	rounds := number(t, "SYSSECURE_ROUNDS", 20)
	carrier := startSim(t, 1)
	s := newSite(t, evidence(t), siteOptions{carrier: carrier.url, credits: crashCredits})
	running := s.start(t)
	a := s.api(s.key, connections)
	defer a.close()
	for round := range rounds {
		to := mobile(int64(round))
		sent := a.send(t, to)
		valid, statuses := together(t, a, parallelVerifies, func(int) (string, string) {
			return "/v2/otp/verify", verifyBody(sent.ID, carrier.code(to))
		})
		if valid != 1 || statuses[http.StatusOK] != parallelVerifies {
			t.Fatalf("round %d: %d of %d checks were valid, want 1; statuses %v, want only 200", round, valid, parallelVerifies, statuses)
		}
	}
	running.stop(t)
	t.Logf("rounds=%d verifies=%d valid_per_round=1", rounds, parallelVerifies)
}

// Two hundred clients that spend a balance for a hundred get a hundred codes, and not one more.
func TestABalanceIsSpentOnce(t *testing.T) {
	rounds := number(t, "SYSSECURE_ROUNDS", 10)
	carrier := startSim(t, 1)
	s := newSite(t, evidence(t), siteOptions{carrier: carrier.url})
	running := s.start(t)
	for round := range rounds {
		_, key, _ := s.newAccount(t, affordable)
		a := s.api(key, connections)
		_, statuses := together(t, a, spenders, func(i int) (string, string) {
			return "/v2/otp/send", sendBody(mobile(int64(round*spenders + i)))
		})
		b := a.balance(t)
		if statuses[http.StatusOK] != affordable || statuses[http.StatusPaymentRequired] != spenders-affordable || b != (balance{}) {
			t.Errorf("round %d: statuses %v and %+v left, want 100 times 200, 100 times 402, and nothing", round, statuses, b)
		}
		if there := len(a.list(t)); there != affordable {
			t.Errorf("round %d: there are %d OTPs, want %d", round, there, affordable)
		}
		a.close()
	}
	running.stop(t)
	s.command(t, "doctor") // fails when entries do not add up to balances
	t.Logf("rounds=%d clients=%d accepted=%d refused_402=%d", rounds, spenders, affordable, spenders-affordable)
}

// together makes n requests start at one moment. It counts the valid answers, and the answers of each status.
func together(t *testing.T, a *api, n int, request func(i int) (path, body string)) (valid int, statuses map[int]int) {
	t.Helper()
	statuses = map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			path, body := request(i)
			<-begin
			r, err := a.call(t.Context(), http.MethodPost, path, "", body)
			var answer struct{ Valid bool }
			mu.Lock()
			defer mu.Unlock()
			if err != nil || json.Unmarshal(r.body, &answer) != nil {
				t.Errorf("%s: no whole answer: %v %s", path, err, r.body)
			}
			statuses[r.status]++
			if answer.Valid {
				valid++
			}
		})
	}
	close(begin)
	all.Wait()
	return valid, statuses
}
