package httpapi_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

const carriersPath = "/v2/carriers"

// carriers lists the carriers by their names.
func (a *api) carriers(t *testing.T, key string) map[string]map[string]any {
	t.Helper()
	w := a.call(t, key, "GET", carriersPath, "").ok()
	if next, there := w.json["next_cursor"]; !there || next != nil {
		t.Errorf("next_cursor in %s", w.text)
	}
	out := map[string]map[string]any{}
	for _, c := range w.json["data"].([]any) {
		c := c.(map[string]any)
		out[c["name"].(string)] = c
	}

	return out
}

func (a *api) operatorKey(t *testing.T, mode id.Mode) string {
	t.Helper()
	return a.key(t, mode, account.ScopeOperator)
}

func TestCarriers(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		a := newAPI(t, testworld.Options{Backend: b, Credits: 1000})
		key := a.operatorKey(t, id.Live)
		want := `{"data":[{"channels":["sms"],"in_flight":0,"kind":"http","name":"smsc","nodes":1,"queued":0,"rate":0,` +
			`"rate_used":0,"state":"ok"},{"channels":["whatsapp"],"in_flight":0,"kind":"http","name":"wa","nodes":1,` +
			`"queued":0,"rate":0,"rate_used":0,"state":"ok"}],"next_cursor":null}`
		if w := a.call(t, key, "GET", carriersPath, "").ok(); asText(w.json) != want {
			t.Errorf("of a new server\n%s\nwant\n%s", asText(w.json), want)
		}

		a.sms.Script(testworld.AnswersWith(carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 401",
			Cause: "no route to +32470123456 for token",
		}))
		a.liveText(t, ``)
		a.Clock.Add(time.Minute)
		if _, err := carrierwatch.SetPaused(t.Context(), a.Dispatcher.Config.Store, "wa", true, a.Clock.Now()); err != nil {
			t.Fatal(err)
		}

		got := a.carriers(t, key)
		if c := got["smsc"]; c["state"] != "failing" || c["failing_since"] != "2026-04-25T15:27:00Z" || c["queued"] != 1.0 ||
			c["last_error"] != "HTTP 401, no route to +3247•••••56 for token" {
			t.Errorf("one that fails: %v", c)
		}
		if c := got["wa"]; c["state"] != "paused" || c["paused_since"] != "2026-04-25T15:28:00Z" {
			t.Errorf("one that is paused: %v", c)
		}
	})
}

// TestCarriers_Sandbox: test keys see the sandbox's carrier, whatever happens to live ones.
func TestCarriers_Sandbox(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 1000})
	key := a.operatorKey(t, id.Test)
	before := a.call(t, key, "GET", carriersPath, "").ok()
	if _, err := carrierwatch.SetPaused(t.Context(), a.Dispatcher.Config.Store, "smsc", true, a.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	a.Clock.Add(time.Minute)

	after := a.carriers(t, key)
	if c := after["sandbox"]; len(after) != 1 || c["kind"] != "sandbox" || c["state"] != "ok" ||
		fmt.Sprint(c["channels"]) != "[whatsapp sms telegram voice]" {
		t.Errorf("the sandbox: %v", after)
	}
	if w := a.call(t, key, "GET", carriersPath, "").ok(); asText(w.json) != asText(before.json) {
		t.Errorf("%s after a live carrier was paused, %s before", w.text, before.text)
	}
}

// TestCarriers_Bounded: however often it is asked, the database is read once a second at most.
func TestCarriers_Bounded(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	key := a.operatorKey(t, id.Live)
	set := func(paused bool) {
		t.Helper()
		_, err := carrierwatch.SetPaused(t.Context(), a.Dispatcher.Config.Store, "wa", paused, a.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
	}
	state := func() any { return a.carriers(t, key)["wa"]["state"] }

	for _, c := range []struct {
		paused bool
		wait   time.Duration
		want   string
	}{
		{false, 0, "ok"},
		{true, 999 * time.Millisecond, "ok"},
		{true, time.Millisecond, "paused"},
		{false, 500 * time.Millisecond, "paused"},
		{false, 500 * time.Millisecond, "ok"},
		{true, -time.Hour, "paused"}, // the machine's clock was set back
	} {
		set(c.paused)
		a.Clock.Add(c.wait)
		if got := state(); got != c.want {
			t.Errorf("paused %v, after another %v it is %v, want %s", c.paused, c.wait, got, c.want)
		}
	}
}

// pair is a registry in which another node is alive.
type pair struct{ other int64 }

func (p pair) Renew(_ context.Context, epoch int64) (cluster.Heartbeats, error) {
	now := time.Now()
	return cluster.Heartbeats{
		Live: []cluster.Heartbeat{{Epoch: epoch, At: now}, {Epoch: p.other, At: now}}, Newest: max(epoch, p.other), Now: now,
	}, nil
}
func (pair) Fence(context.Context, cluster.Heartbeat) error { return nil }
func (pair) Leave(context.Context, int64) error             { return nil }

// TestCarriers_Nodes: what the nodes that are alive tell is added up.
func TestCarriers_Nodes(t *testing.T) {
	t.Parallel()
	nodes := func(epoch int64) *cluster.Membership {
		m, err := cluster.Join(t.Context(), pair{3 - epoch}, epoch, slog.New(slog.DiscardHandler)) // 1 and 2
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	a := newAPI(t, testworld.Options{Nodes: nodes})
	told := func(epoch int64, load carrierwatch.Load) {
		t.Helper()
		w := carrierwatch.New(carrierwatch.Config{
			Store: a.Dispatcher.Config.Store, Carriers: []string{"smsc"}, Epoch: epoch, Nodes: nodes(min(epoch, 2)),
			Log: slog.New(slog.DiscardHandler), Now: a.Clock.Now, Load: func(string) carrierwatch.Load { return load },
		})
		w.Round(t.Context())
	}
	told(9, carrierwatch.Load{InFlight: 900}) // a node that is not alive
	told(2, carrierwatch.Load{InFlight: 5, Rate: 12.5, Sessions: 2, Problem: "the bind was rejected"})

	list := a.carriers(t, a.operatorKey(t, id.Live))
	c := list["smsc"]
	if c["nodes"] != 2.0 || c["in_flight"] != 5.0 || c["rate"] != 13.0 || c["sessions"] != 2.0 || c["sessions_bound"] != 0.0 ||
		c["state"] != "failing" || c["last_error"] != "the bind was rejected" {
		t.Errorf("on two nodes: %v", c)
	}
	if c := list["wa"]; c["nodes"] != 1.0 || c["state"] != "ok" || c["sessions"] != nil {
		t.Errorf("on one: %v", c)
	}
}
