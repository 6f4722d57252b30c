package dispatch_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// onEachAgain runs a test on every database, with what opens the same data after a restart.
func onEachAgain(
	t *testing.T, test func(t *testing.T, b store.Backend, again func(w *testworld.World) *testworld.World),
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

// counted prints a report's lines, short.
func counted(r *stats.Report) string {
	var b strings.Builder
	for _, s := range r.Lines() {
		fmt.Fprintf(&b, "%s%s codes %d sent %d arrived %d verified %d segments %d credits %d; ", s.Country, s.Carrier, s.Codes, s.Sent, s.Delivered, s.Verified, s.Segments, s.Credits)
	}
	return b.String()
}

func TestStatisticsFollowTheMessage(t *testing.T) {
	t.Parallel()
	both := []message.Channel{message.WhatsApp, message.SMS}
	onEachAgain(t, func(t *testing.T, b store.Backend, again func(*testworld.World) *testworld.World) {
		w := newTrio(t, testworld.Options{Backend: b})
		// Two are verified after the first channel, of which one is delivered twice by a carrier that repeats itself.
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

		// One falls back by the timer and is verified after the second channel.
		s := send(t, w.World, testworld.To(testworld.Number(2), both...))
		pass(t, w.World, 21*time.Second)
		verify(t, w.World, s.OTP.ID, wrong(codeOf(w.SMS)))
		verify(t, w.World, s.OTP.ID, codeOf(w.SMS))
		// One is given back by its receipt, one is for France.
		s = send(t, w.World, testworld.To(testworld.Number(3)))
		receipt(t, w.World, s, 0, carrier.Failed, message.Unreachable)
		for range 2 { // the second is a resend
			send(t, w.World, testworld.To("+33612345634"))
		}

		r := reportOf(t, w.World, stats.ByCarrier|stats.ByCountry)
		want := "BEsmsc codes 1 sent 2 arrived 0 verified 1 segments 2 credits 5; BEwa codes 3 sent 3 arrived 2 verified 2 segments 0 credits 9; " +
			"FRsmsc codes 1 sent 2 arrived 0 verified 0 segments 2 credits 16; "
		if got := counted(r); got != want {
			t.Errorf("counted\n%s\nwant\n%s", got, want)
		}
		if got := w.Balance(t); r.Total.Credits != 1000-got.Credits-got.Held {
			t.Errorf("%d credits were counted, the ledger says %d", r.Total.Credits, 1000-got.Credits-got.Held)
		}
		if median, ok := r.Total.Quantile(0.5); !ok || median < 7.2 || median > 8.8 {
			t.Errorf("the median is %v, want about 8", median)
		}

		w.World = again(w.World)
		if got := counted(reportOf(t, w.World, stats.ByCarrier|stats.ByCountry)); got != want {
			t.Errorf("after a restart\n%s\nwant\n%s", got, want)
		}
	})
}

// TestStatisticsBelongToTheDayOfTheSend: what is sent before midnight and verified after it is the same conversion.
func TestStatisticsBelongToTheDayOfTheSend(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.Clock.Add(8*time.Hour + 32*time.Minute) // 23:59
	s := send(t, w.World, testworld.To(phoneA))
	w.Clock.Add(2 * time.Minute)
	receipt(t, w.World, s, 0, carrier.Delivered, "")
	verify(t, w.World, s.OTP.ID, codeOf(w.SMS))
	r := reportOf(t, w.World, stats.ByDay)
	if list := r.Lines(); len(list) != 1 || list[0].Day.String() != "2026-04-25" || list[0].Verified != 1 || list[0].Delivered != 1 || r.To.String() != "2026-04-26" {
		t.Errorf("%v, until %v", counted(r), r.To)
	}
}

// TestCountingCostsNoCommit holds a pair to its three updates, each in one group without a second round.
func TestCountingCostsNoCommit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		for i := range 3 {
			groups, updates := w.Dispatcher.Config.Store.Groups(), w.Dispatcher.Config.Store.Updates()
			s := send(t, w.World, testworld.To(testworld.Number(i)))
			verify(t, w.World, s.OTP.ID, codeOf(w.SMS))
			if g, u := w.Dispatcher.Config.Store.Groups()-groups, w.Dispatcher.Config.Store.Updates()-updates; g != 3 || u != 3 {
				t.Errorf("pair %d: %d updates in %d groups", i, u, g)
			}
		}
	})
}

// crowd sends from n clients at once and counts what was taken and what the cap refused.
func crowd(t *testing.T, w *testworld.World, first, n int) (taken, capped int) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(testworld.Number(first+i)), nil)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				taken++
				return
			}
			if f := fault.From(err); f.Code == fault.InsufficientCredits && f.Status == 402 && f.Details.Reason == "spend_cap" && f.Details.Limit == "spend_cap_hour=100" {
				capped++
			}
		})
	}
	wg.Wait()

	return taken, capped
}

func TestASpendCapIsExact(t *testing.T) {
	t.Parallel()
	onEachAgain(t, func(t *testing.T, b store.Backend, again func(*testworld.World) *testworld.World) {
		w := newTrio(t, testworld.Options{Backend: b, Prices: []route.Price{{Channel: message.SMS, Credits: 1}}, Credits: 10_000})
		set(t, w.World, "spend_cap_hour=100")
		if taken, capped := crowd(t, w.World, 0, 200); taken != 100 || capped != 100 || len(w.SMS.Sent()) != 100 {
			t.Errorf("%d were taken, %d refused by the cap, %d sent; want 100 each", taken, capped, len(w.SMS.Sent()))
		}

		w.World = again(w.World)
		if taken, capped := crowd(t, w.World, 300, 20); taken != 0 || capped != 20 {
			t.Errorf("after a restart: %d were taken, %d refused", taken, capped)
		}
		if got := w.Balance(t); got.Credits != 9_900 {
			t.Errorf("balance %+v", got)
		}

		w.Clock.Add(33 * time.Minute) // the next hour of the clock
		w.SMS.Script(testworld.Rejects(message.InvalidDestination))
		crowd(t, w.World, 400, 150)
		w.SMS.Script(testworld.Accepts)
		if taken, capped := crowd(t, w.World, 600, 150); taken != 100 || capped != 50 {
			t.Errorf("what refused numbers gave back left room for %d (%d refused), want 100", taken, capped)
		}
	})
}

func TestASpendCapOnACountryAndADay(t *testing.T) {
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
		t.Errorf("the sandbox costs nothing, and has a cap: %v", err)
	}
}

// TestARefusalByACapLeavesThePendingCode as it was: the text of the first send is still on its way.
func TestARefusalByACapLeavesThePendingCode(t *testing.T) {
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

func TestLowCreditsAreToldOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b, Credits: 100})
		set(t, w.World, "credits_low=90")
		told := func() int64 {
			row, err := w.Admin.Account(t.Context(), w.Account)
			if err != nil {
				t.Fatal(err)
			}
			return row.Watch.LowReported
		}

		for i, want := range []int64{0, 90, 90} { // 92, 84, 76 left
			send(t, w.World, testworld.To(testworld.Number(i)))
			if got := told(); got != want {
				t.Errorf("after send %d: told at %d, want %d", i, got, want)
			}
		}
		if _, err := w.Admin.Credit(t.Context(), w.Account, 100); err != nil {
			t.Fatal(err)
		}
		if got := told(); got != 0 {
			t.Errorf("after credits were added: told at %d", got)
		}
	})
}
