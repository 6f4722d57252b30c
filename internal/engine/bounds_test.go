package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
	"github.com/syssecure/syssecure/internal/testworld"
)

// full checks a refusal by a bound.
func full(t *testing.T, err error, name string, limit int) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Details.Reason != "limit_reached" || f.Details.Limit != name || f.Details.Max != limit {
		t.Fatalf("refused by %+v, want limit_reached of %s with %d", err, name, limit)
	}
	return f
}

// allowed makes calls in parallel, and returns how many were allowed, and one refusal.
func allowed(calls int, do func(i int) error) (n int, refused error) {
	errs := make([]error, calls)
	together(calls, func(i int) { errs[i] = do(i) })
	for _, err := range errs {
		if err == nil {
			n++
		} else {
			refused = err
		}
	}

	return n, refused
}

// advance moves the sandbox's clock.
func advance(t *testing.T, w *testworld.World, by time.Duration) {
	t.Helper()
	if _, _, err := w.Advance(t.Context(), w.Test, by); err != nil {
		t.Fatal(err)
	}
}

// countsOf reads how much the account has in a mode.
func countsOf(t *testing.T, w *testworld.World, mode id.Mode) bound.Counts {
	t.Helper()
	k := store.CountsKey(w.Account, mode)
	rows, err := w.Dispatcher.Config.Store.Find(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return store.CountsOf(rows, w.Account, mode).Counts
}

// setCounts makes the account have as much as a test needs, without making it.
func setCounts(t *testing.T, w *testworld.World, mode id.Mode, c bound.Counts) {
	t.Helper()
	row := store.Counts{Account: w.Account, Mode: mode, Counts: c}
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, []store.Key{row.Key()},
		func(tx *store.Tx) error { tx.Put(row); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func boundsWorld(t *testing.T, b store.Backend) *testworld.World {
	t.Helper()
	return testworld.New(t, testworld.Options{Backend: b, Limits: engine.Limits{Scheduled: 10}})
}

func TestBounds_Endpoints(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := boundsWorld(t, b)
		create := func(c account.Caller) (hooks.Endpoint, error) {
			e, _, err := w.Hooks.Create(t.Context(), c, hooks.NewEndpoint{URL: "https://example.com"}, nil)
			return e, err
		}

		n, err := allowed(60, func(int) error { _, err := create(w.Live); return err })
		full(t, err, "endpoints", 20)
		if n != 20 {
			t.Errorf("%d endpoints were made, 20 are allowed", n)
		}

		one, err := create(w.Test)
		if err != nil {
			t.Errorf("the sandbox has its own limit of endpoints: %v", err)
		}

		_, err = w.Hooks.Get(t.Context(), w.Test, one.ID)
		if err != nil {
			t.Error(err)
		}

		list, err := w.Hooks.List(t.Context(), w.Live, id.Webhook{}, 100)
		if err != nil || len(list) != 20 {
			t.Fatalf("%d endpoints, %v", len(list), err)
		}
		if err := w.Hooks.Delete(t.Context(), w.Live, list[0].ID); err != nil {
			t.Fatal(err)
		}

		n, err = allowed(10, func(int) error { _, err := create(w.Live); return err })
		full(t, err, "endpoints", 20)
		if n != 1 {
			t.Errorf("%d endpoints were made after one was deleted", n)
		}
	})
}

func TestBounds_Templates(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := boundsWorld(t, b)
		create := func(i int) error {
			name := fmt.Sprint("t", i)
			once := func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
				_, err := w.Answers.Once(ctx, w.Live, nil, keys, change)
				return err
			}
			_, err := w.Admin.CreateTemplate(t.Context(), w.Live,
				template.Change{Name: &name, Translations: map[string]string{"en": "{{code}}"}}, once)
			return err
		}

		n, err := allowed(bound.Templates+40, create)
		full(t, err, "templates", 500)
		if n != 500 {
			t.Errorf("%d templates were made, 500 are allowed", n)
		}

		list, err := w.Admin.Templates(t.Context(), w.Live, id.Template{}, 1)
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		if err := w.Admin.DeleteTemplate(t.Context(), w.Live, list[0].ID); err != nil {
			t.Fatal(err)
		}
		if n, _ = allowed(10, create); n != 1 {
			t.Errorf("%d templates were made after one was deleted", n)
		}
	})
}

func scheduleText(t *testing.T, w *testworld.World, c account.Caller, i int,
	after time.Duration,
) (engine.Message, error) {
	t.Helper()
	r := engine.SMSRequest{
		To: testworld.Number(i), Body: "Hello", ScheduledAt: w.Clock.Now().Add(after).Truncate(time.Second),
	}
	m, _, err := w.SendSMS(t.Context(), c, r, nil)
	return m, err
}

// A scheduled text counts until it is canceled or its time comes.
func TestBounds_Scheduled(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := boundsWorld(t, b)
		var mu sync.Mutex
		var made []engine.Message
		n, err := allowed(40, func(i int) error {
			m, err := scheduleText(t, w, w.Test, i, time.Hour)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made = append(made, m)
			}
			return err
		})

		f := full(t, err, "scheduled", 10)
		if n != 10 || f.Status != 400 || f.Details.Field != "scheduled_at" {
			t.Fatalf("%d were scheduled, 10 are allowed; %+v", n, f)
		}

		for i := range 2 { // canceling again gives nothing back
			_, _, err := w.CancelMessage(t.Context(), w.Test, made[0].ID, nil)
			if (err == nil) != (i == 0) {
				t.Errorf("cancel %d: %v", i, err)
			}
		}
		if got := countsOf(t, w, id.Test).Scheduled; got != 9 {
			t.Errorf("%d count after one was canceled, want 9", got)
		}

		advance(t, w, 2*time.Hour)
		if got := countsOf(t, w, id.Test).Scheduled; got != 0 {
			t.Errorf("%d count after their time has come", got)
		}
		if _, err := scheduleText(t, w, w.Test, 50, 4*time.Hour); err != nil {
			t.Error(err)
		}
	})
}

func TestBounds_ScheduledLive(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		sms := testworld.NewCarrier("smsc", message.SMS)
		w := testworld.New(t, testworld.Options{
			Backend: b, Carriers: []carrier.Carrier{sms}, Limits: engine.Limits{Scheduled: 3},
		})
		for i := range 3 {
			if _, err := scheduleText(t, w, w.Live, i, time.Minute); err != nil {
				t.Fatal(err)
			}
		}

		_, err := scheduleText(t, w, w.Live, 4, time.Minute)
		full(t, err, "scheduled", 3)
		if _, err := scheduleText(t, w, w.Test, 4, time.Minute); err != nil {
			t.Errorf("the sandbox has its own limit: %v", err)
		}

		w.Clock.Add(2 * time.Minute)
		w.Sweep(t)
		if got := countsOf(t, w, id.Live).Scheduled; got != 0 || len(sms.Sent()) != 3 {
			t.Errorf("%d count after %d were sent", got, len(sms.Sent()))
		}
	})
}

// One OTP is sent 20 times at max, the first included, however it is asked for.
func TestBounds_Resends(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	r := testworld.To(testworld.Number(1))
	first, _, err := w.SendOTP(t.Context(), w.Test, r, nil)
	if err != nil {
		t.Fatal(err)
	}

	again := func(i int) error {
		if i%2 == 0 {
			_, _, err := w.ResendOTP(t.Context(), w.Test, first.OTP.ID, 0, nil)
			return err
		}
		_, _, err := w.SendOTP(t.Context(), w.Test, r, nil)
		return err
	}

	w.Clock.Add(10 * time.Second)
	n, err := allowed(60, again)
	f := full(t, err, "resends_per_otp", 20)
	if n != 19 || f.Status != 429 || f.RetryAfter.Round(time.Second) != 290*time.Second {
		t.Errorf("%d resends, then %d after %v; want 19, then 429 after 290 s", n, f.Status, f.RetryAfter)
	}

	r.ForceNew = true
	if _, _, err := w.SendOTP(t.Context(), w.Test, r, nil); err != nil {
		t.Errorf("a new OTP: %v", err)
	}
}

func TestBounds_SandboxMessages(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := boundsWorld(t, b)
		now := w.Clock.Now()
		setCounts(t, w, id.Test, bound.Counts{
			Sandbox: bound.Log{{At: now.Truncate(time.Hour), N: bound.SandboxMessages - 5}},
		})

		n, err := allowed(30, func(i int) error {
			if i%2 == 0 {
				_, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(testworld.Number(i)), nil)
				return err
			}
			_, _, err := w.SendSMS(t.Context(), w.Test, engine.SMSRequest{To: testworld.Number(i), Body: "Hello"}, nil)
			return err
		})

		f := full(t, err, "sandbox_messages", 100_000)
		if n != 5 || f.Status != 400 {
			t.Errorf("%d were allowed, 5 were left; %+v", n, f)
		}

		// The sandbox's clock makes no room; real time does.
		advance(t, w, 24*24*time.Hour)
		_, _, err = w.SendOTP(t.Context(), w.Test, testworld.To(testworld.Number(1)), nil)
		full(t, err, "sandbox_messages", 100_000)
		w.Clock.Add(bound.KeepSandbox + time.Hour)
		if _, _, err = w.SendOTP(t.Context(), w.Test, testworld.To(testworld.Number(1)), nil); err != nil {
			t.Error(err)
		}
	})
}

// What a sandbox made is removed after seven days of real time, whatever the sandbox's clock shows, and nothing of live
// mode.
func TestBounds_SandboxRowsRemoved(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		sms := testworld.NewCarrier("smsc", message.SMS)
		w := testworld.New(t, testworld.Options{Backend: b, Carriers: []carrier.Carrier{sms}})
		live, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(testworld.Number(1)), nil)
		if err != nil {
			t.Fatal(err)
		}

		advance(t, w, 20*24*time.Hour)
		code, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(testworld.Number(1)), nil)
		if err != nil {
			t.Fatal(err)
		}

		text, err := scheduleText(t, w, w.Test, 2, 45*24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}

		advance(t, w, time.Hour)

		exists := func() (out [3]bool) {
			rows, err := w.Dispatcher.Config.Store.Find(t.Context(), code.OTP.Key(), code.Message.Key(), text.Key())
			if err != nil {
				t.Fatal(err)
			}

			for i, k := range []store.Key{code.OTP.Key(), code.Message.Key(), text.Key()} {
				_, out[i] = rows[k]
			}

			return out
		}

		w.Clock.Add(7*24*time.Hour - time.Minute)
		w.Do(t, w.Janitor.RemoveSandboxMessages)
		w.Do(t, w.Janitor.RemoveExpired)
		if got := exists(); got != [3]bool{true, true, true} {
			t.Errorf("before seven days are over, %v of them exist", got)
		}

		w.Clock.Add(2 * time.Hour)
		w.Do(t, w.Janitor.RemoveSandboxMessages)
		w.Do(t, w.Janitor.RemoveExpired)
		if got := exists(); got != [3]bool{} {
			t.Errorf("after seven days, %v of them exist", got)
		}
		if got := countsOf(t, w, id.Test).Scheduled; got != 0 {
			t.Errorf("%d scheduled count, but they are removed", got)
		}
		if list, err := w.Inbox(t.Context(), w.Test, "", id.Message{}, 10); err != nil || len(list) != 0 {
			t.Errorf("%d texts in the inbox, %v", len(list), err)
		}
		w.Read(t, live.OTP.ID)
	})
}
