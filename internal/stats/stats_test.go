package stats_test

import (
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
		State: message.Pending, Deadline: start.Add(5 * time.Minute), Hold: 8, OTP: id.OTP{1}, Country: "BE",
		Prefix: "+3247",
		Plan: []message.Step{
			{Channel: message.WhatsApp, Carrier: "wa", Price: 3, Wait: 20 * time.Second, Receipts: true},
			{Channel: message.SMS, Carrier: "smsc", Price: 8, Segments: 2, Wait: 45 * time.Second, Receipts: true},
		},
	}
}

// played sends events to a message and sums what each change adds.
func played(events ...message.Input) (message.Message, map[string]stats.Counts) {
	sums := map[string]stats.Counts{}
	m := play(func(m message.Message) message.Message { return m },
		func(l stats.Line) { sums[l.Carrier] = sums[l.Carrier].Plus(l.Counts) }, events...)
	return m, sums
}

// play sends events to a message, and calls add with what each change adds.
func play(prepare func(message.Message) message.Message, add func(stats.Line), events ...message.Input) message.Message {
	m, _ := message.Start(prepare(twoSteps()), start, nil)
	now := start
	for _, e := range events {
		if now = now.Add(time.Second); e.Kind == message.Timer {
			now = now.Add(time.Minute)
		}
		before := m
		m, _ = message.Apply(m, e, now)
		for _, l := range stats.Delta(nil, before, m) {
			add(l)
		}
	}

	return m
}

func TestDelta(t *testing.T) {
	t.Parallel()
	type sums = map[string]stats.Counts
	accepted := func(i int) message.Input { return message.Input{Kind: message.AnswerAccepted, Attempt: i, Parts: 1} }
	delivered := func(i int) message.Input { return message.Input{Kind: message.ReceiptDelivered, Attempt: i} }
	read := message.Input{Kind: message.ReceiptRead}
	failed := func(i int) message.Input {
		return message.Input{Kind: message.ReceiptFailed, Attempt: i, Reason: message.Unreachable}
	}

	rejected := message.Input{Kind: message.AnswerRejected, Reason: message.NotOnChannel}
	timer := message.Input{Kind: message.Timer}
	for name, c := range map[string]struct {
		events []message.Input
		want   sums
	}{
		"accepted": {[]message.Input{accepted(0)}, sums{"wa": {Codes: 1, Sent: 1, Credits: 3}}},
		"delivered, then read": {
			[]message.Input{accepted(0), delivered(0), read}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}},
		},
		"twice the same receipt": {
			[]message.Input{accepted(0), delivered(0), delivered(0), read, read},
			sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}},
		},
		"read without delivered": {
			[]message.Input{accepted(0), read}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}},
		},
		"rejected": {[]message.Input{rejected}, sums{}},
		"fallback by rejection": {
			[]message.Input{rejected, accepted(1)}, sums{"smsc": {Codes: 1, Sent: 1, Segments: 2, Credits: 8}},
		},
		"fallback by the timer": {
			[]message.Input{accepted(0), timer, accepted(1)},
			sums{"wa": {Codes: 1, Sent: 1, Credits: 3}, "smsc": {Sent: 1, Segments: 2, Credits: 5}},
		},
		"both delivered, the first late": {
			[]message.Input{accepted(0), timer, accepted(1), delivered(1), delivered(0)},
			sums{
				"wa":   {Codes: 1, Sent: 1, Delivered: 1, Credits: 3},
				"smsc": {Sent: 1, Delivered: 1, Segments: 2, Credits: 5},
			},
		},
		"failed by receipt": {
			[]message.Input{accepted(0), failed(0), accepted(1), failed(1)},
			sums{"wa": {Codes: 1, Sent: 1}, "smsc": {Sent: 1, Segments: 2}},
		},
		"a failed receipt is final": {
			[]message.Input{accepted(0), timer, accepted(1), failed(0), delivered(0)},
			sums{"wa": {Codes: 1, Sent: 1, Credits: 3}, "smsc": {Sent: 1, Segments: 2, Credits: 5}},
		},
		"no answer, but a receipt": {
			[]message.Input{{Kind: message.AnswerUnknown}, delivered(0)},
			sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}},
		},
		"a receipt before the answer": {
			[]message.Input{delivered(0), accepted(0)}, sums{"wa": {Codes: 1, Sent: 1, Delivered: 1, Credits: 3}},
		},
		"stopped": {[]message.Input{accepted(0), {Kind: message.Stop}}, sums{"wa": {Codes: 1, Sent: 1, Credits: 3}}},
	} {
		t.Run(name, func(t *testing.T) {
			m, sums := played(c.events...)
			var credits int64
			for carrier, n := range sums {
				credits += n.Credits
				if !reflect.DeepEqual(n, c.want[carrier]) {
					t.Errorf("%s %+v, want %+v", carrier, n, c.want[carrier])
				}
			}
			if len(sums) != len(c.want) || credits != m.Charged {
				t.Errorf("%v of %d credits, want %v of %d", sums, credits, c.want, m.Charged)
			}
		})
	}
}

// FuzzDelta plays any events: what is counted is what the message says in the end, whatever came twice.
func FuzzDelta(f *testing.F) {
	f.Add([]byte{2, 0, 6, 0, 1, 20})
	f.Add([]byte{2, 8, 0, 2, 17, 6, 0, 8, 1, 6, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		var events []message.Input
		for i := 0; i+1 < len(script) && len(events) < 100; i += 2 {
			events = append(events, message.Input{
				Kind: message.InputKind(script[i]%13 + 1), Attempt: int(script[i+1] % 4), Parts: 1,
				Reason: message.Unreachable,
			})
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
		if all.Credits != m.Charged || all.Delivered < int64(arrived) || all.Sent < int64(arrived) ||
			all.Sent > int64(len(m.Attempts)) || all.Verified != 0 || all.Codes > 1 ||
			(all.Codes > 0) != (all.Sent > 0) {
			t.Fatalf("counted %+v of %+v", all, m)
		}
	})
}

func TestVerified(t *testing.T) {
	t.Parallel()
	accepted := func(i int) message.Input { return message.Input{Kind: message.AnswerAccepted, Attempt: i, Parts: 1} }
	for name, c := range map[string]struct {
		events []message.Input
		want   string
	}{
		"nothing answered yet":    {nil, "wa"},
		"accepted":                {[]message.Input{accepted(0)}, "wa"},
		"both accepted":           {[]message.Input{accepted(0), {Kind: message.Timer}, accepted(1)}, "smsc"},
		"the second is under way": {[]message.Input{accepted(0), {Kind: message.Timer}}, "wa"},
		"the first was rejected":  {[]message.Input{{Kind: message.AnswerRejected}}, "smsc"},
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := played(c.events...)
			l := stats.Verified(m, 7*time.Second)
			if l.Carrier != c.want || l.Counts.Verified != 1 || l.Sent != 0 || len(l.Times.N) != 1 ||
				l.Country != "BE" || l.Prefix != "+3247" || l.Kind != stats.OTPs {
				t.Errorf("%+v, want %s", l, c.want)
			}
		})
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

func TestDay(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-04-25T23:59:59.999999Z": "2026-04-25", "2026-04-26T00:00:00Z": "2026-04-26",
		"2026-04-26T01:30:00+02:00": "2026-04-25",
		"1969-12-31T23:59:59.5Z":    "1969-12-31", "1970-01-01T00:00:00Z": "1970-01-01",
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

	for _, s := range []string{
		"", "2026-4-25", "2026-02-29", "26-04-25", "2026-04-25T00:00:00Z", " 2026-04-25", "2026-13-01",
	} {
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

func TestCounts_Plus(t *testing.T) {
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

// TestCounts_Grow compares Grow with Plus, for any order of times.
func TestCounts_Grow(t *testing.T) {
	t.Parallel()
	var grown, sum stats.Counts
	for _, d := range []time.Duration{
		time.Minute, time.Minute, time.Second, 0, 10 * time.Second, time.Hour, 30 * time.Second,
	} {
		one := counted("BE", d)
		one.Sent, one.Delivered, one.Segments, one.Credits, one.Codes = 1, 2, 3, 4, 5
		want := slices.Clone(one.Times.N)
		sum = sum.Plus(one.Counts)
		if grown.Add(one.Counts); !reflect.DeepEqual(grown, sum) || !slices.Equal(one.Times.N, want) {
			t.Fatalf("grown to %+v, want %+v", grown, sum)
		}
		grown.Add(stats.Counts{})
	}
}
