package verifiedrate_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/verifiedrate"
)

// world has two carriers for SMS, of which the share of verified codes decides, and one for WhatsApp.
type world struct {
	*testworld.World
	a, b, whatsApp *testworld.Carrier
}

func newWorld(t *testing.T, o testworld.Options) world {
	t.Helper()
	w := world{
		a: testworld.NewCarrier("a", message.SMS), b: testworld.NewCarrier("b", message.SMS),
		whatsApp: testworld.NewCarrier("wa", message.WhatsApp),
	}
	o.Carriers = []carrier.Carrier{w.a, w.b, w.whatsApp}
	o.Routes = []route.Rule{{Channel: message.SMS, Carriers: []string{"a", "b"}, Strategy: route.VerifiedRate}}
	w.World = testworld.New(t, o)

	return w
}

// counts are what the database counts after some minutes, as "carrier sent/verified", in order.
func counts(t *testing.T, w *testworld.World) string {
	t.Helper()
	w.Clock.Add(3 * time.Minute)
	w.Dispatcher.Rates.Round(t.Context())
	lately, err := verifiedrate.Lately(t.Context(), w.Dispatcher.Config.Store, w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}

	var list []string
	for way, c := range lately {
		list = append(list, fmt.Sprintf("%s %s %s %d/%d", way.Channel, way.Country, way.Carrier, c.Sent, c.Verified))
	}
	slices.Sort(list)

	return strings.Join(list, ", ")
}

// TestRates_Learn: codes of one carrier are verified and those of the other not, so the first gets the messages, over a
// restart as well, and the other its twentieth.
func TestRates_Learn(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, testworld.Options{Backend: b})
		rates := w.Dispatcher.Rates
		rates.Start(t.Context())
		sends := func(w world, from, n int) (overA int) {
			for i := range n {
				s := testworld.Send(t, w.World, testworld.To(testworld.Number(from+i)))
				w.Clock.Add(5 * time.Second)
				if s.Message.StepOf(0).Carrier == "a" {
					overA++
					if r := testworld.Verify(t, w.World, s.OTP.ID, testworld.CodeOf(w.a)); r != otp.Valid {
						t.Fatalf("the code is %q", r)
					}
				}
				if i%2 == 0 {
					w.Dispatcher.Rates.Round(t.Context())
				}
			}
			return overA
		}

		sends(w, 0, 120)
		if got := sends(w, 200, 40); got != 38 {
			t.Errorf("the good carrier gets %d of 40", got)
		}

		w.World = w.Rerun(t)
		w.Dispatcher.Rates.Start(t.Context())
		if got := sends(w, 300, 40); got != 38 {
			t.Errorf("after a restart the good carrier gets %d of 40", got)
		}

		s := testworld.Send(t, w.World, testworld.To(testworld.Number(400)))
		if why := s.Message.Chosen(0); !strings.HasPrefix(why, "route 1, verified_rate 1.00 of ") {
			t.Errorf("chosen because of %q", why)
		}
	})
}

func TestRates_Counts(t *testing.T) {
	t.Parallel()
	throttled := testworld.AnswersWith(carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError})
	for name, c := range map[string]struct {
		answer  testworld.Answer // to the first submit over SMS; later ones are accepted
		request func(*engine.OTPRequest)
		pass    time.Duration // until it is verified
		verify  bool
		want    string // of the carrier that came first, as "first", and the second as "second"
	}{
		"sent":     {want: "sms BE first 1/0"},
		"verified": {verify: true, want: "sms BE first 1/1"},
		"rejected, and verified over the next": {
			answer: testworld.Rejects(message.Unreachable), verify: true, want: "sms BE first 1/0",
		},
		"no answer, and verified over the next": {
			answer: testworld.Hangs, verify: true, want: "sms BE first 1/0",
		},
		"no receipt, and verified over the next": {pass: time.Minute, verify: true, want: "sms BE first 1/0"},
		"put off, and verified over the next":    {answer: throttled, verify: true, want: ""},
		"as the second channel": {
			request: func(r *engine.OTPRequest) { r.Channels = []message.Channel{message.WhatsApp, message.SMS} },
			pass:    21 * time.Second, verify: true, want: "sms BE first 1/1",
		},
		"over another channel": {
			request: func(r *engine.OTPRequest) { r.Channels = []message.Channel{message.WhatsApp, message.SMS} },
			verify:  true, want: "",
		},
		"to another country": {
			request: func(r *engine.OTPRequest) { r.To = "+31612345678" }, verify: true, want: "sms NL first 1/1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testworld.Bubble(t, func(t *testing.T) {
				w := newWorld(t, testworld.Options{})
				w.Dispatcher.Rates.Start(t.Context())
				request := testworld.To(testworld.PhoneA)
				if c.request != nil {
					c.request(&request)
				}
				if c.answer != nil {
					first := onlyFirst(c.answer)
					w.a.Script(first)
					w.b.Script(first)
				}

				s := testworld.Send(t, w.World, request)
				w.Settle()
				testworld.Pass(t, w.World, c.pass)
				m := testworld.MessageOf(t, w.World, s)
				if c.verify {
					last := m.StepOf(m.Shown()).Carrier
					code := testworld.CodeOf(map[string]*testworld.Carrier{"a": w.a, "b": w.b, "wa": w.whatsApp}[last])
					testworld.Verify(t, w.World, s.OTP.ID, code)
				}

				first := slices.IndexFunc(m.Plan, func(s message.Step) bool { return s.Channel == message.SMS })
				want := c.want
				if first >= 0 {
					want = strings.ReplaceAll(want, "first", m.Plan[first].Carrier)
				}
				if got := counts(t, w.World); got != want {
					t.Errorf("counted %q, want %q", got, want)
				}
			})
		})
	}
}

// onlyFirst gives an answer once, and then accepts.
func onlyFirst(answer testworld.Answer) testworld.Answer {
	var submits atomic.Int64
	return func(ctx context.Context, m carrier.Message) carrier.Result {
		if submits.Add(1) > 1 {
			return testworld.Accepts(ctx, m)
		}
		return answer(ctx, m)
	}
}

// TestRates_NotCounted: texts, sandboxes and test numbers say nothing of a carrier's codes.
func TestRates_NotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{
		TestNumbers: map[phone.Number]secret.String{"+32470000000": secret.NewString("314159")},
	})
	w.Dispatcher.Rates.Start(t.Context())

	text, _, err := w.SendSMS(t.Context(), w.Live, engine.SMSRequest{To: testworld.PhoneA, Body: "Hello"}, nil)
	if err != nil || !strings.HasPrefix(text.Chosen(0), "route 1, verified_rate without codes yet") {
		t.Errorf("a text was sent because of %q, %v", text.Chosen(0), err)
	}
	if _, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(testworld.PhoneA), nil); err != nil {
		t.Error(err)
	}
	s := testworld.Send(t, w.World, testworld.To("+32470000000"))
	testworld.Verify(t, w.World, s.OTP.ID, "314159")
	if got := counts(t, w.World); got != "" {
		t.Errorf("counted %q", got)
	}
}

// TestRates_Resend: each send of a code is counted, and the verification for the newest. All plans of a request have the
// same order, although the text of a resend has its own price.
func TestRates_Resend(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	w.Dispatcher.Rates.Start(t.Context())
	first := testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
	w.Clock.Add(40 * time.Second)
	second := testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
	if second.OTP.ID != first.OTP.ID {
		t.Fatal("the second send is no resend")
	}

	over := map[string]*testworld.Carrier{"a": w.a, "b": w.b}[second.Message.StepOf(0).Carrier]
	testworld.Verify(t, w.World, first.OTP.ID, testworld.CodeOf(over))
	want := map[bool]string{
		true:  fmt.Sprintf("sms BE %s 2/1", over.Name()),
		false: fmt.Sprintf("sms BE %s 1/1", over.Name()),
	}[first.Message.StepOf(0).Carrier == over.Name()]
	if got := counts(t, w.World); !strings.Contains(got, want) {
		t.Errorf("counted %q, want %q", got, want)
	}
}

// TestRates_Nodes: what several nodes count adds up, and each learns of the others.
func TestRates_Nodes(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		one := newWorld(t, testworld.Options{Backend: b})
		two := world{World: one.Rerun(t), a: one.a, b: one.b}
		for i := range 10 {
			testworld.Send(t, one.World, testworld.To(testworld.Number(i)))
			testworld.Send(t, two.World, testworld.To(testworld.Number(100+i)))
		}
		one.Dispatcher.Rates.Round(t.Context())
		sum := counts(t, two.World)
		one.Clock.Add(time.Minute)
		for range 10 { // in which all periods are read again
			one.Dispatcher.Rates.Round(t.Context())
		}

		s := testworld.Send(t, one.World, testworld.To(testworld.Number(50)))
		known := 0
		for _, step := range s.Message.Plan {
			known += int(step.Choice.Sent)
		}
		if known != 20 {
			t.Errorf("the first node knows of %d codes, the database says %s", known, sum)
		}
	})
}

// TestRates_Outage: what could not be stored is stored later.
func TestRates_Outage(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	w := newWorld(t, testworld.Options{Backend: b})
	way := route.Way{Channel: message.SMS, Country: "BE", Carrier: "a"}
	minute := route.Period{Begins: w.Clock.Now().UTC().Truncate(time.Minute), Length: time.Minute}
	w.Dispatcher.Rates.Count(minute, way, route.Conversion{Sent: 3})
	b.NoWrites.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.Dispatcher.Rates.Round(ctx)

	b.NoWrites.Store(false)
	w.Dispatcher.Rates.Count(minute, way, route.Conversion{Sent: 4, Verified: 2})
	if got := counts(t, w.World); got != "sms BE a 7/2" {
		t.Errorf("counted %q", got)
	}
}

// TestRates_Stop: a node that stops stores what it has counted.
func TestRates_Stop(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	ctx, stop := context.WithCancel(t.Context())
	testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
	stop()
	if err := w.Dispatcher.Rates.Run(ctx); err != nil {
		t.Error(err)
	}

	next := w.Rerun(t)
	if got := counts(t, next); !strings.HasSuffix(got, " 1/0") {
		t.Errorf("the next run knows %q", got)
	}
}

// TestRates_Rows: there are never more rows than periods that count, whatever the clock does; what cannot be read counts
// as nothing, and a period has a bound.
func TestRates_Rows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testworld.Options{})
	s := w.Dispatcher.Config.Store
	way := route.Way{Channel: message.SMS, Country: "BE", Carrier: "a"}
	minute := func() route.Period {
		return route.Period{Begins: w.Clock.Now().UTC().Truncate(time.Minute), Length: time.Minute}
	}
	for range 2 * route.Minutes {
		w.Clock.Add(time.Minute)
		w.Dispatcher.Rates.Count(minute(), way, route.Conversion{Sent: 1})
		w.Dispatcher.Rates.Round(t.Context())
	}

	rows := 0
	err := s.EachPage(t.Context(), store.TableMeta, 500, func(page []store.Record) error {
		for _, row := range page {
			if strings.HasPrefix(row.(store.Meta).Name, "verified:") {
				rows++
			}
		}
		return nil
	})
	if err != nil || rows != route.Minutes {
		t.Errorf("%d rows, want %d; %v", rows, route.Minutes, err)
	}

	w.Clock.Add(24 * time.Hour)
	for i := range verifiedrate.MaxWays + 10 {
		w.Dispatcher.Rates.Count(minute(), route.Way{Channel: message.SMS, Country: fmt.Sprint(i)},
			route.Conversion{Sent: 1})
	}
	w.Dispatcher.Rates.Round(t.Context())
	now := minute()
	w.Clock.Add(3 * time.Minute)
	lately, err := verifiedrate.Lately(t.Context(), s, w.Clock.Now())
	if err != nil || len(lately) != verifiedrate.MaxWays {
		t.Errorf("%d ways, %v", len(lately), err)
	}

	err = s.Update(t.Context(), id.Account{}, []store.Key{verifiedrate.KeyOf(now)}, func(tx *store.Tx) error {
		tx.Put(store.Meta{Name: verifiedrate.KeyOf(now).ID, Value: []byte("{")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Dispatcher.Rates.Count(now, way, route.Conversion{Sent: 5})
	if got := counts(t, w.World); got != "sms BE a 5/0" {
		t.Errorf("after an unreadable row %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	p := route.Period{Begins: time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC), Length: time.Minute}
	for _, seed := range []string{
		``, `null`, `{"begins":"2026-04-25T15:27:00Z","ways":[{"channel":"sms","country":"BE","carrier":"a","sent":2,` +
			`"verified":1,"took_ms":9000}]}`,
		`{"begins":"2026-04-25T15:27:00Z","ways":[{"channel":"fax","sent":2},{"channel":"sms","sent":-1}]}`,
		`{"begins":"2026-04-25T15:28:00Z","ways":[{"channel":"sms","sent":2}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		h := route.History{p: verifiedrate.Decode(p, value)}
		for way, c := range h[p] {
			if c.Sent < 0 || c.Verified < 0 || c.Took < 0 || way.Channel.String() == "" {
				t.Errorf("%q reads %+v: %+v", value, way, c)
			}
		}
		h.Lately(p.Begins.Add(5 * time.Minute))
	})
}
