package dispatch_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// onEachRestart runs a test on every database, with a function that restarts the server over the same data.
func onEachRestart(
	t *testing.T, test func(t *testing.T, b store.Backend, restart func(w *testworld.World) *testworld.World),
) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		test(t, testworld.Backends["memory"](t), func(w *testworld.World) *testworld.World { return w.Restart(t, nil) })
	})

	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "test.db")
		test(t, testworld.OpenSQLite(t, path), func(w *testworld.World) *testworld.World {
			if err := w.Dispatcher.Config.Store.Close(); err != nil {
				t.Fatal(err)
			}
			return w.Restart(t, testworld.OpenSQLite(t, path))
		})
	})

	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := pgtest.URL(t)
		test(t, testworld.OpenPostgres(t, url), func(w *testworld.World) *testworld.World {
			if err := w.Dispatcher.Config.Store.Close(); err != nil {
				t.Fatal(err)
			}
			return w.Restart(t, testworld.OpenPostgres(t, url))
		})
	})
}

func reportOf(t *testing.T, w *testworld.World, by stats.By) *stats.Report {
	t.Helper()
	r, err := w.Admin.Report(t.Context(), w.Live, stats.Query{By: by})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// counted formats a report's lines.
func counted(r *stats.Report) string {
	var b strings.Builder
	for _, s := range r.Lines() {
		fmt.Fprintf(&b, "%s%s codes %d sent %d delivered %d verified %d segments %d credits %d; ",
			s.Country, s.Carrier, s.Codes, s.Sent, s.Delivered, s.Verified, s.Segments, s.Credits)
	}
	return b.String()
}

func TestStatistics_FollowMessages(t *testing.T) {
	t.Parallel()
	both := []message.Channel{message.WhatsApp, message.SMS}
	onEachRestart(t, func(t *testing.T, b store.Backend, restart func(*testworld.World) *testworld.World) {
		w := newTrio(t, testworld.Options{Backend: b})
		// Two are verified after the first channel. One of them has its receipt twice.
		for i := range 2 {
			s := send(t, w.World, testworld.To(testworld.Number(i), both...))
			w.Clock.Add(4 * time.Second)
			for range 2 - i {
				receipt(t, w.World, s, 0, carrier.Delivered, "")
				receipt(t, w.World, s, 0, carrier.Delivered, "")
			}

			w.Clock.Add(4 * time.Second)
			if got := verify(t, w.World, s.OTP.ID, codeOf(w.WhatsApp)); got != otp.Valid {
				t.Fatalf("verify: %q", got)
			}
			verify(t, w.World, s.OTP.ID, codeOf(w.WhatsApp)) // used already
		}

		// One falls back after the timer, and is verified after the second channel.
		s := send(t, w.World, testworld.To(testworld.Number(2), both...))
		pass(t, w.World, 21*time.Second)
		verify(t, w.World, s.OTP.ID, wrong(codeOf(w.SMS)))
		verify(t, w.World, s.OTP.ID, codeOf(w.SMS))
		// The credits of one are refunded after a failed receipt, and one is sent to France, twice.
		s = send(t, w.World, testworld.To(testworld.Number(3)))
		receipt(t, w.World, s, 0, carrier.Failed, message.Unreachable)
		for range 2 { // the second is a resend
			send(t, w.World, testworld.To("+33612345634"))
		}

		r := reportOf(t, w.World, stats.ByCarrier|stats.ByCountry)
		want := "BEsmsc codes 1 sent 2 delivered 0 verified 1 segments 2 credits 5; " +
			"BEwa codes 3 sent 3 delivered 2 verified 2 segments 0 credits 9; " +
			"FRsmsc codes 1 sent 2 delivered 0 verified 0 segments 2 credits 16; "
		if got := counted(r); got != want {
			t.Errorf("counted\n%s\nwant\n%s", got, want)
		}
		if got := w.Balance(t); r.Total.Credits != 1000-got.Credits-got.Held {
			t.Errorf("%d credits were counted, %d in the ledger", r.Total.Credits, 1000-got.Credits-got.Held)
		}
		if median, ok := r.Total.Quantile(0.5); !ok || median < 7.2 || median > 8.8 {
			t.Errorf("the median is %v, want about 8", median)
		}

		w.World = restart(w.World)
		if got := counted(reportOf(t, w.World, stats.ByCarrier|stats.ByCountry)); got != want {
			t.Errorf("after a restart\n%s\nwant\n%s", got, want)
		}
	})
}

// A code that is sent before midnight and verified after it counts on the day of the send.
func TestStatistics_DayOfSend(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.Clock.Add(8*time.Hour + 32*time.Minute) // 23:59
	s := send(t, w.World, testworld.To(phoneA))
	w.Clock.Add(2 * time.Minute)
	receipt(t, w.World, s, 0, carrier.Delivered, "")
	verify(t, w.World, s.OTP.ID, codeOf(w.SMS))
	r := reportOf(t, w.World, stats.ByDay)
	list := r.Lines()
	if len(list) != 1 || list[0].Day.String() != "2026-04-25" || r.To.String() != "2026-04-26" ||
		list[0].Verified != 1 || list[0].Delivered != 1 {
		t.Errorf("%v, until %v", counted(r), r.To)
	}
}

// A send and its verification are three updates, each in one group, with the statistics.
func TestStatistics_NoExtraCommit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		for i := range 3 {
			db := w.Dispatcher.Config.Store
			groups, updates := db.Groups(), db.Updates()
			s := send(t, w.World, testworld.To(testworld.Number(i)))
			verify(t, w.World, s.OTP.ID, codeOf(w.SMS))
			if g, u := db.Groups()-groups, db.Updates()-updates; g != 3 || u != 3 {
				t.Errorf("pair %d: %d updates in %d groups", i, u, g)
			}
		}
	})
}

// crowd sends from n clients in parallel, and counts how many succeed and how many the cap stops.
func crowd(t *testing.T, w *testworld.World, first, n int) (sent, capped int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(testworld.Number(first+i)), nil)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				sent++
				return
			}
			f := fault.From(err)
			if f.Code == fault.InsufficientCredits && f.Status == 402 && f.Details.Reason == dispatch.SpendCap &&
				f.Details.Limit == "spend_cap_hour=100" {
				capped++
			}
		})
	}
	wg.Wait()

	return sent, capped
}

func TestSpendCap_Exact(t *testing.T) {
	t.Parallel()
	onEachRestart(t, func(t *testing.T, b store.Backend, restart func(*testworld.World) *testworld.World) {
		w := newTrio(t, testworld.Options{
			Backend: b, Prices: []route.Price{{Channel: message.SMS, Credits: 1}}, Credits: 10_000,
		})
		set(t, w.World, "spend_cap_hour=100")
		if sent, capped := crowd(t, w.World, 0, 200); sent != 100 || capped != 100 || len(w.SMS.Sent()) != 100 {
			t.Errorf("%d sends, %d stopped by the cap, %d submits; want 100 each", sent, capped, len(w.SMS.Sent()))
		}

		w.World = restart(w.World)
		if sent, capped := crowd(t, w.World, 300, 20); sent != 0 || capped != 20 {
			t.Errorf("after a restart: %d sends, %d stopped by the cap", sent, capped)
		}
		if got := w.Balance(t); got.Credits != 9_900 {
			t.Errorf("balance %+v", got)
		}

		w.Clock.Add(33 * time.Minute) // the next hour of the clock
		w.SMS.Script(testworld.Rejects(message.InvalidDestination))
		crowd(t, w.World, 400, 150)
		w.SMS.Script(testworld.Accepts)
		if sent, capped := crowd(t, w.World, 600, 150); sent != 100 || capped != 50 {
			t.Errorf("%d sends after rejected ones, %d stopped by the cap; want 100 and 50", sent, capped)
		}
	})
}

func TestSpendCap_CountryAndDay(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	set(t, w.World, "spend_cap_countries=BE=8,*=16", "spend_cap_day=24")
	try := func(number string) string {
		_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(number), nil)
		if err == nil {
			return ""
		}
		return refused(t, err, fault.InsufficientCredits).Details.Limit
	}

	for i, c := range []struct{ number, limit string }{
		{phoneA, ""},
		{testworld.Number(1), "spend_cap_countries=BE=8"},
		{"+33612345634", ""},
		{"+33612345635", ""},
		{"+33612345636", "spend_cap_day=24"},
		{"+4915112345678", "spend_cap_day=24"},
	} {
		if got := try(c.number); got != c.limit {
			t.Errorf("send %d: %q, want %q", i, got, c.limit)
		}
	}

	set(t, w.World, "spend_cap_day=0")
	if got := try("+33612345636"); got != "spend_cap_countries=FR=16" {
		t.Errorf("France: %q", got)
	}
	if got := try("+4915112345678"); got != "" {
		t.Errorf("Germany: %q", got)
	}

	w.Clock.Add(24 * time.Hour)
	if got := try(testworld.Number(1)); got != "" {
		t.Errorf("the next day: %q", got)
	}

	set(t, w.World, "spend_cap_hour=1", "spend_cap_countries=*=0")
	if _, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(phoneA), nil); err != nil {
		t.Errorf("the cap stopped a send of the sandbox: %v", err)
	}
}

// A send that the cap stops does not end the pending code, whose text is under way.
func TestSpendCap_PendingCodeStays(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	set(t, w.World, "spend_cap_hour=8")
	s := send(t, w.World, testworld.To(phoneA))
	r := testworld.To(phoneA)
	r.ForceNew = true
	_, _, err := w.SendOTP(t.Context(), w.Live, r, nil)
	refused(t, err, fault.InsufficientCredits)
	if got := verify(t, w.World, s.OTP.ID, codeOf(w.SMS)); got != otp.Valid {
		t.Errorf("the first code is %q", got)
	}
}

func TestCreditsLow_Once(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 100})
		set(t, w.World, "credits_low=90")
		reported := func() int64 {
			row, err := w.Admin.Account(t.Context(), w.Account)
			if err != nil {
				t.Fatal(err)
			}
			return row.Watch.LowReported
		}

		for i, want := range []int64{0, 90, 90} { // 92, 84, 76 left
			send(t, w.World, testworld.To(testworld.Number(i)))
			if got := reported(); got != want {
				t.Errorf("after send %d: reported at %d, want %d", i, got, want)
			}
		}
		if _, err := w.Admin.Credit(t.Context(), w.Account, 100); err != nil {
			t.Fatal(err)
		}
		if got := reported(); got != 0 {
			t.Errorf("after credits were added: reported at %d", got)
		}
	})
}
