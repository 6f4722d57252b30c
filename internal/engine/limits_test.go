package engine_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

var defaults = engine.Limits{
	SendsPerNumber: []guard.Rate{{N: 5, Per: 10 * time.Minute}, {N: 10, Per: time.Hour}, {N: 20, Per: 24 * time.Hour}},
	SendGaps:       []time.Duration{30 * time.Second, 60 * time.Second, 120 * time.Second},
}

// next sends and returns the wait and the limit of a refusal; 0 when the send was allowed.
func next(t *testing.T, w *testworld.World, number string) (time.Duration, string) {
	t.Helper()
	r := testworld.To(number)
	r.ForceNew = true
	_, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
	if err == nil {
		return 0, ""
	}
	f := refused(t, err, fault.RateLimitExceeded)

	return f.RetryAfter, f.Details.Limit
}

func TestSendGap_Exact(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Limits: defaults, Credits: 10_000})
		for i, gap := range []time.Duration{
			0, 30 * time.Second, 60 * time.Second, 120 * time.Second, 120 * time.Second,
		} {
			if gap > 0 {
				w.Clock.Add(gap - time.Second)
				if wait, limit := next(t, w.World, phoneA); wait != time.Second || limit != gap.String() {
					t.Errorf("send %d, one second early: wait %v, limit %q; want 1s of %v", i, wait, limit, gap)
				}
				w.Clock.Add(time.Second)
			}
			if wait, limit := next(t, w.World, phoneA); wait != 0 {
				t.Fatalf("send %d after a gap of %v: wait %v for %q", i, gap, wait, limit)
			}
		}
		if wait, _ := next(t, w.World, testworld.Number(1)); wait != 0 {
			t.Error("another number has to wait")
		}
		if got := w.Balance(t); got.Credits != 10_000-6*8 {
			t.Errorf("balance %+v", got)
		}
	})
}

func TestSendsPerNumber_ExactOverRestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "limits.db")
	w := newTrio(t, testworld.Options{
		Backend: testworld.OpenSQLite(t, path), Credits: 10_000,
		Limits: engine.Limits{SendsPerNumber: defaults.SendsPerNumber},
	})

	burst := func(want int, limit string, wait time.Duration) {
		t.Helper()
		for i := range want {
			if wait, limit := next(t, w.World, phoneA); wait != 0 {
				t.Fatalf("send %d of %d: wait %v for %s", i, want, wait, limit)
			}

			// The log is in the database, so a restart in the middle changes nothing.
			if i == 2 {
				if err := w.Dispatcher.Config.Store.Close(); err != nil {
					t.Fatal(err)
				}
				w.World = w.Restart(t, testworld.OpenSQLite(t, path))
			}
		}
		if got, name := next(t, w.World, phoneA); got != wait || name != limit {
			t.Errorf("after %d: wait %v for %s, want %v for %s", want, got, name, wait, limit)
		}
	}

	burst(5, "5/10m", 10*time.Minute)
	w.Clock.Add(10 * time.Minute)
	burst(5, "10/1h", 50*time.Minute)
	w.Clock.Add(50 * time.Minute)
	burst(5, "5/10m", 10*time.Minute)
	w.Clock.Add(10 * time.Minute)
	burst(5, "20/24h", 24*time.Hour-70*time.Minute)
	w.Clock.Add(24*time.Hour - 70*time.Minute)
	burst(5, "5/10m", 10*time.Minute)
}

func TestGuessBudget_OverRestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "guesses.db")
	w := newTrio(t, testworld.Options{Backend: testworld.OpenSQLite(t, path), Credits: 10_000})
	for i := range 15 {
		if i%5 == 4 {
			if err := w.Dispatcher.Config.Store.Close(); err != nil {
				t.Fatal(err)
			}
			w.World = w.Restart(t, testworld.OpenSQLite(t, path))
		}

		r := testworld.To(phoneA)
		r.ForceNew = true
		s := send(t, w.World, r)
		verify(t, w.World, s.OTP.ID, wrongCode(codeOf(w.SMS)))
	}

	s := send(t, w.World, testworld.To(phoneA))
	_, _, err := w.VerifyOTP(t.Context(), w.Live, s.OTP.ID, secret.NewString(codeOf(w.SMS)), nil)
	if f := refused(t, err, fault.RateLimitExceeded); f.Details.Limit != "15/1h" || f.RetryAfter != time.Hour {
		t.Errorf("limit %q, wait %v", f.Details.Limit, f.RetryAfter)
	}
}

// TestSendGap_ParallelSends: the log is read and written in one transaction, so a race does not get an extra text.
func TestSendGap_ParallelSends(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Limits: defaults})
		together(100, func(int) { _, _, _ = w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil) })
		if n := len(w.SMS.Sent()); n != 1 {
			t.Errorf("%d texts, want 1", n)
		}
	})
}

func TestOptOut_InboundStop(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	other, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	say := func(from, body, ref string) {
		t.Helper()
		in := carrier.Inbound{Carrier: "smsc", From: from, Body: secret.NewString(body), Ref: ref}
		if _, err := w.Inbound(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}

	theirs := *w.World
	theirs.Account = other.ID
	// No account has sent to the number, so the keyword applies to every account.
	say(phoneA, "STOP", "")
	for name, of := range map[string]*testworld.World{"ours": w.World, "theirs": &theirs} {
		t.Run(name, func(t *testing.T) {
			if o := of.Contact(t, w.Live.Mode, phoneA).OptOut; o.Source != "keyword" || o.Keyword == "" ||
				!o.At.Equal(w.Clock.Now()) {
				t.Errorf("%+v", o)
			}
		})
	}

	// An OTP is still sent; then a keyword applies only to the account that sent last.
	s := send(t, w.World, testworld.To(phoneA))
	say(phoneA[1:], " start ", "")
	if !w.Contact(t, w.Live.Mode, phoneA).OptOut.At.IsZero() ||
		theirs.Contact(t, w.Live.Mode, phoneA).OptOut.At.IsZero() {
		t.Error("START did not reach the account that sent last, and only it")
	}

	say(phoneA, "please stop by tomorrow", "")
	say("Acme", "STOP", "")
	if !w.Contact(t, w.Live.Mode, phoneA).OptOut.At.IsZero() {
		t.Error("a sentence counted as an opt-out")
	}

	// A carrier that names the message that was answered refers to a live one.
	say(phoneA, "stop", dispatch.RefOf(messageOf(t, w.World, s), 0))
	if w.Contact(t, w.Live.Mode, phoneA).OptOut.At.IsZero() {
		t.Error("an answer with our reference was not noted")
	}
	if !w.Contact(t, w.Test.Mode, phoneA).OptOut.At.IsZero() {
		t.Error("a live carrier's message opted the number out of the sandbox")
	}

	say(testworld.Number(3), "START", "")
	if c := w.Contact(t, w.Live.Mode, testworld.Number(3)); c.Number != nil {
		t.Error("START from an unknown number made a row")
	}
}
