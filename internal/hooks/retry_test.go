package hooks_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// bubble runs a test on a clock that jumps from event to event. run starts the sweep; the bubble's end stops it.
func bubble(t *testing.T, test func(t *testing.T, w world, run func(*hooks.Hooks))) {
	t.Helper()
	bubbleOf(t, testworld.Options{}, test)
}

func bubbleOf(t *testing.T, o testworld.Options, test func(t *testing.T, w world, run func(*hooks.Hooks))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Now = time.Now
		w := newWorld(t, o)
		ctx, stop := context.WithCancel(context.Background())
		defer func() {
			stop()
			time.Sleep(time.Minute) // workers go to rest
		}()
		test(t, w, func(h *hooks.Hooks) { go func() { _ = h.Run(ctx) }() })
	})
}

// After an outage of 47 hours everything that happened meanwhile arrives, each event on its own schedule, once after
// de-duplication; and another endpoint is not affected.
func TestRetry_OutageOf47Hours(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		const outage = 47 * time.Hour
		begin := time.Now()
		endpointAt(t, w, w.Live, "https://down.example", webhook.MessageSent)
		endpointAt(t, w, w.Live, "https://up.example", webhook.MessageSent)
		w.Receiver.Answers(func(_ context.Context, g testworld.Received) egress.Response {
			if g.URL == "https://down.example" && g.At.Sub(begin) < outage {
				return egress.Response{Status: 503}
			}
			return egress.Response{Status: 200}
		})

		const messages = 47
		for n := range messages {
			send(t, w, n)
			time.Sleep(time.Hour)
		}

		time.Sleep(25 * time.Hour) // the last attempt of those that had nine of them during the outage
		first, tries, accepted := map[string]time.Time{}, map[string]int{}, map[string]int{}
		for _, g := range w.Receiver.Got() {
			event := g.Header[webhook.HeaderEventID]
			if g.URL == "https://up.example" {
				if sent := time.Since(begin); g.Header[webhook.HeaderAttempt] != "1" || sent < 0 {
					t.Errorf("the other endpoint got an event at attempt %s", g.Header[webhook.HeaderAttempt])
				}
				continue
			}
			if _, known := first[event]; !known {
				first[event] = g.At
			}

			tries[event]++
			if g.At.Sub(begin) >= outage {
				accepted[event]++
			}
			// The table without jitter: 0, 5 s, 35 s, 2 m 35 s, … after the first.
			if want := scheduled(tries[event]); (g.At.Sub(first[event]) - want).Abs() > 30*time.Second {
				t.Errorf("attempt %d of %s came %v after the first, want %v", tries[event], event, g.At.Sub(first[event]), want)
			}
		}
		if len(first) != messages || len(w.Receiver.Got()) < 2*messages {
			t.Fatalf("%d events were tried", len(first))
		}

		for event := range first {
			if accepted[event] != 1 {
				t.Errorf("%s was accepted %d times after %d attempts", event, accepted[event], tries[event])
			}
		}
	})
}

// scheduled is when the n-th attempt is due after the first, with jitter at 0.5.
func scheduled(n int) time.Duration {
	waits := []time.Duration{
		0, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour,
		3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 0,
	}

	var at time.Duration
	for _, w := range waits[:min(n, 10)] {
		at += w
	}
	if n == webhook.Attempts {
		at = 47*time.Hour + 5*time.Minute
	}

	return at
}

// Many rows wait for a dead endpoint, few attempts are made, none is used up by waiting, and when it comes
// back everything is delivered.
func TestBreaker_DeadEndpoint(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		e := endpointAt(t, w, w.Live, "https://dead.example", webhook.MessageSent)
		endpointAt(t, w, w.Live, "https://up.example", webhook.MessageSent)
		var mu sync.Mutex
		dead, under, most, posts := true, 0, 0, 0
		w.Receiver.Answers(func(ctx context.Context, g testworld.Received) egress.Response {
			if g.URL != "https://dead.example" {
				return egress.Response{Status: 200}
			}
			mu.Lock()
			under++
			posts++
			most = max(most, under)
			hangs := dead
			mu.Unlock()
			if hangs {
				time.Sleep(15 * time.Second)
			}

			mu.Lock()
			defer mu.Unlock()
			under--
			if hangs {
				return egress.Response{Error: egress.TimedOut, Timeout: true}
			}

			return egress.Response{Status: 200}
		})

		const messages = hooks.MaxPerTarget + 100
		begin := time.Now()
		for n := range messages {
			send(t, w, n)
		}

		time.Sleep(time.Second)
		up := 0
		for _, g := range w.Receiver.Got() {
			if g.URL == "https://up.example" {
				up++
			}
		}
		if up != messages || time.Since(begin) > 10*time.Second {
			t.Errorf("the neighbour got %d of %d in %v", up, messages, time.Since(begin))
		}

		time.Sleep(2 * time.Hour)
		mu.Lock()
		if most > 8 || posts > 8+30 {
			t.Errorf("%d at once, %d attempts in two hours", most, posts)
		}

		dead = false
		mu.Unlock()
		time.Sleep(3 * time.Hour) // what was tried as a probe has its own schedule
		tried := 0
		for _, d := range everyDelivery(t, w, e) {
			if d.State != webhook.Delivered {
				t.Errorf("%s is %v after %d attempts, due %v", d.Event, d.State, d.Total, d.DueAt)
			}
			if d.Total > 1 {
				tried++
			}
		}
		if tried > 40 {
			t.Errorf("%d deliveries lost an attempt to the outage", tried)
		}
	})
}

// everyDelivery reads all pages.
func everyDelivery(t *testing.T, w world, e hooks.Endpoint) (out []hooks.Delivery) {
	t.Helper()
	for before := (id.Event{}); ; {
		page, err := w.Hooks.FindDeliveries(t.Context(), w.Live, e.ID, 0, before, 500)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Rows...)
		if !page.More {
			return out
		}
		before = page.Last
	}
}

// An answer 410 disables the endpoint, the others get an event, and one recovery sends what was missed.
func TestEndpoint_Gone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		e := endpointAt(t, w, w.Live, "https://gone.example", webhook.MessageSent, webhook.WebhookDisabled)
		endpointAt(t, w, w.Live, "https://up.example", webhook.WebhookDisabled)
		w.Receiver.Answers(func(_ context.Context, g testworld.Received) egress.Response {
			if g.URL == "https://gone.example" {
				return egress.Response{Status: 410}
			}
			return egress.Response{Status: 200}
		})

		begin := time.Now()
		send(t, w, 1)
		time.Sleep(time.Minute)
		got, err := w.Hooks.Get(t.Context(), w.Live, e.ID)
		if err != nil || got.Enabled || got.Disabled != webhook.Gone {
			t.Fatalf("after 410: %+v, %v", got.Endpoint, err)
		}

		notified := w.Receiver.Got(webhook.WebhookDisabled)
		if len(notified) == 0 || notified[0].URL != "https://up.example" {
			t.Fatalf("notified: %v", notified)
		}
		if p := body(t, notified[0]); p["webhook_id"] != e.ID.String() || p["reason"] != "gone" {
			t.Errorf("notified with %v", p)
		}

		send(t, w, 2)
		time.Sleep(time.Hour)
		if n := len(w.Receiver.Got(webhook.MessageSent)); n != 1 {
			t.Errorf("a disabled endpoint was asked %d times", n)
		}

		w.Receiver.Answers(nil)
		on := true
		if _, err := w.Hooks.Update(t.Context(), w.Live, e.ID, changeOf(&on)); err != nil {
			t.Fatal(err)
		}

		r, _, err := w.Hooks.Recover(t.Context(), w.Live, e.ID, begin, time.Time{}, nil)
		if err != nil || r.Queued != 3 { // two messages, and that it was disabled itself
			t.Fatalf("recovered %+v, %v", r, err)
		}

		time.Sleep(time.Minute)
		if again, _, err := w.Hooks.Recover(t.Context(), w.Live, e.ID, begin, time.Time{}, nil); err != nil || again.Queued != 0 {
			t.Errorf("recovered again: %+v, %v", again, err)
		}

		for _, d := range deliveries(t, w, w.Live, e) {
			if d.State != webhook.Delivered {
				t.Errorf("%s is %v", d.Type, d.State)
			}
		}
	})
}

// Five days of failures disable an endpoint; a success in between begins the count again.
func TestEndpoint_FailsForFiveDays(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		e := endpoint(t, w, w.Live, webhook.MessageSent)
		failing := func() (since time.Time, enabled bool) {
			got, err := w.Hooks.Get(t.Context(), w.Live, e.ID)
			if err != nil {
				t.Fatal(err)
			}
			return got.FailingSince, got.Enabled
		}

		w.Receiver.Answers(status(500))
		send(t, w, 0)
		time.Sleep(24 * time.Hour)
		if since, _ := failing(); since.IsZero() {
			t.Fatal("the failure was not stored")
		}

		w.Receiver.Answers(nil)
		send(t, w, 1)
		time.Sleep(time.Minute)
		if since, _ := failing(); !since.IsZero() {
			t.Fatal("a success was not noted")
		}

		w.Receiver.Answers(status(500))
		for day := range 5 {
			send(t, w, 10+day)
			time.Sleep(24 * time.Hour)
			if _, enabled := failing(); !enabled {
				t.Fatalf("disabled on day %d", day+1)
			}
		}

		send(t, w, 20)
		time.Sleep(time.Hour)
		if _, enabled := failing(); enabled {
			t.Error("still enabled after five days")
		}
	})
}

// What was under way, queued or waiting when the process died is sent by the next one.
func TestHooks_Crash(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		e := endpoint(t, w, w.Live, webhook.MessageSent)
		hang := make(chan struct{})
		w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
			<-hang
			return egress.Response{Status: 200}
		})

		const messages = hooks.MaxPerTarget + 200 // some under way, some queued, some rows
		for n := range messages {
			send(t, w, n)
		}

		time.Sleep(time.Second)
		next := world{w.Restart(t, nil), w.sms}
		w.Receiver.Answers(nil)
		run(next.Hooks)
		time.Sleep(time.Minute)
		for _, d := range everyDelivery(t, next, e) {
			if d.State != webhook.Delivered || d.Owner != 0 {
				t.Errorf("%s is %v, of epoch %d", d.Event, d.State, d.Owner)
			}
		}

		// The dead process comes back, and writes nothing over what the living one did.
		before := everyDelivery(t, next, e)
		close(hang)
		time.Sleep(time.Minute)
		for i, d := range everyDelivery(t, next, e) {
			if d.Total != before[i].Total || d.State != before[i].State {
				t.Errorf("a zombie wrote: %+v", d.Delivery)
			}
		}

		once := map[string]bool{}
		for _, g := range w.Receiver.Got() {
			once[g.Header[webhook.HeaderEventID]] = true
		}
		if len(once) != messages {
			t.Errorf("%d of %d events arrived", len(once), messages)
		}
	})
}
