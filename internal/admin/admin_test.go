package admin_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func refused(t *testing.T, err error, code fault.Code) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return f
}

// onEach runs a test on every database.
func onEach(t *testing.T, test func(t *testing.T, w *testworld.World)) {
	t.Helper()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, testworld.New(t, testworld.Options{Backend: fresh(t), Credits: 100}))
		})
	}
}

func TestCredit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		for _, c := range []struct {
			credits, want int64
			ok            bool
		}{
			{credits: 50, want: 150, ok: true},
			{credits: -150, ok: true},
			{credits: -1},
			{},
			{credits: math.MaxInt64, want: math.MaxInt64, ok: true},
			{credits: 1, want: math.MaxInt64},
		} {
			b, err := w.Admin.Credit(t.Context(), w.Account, c.credits)
			if (err == nil) != c.ok || c.ok && b.Credits != c.want {
				t.Errorf("credit %d: %+v, %v", c.credits, b, err)
			}
			if got := w.Balance(t); got.Credits != c.want || got.Held != 0 {
				t.Errorf("after %d: %+v, want %d", c.credits, got, c.want)
			}
		}
		_, err := w.Admin.Credit(t.Context(), id.NewAccount(w.Clock.Now()), 1)
		refused(t, err, fault.NotFound)
	})
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	for name, c := range map[string]struct {
		name    string
		credits int64
	}{"no name": {}, "a long name": {name: strings.Repeat("a", 101)}, "debts": {name: "Acme", credits: -1}} {
		t.Run(name, func(t *testing.T) {
			if _, err := w.Admin.CreateAccount(t.Context(), c.name, c.credits); err == nil {
				t.Errorf("%s was accepted", name)
			}
		})
	}

	a, err := w.Admin.CreateAccount(t.Context(), "Acme", 7)
	if err != nil || !strings.HasPrefix(a.CallbackSecret.Reveal(), "whsec_") || a.Balance.Credits != 7 {
		t.Errorf("account %+v, %v", a.Account, err)
	}

	row, err := w.Admin.Account(t.Context(), a.ID)
	if err != nil || strings.Contains(string(row.CallbackSecret), a.CallbackSecret.Reveal()) {
		t.Errorf("the callback secret is stored as it is, or not at all: %v", err)
	}
}

func TestSet_AllOrNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		_, err := w.Admin.Set(t.Context(), w.Account,
			[]admin.Setting{{Key: "name", Value: "New"}, {Key: "from", Value: "far too long a sender"}})
		refused(t, err, fault.InvalidParams)
		row, err := w.Admin.Account(t.Context(), w.Account)
		if err != nil || row.Name != "Acme" {
			t.Errorf("name %q, %v", row.Name, err)
		}

		got, err := w.Admin.Set(t.Context(), w.Account,
			[]admin.Setting{{Key: "name", Value: "New"}, {Key: "from", Value: "Acme"}})
		if err != nil || got.Live.Name != "New" || got.Test.From != "Acme" {
			t.Errorf("settings %+v, %v", got, err)
		}
		_, err = w.Admin.Set(t.Context(), id.NewAccount(w.Clock.Now()), nil)
		refused(t, err, fault.NotFound)
	})
}

// newKey makes a key and the header that carries it.
func newKey(t *testing.T, w *testworld.World, mode id.Mode, scopes ...account.Scope) (account.Key, string) {
	t.Helper()
	k, text, err := w.Admin.CreateKey(t.Context(), w.Account, mode, scopes)
	if err != nil {
		t.Fatal(err)
	}
	return k, "Bearer " + text.Reveal()
}

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		gate := &admin.Authenticator{Admin: w.Admin}
		for _, mode := range []id.Mode{id.Live, id.Test} {
			k, header := newKey(t, w, mode, account.ScopeRead)
			for _, h := range []string{header, "bearer " + header[7:], "BEARER  " + header[7:] + " "} {
				who, err := gate.Authenticate(t.Context(), h)
				if err != nil || who.Account != w.Account || who.Mode != mode || who.Key != k.ID ||
					!who.May(account.ScopeRead) || who.May(account.ScopeSend) {
					t.Errorf("%v: %+v, %v", mode, who.Principal, err)
				}
			}
		}
	})
}

func TestAuthenticate_Refused(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	gate := &admin.Authenticator{Admin: w.Admin}
	_, live := newKey(t, w, id.Live)
	typo := "x"
	if at := len(live) - 8; live[at:at+1] == typo {
		typo = "y"
	}
	stranger := testworld.New(t, testworld.Options{})
	_, foreign := newKey(t, stranger, id.Live)
	// A key of the other mode with the same id and secret, and a right checksum, was never made.
	texts := map[string]bool{}
	for name, header := range map[string]string{
		"nothing":             "",
		"no scheme":           live[7:],
		"another scheme":      "Basic " + live[7:],
		"only the scheme":     "Bearer",
		"empty":               "Bearer ",
		"a typo":              live[:len(live)-8] + typo + live[len(live)-7:],
		"cut":                 live[:len(live)-1],
		"another server's":    foreign,
		"another mode":        strings.Replace(live, "sk_live_", "sk_test_", 1),
		"the reference's":     "Bearer sk_live_your_api_key_here",
		"two keys":            live + " " + live[7:],
		"a control character": live + "\x00",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := gate.Authenticate(t.Context(), header)
			texts[refused(t, err, fault.Unauthorized).Message] = true
			if len(texts) != 1 {
				t.Errorf("%s gets another message: %v", name, texts)
			}
		})
	}
}

func TestAuthenticate_RevokedKey(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		gate := &admin.Authenticator{Admin: w.Admin}
		k, header := newKey(t, w, id.Live)
		if _, err := gate.Authenticate(t.Context(), header); err != nil {
			t.Fatal(err)
		}

		for range 2 {
			if _, err := w.Admin.RevokeKey(t.Context(), k.ID); err != nil {
				t.Fatal(err)
			}
		}

		w.Clock.Add(time.Second)
		_, err := gate.Authenticate(t.Context(), header)
		refused(t, err, fault.Unauthorized)
		_, _, err = w.Admin.RotateKey(t.Context(), k.ID, time.Hour)
		refused(t, err, fault.InvalidParams)
		_, err = w.Admin.RevokeKey(t.Context(), "nosuchid")
		refused(t, err, fault.NotFound)
	})
}

func TestAuthenticate_ChangedSettings(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	gate := &admin.Authenticator{Admin: w.Admin}
	_, header := newKey(t, w, id.Live)
	for _, want := range []string{"Acme", "Second"} {
		if want != "Acme" {
			if _, err := w.Admin.Set(t.Context(), w.Account, []admin.Setting{{Key: "name", Value: want}}); err != nil {
				t.Fatal(err)
			}
			w.Clock.Add(time.Second)
		}
		if who, err := gate.Authenticate(t.Context(), header); err != nil || who.Settings.Name != want {
			t.Errorf("name %q, %v; want %q", who.Settings.Name, err, want)
		}
	}
}

func TestRotateKey(t *testing.T) {
	t.Parallel()
	for name, overlap := range map[string]time.Duration{"a day": 24 * time.Hour, "none": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := testworld.New(t, testworld.Options{})
			gate := &admin.Authenticator{Admin: w.Admin}
			k, old := newKey(t, w, id.Test, account.ScopeSend)
			fresh, text, err := w.Admin.RotateKey(t.Context(), k.ID, overlap)
			if err != nil || fresh.ID == k.ID || fresh.Mode != id.Test || len(fresh.Scopes) != 1 {
				t.Fatalf("rotated %+v, %v", fresh, err)
			}

			accepted := func(header string) bool {
				_, err := gate.Authenticate(t.Context(), header)
				return err == nil
			}
			if !accepted("Bearer "+text.Reveal()) || accepted(old) != (overlap > 0) {
				t.Errorf("right after: new %v, old %v", accepted("Bearer "+text.Reveal()), accepted(old))
			}
			if overlap > 0 {
				if _, _, err := w.Admin.RotateKey(t.Context(), k.ID, 10*overlap); err != nil {
					t.Fatal(err)
				}
			}

			w.Clock.Add(overlap + time.Second)
			if !accepted("Bearer "+text.Reveal()) || accepted(old) {
				t.Error("after the overlap the old key is accepted, or the new one is not")
			}
		})
	}

	w := testworld.New(t, testworld.Options{})
	k, _ := newKey(t, w, id.Test)
	for _, overlap := range []time.Duration{-1, 721 * time.Hour} {
		_, _, err := w.Admin.RotateKey(t.Context(), k.ID, overlap)
		refused(t, err, fault.InvalidParams)
	}
}

// TestCreateKey_StoresNoSecret: the database has nothing that could be used as a key.
func TestCreateKey_StoresNoSecret(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	k, header := newKey(t, w, id.Live)
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		rows, err := v.Load(store.APIKeyKey(k.ID))
		row, _ := store.Get[store.APIKey](rows, store.APIKeyKey(k.ID))
		if strings.Contains(string(row.API.MAC), header[30:40]) || len(row.API.MAC) != 32 {
			t.Errorf("stored %d bytes", len(row.API.MAC))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGate_SharedRate: nodes share a key's rate, each allows its part.
func TestGate_SharedRate(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	nodes := 1
	gate := &admin.Authenticator{
		Admin: w.Admin, Rate: guard.Rate{N: 100, Per: time.Second}, Share: func(total int) int { return total / nodes },
	}
	for _, c := range []struct{ nodes, want int }{{nodes: 1, want: 100}, {nodes: 4, want: 25}, {nodes: 1, want: 100}} {
		nodes = c.nodes
		w.Clock.Add(time.Minute)
		passed := 0
		for range 200 {
			if _, refused := gate.Allow("key"); refused == nil {
				passed++
			}
		}
		if passed != c.want {
			t.Errorf("%d nodes: %d were allowed, want %d", c.nodes, passed, c.want)
		}
	}
}

func TestGate_Rate(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	gate := &admin.Authenticator{Admin: w.Admin, Rate: guard.Rate{N: 100, Per: time.Second}}
	allow := func(key string, n int) (allowed int, f *fault.Fault) {
		for range n {
			if _, refusal := gate.Allow(key); refusal != nil {
				f = refusal
			} else {
				allowed++
			}
		}

		return allowed, f
	}

	allowed, f := allow("a", 150)
	if allowed != 100 || f == nil || f.Status != 429 || f.Details.Limit != "100/1s" || f.RetryAfter != time.Second {
		t.Errorf("%d allowed, %+v", allowed, f)
	}
	if allowed, _ := allow("b", 1); allowed != 1 {
		t.Error("another key has to wait")
	}

	w.Clock.Add(250 * time.Millisecond)
	if allowed, _ := allow("a", 150); allowed != 25 {
		t.Errorf("%d allowed after a quarter of a second", allowed)
	}

	free := &admin.Authenticator{Admin: w.Admin}
	for range 1000 {
		if _, refusal := free.Allow("a"); refusal != nil {
			t.Fatal("a gate without a rate refused")
		}
	}
}

func TestAuthenticate_DatabaseDown(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	w := testworld.New(t, testworld.Options{Backend: b})
	gate := &admin.Authenticator{Admin: w.Admin}
	_, header := newKey(t, w, id.Live)
	b.Out.Store(true)
	_, err := gate.Authenticate(t.Context(), header)
	if f := refused(t, err, fault.Internal); f.Status != 503 || f.RetryAfter <= 0 {
		t.Errorf("fault %+v", f)
	}
}
