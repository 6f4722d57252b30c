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

// history is a world with messages and OTPs of both modes and two accounts.
type history struct {
	*testworld.World
	other account.Caller
	begin time.Time
	texts []query.Message
	codes []query.OTP
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
	var records []store.Record
	for i := range n {
		now := w.Clock.Now()
		who := []account.Caller{w.Live, w.Live, w.Test, p.other}[r.IntN(4)]
		to := testworld.Number(r.IntN(3))
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

// want is a filter, and a simple implementation of it.
type want struct {
	f       query.Filter
	matches func(to phone.Number, status string, ch message.Channel, created time.Time, metadata string) bool
}

func (p *history) wants() map[string]want {
	to := phone.Number(testworld.Number(1))
	from, before := p.begin.Add(time.Hour), p.begin.Add(2*time.Hour)
	user := func(m string) bool { return m == string(metadata(1)) || m == string(metadata(3)) }
	out := map[string]want{
		"nothing": {
			f:       query.Filter{},
			matches: func(phone.Number, string, message.Channel, time.Time, string) bool { return true },
		},
		"to": {
			f:       query.Filter{To: to},
			matches: func(n phone.Number, _ string, _ message.Channel, _ time.Time, _ string) bool { return n == to },
		},
		"sms": {
			f: query.Filter{Channel: message.SMS},
			matches: func(_ phone.Number, _ string, c message.Channel, _ time.Time,
				_ string,
			) bool {
				return c == message.SMS
			},
		},
		"voice": {
			f:       query.Filter{Channel: message.Voice},
			matches: func(phone.Number, string, message.Channel, time.Time, string) bool { return false },
		},
		"in time": {
			f: query.Filter{From: from, Before: before},
			matches: func(_ phone.Number, _ string, _ message.Channel, at time.Time, _ string) bool {
				return !at.Before(from) && at.Before(before)
			},
		},
		"user": {
			f:       query.Filter{Metadata: map[string]string{"user": "u1"}},
			matches: func(_ phone.Number, _ string, _ message.Channel, _ time.Time, m string) bool { return user(m) },
		},
		"user and n": {
			f: query.Filter{Metadata: map[string]string{"user": "u1", "n": "5"}},
			matches: func(_ phone.Number, _ string, _ message.Channel, _ time.Time, m string) bool {
				return m == string(metadata(1))
			},
		},
		"on": {
			f: query.Filter{Metadata: map[string]string{"on": "true"}},
			matches: func(_ phone.Number, _ string, _ message.Channel, _ time.Time, m string) bool {
				return m == string(metadata(1))
			},
		},
		"null": {
			f:       query.Filter{Metadata: map[string]string{"z": ""}},
			matches: func(phone.Number, string, message.Channel, time.Time, string) bool { return false },
		},
		"all of it": {
			f: query.Filter{
				To: to, Status: "failed", Channel: message.SMS, From: from, Before: before,
				Metadata: map[string]string{"user": "u2"},
			},
			matches: func(n phone.Number, s string, c message.Channel, at time.Time, m string) bool {
				return n == to && s == "failed" && c == message.SMS && !at.Before(from) && at.Before(before) &&
					m == string(metadata(2))
			},
		},
	}

	for _, s := range []string{
		"scheduled", "pending", "sent", "delivered", "read", "failed", "canceled", "unknown", "verified", "expired",
	} {
		out["status "+s] = want{
			query.Filter{Status: s},
			func(_ phone.Number, status string, _ message.Channel, _ time.Time, _ string) bool { return status == s },
		}
	}

	return out
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
						if m.Account == who.Account && m.Mode == who.Mode && c.matches(m.To, m.State.String(),
							message.SMS, m.CreatedAt, string(m.Metadata)) {
							texts = append(texts, m.ID.String()+" "+m.To.E164())
						}
					}

					for _, o := range p.codes {
						if o.Account == who.Account && o.Mode == who.Mode && c.matches(o.To, o.State(), o.Channel(),
							o.CreatedAt, string(o.Metadata)) {
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
	f := query.Filter{Metadata: map[string]string{"user": "nobody"}}
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
