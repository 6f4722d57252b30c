package engine_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

const address = "203.0.113.7"

var byAddress = engine.Limits{Keyed: []guard.Keyed{
	{Name: guard.ClientIP, Key: guard.KeyClientIP, Count: guard.CountSends, Max: []guard.Rate{{N: 10, Per: time.Hour}}},
	{
		Name: guard.ClientIPCountries, Key: guard.KeyClientIP, Count: guard.CountCountries,
		Max: []guard.Rate{{N: 3, Per: 24 * time.Hour}},
	},
	{Name: "user", Key: "metadata.user_id", Count: guard.CountSends, Max: []guard.Rate{{N: 2, Per: 10 * time.Minute}}},
	{Name: "off", Key: guard.KeyAccount, Count: guard.CountSends},
}}

// from is a send to a number for an end user.
func from(number, ip, metadata string) engine.OTPRequest {
	r := testworld.To(number)
	r.ClientIP, r.Metadata = ip, []byte(metadata)
	return r
}

// limited sends and returns the name of the limit that refused it, and the wait; "" when the send was allowed.
func limited(t *testing.T, w *testworld.World, r engine.OTPRequest) (string, time.Duration) {
	t.Helper()
	_, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
	if err == nil {
		return "", 0
	}

	f := refused(t, err, fault.RateLimitExceeded)
	if f.Status != 429 || f.Details.Limit == "" {
		t.Errorf("refused by %+v", f)
	}

	return f.Details.Reason, f.RetryAfter
}

func TestKeyedLimits_ClientIPOverRestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "quota.db")
	w := newTrio(t, testworld.Options{Backend: testworld.OpenSQLite(t, path), Limits: byAddress, Credits: 10_000})
	for i := range 10 {
		if name, wait := limited(t, w.World, from(testworld.Number(i), address, "")); name != "" {
			t.Fatalf("send %d: %s, %v", i, name, wait)
		}
		w.Clock.Add(time.Minute)
		if i == 5 {
			if err := w.Dispatcher.Config.Store.Close(); err != nil {
				t.Fatal(err)
			}
			w.World = w.Restart(t, testworld.OpenSQLite(t, path))
		}
	}

	for _, ip := range []string{address, "::ffff:" + address} {
		if name, wait := limited(t, w.World, from(testworld.Number(20), ip, "")); name != "client_ip" ||
			wait != 50*time.Minute {
			t.Errorf("the eleventh from %s: %q, %v", ip, name, wait)
		}
	}

	for _, other := range []string{"203.0.113.8", "", "2001:db8::1"} {
		if name, _ := limited(t, w.World, from(testworld.Number(20), other, "")); name != "" {
			t.Errorf("%q has to wait for %s", other, name)
		}
	}

	w.Clock.Add(50 * time.Minute)
	if name, _ := limited(t, w.World, from(testworld.Number(21), address, "")); name != "" {
		t.Errorf("after the wait: %s", name)
	}
	if err := w.Dispatcher.Config.Store.Close(); err != nil {
		t.Fatal(err)
	}

	for _, file := range []string{path, path + "-wal"} {
		if content, err := os.ReadFile(file); err == nil && bytes.Contains(content, []byte(address)) {
			t.Errorf("the address is in %s", file)
		}
	}
}

func TestKeyedLimits_ClientIPCountries(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Limits: byAddress})
		for i, c := range []struct{ number, want string }{
			{"+32470123456", ""},
			{"+33612345678", ""},
			{"+32470123457", ""},
			{"+491701234567", ""},
			{"+31612345678", "client_ip_countries"},
			{"+33612345679", ""},
		} {
			// Every host of one /64 is one end user.
			ip := fmt.Sprintf("2001:db8:1:2::%d", i+1)
			if name, wait := limited(t, w.World, from(c.number, ip, "")); name != c.want ||
				name != "" && wait != 24*time.Hour-3*time.Second {
				t.Errorf("send %d: %q, %v", i, name, wait)
			}
			w.Clock.Add(time.Second)
		}
		if name, _ := limited(t, w.World, from("+31612345678", "2001:db8:1:3::1", "")); name != "" {
			t.Errorf("another network: %s", name)
		}

		w.Clock.Add(24 * time.Hour)
		if name, _ := limited(t, w.World, from("+31612345679", "2001:db8:1:2::1", "")); name != "" {
			t.Errorf("a day later: %s", name)
		}
	})
}

func TestKeyedLimits_Metadata(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: byAddress})
	s := send(t, w.World, from(phoneA, "", `{"user_id":"u1"}`))
	if _, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil); err != nil {
		t.Fatal(err)
	}
	// The resend counted although its request names no user.
	if name, wait := limited(t, w.World, from(phoneA, "", `{"user_id":"u1"}`)); name != "user" ||
		wait != 10*time.Minute {
		t.Errorf("the third: %q, %v", name, wait)
	}

	_, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil)
	refused(t, err, fault.RateLimitExceeded)
	for _, metadata := range []string{`{"user_id":"u2"}`, `{}`, ``, `{"user_id":null}`} {
		if name, _ := limited(t, w.World, from(testworld.Number(3), "", metadata)); name != "" {
			t.Errorf("%s: %s", metadata, name)
		}
	}
	if n := len(w.SMS.Sent()); n != 6 {
		t.Errorf("%d texts, want 6", n)
	}
}

func TestKeyedLimits_Resend(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: engine.Limits{Keyed: []guard.Keyed{
		{Name: "client_ip", Key: guard.KeyClientIP, Count: guard.CountSends, Max: []guard.Rate{{N: 2, Per: time.Hour}}},
	}}})

	s := send(t, w.World, from(phoneA, address, ""))
	if _, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil); err != nil {
		t.Fatal(err)
	}

	_, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil)
	if f := refused(t, err, fault.RateLimitExceeded); f.Details.Reason != "client_ip" || f.Details.Limit != "2/1h" {
		t.Errorf("refused by %+v", f.Details)
	}
}

// TestKeyedLimits_ParallelSends: every send is to another number, so that no other limit holds them together.
func TestKeyedLimits_ParallelSends(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Limits: byAddress, Credits: 10_000})
		together(100, func(i int) {
			_, _, _ = w.SendOTP(t.Context(), w.Live, from(testworld.Number(i), address, ""), nil)
		})
		if n := len(w.SMS.Sent()); n != 10 {
			t.Errorf("%d texts, want 10", n)
		}
		if got := w.Balance(t); got.Credits != 10_000-10*8 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

// TestKeyedLimits_NotCounted: sends that were refused, and those of the sandbox.
func TestKeyedLimits_NotCounted(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: byAddress, Credits: 16})
	for i := range 30 {
		if _, _, err := w.SendOTP(t.Context(), w.Test, from(testworld.Number(i), address, ""), nil); err != nil {
			t.Fatalf("in the sandbox: %v", err)
		}
	}

	dear := from(phoneA, address, "")
	dear.Channels = append(dear.Channels, 4) // voice, which no carrier serves
	for range 12 {
		_, _, err := w.SendOTP(t.Context(), w.Live, dear, nil)
		refused(t, err, fault.InvalidParams)
	}

	send(t, w.World, from(testworld.Number(1), address, ""))
	send(t, w.World, from(testworld.Number(2), address, ""))
	for range 12 {
		_, _, err := w.SendOTP(t.Context(), w.Live, from(testworld.Number(3), address, ""), nil)
		refused(t, err, fault.InsufficientCredits)
	}
	if _, err := w.Admin.Credit(t.Context(), w.Account, 1000); err != nil {
		t.Fatal(err)
	}

	for i := range 8 {
		if name, _ := limited(t, w.World, from(testworld.Number(3+i), address, "")); name != "" {
			t.Fatalf("send %d: %s", i+3, name)
		}
	}
	if name, _ := limited(t, w.World, from(testworld.Number(11), address, "")); name != "client_ip" {
		t.Errorf("the eleventh: %q", name)
	}
}

// TestKeyedLimits_ClientIPForms however a framework or a proxy writes it.
func TestKeyedLimits_ClientIPForms(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 1000, Limits: engine.Limits{Keyed: []guard.Keyed{
		{Name: "client_ip", Key: guard.KeyClientIP, Count: guard.CountSends, Max: []guard.Rate{{N: 4, Per: time.Hour}}},
	}}})

	for i, forms := range [][]string{
		{"192.0.2.1", "192.0.2.1:443", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:443", "192.0.2.1:80"},
		{"2001:db8::1", "[2001:db8::1]:443", "[2001:db8::2]", "2001:db8::1%eth0", "[2001:db8::3%eth0]:1"},
	} {
		for j, ip := range forms {
			name, _ := limited(t, w.World, from(testworld.Number(10*i+j), ip, ""))
			if want := map[bool]string{true: "client_ip"}[j == 4]; name != want {
				t.Errorf("%s: limited by %q, want %q", ip, name, want)
			}
		}
	}
}

func TestKeyedLimits_ImpossibleClientIP(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{}) // checked without limits, too
	for _, ip := range []string{"localhost", "127.0.0.1", "fe80::1%eth0", "127.0.0.1:80"} {
		_, _, err := w.SendOTP(t.Context(), w.Test, from(phoneA, ip, ""), nil)
		if f := refused(t, err, fault.InvalidParams); f.Details.Field != "client_ip" {
			t.Errorf("%s: %+v", ip, f)
		}
	}
}

func TestKeyedLimits_RowsRemoved(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["sqlite"](t)}
	w := newTrio(t, testworld.Options{Backend: b, Limits: byAddress})
	rows := func() (n int) {
		t.Helper()
		err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
			keys, err := v.Stale(store.TableQuota, w.Clock.Now().Add(1000*time.Hour), 100)
			n = len(keys)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}

		return n
	}

	send(t, w.World, from(testworld.Number(1), address, ""))
	send(t, w.World, from(testworld.Number(2), "203.0.113.8", ""))
	w.Clock.Add(time.Hour) // the row of the hour is over, but not its rounding
	w.Do(t, w.Janitor.RemoveExpired)
	if n := rows(); n != 4 {
		t.Errorf("%d rows after an hour, want 4", n)
	}

	w.Clock.Add(time.Hour)
	// A send between the search and the removal keeps its row.
	b.AfterView(func() { send(t, w.World, from(testworld.Number(3), address, "")) })
	w.Do(t, w.Janitor.RemoveExpired)
	if n := rows(); n != 3 {
		t.Errorf("%d rows after two hours, want 3", n)
	}

	w.Clock.Add(26 * time.Hour)
	w.Do(t, w.Janitor.RemoveExpired)
	if n := rows(); n != 0 {
		t.Errorf("%d rows in the end", n)
	}
}

// TestKeyedLimits_WithoutKeys more than before.
func TestKeyedLimits_WithoutKeys(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Limits: byAddress})
	s := send(t, w.World, testworld.To(phoneA))
	if len(w.Read(t, s.OTP.ID).Counted) != 0 {
		t.Error("the OTP has limits")
	}

	limitedBy := send(t, w.World, from(testworld.Number(1), address, `{"user_id":1}`))
	if got := w.Read(t, limitedBy.OTP.ID).Counted; len(got) != 3 || got[0].Limit != "client_ip" ||
		got[0].ID == (store.QuotaID{}) || got[0].ID == got[1].ID {
		t.Errorf("the OTP has %+v", got)
	}
}
