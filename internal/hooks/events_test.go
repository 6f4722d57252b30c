package hooks_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Each step of an OTP is an event, signed, numbered, and without the code.
func TestEvents_LifeOfAnOTP(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, testworld.Options{Backend: fresh(t)})
			e := endpoint(t, w, w.Live)
			s := send(t, w, 1)
			w.Hooks.Settle() // what is posted carries the time of its attempt
			w.Clock.Add(1241 * time.Millisecond)
			receipt(t, w, s, carrier.Delivered, "")
			receipt(t, w, s, carrier.Delivered, "") // twice, as carriers do
			receipt(t, w, s, carrier.Read, "")
			verify(t, w, s, "000001")
			verify(t, w, s, codeOf(w))
			got := w.Receiver.Wait(t, 4)
			w.Hooks.Settle()
			seen := map[string]map[string]any{}
			for _, g := range w.Receiver.Got() {
				p := body(t, g)
				seen[p["event"].(string)] = p
				if strings.Contains(g.Body, codeOf(w)) {
					t.Errorf("the code is in %s", g.Body)
				}

				for field, want := range map[string]any{"to": testworld.Number(1), "channel": "sms", "otp_id": s.OTP.ID.String()} {
					if p[field] != want {
						t.Errorf("%s: %s is %v, want %v", p["event"], field, p[field], want)
					}
				}
				if m, _ := p["metadata"].(map[string]any); m["user"] != "<u>" || !strings.Contains(g.Body, `"<u>"`) {
					t.Errorf("metadata of %s", g.Body)
				}
				check(t, g, e.Secret)
			}
			if len(got) != 4 || len(w.Receiver.Got()) != 4 || len(seen) != 4 {
				t.Fatalf("got %s", types(w.Receiver.Got()))
			}

			for event, want := range map[string][4]any{
				"message.sent":      {s.Message.ID.String(), "sent", float64(0), float64(1)},
				"message.delivered": {s.Message.ID.String(), "delivered", float64(1241), float64(2)},
				"message.read":      {s.Message.ID.String(), "read", float64(1241), float64(3)},
				"otp.verified":      {nil, "verified", float64(1241), float64(1)},
			} {
				p := seen[event]
				if got := [4]any{p["message_id"], p["status"], p["latency_ms"], p["sequence"]}; got != want {
					t.Errorf("%s: %v, want %v", event, got, want)
				}
			}
			if at := seen["message.delivered"]["delivered_at"]; at != "2026-04-25T15:27:01Z" {
				t.Errorf("delivered_at is %v", at)
			}

			for _, d := range deliveries(t, w, w.Live, e) {
				if d.State != webhook.Delivered || d.Total != 1 || d.Tries[0].Status != 200 || d.Owner != 0 {
					t.Errorf("%s ended as %+v", d.Type, d.Delivery)
				}
			}
		})
	}
}

// check holds a delivery's headers to its body.
func check(t *testing.T, g testworld.Received, secrets ...secret.String) {
	t.Helper()
	var texts []string
	for _, s := range secrets {
		texts = append(texts, s.Reveal())
	}

	event := g.Header[webhook.HeaderEventID]
	unix, err := strconv.ParseInt(g.Header[webhook.HeaderStandardTime], 10, 64)
	if _, bad := id.ParseEvent(event); bad != nil || err != nil || unix != g.At.Unix() {
		t.Errorf("event %q at %v: %v", event, unix, err)
	}

	want := webhook.Sign(texts, unix, event, []byte(g.Body))
	for name, value := range map[string]string{
		webhook.HeaderSignature: want.Ours, webhook.HeaderStandardSignature: want.Standard, webhook.HeaderStandardID: event,
		"Content-Type": "application/json", "User-Agent": "SysSecure-Webhooks/1.0", webhook.HeaderEvent: body(t, g)["event"].(string),
	} {
		if g.Header[name] != value {
			t.Errorf("%s is %q, want %q", name, g.Header[name], value)
		}
	}

	h := http.Header{}
	for _, name := range []string{webhook.HeaderStandardID, webhook.HeaderStandardTime, webhook.HeaderStandardSignature} {
		h.Set(name, g.Header[name])
	}

	lib, err := standard.NewWebhook(texts[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := lib.VerifyIgnoringTimestamp([]byte(g.Body), h); err != nil {
		t.Errorf("the standard's library: %v", err)
	}
}

func TestEvents_Failures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	endpoint(t, w, w.Live)
	s := send(t, w, 1)
	receipt(t, w, s, carrier.Failed, message.BlockedByRecipient)
	got := w.Receiver.Wait(t, 3)
	failed := body(t, w.Receiver.Got(webhook.MessageFailed)[0])
	if failed["reason"] != "blocked_by_recipient" || failed["carrier_code"] != "0x21" || failed["status"] != "failed" || failed["failed_at"] == nil || failed["sequence"] != float64(2) {
		t.Errorf("message.failed: %v", failed)
	}

	ended := body(t, w.Receiver.Got(webhook.OTPFailed)[0])
	if ended["status"] != "failed" || ended["otp_id"] != s.OTP.ID.String() || ended["sequence"] != float64(1) || ended["message_id"] != nil {
		t.Errorf("otp.failed: %v", ended)
	}
	if len(got) != 3 {
		t.Errorf("got %s", types(got))
	}
}

func TestEvents_Ends(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	endpoint(t, w, w.Live, webhook.OTPExpired, webhook.OTPCanceled, webhook.OTPFailed, webhook.MessageFailed)
	s := send(t, w, 1)
	for range 2 { // the second finds it canceled, and tells nothing
		if _, _, err := w.CancelOTP(t.Context(), w.Live, s.OTP.ID, nil); err != nil {
			t.Fatal(err)
		}
	}

	send(t, w, 2)
	replaced := testworld.To(testworld.Number(2))
	replaced.ForceNew = true
	if _, _, err := w.SendOTP(t.Context(), w.Live, replaced, nil); err != nil {
		t.Fatal(err)
	}

	w.Receiver.Wait(t, 2)
	// One that no carrier ever took fails, and one that was sent expires; each is one event.
	w.sms.Script(testworld.Throttles(time.Hour))
	send(t, w, 3)
	w.Clock.Add(time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Dispatcher.Run(ctx) }()
	got := w.Receiver.Wait(t, 5)
	stop()
	<-done
	count := map[string]int{}
	for _, g := range got {
		count[g.Header[webhook.HeaderEvent]]++
	}
	if count["otp.canceled"] != 2 || count["otp.expired"] != 1 || count["otp.failed"] != 1 || count["message.failed"] != 1 || len(w.Receiver.Got()) != 5 {
		t.Errorf("got %v", count)
	}
}

func TestEvents_OptOuts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	endpoint(t, w, w.Live, webhook.ContactOptedOut, webhook.ContactOptedIn)
	send(t, w, 1)
	for _, word := range []string{"STOP", "stop", "START", "start"} {
		w.Clock.Add(time.Second)
		if _, err := w.Inbound(t.Context(), carrier.Inbound{Carrier: "smsc", From: testworld.Number(1), Body: secret.NewString(word)}); err != nil {
			t.Fatal(err)
		}
	}

	w.Receiver.Wait(t, 2)
	w.Hooks.Settle()
	if len(w.Receiver.Got()) != 2 {
		t.Fatalf("got %s", types(w.Receiver.Got()))
	}

	out := w.Receiver.Got(webhook.ContactOptedOut)[0].Body
	if out != `{"event":"contact.opted_out","channel":"sms","to":"`+testworld.Number(1)+`","keyword":"STOP","opted_out_at":"2026-04-25T15:27:01Z"}` {
		t.Errorf("got %s", out)
	}
	if in := body(t, w.Receiver.Got(webhook.ContactOptedIn)[0]); in["opted_in_at"] != "2026-04-25T15:27:03Z" || in["keyword"] == nil {
		t.Errorf("got %v", in)
	}
}

func rows(t *testing.T, w world, a id.Account, mode id.Mode) (n int) {
	t.Helper()
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		list, err := v.Events(a, mode, id.Event{}, id.Event{}, true, 1000)
		n = len(list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return n
}

// An account without subscribers writes no events; the sandbox always writes its events; nobody hears
// of another's, of the other mode, or of what he did not ask for.
func TestEvents_Subscribers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	endpoint(t, w, testworld.CallerOf(other.Account, id.Live))
	endpoint(t, w, w.Test, webhook.OTPVerified)
	send(t, w, 1)
	if n := rows(t, w, w.Account, id.Live); n != 0 {
		t.Errorf("an account without endpoints wrote %d events", n)
	}

	r := engine.OTPRequest{To: "+15005550006", Channels: []message.Channel{message.SMS}}
	s, _, err := w.SendOTP(t.Context(), w.Test, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = w.VerifyOTP(t.Context(), w.Test, s.OTP.ID, secret.NewString("000000"), nil); err != nil {
		t.Fatal(err)
	}

	w.Receiver.Wait(t, 1)
	w.Hooks.Settle()
	if got := types(w.Receiver.Got()); got != "otp.verified" {
		t.Errorf("got %s", got)
	}
	if n := rows(t, w, w.Account, id.Test); n < 2 {
		t.Errorf("the sandbox wrote %d events", n)
	}
	if rows(t, w, other.ID, id.Live) != 0 || len(events(t, w, testworld.CallerOf(other.Account, id.Test))) != 0 {
		t.Error("another account has events")
	}

	// From the moment an endpoint was made, every event is written; also while it is disabled, for a recovery.
	e := endpoint(t, w, w.Live, webhook.OTPVerified)
	off := false
	if _, err := w.Hooks.Update(t.Context(), w.Live, e.ID, changeOf(&off)); err != nil {
		t.Fatal(err)
	}

	send(t, w, 2)
	if n := rows(t, w, w.Account, id.Live); n != 1 {
		t.Errorf("%d events were written for a disabled endpoint", n)
	}
}

// Callbacks are signed with the account's secret, once for each message, to its own URL.
func TestCallback_Signed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	s := send(t, w, 1)
	const url = "https://callback.example/x?y=1"
	change(t, w, s.Message.Key(), func(m store.Message) store.Message { m.CallbackURL = url; return m })
	fresh, _, err := w.Hooks.RotateCallback(t.Context(), w.Live, time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}

	receipt(t, w, s, carrier.Delivered, "")
	got := w.Receiver.Wait(t, 1)[0]
	if got.URL != url || strings.Count(got.Header[webhook.HeaderSignature], "v1=") != 2 {
		t.Fatalf("got %+v", got)
	}

	sums := strings.Split(got.Header[webhook.HeaderStandardSignature], " ")
	mine := webhook.Sign([]string{fresh.Reveal()}, got.At.Unix(), got.Header[webhook.HeaderEventID], []byte(got.Body))
	if len(sums) != 2 || sums[0] != mine.Standard {
		t.Errorf("signed %v, the new secret says %s", sums, mine.Standard)
	}

	// After the overlap the new secret signs alone.
	w.Clock.Add(2 * time.Hour)
	receipt(t, w, s, carrier.Read, "")
	check(t, w.Receiver.Wait(t, 2)[1], fresh)
	// An endpoint with the same address hears it once.
	e := endpointAt(t, w, w.Live, url)
	s2 := send(t, w, 2)
	change(t, w, s2.Message.Key(), func(m store.Message) store.Message { m.CallbackURL = url; return m })
	receipt(t, w, s2, carrier.Delivered, "")
	all := w.Receiver.Wait(t, 4)
	w.Hooks.Settle()
	if len(w.Receiver.Got()) != 4 {
		t.Errorf("got %s", types(w.Receiver.Got()))
	}

	check(t, all[3], e.Secret)
	if _, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(fresh.Reveal(), webhook.SecretPrefix)); err != nil {
		t.Errorf("the secret is no base64: %v", err)
	}
}
