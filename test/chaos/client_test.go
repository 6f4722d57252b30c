package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// api calls the server with a key.
type api struct {
	base, key string
	nodes     atomic.Pointer[[]string] // asked in turn; nil = base only
	turn      atomic.Uint32
	http      *http.Client
}

// node is the node to ask next.
func (a *api) node() string {
	nodes := a.nodes.Load()
	if nodes == nil {
		return a.base
	}
	return (*nodes)[int(a.turn.Add(1))%len(*nodes)]
}

func (s *site) api(key string, connections int) *api {
	transport := &http.Transport{MaxIdleConnsPerHost: 512, MaxConnsPerHost: connections, DisableCompression: true}
	return &api{
		base: "http://" + s.listen, key: key,
		http: &http.Client{Transport: transport, Timeout: 30 * time.Second},
	}
}

func (a *api) close() { a.http.CloseIdleConnections() }

// reply is a complete answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// call sends one request; an error means that no complete answer came.
func (a *api) call(ctx context.Context, method, path, idempotencyKey, body string) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, a.node()+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return reply{}, err
	}

	r.Header.Set("Authorization", "Bearer "+a.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if idempotencyKey != "" {
		r.Header.Set("Idempotency-Key", idempotencyKey)
	}

	resp, err := a.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)

	return reply{resp.StatusCode, resp.Header, b}, err
}

// spread makes the nodes be asked in turn.
func (a *api) spread(nodes []string) { a.nodes.Store(&nodes) }

// get reads an object that must exist.
func (a *api) get(t *testing.T, path string, out any) {
	t.Helper()
	r, err := a.call(t.Context(), http.MethodGet, path, "", "")
	check(t, err)
	if r.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, r.status, r.body)
	}
	check(t, json.Unmarshal(r.body, out))
}

// retryAfter is the wait that an answer asks for, but at most a second, so that the tests are fast.
func (r reply) retryAfter() time.Duration {
	seconds, err := strconv.Atoi(r.header.Get("Retry-After"))
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Second)
}

// balance is GET /v2/balance.
type balance struct{ Credits, Held int64 }

func (a *api) balance(t *testing.T) (b balance) {
	t.Helper()
	a.get(t, "/v2/balance", &b)
	return b
}

// sentOTP is what a send answers.
type sentOTP struct {
	ID     string `json:"otp_id"`
	Status string
}

// shownOTP is what GET /v2/otp/{id} shows.
type shownOTP struct {
	ID       string `json:"otp_id"`
	Status   string
	To       string
	Attempts []struct {
		Status  string
		Credits int64
	}
}

// settled reports whether no submit is in flight or will follow.
func (o shownOTP) settled() bool {
	for _, a := range o.Attempts {
		if a.Status == "pending" {
			return false
		}
	}
	return len(o.Attempts) > 0
}

// unknown reports whether the server died before it had the carrier's answer: once if the code was verified meanwhile,
// else twice, which judgeFlags checks. Nothing is sent a third time, and nothing is charged for an unknown submit.
func (o shownOTP) unknown() bool {
	return len(o.Attempts) == 1 && o.Attempts[0].Status == "unknown"
}

func (o shownOTP) credits() (sum int64) {
	for _, a := range o.Attempts {
		sum += a.Credits
	}
	return sum
}

// list reads every OTP of the account.
func (a *api) list(t *testing.T) map[string]shownOTP {
	t.Helper()
	return listAll(t, a, "/v2/otp", func(o shownOTP) string { return o.ID })
}

// shownText is what GET /v2/messages shows.
type shownText struct {
	ID      string `json:"message_id"`
	Status  string
	To      string
	Credits int64
}

// texts reads every text of the account.
func (a *api) texts(t *testing.T) map[string]shownText {
	t.Helper()
	return listAll(t, a, "/v2/messages", func(s shownText) string { return s.ID })
}

func listAll[R any](t *testing.T, a *api, path string, id func(R) string) map[string]R {
	t.Helper()
	all := map[string]R{}
	for cursor := ""; ; {
		var page struct {
			Data []R
			Next *string `json:"next_cursor"`
		}

		a.get(t, path+"?limit=100"+cursor, &page)
		for _, o := range page.Data {
			if _, twice := all[id(o)]; twice {
				t.Errorf("the list has %s twice", id(o))
			}
			all[id(o)] = o
		}
		if page.Next == nil {
			return all
		}
		cursor = "&cursor=" + *page.Next
	}
}

// mobile makes valid Belgian mobile numbers, one for each n.
func mobile(n int64) string { return fmt.Sprintf("+3247%07d", n) }

func sendBody(to string) string {
	return `{"to":"` + to + `","channels":["sms"],"expires_in":3600}`
}

func verifyBody(otp, code string) string {
	return `{"otp_id":"` + otp + `","code":"` + code + `"}`
}

// send sends an OTP, which must succeed.
func (a *api) send(t *testing.T, to string) (out sentOTP) {
	t.Helper()
	r, err := a.call(t.Context(), http.MethodPost, "/v2/otp/send", "", sendBody(to))
	check(t, err)
	if r.status != http.StatusOK {
		t.Fatalf("send: %d %s", r.status, r.body)
	}
	check(t, json.Unmarshal(r.body, &out))

	return out
}
