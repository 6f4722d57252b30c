package stats_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
)

// TestSummary_Quantile compares with the exact answer, for times spread in different ways.
func TestSummary_Quantile(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(i int) float64{
		"even":          func(i int) float64 { return 1 + float64(i)*0.05 },
		"growing":       func(i int) float64 { return math.Exp(float64(i) / 150) },
		"all the same":  func(int) float64 { return 17 },
		"up to an hour": func(i int) float64 { return 3.6 * float64(i+1) },
	} {
		t.Run(name, func(t *testing.T) {
			var times []time.Duration
			for i := range 1000 {
				times = append(times, time.Duration(at(i)*float64(time.Second)))
			}

			l := counted("BE", times...)
			r := stats.NewReport(stats.Query{From: 1, To: 1})
			r.Add(1, &l)
			slices.Sort(times)
			for _, q := range []float64{0.5, 0.95} {
				want := times[int(q*1000)-1].Seconds()
				if got, ok := r.Total.Quantile(q); !ok || math.Abs(got-want) > want/10 {
					t.Errorf("quantile %v is %v, want %v to within a tenth", q, got, want)
				}
			}
		})
	}

	r := stats.NewReport(stats.Query{From: 1, To: 1})
	for _, d := range []time.Duration{-time.Hour, 0, time.Nanosecond, 100 * time.Hour, math.MaxInt64} {
		l := counted("BE", d)
		r.Add(1, &l)
	}

	if got, ok := r.Total.Quantile(0.95); !ok || got < 3600 || r.Total.Verified != 5 {
		t.Errorf("times that cannot be: %v, %v", got, ok)
	}

	var none stats.Summary
	_, known := none.Quantile(0.5)
	_, rate := none.Conversion()
	if _, cost := none.CreditsPerVerified(); known || rate || cost {
		t.Error("there are figures for nothing")
	}
}

func TestReport_Groups(t *testing.T) {
	t.Parallel()
	lines := []stats.Line{counted("BE", time.Second), counted("FR", time.Second, time.Second)}
	text := counted("BE", time.Second)
	text.Kind = stats.Texts
	lines = append(lines, text)
	lines[1].Template = "tmpl_1"
	for name, c := range map[string]struct {
		q    stats.Query
		want []stats.Group
		sums []int64
	}{
		"in all": {q: stats.Query{From: 1, To: 9}, want: []stats.Group{{}}, sums: []int64{8}},
		"countries": {
			q: stats.Query{From: 1, To: 9, By: stats.ByCountry}, want: []stats.Group{{Country: "BE"}, {Country: "FR"}},
			sums: []int64{4, 4},
		},
		"codes": {
			q:    stats.Query{From: 1, To: 9, By: stats.ByCountry, Kind: stats.OTPs},
			want: []stats.Group{{Country: "BE"}, {Country: "FR"}}, sums: []int64{2, 4},
		},
		"days": {
			q: stats.Query{From: 1, To: 9, By: stats.ByDay}, want: []stats.Group{{Day: 5}, {Day: 9}},
			sums: []int64{4, 4},
		},
		"one day": {
			q:    stats.Query{From: 6, To: 9, By: stats.ByDay | stats.ByCarrier | stats.ByChannel | stats.ByPrefix},
			want: []stats.Group{{Day: 9, Prefix: "+3247", Channel: message.WhatsApp, Carrier: "wa"}}, sums: []int64{4},
		},
		"templates": {
			q:    stats.Query{From: 9, To: 9, By: stats.ByTemplate},
			want: []stats.Group{{Template: stats.BuiltIn}, {Template: "tmpl_1"}}, sums: []int64{2, 2},
		},
		"nothing": {q: stats.Query{From: 6, To: 8, By: stats.ByDay}},
	} {
		t.Run(name, func(t *testing.T) {
			r := stats.NewReport(c.q)
			for _, day := range []stats.Day{9, 5} {
				for i := range lines {
					r.Add(day, &lines[i])
				}
			}

			var groups []stats.Group
			var sums []int64
			for _, s := range r.Lines() {
				groups, sums = append(groups, s.Group), append(sums, s.Verified)
			}
			if !slices.Equal(groups, c.want) || !slices.Equal(sums, c.sums) {
				t.Errorf("%v %v, want %v %v", groups, sums, c.want, c.sums)
			}
		})
	}

	only := map[string]struct {
		only stats.Only
		want int64
	}{
		"a country":        {stats.Only{Country: "FR"}, 4},
		"another country":  {stats.Only{Country: "DE"}, 0},
		"a channel":        {stats.Only{Channel: message.WhatsApp}, 8},
		"another channel":  {stats.Only{Channel: message.SMS}, 0},
		"a carrier":        {stats.Only{Carrier: "wa"}, 8},
		"a template":       {stats.Only{Template: "tmpl_1"}, 4},
		"another template": {stats.Only{Template: "tmpl_2"}, 0},
		"the built-in":     {stats.Only{Template: stats.BuiltIn}, 4},
		"all of them":      {stats.Only{Country: "BE", Channel: message.WhatsApp, Carrier: "wa"}, 4},
		"no other carrier": {stats.Only{Country: "BE", Carrier: "smsc"}, 0},
	}
	for name, c := range only {
		t.Run("only "+name, func(t *testing.T) {
			r := stats.NewReport(stats.Query{From: 1, To: 9, By: stats.ByDay, Only: c.only})
			for _, day := range []stats.Day{9, 5} {
				for i := range lines {
					r.Add(day, &lines[i])
				}
			}
			if r.Total.Verified != c.want || r.Total.Channel != c.only.Channel || r.Total.Carrier != c.only.Carrier {
				t.Errorf("%+v, want %d", r.Total, c.want)
			}
			for _, s := range r.Lines() { // so that their shares are of what was sent over it
				if s.Channel != c.only.Channel || s.Carrier != c.only.Carrier || s.Template != c.only.Template {
					t.Errorf("the line is of %v", s.Group)
				}
			}
		})
	}

	for name, c := range map[string]struct {
		s    stats.Summary
		want float64
		ok   bool
	}{
		"of codes": {s: stats.Summary{Codes: 4, Sent: 8, Verified: 3}, want: 0.75, ok: true},
		"of a channel": {
			s: stats.Summary{Group: stats.Group{Channel: message.SMS}, Codes: 4, Sent: 8, Verified: 3}, want: 0.375,
			ok: true,
		},
		"of a carrier": {
			s: stats.Summary{Group: stats.Group{Carrier: "smsc"}, Sent: 8, Verified: 3}, want: 0.375, ok: true,
		},
		"more than were sent":      {s: stats.Summary{Codes: 1, Verified: 3}, want: 1, ok: true},
		"of nothing that was sent": {s: stats.Summary{Verified: 3}, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			if rate, ok := c.s.Conversion(); ok != c.ok || ok && rate != c.want {
				t.Errorf("a rate of %v, %v", rate, ok)
			}
		})
	}
}

func TestQuery_Resolve(t *testing.T) {
	t.Parallel()
	const today = 20_000
	for name, c := range map[string]struct {
		q        stats.Query
		from, to stats.Day
		err      error
	}{
		"the default":       {from: today - 29, to: today},
		"only to":           {q: stats.Query{To: 100}, from: 71, to: 100},
		"only from":         {q: stats.Query{From: today - 5}, from: today - 5, to: today},
		"one day":           {q: stats.Query{From: 7, To: 7}, from: 7, to: 7},
		"the longest":       {q: stats.Query{From: 9, To: 100}, from: 9, to: 100},
		"too long":          {q: stats.Query{From: 8, To: 100}, from: 8, to: 100, err: stats.ErrRange},
		"reversed":          {q: stats.Query{From: 8, To: 7}, from: 8, to: 7, err: stats.ErrOrder},
		"from the future":   {q: stats.Query{From: today + 1}, from: today + 1, to: today, err: stats.ErrOrder},
		"long ago to today": {q: stats.Query{From: 1}, from: 1, to: today, err: stats.ErrRange},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := c.q.Resolve(today)
			if q.From != c.from || q.To != c.to || err != c.err {
				t.Errorf("%d to %d, %v", q.From, q.To, err)
			}
		})
	}
}

func TestParseBy(t *testing.T) {
	t.Parallel()
	const usage = stats.ByDay | stats.ByCountry | stats.ByChannel
	if by, err := stats.ParseBy([]string{"channel", "day"}, usage); err != nil || by != stats.ByChannel|stats.ByDay {
		t.Errorf("%v, %v", by, err)
	}

	for _, names := range [][]string{{"day", "day"}, {"carrier"}, {""}, {"Day"}, {"day,country"}} {
		if by, err := stats.ParseBy(names, usage); err == nil {
			t.Errorf("%v was read as %v", names, by)
		}
	}
}
