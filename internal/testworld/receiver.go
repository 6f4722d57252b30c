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

// Receiver stands for the customers' servers within the test's process, because a synctest bubble cannot wait for
// sockets.
type Receiver struct {
	now func() time.Time

	mu     sync.Mutex
	answer func(ctx context.Context, g Received) egress.Response
	got    []Received
}

// Answers sets the answer; without it every delivery gets a 200.
func (r *Receiver) Answers(fn func(ctx context.Context, g Received) egress.Response) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = fn
}

// Post receives a delivery of hooks.
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

// Got lists the deliveries in order, or those of the types.
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

// Wait waits for n deliveries, and returns all.
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
