package testworld

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Received is a delivery as a receiver saw it.
type Received struct {
	URL    string
	Header map[string]string
	Body   string
	At     time.Time
}

// Receiver is the customers' servers within the test's process, for what sockets cannot show: a synctest bubble cannot
// wait for them.
type Receiver struct {
	now func() time.Time

	mu     sync.Mutex
	answer func(ctx context.Context, g Received) egress.Response
	got    []Received
}

// Answers sets what is answered; without it everything is taken.
func (r *Receiver) Answers(fn func(ctx context.Context, g Received) egress.Response) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = fn
}

// Post is the port of hooks.
func (r *Receiver) Post(ctx context.Context, q egress.Request) egress.Response {
	g := Received{URL: q.URL, Body: string(q.Body), Header: map[string]string{}, At: r.now()}
	for _, h := range q.Header {
		g.Header[h[0]] = h[1]
	}

	r.mu.Lock()
	r.got = append(r.got, g)
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		return egress.Response{Status: 200}
	}

	return answer(ctx, g)
}

// Got lists what came, in order; with types, those alone.
func (r *Receiver) Got(types ...webhook.Type) (out []Received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.got {
		if len(types) == 0 || slices.Contains(types, webhook.Type(g.Header[webhook.HeaderEvent])) {
			out = append(out, g)
		}
	}

	return out
}

// Wait waits until n deliveries came, and gives them.
func (r *Receiver) Wait(t testing.TB, n int) []Received {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		if got := r.Got(); len(got) >= n {
			return got
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d deliveries came, want %d", len(r.Got()), n)
		}
	}
}
