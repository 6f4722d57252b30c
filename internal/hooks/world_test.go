package hooks_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// world is an engine with one carrier, and hooks to a receiver.
type world struct {
	*testworld.World
	sms *testworld.Carrier
}

func newWorld(t testing.TB, o testworld.Options) world {
	t.Helper()
	w := world{sms: testworld.NewCarrier("smsc", message.SMS, message.WhatsApp)}
	o.Carriers = []carrier.Carrier{w.sms}
	w.World = testworld.New(t, o)
	return w
}

func endpoint(t testing.TB, w world, c account.Caller, events ...webhook.Type) hooks.Endpoint {
	t.Helper()
	return endpointAt(t, w, c, "https://example.com/hook", events...)
}

func endpointAt(t testing.TB, w world, c account.Caller, url string, events ...webhook.Type) hooks.Endpoint {
	t.Helper()
	e, _, err := w.Hooks.Create(t.Context(), c, hooks.NewEndpoint{URL: url, Events: events}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func send(t testing.TB, w world, n int) engine.OTPSent {
	t.Helper()
	r := testworld.To(testworld.Number(n))
	r.Metadata = []byte(`{"user":"<u>"}`)
	s, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
	if err != nil {
		t.Fatal(err)
	}

	return s
}

func receipt(t testing.TB, w world, s engine.OTPSent, status carrier.Status, reason message.Reason) {
	t.Helper()
	_, err := w.Dispatcher.Receipt(t.Context(), carrier.Receipt{Carrier: "smsc", ID: lastID(w), Status: status, Reason: reason, CarrierCode: "0x21"})
	if err != nil {
		t.Fatal(err)
	}
}

// lastID is the id that the carrier gave its last message.
func lastID(w world) string { return "smsc-" + itoa(len(w.sms.Sent())) }

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func verify(t testing.TB, w world, s engine.OTPSent, code string) {
	t.Helper()
	if _, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(code), nil); err != nil {
		t.Fatal(err)
	}
}

func codeOf(w world) string {
	sent := w.sms.Sent()
	return sent[len(sent)-1].Code.Reveal()
}

// body reads a delivery.
func body(t testing.TB, g testworld.Received) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(g.Body), &out); err != nil {
		t.Fatalf("%q: %v", g.Body, err)
	}
	return out
}

// types lists the events of deliveries, in order.
func types(list []testworld.Received) string {
	var out []string
	for _, g := range list {
		out = append(out, g.Header[webhook.HeaderEvent])
	}
	return strings.Join(out, " ")
}

// status answers everything with it.
func status(code int) func(context.Context, testworld.Received) egress.Response {
	return func(context.Context, testworld.Received) egress.Response { return egress.Response{Status: code} }
}

// events reads what is stored, oldest first.
func events(t testing.TB, w world, c account.Caller) []hooks.Event {
	t.Helper()
	out, err := w.Hooks.FindEvents(t.Context(), c, hooks.EventSearch{After: &id.Event{}, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return out.Rows
}

func deliveries(t testing.TB, w world, c account.Caller, e hooks.Endpoint) []hooks.Delivery {
	t.Helper()
	out, err := w.Hooks.FindDeliveries(t.Context(), c, e.ID, 0, id.Event{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return out.Rows
}

// change puts a changed row.
func change[R store.Record](t testing.TB, w world, k store.Key, fn func(R) R) {
	t.Helper()
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, []store.Key{k}, func(tx *store.Tx) error {
		r, ok := store.Get[R](tx, k)
		if !ok {
			t.Error("the row is absent")
		}
		tx.Put(fn(r))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
