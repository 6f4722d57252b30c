package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Figures of the crash loop.
const (
	crashClients = 96
	minInFlight  = 50 // sends in flight at each kill
	crashCredits = 10_000_000
	slowestSim   = 300 * time.Millisecond
	earliestKill = 50 * time.Millisecond
	latestKill   = 1500 * time.Millisecond
)

// TestCrashLoop_LosesNothing: a server that is killed at any moment loses nothing that it acknowledged, verifies no
// code twice and charges nothing twice, on both databases. SYSSECURE_CRASHES sets how often it is killed;
// SYSSECURE_SEED repeats the random choices of a run.
func TestCrashLoop_LosesNothing(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			crashes := number(t, "SYSSECURE_CRASHES", db.crashes)
			if testing.Short() {
				crashes = min(crashes, 10)
			}

			r := startRun(t, "crashes-"+db.name, siteOptions{database: db.url(t)})
			k := &killer{site: r.site, crowd: r.crowd, random: r.random, least: crashClients}
			for i := range crashes {
				r.running = k.crash(t, r.running)
				if (i+1)%10 == 0 {
					t.Logf("crash %d: %d sends so far, at least %d in flight at each kill", i+1, r.crowd.sends.Load(),
						k.least)
				}
			}

			r.end(t, "crashes=%d in_flight_min=%d", crashes, k.least)
			if k.least < minInFlight {
				t.Errorf("only %d sends were in flight at a kill, want %d", k.least, minInFlight)
			}
		})
	}
}

// gate is open while there is a server for the clients.
type gate struct {
	mu     sync.Mutex
	opened chan struct{}
}

func (d *gate) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = make(chan struct{})
}

func (d *gate) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.opened)
}

func (d *gate) wait(ctx context.Context) {
	d.mu.Lock()
	opened := d.opened
	d.mu.Unlock()

	select {
	case <-opened:
	case <-ctx.Done():
	}
}

// killer kills the server at random moments and starts it again.
type killer struct {
	site   *site
	crowd  *crowd
	random *rand.Rand
	least  int64
}

func (k *killer) crash(t *testing.T, running *server) *server {
	t.Helper()
	moment := time.NewTimer(earliestKill + time.Duration(k.random.Int64N(int64(latestKill-earliestKill))))
	<-moment.C
	poll(5*time.Second, func() bool { return k.crowd.inFlight.Load() >= minInFlight })
	inFlight := k.crowd.inFlight.Load()
	k.crowd.gate.shut()
	running.kill()
	k.least = min(k.least, inFlight)
	k.crowd.journal.put(record{Kind: "crash", InFlight: inFlight})
	if k.random.IntN(6) == 0 {
		// A start is killed, too, while it opens the database or reclaims orphans.
		early := k.site.launch(t)
		select {
		case <-time.After(time.Duration(k.random.Int64N(int64(200 * time.Millisecond)))):
		case <-early.exited:
		}
		early.kill()
	}
	running = k.site.start(t)
	k.crowd.gate.open()

	return running
}

// crowd are the clients: each sends codes to its own numbers, repeats requests without an answer with the same key, and
// verifies some codes.
type crowd struct {
	api          *api
	carrier      *sim
	journal      *journal
	gate         gate
	stop         chan struct{}
	clients      sync.WaitGroup
	next         atomic.Int64
	sends        atomic.Int64
	texts        bool         // some clients schedule texts, too
	inFlight     atomic.Int64 // sends without an answer
	retryAnswers atomic.Int64 // answers 429 and 503
}

func (c *crowd) start(t *testing.T) {
	// Every operation must get its answer, so a client ends only after its current one.
	ctx := t.Context()
	for range crashClients {
		c.clients.Go(func() {
			for ctx.Err() == nil {
				select {
				case <-c.stop:
					return
				default:
					c.one(ctx)
				}
			}
		})
	}
}

func (c *crowd) one(ctx context.Context) {
	n := c.next.Add(1)
	to, key := mobile(n), "send-"+strconv.FormatInt(n, 10)
	c.journal.put(record{Kind: "intent", N: n, Key: key, To: to})
	r, interrupted := c.ask(ctx, "/v2/otp/send", key, sendBody(to), &c.inFlight)
	var sent sentOTP
	if err := json.Unmarshal(r.body, &sent); r.status != http.StatusOK || err != nil {
		c.journal.put(record{
			Kind: "refused", N: n, Interrupted: interrupted,
			Text: fmt.Sprint(r.status, " ", string(r.body)),
		})
		return
	}

	c.journal.put(record{Kind: "ack", N: n, Key: key, To: to, OTP: sent.ID, Interrupted: interrupted})
	c.sends.Add(1)
	if code := c.carrier.code(to); n%3 == 0 && code != "" {
		c.verify(ctx, n, sent.ID, code)
	}
	if c.texts && n%4 == 0 {
		c.text(ctx, n)
	}
}

// textAfter is how far ahead texts are scheduled: longer than a start takes, so that few repeats come too late.
const textAfter = 3 * time.Second

// text schedules a text. When it is rejected because its time has passed, it was never accepted, because a repeat of an
// accepted one gets the first answer.
func (c *crowd) text(ctx context.Context, n int64) {
	to, key := mobile(textNumbers+n), "text-"+strconv.FormatInt(n, 10)
	at := time.Now().Add(textAfter).UTC().Format(time.RFC3339Nano)
	r, interrupted := c.ask(ctx, "/v2/sms/send", key,
		`{"to":"`+to+`","body":"Your parcel is here","scheduled_at":"`+at+`"}`, new(atomic.Int64))
	var sent struct {
		ID string `json:"message_id"`
	}

	switch err := json.Unmarshal(r.body, &sent); {
	case r.status == http.StatusOK && err == nil:
		c.journal.put(record{Kind: "text", N: n, Key: key, To: to, OTP: sent.ID, Interrupted: interrupted})
	case !interrupted || !strings.Contains(string(r.body), "in the future"):
		c.journal.put(record{
			Kind: "refused", N: n, Interrupted: interrupted,
			Text: fmt.Sprint(r.status, " ", string(r.body)),
		})
	}
}

// textNumbers is the first number of texts, apart from those of codes.
const textNumbers = 5_000_000

// verify checks the right code, every other time twice in parallel, and every other time with a key for each check.
func (c *crowd) verify(ctx context.Context, n int64, otp, code string) {
	var both sync.WaitGroup
	for try := range 1 + n/3%2 {
		both.Go(func() {
			key := ""
			if n/6%2 == 0 {
				key = fmt.Sprintf("verify-%d-%d", n, try)
			}

			r, interrupted := c.ask(ctx, "/v2/otp/verify", key, verifyBody(otp, code), new(atomic.Int64))
			var answer struct{ Valid bool }
			if err := json.Unmarshal(r.body, &answer); r.status != http.StatusOK || err != nil {
				c.journal.put(record{
					Kind: "refused", N: n, Interrupted: interrupted,
					Text: fmt.Sprint(r.status, " ", string(r.body)),
				})
				return
			}
			c.journal.put(record{
				Kind: "verified", N: n, Key: key, OTP: otp, Valid: answer.Valid,
				Interrupted: interrupted, Text: string(r.body),
			})
		})
	}
	both.Wait()
}

// ask repeats a request until its answer is neither 429 nor 503. inFlight counts the requests without an answer.
func (c *crowd) ask(ctx context.Context, path, key, body string, inFlight *atomic.Int64) (r reply, interrupted bool) {
	for ctx.Err() == nil {
		c.gate.wait(ctx)
		inFlight.Add(1)
		answer, err := c.api.call(ctx, http.MethodPost, path, key, body)
		inFlight.Add(-1)
		switch {
		case err != nil:
			interrupted = true
		case answer.status == http.StatusTooManyRequests || answer.status == http.StatusServiceUnavailable:
			c.retryAnswers.Add(1)
			// A 503 also means that the result of a commit is not known.
			interrupted = interrupted || strings.Contains(string(answer.body), "not known whether this was done")
			select {
			case <-time.After(answer.retryAfter()):
			case <-ctx.Done():
			}
		default:
			return answer, interrupted
		}
	}

	return reply{}, interrupted
}
