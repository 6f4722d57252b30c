package ledger_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/syssecure/syssecure/internal/ledger"
)

var noon = time.Date(2026, 4, 25, 12, 30, 0, 0, time.UTC)

func TestSpend_Caps(t *testing.T) {
	t.Parallel()
	type hold struct {
		country string
		amount  int64
		after   time.Duration // noon, half past twelve
		ok      bool
		limit   string
		until   time.Time
	}

	one, tomorrow := noon.Truncate(time.Hour).Add(time.Hour), time.Date(2026, 4, 26, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		caps  ledger.Caps
		holds []hold
	}{
		"none": {ledger.Caps{}, []hold{{country: "BE", amount: 1 << 40, ok: true}}},
		"the hour is used to its last credit": {ledger.Caps{Hour: 10}, []hold{
			{country: "BE", amount: 7, ok: true},
			{country: "BE", amount: 4, limit: "spend_cap_hour=10", until: one},
			{country: "FR", amount: 3, ok: true},
			{country: "BE", amount: 1, after: 29 * time.Minute, limit: "spend_cap_hour=10", until: one},
			{country: "BE", amount: 10, after: 30 * time.Minute, ok: true},
		}},
		"a hold above the cap": {
			ledger.Caps{Hour: 10}, []hold{{country: "BE", amount: 11, limit: "spend_cap_hour=10", until: one}},
		},
		"a day lasts over hours": {ledger.Caps{Day: 10}, []hold{
			{country: "BE", amount: 6, ok: true},
			{country: "BE", amount: 5, after: 3 * time.Hour, limit: "spend_cap_day=10", until: tomorrow},
			{country: "BE", amount: 4, after: 3 * time.Hour, ok: true},
			{country: "BE", amount: 10, after: 12 * time.Hour, ok: true},
		}},
		"countries": {ledger.Caps{Countries: "*=2,BE=5,FR=0"}, []hold{
			{country: "BE", amount: 5, ok: true},
			{country: "BE", amount: 1, after: time.Hour, limit: "spend_cap_countries=BE=5", until: tomorrow},
			{country: "DE", amount: 2, ok: true},
			{country: "DE", amount: 1, limit: "spend_cap_countries=DE=2", until: tomorrow},
			{country: "NL", amount: 2, ok: true},
			{country: "FR", amount: 1, limit: "spend_cap_countries=FR=0", until: tomorrow},
			{country: "BE", amount: 5, after: 12 * time.Hour, ok: true},
		}},
		"a country without a cap": {ledger.Caps{Countries: "BE=5"}, []hold{{country: "DE", amount: 1 << 40, ok: true}}},
		"a clock that steps back makes no room": {ledger.Caps{Hour: 10}, []hold{
			{country: "BE", amount: 10, ok: true},
			{country: "BE", amount: 1, after: -time.Hour, limit: "spend_cap_hour=10", until: one.Add(-time.Hour)},
		}},
		"a clock that was a year ahead refuses for an hour": {ledger.Caps{Hour: 10}, []hold{
			{country: "BE", amount: 10, after: 365 * 24 * time.Hour, ok: true},
			{country: "BE", amount: 1, limit: "spend_cap_hour=10", until: one},
			{country: "BE", amount: 10, after: time.Hour, ok: true},
		}},
		"and for a day": {ledger.Caps{Day: 10}, []hold{
			{country: "BE", amount: 10, after: 365 * 24 * time.Hour, ok: true},
			{country: "BE", amount: 1, limit: "spend_cap_day=10", until: tomorrow},
			{country: "BE", amount: 10, after: 12 * time.Hour, ok: true},
		}},
		"nodes whose clocks differ": {ledger.Caps{Hour: 10}, []hold{
			{country: "BE", amount: 6, after: 30*time.Minute + time.Second, ok: true},
			{country: "BE", amount: 4, after: 30*time.Minute - 3*time.Second, ok: true},
			{
				country: "BE", amount: 1, after: 30*time.Minute + 2*time.Second, limit: "spend_cap_hour=10",
				until: one.Add(time.Hour),
			},
		}},
		"no overflow": {
			ledger.Caps{Hour: 1}, []hold{{country: "BE", amount: 1<<63 - 1, limit: "spend_cap_hour=1", until: one}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var w ledger.Spending
			for i, h := range c.holds {
				next, refused, ok := ledger.Spend(w, c.caps, h.country, h.amount, noon.Add(h.after))
				if ok != h.ok || refused.Limit != h.limit || !refused.Until.Equal(h.until) {
					t.Errorf("%s, hold %d: %v, %+v; want %v, %s until %v", name, i, ok, refused, h.ok, h.limit, h.until)
				}
				if !strings.HasPrefix(refused.Limit, refused.Name) {
					t.Errorf("%+v", refused)
				}
				w = next
			}
		})
	}
}

func TestUnspend(t *testing.T) {
	t.Parallel()
	caps := ledger.Caps{Hour: 10, Day: 20, Countries: "BE=10"}
	w, _, _ := ledger.Spend(ledger.Spending{}, caps, "BE", 10, noon)
	if _, _, ok := ledger.Spend(w, caps, "BE", 1, noon); ok {
		t.Fatal("the cap does not hold")
	}

	w = ledger.Unspend(w, "BE", 4, noon)
	if _, _, ok := ledger.Spend(w, caps, "BE", 5, noon); ok {
		t.Error("more came back than was given")
	}

	w, _, ok := ledger.Spend(w, caps, "BE", 4, noon)
	if !ok || w.InHour != 10 || w.InDay != 10 || w.Countries[0].Spent != 10 {
		t.Errorf("%v, %+v", ok, w)
	}

	later := noon.Add(time.Hour)
	w, _, _ = ledger.Spend(w, ledger.Caps{Hour: 10, Day: 20}, "DE", 10, later)
	if w = ledger.Unspend(w, "BE", 10, noon); w.InHour != 10 || w.InDay != 10 || w.Countries[0].Spent != 0 {
		t.Errorf("what was held in an hour that is over came back to this one: %+v", w)
	}
	if w = ledger.Unspend(w, "FR", 1<<40, later); w.InHour != 0 || w.InDay != 0 || len(w.Countries) != 1 {
		t.Errorf("below zero: %+v", w)
	}
}

func TestLow(t *testing.T) {
	t.Parallel()
	const threshold = 100
	var w ledger.Spending
	for i, c := range []struct {
		kind    ledger.Kind
		credits int64
		report  bool
	}{
		{kind: ledger.Hold, credits: 100},
		{kind: ledger.Hold, credits: 99, report: true},
		{kind: ledger.Hold, credits: 98},
		{kind: ledger.Release, credits: 103},
		{kind: ledger.Hold, credits: 97}, // around the threshold it is reported once
		{kind: ledger.Grant, credits: 99},
		{kind: ledger.Hold, credits: 91}, // a grant too small
		{kind: ledger.Grant, credits: 100},
		{kind: ledger.Hold, credits: 92, report: true},
		{kind: ledger.Grant, credits: 500},
		{kind: ledger.Grant, credits: 10},
		{kind: ledger.Hold, credits: 9, report: true},
	} {
		var report bool
		if w, report = ledger.Low(w, c.kind, c.credits, threshold); report != c.report {
			t.Errorf("step %d, %v to %d: reported %v", i, c.kind, c.credits, report)
		}
	}

	if _, report := ledger.Low(w, ledger.Hold, 10, 50); !report {
		t.Error("another threshold is another alarm")
	}
	if _, report := ledger.Low(ledger.Spending{}, ledger.Hold, 0, 0); report {
		t.Error("reported without a threshold")
	}
}

// TestSpend_AnySequence holds and releases at random: within an hour and a day no more is spent than the cap allows.
func TestSpend_AnySequence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		caps := ledger.Caps{Hour: 20, Day: 50, Countries: "*=15,BE=30"}
		type held struct {
			country string
			amount  int64
			at      time.Time
		}

		var w ledger.Spending
		var out []held
		now := noon
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "minutes")) * time.Minute)
			if len(out) > 0 && rapid.Bool().Draw(t, "back") {
				i := rapid.IntRange(0, len(out)-1).Draw(t, "which")
				w = ledger.Unspend(w, out[i].country, out[i].amount, out[i].at)
				out = append(out[:i], out[i+1:]...)
				continue
			}

			h := held{
				rapid.SampledFrom([]string{"BE", "FR", ""}).Draw(t, "country"),
				rapid.Int64Range(1, 12).Draw(t, "amount"), now,
			}
			var ok bool
			if w, _, ok = ledger.Spend(w, caps, h.country, h.amount, now); ok {
				out = append(out, h)
			}

			var hour, day int64
			countries := map[string]int64{}
			for _, o := range out {
				if o.at.Truncate(time.Hour).Equal(now.Truncate(time.Hour)) {
					hour += o.amount
				}
				if o.at.Truncate(24 * time.Hour).Equal(now.Truncate(24 * time.Hour)) {
					day += o.amount
					countries[o.country] += o.amount
				}
			}
			if hour > 20 || day > 50 || countries["BE"] > 30 || countries["FR"] > 15 || countries[""] > 15 {
				t.Fatalf("out: %d in the hour, %d in the day, %v", hour, day, countries)
			}
			if w.InHour != hour || w.InDay != day {
				t.Fatalf("%+v, but %d and %d are out", w, hour, day)
			}
		}
	})
}

func TestParseCountryCaps(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "  ": "", "BE=5": "BE=5", "fr=1, BE=5 ,*=0": "*=0,BE=5,FR=1", "001=7": "001=7",
	} {
		if got, err := ledger.ParseCountryCaps(in); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}

	for _, in := range []string{
		"BE", "BE=", "BE=-1", "BE=1.5", "BEL=1", "=1", "BE=1,", "BE=1,be=2", "BE=1=2", "BE=1000000000001", "**=1",
		"B1=1", "UK=100", "ZZ=1",
	} {
		if got, err := ledger.ParseCountryCaps(in); err == nil {
			t.Errorf("%q was accepted as %q", in, got)
		}
	}
}

func FuzzParseCountryCaps(f *testing.F) {
	f.Add("BE=5000,FR=1000,*=200")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ledger.ParseCountryCaps(s)
		if err != nil {
			return
		}
		if again, err := ledger.ParseCountryCaps(string(c)); err != nil || again != c {
			t.Fatalf("%q became %q, and that %q, %v", s, c, again, err)
		}

		for pair := range strings.SplitSeq(string(c), ",") {
			if name, _, found := strings.Cut(pair, "="); found {
				if n, capped := c.Of(name); !capped || n < 0 {
					t.Fatalf("%q has no cap for %s", c, name)
				}
			}
		}
	})
}
