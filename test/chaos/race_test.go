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
	guesses          = 5
)

// arenas are the setups in which races run.
var arenas = []struct {
	name  string
	nodes int
	url   func(t *testing.T) string
}{
	{name: "sqlite", nodes: 1, url: databases[0].url},
	{name: "postgres", nodes: 1, url: databases[1].url},
	{name: "nodes", nodes: 3, url: databases[1].url},
}

// race runs a race in every arena.
func race(t *testing.T, run func(t *testing.T, carrier *sim, f *fleet)) {
	for _, arena := range arenas {
		t.Run(arena.name, func(t *testing.T) {
			carrier := startSim(t, 1)
			f := &fleet{url: arena.url(t)}
			f.site = newSite(t, evidence(t), siteOptions{carrier: carrier.url, database: f.url, credits: crashCredits})
			f.startNodes(t, arena.nodes, carrier, program)
			run(t, carrier, f)
			for _, running := range f.servers {
				running.stop(t)
			}
			f.site.command(t, "doctor") // fails when the entries do not sum up to the balances
		})
	}
}

// TestRaces_Code: of a thousand parallel checks of the right code exactly one is valid. SYSSECURE_ROUNDS sets the
// number of rounds.
func TestRaces_Code(t *testing.T) {
	rounds := number(t, "SYSSECURE_ROUNDS", 20)
	race(t, func(t *testing.T, carrier *sim, f *fleet) {
		a := f.api(f.site.key, connections)
		defer a.close()
		for round := range rounds {
			to := mobile(int64(round))
			sent := a.send(t, to)
			valid, statuses := together(t, a, parallelVerifies, func(int) (string, string) {
				return "/v2/otp/verify", verifyBody(sent.ID, carrier.code(to))
			})
			if valid != 1 || statuses[http.StatusOK] != parallelVerifies {
				t.Fatalf("round %d: %d of %d checks were valid, want 1; statuses %v, want only 200",
					round, valid, parallelVerifies, statuses)
			}
		}
		t.Logf("rounds=%d verifies=%d valid_per_round=1", rounds, parallelVerifies)
	})
}

// TestRaces_Guesses: of a thousand parallel guesses, one of them right, no more are compared than a code allows.
func TestRaces_Guesses(t *testing.T) {
	rounds := number(t, "SYSSECURE_ROUNDS", 20)
	race(t, func(t *testing.T, carrier *sim, f *fleet) {
		a := f.api(f.site.key, connections)
		defer a.close()
		for round := range rounds {
			to := mobile(int64(round))
			sent := a.send(t, to)
			code := []byte(carrier.code(to))
			compared := 0
			_, statuses := together(t, a, parallelVerifies, func(i int) (string, string) {
				guess := string(code)
				if i != parallelVerifies/2 {
					guess = string('0'+(code[0]-'0'+1+byte(i%9))%10) + string(code[1:])
				}
				return "/v2/otp/verify", verifyBody(sent.ID, guess)
			}, func(body []byte) {
				var answer struct {
					Valid  bool
					Reason string
				}
				if json.Unmarshal(body, &answer) == nil && (answer.Valid || answer.Reason == "incorrect") {
					compared++
				}
			})
			if compared > guesses || compared == 0 ||
				statuses[http.StatusOK]+statuses[http.StatusTooManyRequests] != parallelVerifies {
				t.Fatalf("round %d: %d guesses were compared, want at most %d; statuses %v",
					round, compared, guesses, statuses)
			}
		}
	})
}

// TestRaces_Balance: two hundred clients that spend a balance for a hundred codes get exactly a hundred.
func TestRaces_Balance(t *testing.T) {
	rounds := number(t, "SYSSECURE_ROUNDS", 10)
	race(t, func(t *testing.T, _ *sim, f *fleet) {
		for round := range rounds {
			_, key, _ := f.site.newAccount(t, affordable)
			a := f.api(key, connections)
			_, statuses := together(t, a, spenders, func(i int) (string, string) {
				return "/v2/otp/send", sendBody(mobile(int64(round*spenders + i)))
			})

			b := a.balance(t)
			if statuses[http.StatusOK] != affordable || statuses[http.StatusPaymentRequired] != spenders-affordable ||
				b != (balance{}) {
				t.Errorf("round %d: statuses %v and %+v left, want 100 times 200, 100 times 402, and nothing",
					round, statuses, b)
			}
			if there := len(a.list(t)); there != affordable {
				t.Errorf("round %d: there are %d OTPs, want %d", round, there, affordable)
			}
			a.close()
		}
		t.Logf("rounds=%d clients=%d accepted=%d refused_402=%d", rounds, spenders, affordable, spenders-affordable)
	})
}

// together makes n requests that start at one moment. It counts the valid answers, and the answers by status.
func together(
	t *testing.T, a *api, n int, request func(i int) (path, body string), each ...func(body []byte),
) (valid int, statuses map[int]int) {
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
				t.Errorf("%s: no complete answer: %v %s", path, err, r.body)
			}

			statuses[r.status]++
			if answer.Valid {
				valid++
			}
			for _, handle := range each {
				handle(r.body)
			}
		})
	}
	close(begin)
	all.Wait()

	return valid, statuses
}
