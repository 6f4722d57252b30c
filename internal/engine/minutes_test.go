package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
	"github.com/syssecure/syssecure/internal/testworld"
)

// endsWith checks the end of a carrier's last text.
func endsWith(t *testing.T, c *testworld.Carrier, want string) {
	t.Helper()
	sent := c.Sent()
	if got := sent[len(sent)-1].Body.Reveal(); !strings.HasSuffix(got, want) {
		t.Errorf("%s says %q, want it to end with %q", c.Name(), got, want)
	}
}

func TestMinutes_Resend(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		send(t, w.World, testworld.To(phoneA))
		endsWith(t, w.SMS, "valid for 5 min.")
		for _, c := range []struct {
			passes time.Duration
			want   string
		}{
			{time.Second, "valid for 4 min."},
			{179 * time.Second, "valid for 2 min."},
			{20 * time.Second, "valid for 1 min."}, // 100 s are left
			{40 * time.Second, "valid for 1 min."},
			{time.Second, "valid for less than a minute."},
			{58 * time.Second, "valid for less than a minute."},
		} {
			w.Clock.Add(c.passes)
			send(t, w.World, testworld.To(phoneA))
			endsWith(t, w.SMS, c.want)
		}
	})
}

// TestMinutes_NewCode: whatever the fraction of the second, the text promises the requested minutes.
func TestMinutes_NewCode(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	for i := range 50 {
		w.Clock.Add(123_456_789)
		r := testworld.To(testworld.Number(i))
		r.ExpiresIn = 120 * time.Second
		send(t, w.World, r)
		endsWith(t, w.SMS, "valid for 2 min.")
	}

	r := testworld.To(phoneA)
	r.ExpiresIn = 59 * time.Second
	send(t, w.World, r)
	endsWith(t, w.SMS, "valid for less than a minute.")
}

func TestMinutes_FallbackAndRetry(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})

	// By the timer, 20 s after the submit.
	r := testworld.To(phoneA, message.WhatsApp, message.SMS)
	r.ExpiresIn = 70 * time.Second
	send(t, w.World, r)
	endsWith(t, w.WhatsApp, "valid for 1 min.")
	elapse(t, w.World, 21*time.Second)
	endsWith(t, w.SMS, "valid for less than a minute.")

	// Immediately after a rejection that took long.
	w.WhatsApp.Script(func(context.Context, carrier.Message) carrier.Result {
		w.Clock.Add(70 * time.Second)
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.NotOnChannel}
	})

	send(t, w.World, testworld.To(testworld.Number(1), message.WhatsApp, message.SMS))
	endsWith(t, w.WhatsApp, "valid for 5 min.")
	endsWith(t, w.SMS, "valid for 3 min.")

	// A retry over the same carrier, after the wait that it asked for, a minute at most.
	w.SMS.Script(testworld.Throttles(90*time.Second), testworld.Accepts)
	send(t, w.World, testworld.To(testworld.Number(2)))
	endsWith(t, w.SMS, "valid for 5 min.")
	before := len(w.SMS.Sent())
	elapse(t, w.World, 100*time.Second)
	if len(w.SMS.Sent()) == before {
		t.Fatal("it was not tried again")
	}
	endsWith(t, w.SMS, "valid for 4 min.")
}

func TestMinutes_Template(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	name := "Login"
	row, err := w.Admin.CreateTemplate(t.Context(), w.Live, template.Change{
		Name: &name, Translations: map[string]string{"en": "{{code}}, {{minutes}} min left"},
		Channels: &template.Channels{WhatsApp: &template.WhatsApp{Name: "login", Language: "en"}},
	}, func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
		_, err := w.Answers.Once(ctx, w.Live, nil, keys, change)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	r := testworld.To(phoneA)
	r.Template = row.ID.String()
	send(t, w.World, r)
	endsWith(t, w.SMS, ", 5 min left")
	w.Clock.Add(250 * time.Second)
	r.Channels = []message.Channel{message.WhatsApp}
	send(t, w.World, r)
	endsWith(t, w.WhatsApp, ", <1 min left")
	sent := w.WhatsApp.Sent()[0]
	if v := sent.Template.Variables; len(v) != 2 || v[1].Name != "minutes" || v[1].Value.Reveal() != "<1" {
		t.Errorf("the approved template gets %+v", v)
	}
}

// TestMinutes_SandboxClock: a clock that was moved ahead leaves less time.
func TestMinutes_SandboxClock(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	sent, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(phoneA), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Advance(t.Context(), w.Test, 200*time.Second); err != nil {
		t.Fatal(err)
	}

	again, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(phoneA), nil)
	if err != nil || again.OTP.ID != sent.OTP.ID {
		t.Fatalf("sent again %v, %v", again.OTP.ID, err)
	}

	list, err := w.Inbox(t.Context(), w.Test, phoneA, id.Message{}, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d texts, %v", len(list), err)
	}
	if !strings.HasSuffix(list[0].Body, "valid for 1 min.") || !strings.HasSuffix(list[1].Body, "valid for 5 min.") {
		t.Errorf("the phone shows %q and %q", list[0].Body, list[1].Body)
	}
	if w.Contact(t, id.Live, phoneA).Pending != nil {
		t.Error("the live row has something of the sandbox")
	}
}
