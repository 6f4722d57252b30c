package stats_test

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
)

var start = time.Date(2026, 4, 25, 23, 59, 0, 0, time.UTC)

func twoSteps() message.Message {
	return message.Message{
		State: message.Pending, Deadline: start.Add(5 * time.Minute), Hold: 8, OTP: id.OTP{1}, Country: "BE", Prefix: "+3247",
		Plan: []message.Step{
			{Channel: message.WhatsApp, Carrier: "wa", Price: 3, Wait: 20 * time.Second, Receipts: true},
			{Channel: message.SMS, Carrier: "smsc", Price: 8, Segments: 2, Wait: 45 * time.Second, Receipts: true},
		},
	}
}

// played sends events to a message and adds up what each change moved.
func played(events ...message.Event) (message.Message, map[string]stats.Counts) {
	m, _ := message.Start(twoSteps(), start, nil)
	sums := map[string]stats.Counts{}
	now := start
	for _, e := range events {
		if now = now.Add(time.Second); e.Kind == message.Timer {
			now = now.Add(time.Minute)
		}
		before := m
		m, _ = message.Apply(m, e, now)
		for _, l := range stats.Moved(nil, before, m) {
			sums[l.Carrier] = sums[l.Carrier].Plus(l.Counts)
		}
	}

	return m, sums
}

func TestMoved(t *testing.T) {
	t.Parallel()
	type sums = map[string]stats.Counts
	took := func(i int) message.Event { return message.Event{Kind: message.AnswerAccepted, Attempt: i, Parts: 1} }
	got := func(i int) message.Event { return message.Event{Kind: message.ReceiptDelivered, Attempt: i} }
	read := message.Event{Kind: message.ReceiptRead}
	lost := func(i int) message.Event {
		return message.Event{Kind: message.ReceiptFailed, Attempt: i, Reason: message.Unreachable}
	}

	refused := message.Event{Kind: message.AnswerRejected, Reason: message.NotOnChannel}
	timer := message.Event{Kind: message.Timer}
	for name, c := range map[string]struct {
		events []message.Event
		want   sums
	}{
		"accepted":               {[]message.Event{took(0)}, sums{"wa": {Codes: 1, Sent: 1, Credits: 3}}},
		"delivered, then read":   {[]message.Event{took(0), got(0), read}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}}},
		"twice the same receipt": {[]message.Event{took(0), got(0), got(0), read, read}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}}},
		"read without delivered": {[]message.Event{took(0), read}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}}},
		"refused":                {[]message.Event{refused}, sums{}},
		"fallback by refusal":    {[]message.Event{refused, took(1)}, sums{"smsc": {Codes: 1, Sent: 1, Segments: 2, Credits: 8}}},
		"fallback by the timer":  {[]message.Event{took(0), timer, took(1)}, sums{"wa": {Codes: 1, Sent: 1, Credits: 3}, "smsc": {Sent: 1, Segments: 2, Credits: 5}}},
		"both arrive, the first late": {
			[]message.Event{took(0), timer, took(1), got(1), got(0)},
			sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}, "smsc": {Sent: 1, Delivered: 1, Segments: 2, Credits: 5}},
		},
		"failed by receipt": {
			[]message.Event{took(0), lost(0), took(1), lost(1)},
			sums{"wa": {Codes: 1, Sent: 1}, "smsc": {Sent: 1, Segments: 2}},
		},
		"lost, which stands": {
			[]message.Event{took(0), timer, took(1), lost(0), got(0)},
			sums{"wa": {Codes: 1, Sent: 1, Credits: 3}, "smsc": {Sent: 1, Segments: 2, Credits: 5}},
		},
		"no answer, but a receipt":    {[]message.Event{{Kind: message.AnswerUnknown}, got(0)}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}}},
		"a receipt before the answer": {[]message.Event{got(0), took(0)}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}}},
		"stopped":                     {[]message.Event{took(0), {Kind: message.Stop}}, sums{"wa": {Codes: 1, Sent: 1, Credits: 3}}},
	} {
		m, sums := played(c.events...)
		var credits int64
		for carrier, n := range sums {
			credits += n.Credits
			if !reflect.DeepEqual(n, c.want[carrier]) {
				t.Errorf("%s: %s %+v, want %+v", name, carrier, n, c.want[carrier])
			}
		}
		if len(sums) != len(c.want) || credits != m.Charged {
			t.Errorf("%s: %v of %d credits, want %v of %d", name, sums, credits, c.want, m.Charged)
		}
	}
}

// FuzzMoved plays any events: what is counted is what the message says in the end, whatever came twice.
func FuzzMoved(f *testing.F) {
	f.Add([]byte{2, 0, 6, 0, 1, 20})
	f.Add([]byte{2, 8, 0, 2, 17, 6, 0, 8, 1, 6, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		var events []message.Event
		for i := 0; i+1 < len(script) && len(events) < 100; i += 2 {
			events = append(events, message.Event{Kind: message.Kind(script[i]%13 + 1), Attempt: int(script[i+1] % 4), Parts: 1, Reason: message.Unreachable})
		}

		m, sums := played(events...)
		var all stats.Counts
		for _, n := range sums {
			all = all.Plus(n)
		}

		arrived := 0
		for _, a := range m.Attempts {
			if a.Progress == message.AttemptDelivered || a.Progress == message.AttemptRead {
				arrived++
			}
		}
		if all.Credits != m.Charged || all.Delivered < int64(arrived) || all.Sent < int64(arrived) || all.Sent > int64(len(m.Attempts)) || all.Verified != 0 || all.Codes > 1 || (all.Codes > 0) != (all.Sent > 0) {
			t.Fatalf("counted %+v of %+v", all, m)
		}
	})
}

func TestVerified_CountsForWhatWasAcceptedLast(t *testing.T) {
	t.Parallel()
	took := func(i int) message.Event { return message.Event{Kind: message.AnswerAccepted, Attempt: i, Parts: 1} }
	for name, c := range map[string]struct {
		events []message.Event
		want   string
	}{
		"nothing answered yet":    {nil, "wa"},
		"accepted":                {[]message.Event{took(0)}, "wa"},
		"both accepted":           {[]message.Event{took(0), {Kind: message.Timer}, took(1)}, "smsc"},
		"the second is under way": {[]message.Event{took(0), {Kind: message.Timer}}, "wa"},
		"the first was refused":   {[]message.Event{{Kind: message.AnswerRejected}}, "smsc"},
	} {
		m, _ := played(c.events...)
		l := stats.Verified(m, 7*time.Second)
		if l.Carrier != c.want || l.Counts.Verified != 1 || l.Sent != 0 || len(l.Times.N) != 1 || l.Country != "BE" || l.Prefix != "+3247" || l.Kind != stats.OTPs {
			t.Errorf("%s: %+v, want %s", name, l, c.want)
		}
	}
	if l := stats.Verified(twoSteps(), time.Second); l.Carrier != "wa" {
		t.Errorf("a message that was not begun: %+v", l)
	}

	text := twoSteps()
	text.OTP = id.OTP{}
	if l := stats.Verified(text, 0); l.Kind != stats.Texts {
		t.Errorf("a message without a code is of kind %v", l.Kind)
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-04-25T23:59:59.999999Z": "2026-04-25", "2026-04-26T00:00:00Z": "2026-04-26", "2026-04-26T01:30:00+02:00": "2026-04-25",
		"1969-12-31T23:59:59.5Z": "1969-12-31", "1970-01-01T00:00:00Z": "1970-01-01",
	} {
		when, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			t.Fatal(err)
		}

		d := stats.DayOf(when)
		if d.String() != want || stats.DayOf(d.Start()) != d || when.Before(d.Start()) {
			t.Errorf("%s is of %s, want %s", at, d, want)
		}
		if again, err := stats.ParseDay(want); err != nil || again != d {
			t.Errorf("%s: %v, %v", want, again, err)
		}
	}

	for _, s := range []string{"", "2026-4-25", "2026-02-29", "26-04-25", "2026-04-25T00:00:00Z", " 2026-04-25", "2026-13-01"} {
		if d, err := stats.ParseDay(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}

// counted makes a line with the given times to verify.
func counted(country string, times ...time.Duration) stats.Line {
	m := twoSteps()
	m.Country = country
	var l stats.Line
	for _, d := range times {
		v := stats.Verified(m, d)
		l = stats.Line{Cell: v.Cell, Counts: l.Plus(v.Counts)}
	}

	return l
}

// TestQuantiles compares with the exact answer, for times spread in different ways.
func TestQuantiles(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(i int) float64{
		"even": func(i int) float64 { return 1 + float64(i)*0.05 }, "growing": func(i int) float64 { return math.Exp(float64(i) / 150) },
		"all the same": func(int) float64 { return 17 }, "up to an hour": func(i int) float64 { return 3.6 * float64(i+1) },
	} {
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
				t.Errorf("%s: quantile %v is %v, want %v to within a tenth", name, q, got, want)
			}
		}
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
	if _, cost := none.Cost(); known || rate || cost {
		t.Error("of nothing something is known")
	}
}

func TestPlus_ChangesNeither(t *testing.T) {
	t.Parallel()
	a, b := counted("BE", time.Second, time.Minute).Counts, counted("BE", time.Second, 2*time.Second).Counts
	wantA, wantB := slices.Clone(a.Times.N), slices.Clone(b.Times.N)
	sum, back := a.Plus(b), b.Plus(a)
	if !reflect.DeepEqual(sum, back) || sum.Verified != 4 || sum.Times.N[0] != 2 || len(sum.Times.N) != len(a.Times.N) {
		t.Errorf("%+v and %+v", sum, back)
	}

	late := a.Plus(counted("BE", time.Hour).Counts)
	if n := len(late.Times.N); late.Times.N[n-1] != 1 || late.Times.First != a.Times.First || n <= len(a.Times.N) {
		t.Errorf("%+v", late)
	}

	for _, c := range []stats.Counts{sum, back, a.Plus(stats.Counts{}), stats.Counts{}.Plus(a)} {
		c.Times.N[0] = 99
	}
	if !slices.Equal(a.Times.N, wantA) || !slices.Equal(b.Times.N, wantB) {
		t.Error("adding up changed what was added, or shares its memory")
	}
}

// TestGrow_IsPlus in any order of times.
func TestGrow_IsPlus(t *testing.T) {
	t.Parallel()
	var grown, sum stats.Counts
	for _, d := range []time.Duration{time.Minute, time.Minute, time.Second, 0, 10 * time.Second, time.Hour, 30 * time.Second} {
		one := counted("BE", d)
		one.Sent, one.Delivered, one.Segments, one.Credits, one.Codes = 1, 2, 3, 4, 5
		want := slices.Clone(one.Times.N)
		sum = sum.Plus(one.Counts)
		if grown.Grow(one.Counts); !reflect.DeepEqual(grown, sum) || !slices.Equal(one.Times.N, want) {
			t.Fatalf("grown to %+v, want %+v", grown, sum)
		}
		grown.Grow(stats.Counts{})
	}
}

func TestReport_Groups(t *testing.T) {
	t.Parallel()
	lines := []stats.Line{counted("BE", time.Second), counted("FR", time.Second, time.Second)}
	text := counted("BE", time.Second)
	text.Kind = stats.Texts
	lines = append(lines, text)
	for name, c := range map[string]struct {
		q    stats.Query
		want []stats.Group
		sums []int64
	}{
		"in all":    {stats.Query{From: 1, To: 9}, []stats.Group{{}}, []int64{8}},
		"countries": {stats.Query{From: 1, To: 9, By: stats.ByCountry}, []stats.Group{{Country: "BE"}, {Country: "FR"}}, []int64{4, 4}},
		"codes":     {stats.Query{From: 1, To: 9, By: stats.ByCountry, Kind: stats.OTPs}, []stats.Group{{Country: "BE"}, {Country: "FR"}}, []int64{2, 4}},
		"days":      {stats.Query{From: 1, To: 9, By: stats.ByDay}, []stats.Group{{Day: 5}, {Day: 9}}, []int64{4, 4}},
		"one day":   {stats.Query{From: 6, To: 9, By: stats.ByDay | stats.ByCarrier | stats.ByChannel | stats.ByPrefix}, []stats.Group{{Day: 9, Prefix: "+3247", Channel: message.WhatsApp, Carrier: "wa"}}, []int64{4}},
		"nothing":   {stats.Query{From: 6, To: 8, By: stats.ByDay}, nil, nil},
	} {
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
			t.Errorf("%s: %v %v, want %v %v", name, groups, sums, c.want, c.sums)
		}
	}

	for name, c := range map[string]struct {
		s    stats.Summary
		want float64
		ok   bool
	}{
		"of codes":                 {stats.Summary{Codes: 4, Sent: 8, Verified: 3}, 0.75, true},
		"of a channel":             {stats.Summary{Group: stats.Group{Channel: message.SMS}, Codes: 4, Sent: 8, Verified: 3}, 0.375, true},
		"of a carrier":             {stats.Summary{Group: stats.Group{Carrier: "smsc"}, Sent: 8, Verified: 3}, 0.375, true},
		"more than were sent":      {stats.Summary{Codes: 1, Verified: 3}, 1, true},
		"of nothing that was sent": {stats.Summary{Verified: 3}, 1, false},
	} {
		if rate, ok := c.s.Conversion(); ok != c.ok || ok && rate != c.want {
			t.Errorf("%s: a rate of %v, %v", name, rate, ok)
		}
	}
}

func TestQuery_Resolves(t *testing.T) {
	t.Parallel()
	const today = 20_000
	for name, c := range map[string]struct {
		q        stats.Query
		from, to stats.Day
		err      error
	}{
		"the default":       {stats.Query{}, today - 29, today, nil},
		"only to":           {stats.Query{To: 100}, 71, 100, nil},
		"only from":         {stats.Query{From: today - 5}, today - 5, today, nil},
		"one day":           {stats.Query{From: 7, To: 7}, 7, 7, nil},
		"the longest":       {stats.Query{From: 9, To: 100}, 9, 100, nil},
		"too long":          {stats.Query{From: 8, To: 100}, 8, 100, stats.ErrRange},
		"turned round":      {stats.Query{From: 8, To: 7}, 8, 7, stats.ErrOrder},
		"from is to come":   {stats.Query{From: today + 1}, today + 1, today, stats.ErrOrder},
		"long ago to today": {stats.Query{From: 1}, 1, today, stats.ErrRange},
	} {
		q, err := c.q.Resolve(today)
		if q.From != c.from || q.To != c.to || err != c.err {
			t.Errorf("%s: %d to %d, %v", name, q.From, q.To, err)
		}
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
