package hooks_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// An account with many callback URLs that hang has 64 posts under way at a time; another account, and the live messages
// of an account whose sandbox has them, get their events within a second.
func TestBounds_HangingCallbacks(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, run func(*hooks.Hooks)) {
		run(w.Hooks)
		var under, most atomic.Int64
		w.Receiver.Answers(func(_ context.Context, g testworld.Received) egress.Response {
			if !strings.Contains(g.URL, "dead") {
				return egress.Response{Status: 200}
			}
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			time.Sleep(15 * time.Second)
			return egress.Response{Error: egress.TimedOut, Timeout: true}
		})

		other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
		if err != nil {
			t.Fatal(err)
		}

		hanging := testworld.Size(150, 1200)
		for n := range hanging {
			r := engine.SMSRequest{To: testworld.Number(n), Body: "x", CallbackURL: fmt.Sprintf("https://dead-%d.example/", n)}
			if _, _, err := w.SendSMS(t.Context(), w.Test, r, nil); err != nil {
				t.Fatal(err)
			}
		}

		synctest.Wait()

		theirs := testworld.CallerOf(other.Account, id.Live)
		for name, c := range map[string]engine.SMSRequest{"another": {To: testworld.Number(1), Body: "x"}, "live": {To: testworld.Number(2), Body: "x"}} {
			begun := time.Now()
			c.CallbackURL = "https://" + name + ".example/"
			caller := theirs
			if name == "live" {
				caller = w.Live
			}
			if _, _, err := w.SendSMS(t.Context(), caller, c, nil); err != nil {
				t.Fatal(err)
			}

			time.Sleep(time.Second)
			arrived := false
			for _, g := range w.Receiver.Got(webhook.MessageSent) {
				arrived = arrived || strings.HasPrefix(g.URL, "https://"+name) && g.At.Sub(begun) < time.Second
			}
			if !arrived {
				t.Errorf("the event of %s did not arrive within a second", name)
			}
		}

		time.Sleep(time.Minute)
		w.Receiver.Answers(nil)
		time.Sleep(time.Hour) // all of them are delivered in the end
		if n := len(w.Receiver.Got(webhook.MessageSent)); n < hanging+2 {
			t.Errorf("%d deliveries", n)
		}
		if most.Load() != bound.Callbacks {
			t.Errorf("%d were under way at once, want %d", most.Load(), bound.Callbacks)
		}
	})
}

// A test of an endpoint takes a slot, too: of many at a time the last are refused.
func TestBounds_HangingTests(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, w world, _ func(*hooks.Hooks)) {
		w.Receiver.Answers(func(context.Context, testworld.Received) egress.Response {
			time.Sleep(15 * time.Second)
			return egress.Response{Error: egress.TimedOut, Timeout: true}
		})

		e := endpoint(t, w, w.Live, webhook.MessageSent)
		var refused atomic.Int64
		for range bound.Callbacks + 10 {
			go func() {
				if _, _, err := w.Hooks.Test(t.Context(), w.Live, e.ID, webhook.MessageSent, nil); err != nil {
					is(t, err, fault.RateLimitExceeded, "64 webhook requests in progress")
					refused.Add(1)
				}
			}()
		}

		synctest.Wait()
		if refused.Load() < 10 || refused.Load() > 10+bound.Callbacks/2 {
			t.Errorf("%d were refused", refused.Load())
		}

		time.Sleep(time.Minute)
		if _, _, err := w.Hooks.Test(t.Context(), w.Live, e.ID, webhook.MessageSent, nil); err != nil {
			t.Errorf("after they have ended: %v", err)
		}
	})
}
