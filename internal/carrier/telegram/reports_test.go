package telegram

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

// When a message is asked about, in seconds after its submit, while nothing is reported.
func TestWatch_Plan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		life              time.Duration
		reported, unknown bool
		want              []int
	}{
		"by callback":            {life: 5 * time.Minute, reported: true, want: []int{360, 420, 480, 540, 600, 660}},
		"by callback, no answer": {life: 5 * time.Minute, reported: true, unknown: true, want: []int{3, 9, 21, 45, 93, 360, 420, 480, 540, 600, 660}},
		"without a callback":     {life: time.Minute, want: []int{3, 9, 21, 45, 93, 120, 180, 240, 300, 360, 420}},
		"a long life":            {life: 4 * time.Minute, want: []int{3, 9, 21, 45, 93, 153, 213, 273, 300, 360, 420, 480, 540, 600}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := time.Now()
			w := watch{reported: c.reported}
			if !w.add(watched{id: "1", sentAt: at, life: c.life, unknown: c.unknown}) {
				t.Fatal("not watched")
			}
			var got []int
			for s := range 3600 {
				if due := w.take(at.Add(time.Duration(s)*time.Second), 10); len(due) == 1 {
					got = append(got, s)
				}
			}
			if !slices.Equal(got, c.want) || len(w.byID) != 0 {
				t.Errorf("asked at %v, want %v; %d are left", got, c.want, len(w.byID))
			}
		})
	}
}

func TestWatch_Bounds(t *testing.T) {
	t.Parallel()
	at := time.Now()
	w := watch{}
	for n := range maxWatched {
		if !w.add(watched{id: fmt.Sprint(n), sentAt: at.Add(time.Duration(n%97) * time.Second), life: time.Hour}) {
			t.Fatalf("%d is refused", n)
		}
	}
	if w.add(watched{id: "more", sentAt: at}) {
		t.Error("more are kept than the bound")
	}
	if !w.add(watched{id: "7", sentAt: at, life: time.Hour}) {
		t.Error("an entry is not replaced")
	}

	w.pause(at.Add(time.Hour))
	if due := w.take(at.Add(59*time.Minute), 10); len(due) != 0 {
		t.Error("asked during a pause")
	}
	before := time.Time{}
	for _, m := range w.take(at.Add(2*time.Hour), maxWatched) {
		if m.due.Before(before) {
			t.Fatal("not in the order of time")
		}
		before = m.due
	}
	for n := range maxWatched {
		w.remove(fmt.Sprint(n))
	}
	if len(w.byID) != 0 || len(w.queue) != 0 {
		t.Errorf("%d and %d are left", len(w.byID), len(w.queue))
	}
}

// A message's states, as they are asked for one after another, with what is passed on of each.
func TestAsk_States(t *testing.T) {
	t.Parallel()
	const url = "https://otp.example.com"
	for name, c := range map[string]struct {
		public  string
		unknown bool
		states  []string // "" = not sent
		want    []string // of each question; "" = nothing
		left    bool     // it is still watched
	}{
		"delivered, then read": {
			states: []string{"sent", "delivered", "delivered", "read"},
			want:   []string{"", "telegram req-1 ref delivered", "", "telegram req-1 ref read"},
		},
		"nobody saw it": {
			states: []string{"sent", "expired"}, want: []string{"", "telegram req-1 ref failed expired_in_transit expired"},
		},
		"revoked": {states: []string{"revoked"}, want: []string{""}},
		"by callback, missed": {
			public: url, states: []string{"delivered"}, want: []string{"telegram req-1 ref delivered"},
		},
		"no answer, and accepted": {
			unknown: true, states: []string{"sent", "read"},
			want: []string{"telegram ref accepted req-1", "telegram req-1 ref read"},
		},
		"no answer, and delivered": {
			unknown: true, states: []string{"delivered"}, left: true,
			want: []string{"telegram ref accepted req-1, telegram req-1 ref delivered"},
		},
		"no answer, and not sent": {unknown: true, states: []string{""}, want: []string{""}, left: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, sink := startAPI(t), &recorder{}
			made := a.connected(t, carrier.Common{PublicURL: c.public})
			a.requests["req-1"] = nil
			at := time.Now()
			made.watch.add(watched{id: "req-1", ref: "ref", sentAt: at, life: 5 * time.Minute, unknown: c.unknown})

			for i, state := range c.states {
				if state != "" {
					a.now("req-1", state)
				}
				at = at.Add(10 * time.Minute)
				if n := made.askDue(t.Context(), sink.sink(), at); n != 1 {
					t.Fatalf("%s: %d were asked about", state, n)
				}
				if got := strings.Join(sink.lines(), ", "); got != c.want[i] {
					t.Errorf("%s: passed on %q, want %q", state, got, c.want[i])
				}
			}
			if left := len(made.watch.byID) > 0; left != c.left {
				t.Errorf("still watched: %t", left)
			}
		})
	}
}

// What could not be asked or stored is asked again.
func TestAsk_Again(t *testing.T) {
	t.Parallel()
	a, sink := startAPI(t), &recorder{failing: true}
	made := a.connected(t, carrier.Common{})
	a.now("req-1", "delivered")
	at := time.Now()
	made.watch.add(watched{id: "req-1", ref: "ref", sentAt: at, life: time.Hour, unknown: true})
	ask := func() {
		t.Helper()
		at = at.Add(5 * time.Minute)
		made.askDue(t.Context(), sink.sink(), at)
	}

	a.fail("checkVerificationStatus", "reset")
	ask()
	ask() // not stored
	sink.failing = false
	ask()
	want := []string{"telegram ref accepted req-1", "telegram req-1 ref delivered"}
	if got := sink.lines(); !slices.Equal(got, want) {
		t.Errorf("passed on %q, want %q", got, want)
	}

	a.now("req-1", "read")
	sink.failing = true
	ask()
	sink.failing = false
	ask()
	if got := sink.lines(); !slices.Equal(got, []string{"telegram req-1 ref read"}) {
		t.Errorf("passed on %q, want that it was read", got)
	}

	made.watch.add(watched{id: "req-1", ref: "ref", sentAt: at, life: time.Hour})
	a.fail("checkVerificationStatus", "FLOOD_WAIT_600")
	ask()
	if made.watch.resumeAt.Before(time.Now().Add(longestAsk - time.Second)) {
		t.Error("no pause after too many questions")
	}
}

// Run asks about the messages of the last run, too.
func TestRun(t *testing.T) {
	t.Parallel()
	a, sink := startAPI(t), &recorder{}
	made := a.connected(t, carrier.Common{})
	a.now("req-1", "delivered")
	a.now("req-2", "expired")
	now := time.Now()
	sink.unreported = []carrier.Unreported{
		{ID: "req-1", Ref: "one", At: now.Add(-time.Minute), Validity: 5 * time.Minute},
		{ID: "req-2", Ref: "two", At: now.Add(-time.Hour), Validity: 5 * time.Minute},
	}

	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- made.Run(ctx, sink.sink()) }()
	var got []string
	for deadline := time.Now().Add(20 * time.Second); len(got) < 2; time.Sleep(time.Millisecond) {
		if got = append(got, sink.lines()...); time.Now().After(deadline) {
			t.Fatalf("passed on %q only", got)
		}
	}

	stop()
	if err := <-ran; err != nil {
		t.Error(err)
	}
	slices.Sort(got)
	want := []string{"telegram req-1 one delivered", "telegram req-2 two failed expired_in_transit expired"}
	if !slices.Equal(got, want) {
		t.Errorf("passed on %q, want %q", got, want)
	}
}

// The vector was made by another program (Python's hmac).
func TestCallback_Vector(t *testing.T) {
	t.Parallel()
	made := newTest(t, carrier.Common{}, Config{APIBase: defaultBase})
	const body = `{"request_id":"135899120","phone_number":"+447700900123","request_cost":0.01,"delivery_status":` +
		`{"status":"delivered","updated_at":1740599999},"payload":"ver_123"}`
	const good = "28fd0760dd99ce296b4ffcf170bacbf77a6c3f392afea5feb3cf254922361542"
	for name, c := range map[string]struct {
		at, body, signature string
		want                bool
	}{
		"the vector":     {"1740600000", body, good, true},
		"in capitals":    {"1740600000", body, strings.ToUpper(good), true},
		"another time":   {"1740600001", body, good, false},
		"another body":   {"1740600000", body + " ", good, false},
		"cut":            {"1740600000", body, good[:32], false},
		"no hexadecimal": {"1740600000", body, "zz" + good[2:], false},
		"none":           {"1740600000", body, "", false},
	} {
		if got := carrier.SignedHex(made.key[:], c.signature, []byte(c.at+"\n"), []byte(c.body)); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestCallback_Answers(t *testing.T) {
	t.Parallel()
	const report = `{"request_id":"7","payload":"ref","delivery_status":{"status":"expired","updated_at":1},"is_refunded":true}`
	for name, c := range map[string]struct {
		callback, body string
		age            time.Duration
		spoil          func(*http.Request)
		failing        bool
		want           int
		stored         string
	}{
		"a report":        {body: report, want: 200, stored: "telegram 7 ref failed expired_in_transit expired"},
		"sent":            {body: `{"request_id":"7","delivery_status":{"status":"sent"}}`, want: 200, stored: "telegram 7  buffered"},
		"no status":       {body: `{"request_id":"7"}`, want: 200, stored: "telegram 7  buffered"},
		"not stored":      {body: report, failing: true, want: 503},
		"no id":           {body: `{}`, want: 400},
		"no JSON":         {body: `request_id=7`, want: 400},
		"another address": {callback: "receipts", body: report, want: 404},
		"GET":             {body: report, spoil: func(r *http.Request) { r.Method = http.MethodGet }, want: 405},
		"five minutes":    {body: report, age: maxAge - 10*time.Second, want: 200, stored: "telegram 7 ref failed expired_in_transit expired"},
		"too old":         {body: report, age: maxAge + 10*time.Second, want: 401},
		"of the future":   {body: report, age: -maxAge - 10*time.Second, want: 401},
		"no time":         {body: report, spoil: func(r *http.Request) { r.Header.Del("X-Request-Timestamp") }, want: 401},
		"unsigned":        {body: report, spoil: func(r *http.Request) { r.Header.Del("X-Request-Signature") }, want: 401},
		"forged":          {body: report, spoil: func(r *http.Request) { r.Header.Set("X-Request-Signature", strings.Repeat("0", 64)) }, want: 401},
		"oversized":       {body: strings.Repeat(" ", maxBody) + report, want: 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := &recorder{failing: c.failing}
			made := newTest(t, carrier.Common{Receipts: true}, Config{APIBase: defaultBase})
			r, err := signedRequest("https://otp.example.com/carriers/telegram/callback", c.body, time.Now().Add(-c.age))
			if err != nil {
				t.Fatal(err)
			}
			if c.spoil != nil {
				c.spoil(r)
			}
			if c.callback == "" {
				c.callback = callback
			}

			w := httptest.NewRecorder()
			f := made.ServeCallback(w, r, c.callback, sink.sink())
			status := w.Code
			if f != nil {
				status = f.Status
			}
			if got := strings.Join(sink.lines(), ", "); status != c.want || got != c.stored {
				t.Errorf("%d, stored %q, want %d and %q", status, got, c.want, c.stored)
			}
		})
	}
}

// After its last report a message is not asked about.
func TestCallback_EndsQuestions(t *testing.T) {
	t.Parallel()
	for state, left := range map[string]int{"sent": 1, "delivered": 0, "read": 0, "expired": 0, "revoked": 0} {
		made := newTest(t, carrier.Common{Receipts: true, PublicURL: "https://otp.example.com"}, Config{APIBase: defaultBase})
		made.watch.add(watched{id: "7", sentAt: time.Now(), life: time.Minute})
		r, err := signedRequest("https://otp.example.com/carriers/telegram/callback",
			`{"request_id":"7","delivery_status":{"status":"`+state+`"}}`, time.Now())
		if err != nil {
			t.Fatal(err)
		}

		f := made.ServeCallback(httptest.NewRecorder(), r, callback, (&recorder{}).sink())
		if got := len(made.watch.byID); f != nil || got != left {
			t.Errorf("%s: %d are watched, want %d; %v", state, got, left, f)
		}
	}
}

func FuzzCallback(f *testing.F) {
	f.Add([]byte(`{"request_id":"7","payload":"ref","delivery_status":{"status":"read"}}`))
	f.Add([]byte(`{"request_id":7,"delivery_status":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		sink := &recorder{}
		made := newTest(t, carrier.Common{Receipts: true}, Config{APIBase: defaultBase})
		r, err := signedRequest("https://otp.example.com/carriers/telegram/callback", string(body), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if f := made.ServeCallback(w, r, callback, sink.sink()); f == nil != (len(sink.lines()) == 1) {
			t.Errorf("%q: %v", body, f)
		}
	})
}
