package query_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// numbers are those that the history has: two of Belgium, and one of France and of no country.
var numbers = []string{testworld.Number(0), testworld.Number(1), "+33612345678", "+883510001234567"}

// history is a world with messages and OTPs of both modes and two accounts.
type history struct {
	*testworld.World
	other account.Caller
	begin time.Time
	// template is that of some of the codes.
	template string
	texts    []query.Message
	codes    []query.OTP
}

func (p *history) seal(k store.Key, n string) []byte {
	return p.Dispatcher.Config.Keys.Seal([]byte(n), k.Location("number"))
}

// metadata is that of the i-th row; one has an escaped key and value.
func metadata(i int) []byte {
	return [][]byte{
		nil, []byte(`{"user":"u1","n":5,"on":true}`), []byte(`{"user":"u2"}`),
		[]byte(`{"us\u0065r":"u\u0031"}`), []byte(`{"x":{"user":"u1"},"s":"user u1","n":5.0,"z":null}`),
	}[i%5]
}

func newHistory(t *testing.T, b store.Backend, n int) *history {
	t.Helper()
	w := testworld.New(t, testworld.Options{Backend: b})
	a, err := w.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	p := &history{World: w, other: testworld.CallerOf(a.Account, id.Live), begin: w.Clock.Now()}
	r := rand.New(rand.NewPCG(1, uint64(n)))
	templates := []string{"", id.NewTemplate(p.begin).String()}
	p.template = templates[1]
	var records []store.Record
	for i := range n {
		now := w.Clock.Now()
		who := []account.Caller{w.Live, w.Live, w.Test, p.other}[r.IntN(4)]
		to := numbers[r.IntN(len(numbers))]
		plan := []message.Step{
			{Channel: message.WhatsApp, Carrier: "wa"}, {Channel: message.SMS, Carrier: "smsc", Segments: 1},
		}
		m := store.Message{
			Contact:  w.Dispatcher.Query.Contact(who.Mode, phone.Number(to)),
			Metadata: metadata(r.IntN(5)), Message: message.Message{
				ID: id.NewMessage(now), Account: who.Account, Mode: who.Mode, Type: message.TextMessage, Plan: plan[1:],
				State: message.State(1 + r.IntN(8)), CreatedAt: now,
			},
		}

		m.Number = p.seal(m.Key(), to)
		p.texts = append(p.texts, query.Message{Message: m, To: phone.Number(to)})

		o := store.OTP{Contact: m.Contact, Metadata: m.Metadata, OTP: otp.OTP{
			ID: id.NewOTP(now), Account: who.Account, Mode: who.Mode,
			Status: otp.Status(1 + r.IntN(5)), CreatedAt: now, ExpiresAt: now.Add(time.Duration(r.IntN(3)) * time.Hour),
			Template: templates[r.IntN(2)],
		}}

		o.Number = p.seal(o.Key(), to)
		code := m
		code.ID, code.OTP, code.Type, code.Plan = id.NewMessage(now), o.ID, message.CodeMessage, plan
		code.Attempts = []message.Attempt{{Step: r.IntN(2), Progress: message.AttemptAccepted, At: now}}
		o.Messages = []id.Message{code.ID}
		p.codes = append(p.codes, query.OTP{OTP: o, Sent: []store.Message{code}, To: phone.Number(to)})
		records = append(records, m, o, code)
		if w.Clock.Add(time.Duration(r.IntN(int(time.Minute)))); len(records) > 90 || i == n-1 {
			p.insert(t, records)
			records = nil
		}
	}

	for i := range p.codes {
		p.codes[i].Now = w.Clock.Now()
	}
	slices.Reverse(p.texts)
	slices.Reverse(p.codes)

	return p
}

func (p *history) insert(t *testing.T, records []store.Record) {
	err := p.Dispatcher.Config.Store.Update(t.Context(), p.Account, nil, func(tx *store.Tx) error {
		for _, r := range records {
			tx.Insert(r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seen is what a filter may look at in a row.
type seen struct {
	to                                 phone.Number
	status, country, carrier, template string
	channel                            message.Channel
	at                                 time.Time
	metadata                           string
}

// want is a filter, and a simple implementation of it.
type want struct {
	f       query.Filter
	matches func(seen) bool
}

func (p *history) wants() map[string]want {
	to := phone.Number(testworld.Number(1))
	from, before := p.begin.Add(time.Hour), p.begin.Add(2*time.Hour)
	in := func(at time.Time) bool { return !at.Before(from) && at.Before(before) }
	none := func(seen) bool { return false }
	out := map[string]want{
		"nothing": {query.Filter{}, func(seen) bool { return true }},
		"to":      {query.Filter{To: to}, func(s seen) bool { return s.to == to }},
		"sms":     {query.Filter{Channel: message.SMS}, func(s seen) bool { return s.channel == message.SMS }},
		"voice":   {query.Filter{Channel: message.Voice}, none},
		"in time": {query.Filter{From: from, Before: before}, func(s seen) bool { return in(s.at) }},
		"user": {metadataIs("user", "u1"), func(s seen) bool {
			return s.metadata == string(metadata(1)) || s.metadata == string(metadata(3))
		}},
		"user and n": {metadataIs("user", "u1", "n", "5"), func(s seen) bool {
			return s.metadata == string(metadata(1))
		}},
		"on":   {metadataIs("on", "true"), func(s seen) bool { return s.metadata == string(metadata(1)) }},
		"null": {metadataIs("z", ""), none},
		"all of it": {
			query.Filter{
				To: to, Status: "failed", Channel: message.SMS, From: from, Before: before,
				Country: "BE", Carrier: "smsc", Metadata: map[string]string{"user": "u2"},
			},
			func(s seen) bool {
				return s.to == to && s.status == "failed" && s.channel == message.SMS && in(s.at) &&
					s.carrier == "smsc" && s.metadata == string(metadata(2))
			},
		},
		"template":         {query.Filter{Template: p.template}, func(s seen) bool { return s.template == p.template }},
		"no such template": {query.Filter{Template: id.NewTemplate(p.begin).String()}, none},
		"template and carrier": {
			query.Filter{Template: p.template, Carrier: "wa"},
			func(s seen) bool { return s.template == p.template && s.carrier == "wa" },
		},
	}
	for _, c := range []string{"BE", "FR", "001", "NL"} {
		out["country "+c] = want{query.Filter{Country: c}, func(s seen) bool { return s.country == c }}
	}
	for _, c := range []string{"smsc", "wa", "smsc-2"} {
		out["carrier "+c] = want{query.Filter{Carrier: c}, func(s seen) bool { return s.carrier == c }}
	}
	for _, status := range []string{
		"scheduled", "pending", "sent", "delivered", "read", "failed", "canceled", "unknown", "verified", "expired",
	} {
		out["status "+status] = want{query.Filter{Status: status}, func(s seen) bool { return s.status == status }}
	}

	return out
}

// metadataIs is a filter of fields: name, value, name, value.
func metadataIs(pairs ...string) (f query.Filter) {
	f.Metadata = map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		f.Metadata[pairs[i]] = pairs[i+1]
	}
	return f
}

// countries are those of the numbers.
var countries = map[phone.Number]string{
	phone.Number(numbers[0]): "BE", phone.Number(numbers[1]): "BE", phone.Number(numbers[2]): "FR",
	phone.Number(numbers[3]): "001",
}

// seenText and seenCode are what the filters may look at.
func seenText(m query.Message) seen {
	return seen{
		to: m.To, status: m.State.String(), country: countries[m.To], carrier: "smsc", channel: message.SMS,
		at: m.CreatedAt, metadata: string(m.Metadata),
	}
}

func seenCode(o query.OTP) seen {
	step := o.Sent[0].Plan[o.Sent[0].Attempts[0].Step]
	return seen{
		to: o.To, status: o.State(), country: countries[o.To], carrier: step.Carrier, template: o.Template,
		channel: step.Channel, at: o.CreatedAt, metadata: string(o.Metadata),
	}
}

// walk reads a list to its end and counts the pages.
func walk[R any](t *testing.T, limit int, read func([16]byte) ([]R, [16]byte, error),
	name func(R) string,
) (all []string) {
	t.Helper()
	for below, n := [16]byte{}, 0; ; n++ {
		rows, next, err := read(below)
		if err != nil || len(rows) > limit || n > 500 {
			t.Fatalf("page %d: %d rows, limit %d, %v", n, len(rows), limit, err)
		}

		for _, r := range rows {
			all = append(all, name(r))
		}
		if next == ([16]byte{}) {
			return all
		}
		below = next
	}
}

// TestLists_AgainstAModel lists by every filter in pages of several sizes, and compares with a scan of all rows.
func TestLists_AgainstAModel(t *testing.T) {
	t.Parallel()
	for name, fresh := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newHistory(t, fresh(t), 160)
			for filter, c := range p.wants() {
				for _, who := range []account.Caller{p.Live, p.Test, p.other} {
					var texts, codes []string
					for _, m := range p.texts {
						// Messages have no template.
						if m.Account == who.Account && m.Mode == who.Mode && c.f.Template == "" &&
							c.matches(seenText(m)) {
							texts = append(texts, m.ID.String()+" "+m.To.E164())
						}
					}

					for _, o := range p.codes {
						if o.Account == who.Account && o.Mode == who.Mode && c.matches(seenCode(o)) {
							codes = append(codes, o.ID.String()+" "+o.To.E164())
						}
					}

					for _, limit := range []int{1, 7, 100} {
						got := walk(t, limit, func(below [16]byte) ([]query.Message, [16]byte, error) {
							return p.Dispatcher.Query.ListMessages(t.Context(), who, c.f, below, limit)
						}, func(m query.Message) string { return m.ID.String() + " " + m.To.E164() })
						if !slices.Equal(got, texts) {
							t.Errorf("texts, %s, %d at a time: %d, want %d", filter, limit, len(got), len(texts))
						}

						got = walk(t, limit, func(below [16]byte) ([]query.OTP, [16]byte, error) {
							return p.Dispatcher.Query.ListOTPs(t.Context(), who, c.f, below, limit)
						}, func(o query.OTP) string { return o.ID.String() + " " + o.To.E164() })
						if !slices.Equal(got, codes) {
							t.Errorf("codes, %s, %d at a time: %d, want %d", filter, limit, len(got), len(codes))
						}
					}
				}
			}
		})
	}
}

// TestLists_BoundedReads: a filter that matches no row gives many short pages, not one that reads everything.
func TestLists_BoundedReads(t *testing.T) {
	t.Parallel()
	p := newHistory(t, testworld.Backends["sqlite"](t), 1200)
	for name, f := range map[string]query.Filter{
		"metadata": metadataIs("user", "nobody"), "country": {Country: "NL"}, "carrier": {Carrier: "none"},
	} {
		t.Run(name, func(t *testing.T) { p.walkNone(t, f) })
	}
}

// walkNone walks the list of live messages by a filter that matches none.
func (p *history) walkNone(t *testing.T, f query.Filter) {
	pages := 0
	for below := ([16]byte{}); ; pages++ {
		rows, next, err := p.Dispatcher.Query.ListMessages(t.Context(), p.Live, f, below, 100)
		if err != nil || len(rows) != 0 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if next == ([16]byte{}) {
			break
		}
		below = next
	}

	live := 0
	for _, m := range p.texts {
		if m.Account == p.Account && m.Mode == id.Live {
			live++
		}
	}
	if want := live / 150; pages != want {
		t.Errorf("%d rows took %d pages before the last, want %d", live, pages, want)
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add(`{"user":"u1"}`, "user", "u1")
	f.Add(`{"us\u0065r":1e5}`, "user", "1e5")
	f.Add(`[{"a":`, "a", "\\")
	f.Fuzz(func(t *testing.T, metadata, key, value string) {
		fits := query.Filter{Metadata: map[string]string{key: value}}.Matches(time.Time{}, []byte(metadata))
		again := (query.Filter{Metadata: map[string]string{key: value}}).Matches(time.Time{}, []byte(" "+metadata+" "))
		if again != fits {
			t.Fatalf("%q has %q=%q: %v, with spaces %v", metadata, key, value, fits, again)
		}
		if fmt.Sprint(fits) == "true" && len(metadata) < 2 {
			t.Fatalf("%q has %q=%q", metadata, key, value)
		}
	})
}
