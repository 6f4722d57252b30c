package hooks_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// changeOf is a change of enabled.
func changeOf(enabled *bool) hooks.Change { return hooks.Change{Enabled: enabled} }

func is(t *testing.T, err error, code fault.Code, words string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code || !strings.Contains(f.Message, words) {
		t.Errorf("got %v, want %s with %q", err, code, words)
	}
}

func TestEndpoint_OfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	e := endpoint(t, w, w.Live)
	other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	ctx := t.Context()
	for _, c := range []struct {
		name string
		err  error
	}{
		{"other account", func() error {
			_, err := w.Hooks.Get(ctx, testworld.CallerOf(other.Account, id.Live), e.ID)
			return err
		}()},
		{"other mode", func() error { _, err := w.Hooks.Get(ctx, w.Test, e.ID); return err }()},
		{"update", func() error { _, err := w.Hooks.Update(ctx, w.Test, e.ID, hooks.Change{}); return err }()},
		{"delete", w.Hooks.Delete(ctx, w.Test, e.ID)},
		{"rotate", func() error { _, _, err := w.Hooks.RotateSecret(ctx, w.Test, e.ID, 0, nil); return err }()},
		{"deliveries", func() error { _, err := w.Hooks.FindDeliveries(ctx, w.Test, e.ID, 0, id.Event{}, 10); return err }()},
		{"redeliver", func() error { _, _, err := w.Hooks.Redeliver(ctx, w.Test, e.ID, id.Event{1}, nil); return err }()},
		{"recover", func() error {
			_, _, err := w.Hooks.Recover(ctx, w.Test, e.ID, w.Clock.Now(), time.Time{}, nil)
			return err
		}()},
		{"test", func() error {
			_, _, err := w.Hooks.Test(ctx, w.Test, e.ID, webhook.OTPVerified, nil)
			return err
		}()},
	} {
		t.Run(c.name, func(t *testing.T) { is(t, c.err, fault.NotFound, "no such webhook endpoint") })
	}

	none, err := w.Hooks.List(ctx, w.Test, id.Webhook{}, 10)
	one, err2 := w.Hooks.List(ctx, w.Live, id.Webhook{}, 10)
	if len(none) != 0 || len(one) != 1 || err != nil || err2 != nil {
		t.Errorf("the lists are mixed up: %v, %v, %v, %v", none, one, err, err2)
	}
}

func TestEndpoint_Refused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	for url, words := range map[string]string{
		"": "must be an absolute URL", "example.com": "must be an absolute URL", "ftp://example.com": "https://", "http://example.com": "https://",
		"https://u:p@example.com": "user", "https://example.com/#a": "fragment", "https://127.0.0.1/": "must lead to a public address", "https://[::1]:9000/": "must lead to a public address",
		"https://169.254.169.254/latest": "must lead to a public address", "https://10.0.0.1": "must lead to a public address", "https:///x": "must be an absolute URL", " https://example.com": "must be an absolute URL",
		"https://example.com/" + strings.Repeat("x", 2048): "2048",
	} {
		_, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: url}, nil)
		is(t, err, fault.InvalidParams, words)
	}

	for words, list := range map[string][]webhook.Type{"is not a type of event": {"message.sent", "otp.sent"}, "twice": {webhook.MessageSent, webhook.MessageSent}} {
		_, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: "https://example.com", Events: list}, nil)
		is(t, err, fault.InvalidParams, words)
	}

	for range bound.Endpoints {
		endpoint(t, w, w.Live)
	}
	_, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: "https://example.com"}, nil)
	is(t, err, fault.InvalidParams, "at most 20")
	endpoint(t, w, w.Test)
}

// Both secrets sign for as long as was asked, then the new one alone.
func TestRotateSecret_Overlap(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	e := endpoint(t, w, w.Live, webhook.MessageSent)
	fresh, _, err := w.Hooks.RotateSecret(t.Context(), w.Live, e.ID, time.Hour, nil)
	if err != nil || fresh.Secret.Reveal() == e.Secret.Reveal() {
		t.Fatal("no new secret", err)
	}

	send(t, w, 1)
	check(t, w.Receiver.Wait(t, 1)[0], fresh.Secret, e.Secret)
	w.Clock.Add(time.Hour)
	send(t, w, 2)
	check(t, w.Receiver.Wait(t, 2)[1], fresh.Secret)
	_, _, err = w.Hooks.RotateSecret(t.Context(), w.Live, e.ID, 8*24*time.Hour, nil)
	is(t, err, fault.InvalidParams, "overlap")
	if got, err := w.Hooks.Get(t.Context(), w.Live, e.ID); err != nil || !got.Secret.Empty() {
		t.Errorf("a secret is shown again: %v", err)
	}
}

// Endpoints survive a restart with their secrets, and a repeat of the request that made one makes no second.
func TestEndpoint_AfterARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	e := endpoint(t, w, w.Live, webhook.MessageSent)
	gone := endpoint(t, w, w.Live)
	if err := w.Hooks.Delete(t.Context(), w.Live, gone.ID); err != nil {
		t.Fatal(err)
	}

	next := world{w.Restart(t, nil), w.sms}
	send(t, next, 1)
	check(t, w.Receiver.Wait(t, 1)[0], e.Secret)
	next.Hooks.Settle()
	if len(w.Receiver.Got()) != 1 {
		t.Error("a deleted endpoint came back")
	}
}
