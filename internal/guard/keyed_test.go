package guard_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
)

func TestKeyed_AdmitSends(t *testing.T) {
	t.Parallel()
	l := guard.Keyed{
		Name: "user", Key: "metadata.user_id", Count: guard.CountSends,
		Max: []guard.Rate{{N: 2, Per: time.Minute}, {N: 3, Per: time.Hour}},
	}
	var counted []guard.Counted
	for i, step := range []struct {
		at    time.Duration
		limit string
		after time.Duration
	}{
		{},
		{at: 10 * time.Second},
		{at: 20 * time.Second, limit: "2/1m", after: 40 * time.Second},
		{at: 59999 * time.Millisecond, limit: "2/1m", after: time.Millisecond},
		{at: 60 * time.Second},
		{at: 61 * time.Second, limit: "3/1h", after: time.Hour - 61*time.Second},
		{at: time.Hour},
		{at: time.Hour, limit: "3/1h", after: 10 * time.Second},
		{
			at: 30 * time.Minute, limit: "3/1h", after: time.Hour - 30*time.Minute + 10*time.Second,
		}, // the clock went back
	} {
		next, r, ok := l.Admit(counted, "BE", start.Add(step.at))
		if ok != (step.limit == "") || r.Limit != step.limit || r.After != step.after {
			t.Errorf("step %d: admitted %v, refused by %q for %v; want %q for %v", i, ok, r.Limit, r.After, step.limit,
				step.after)
		}
		if !ok && r.Name != "user" {
			t.Errorf("step %d: the refusal names %q", i, r.Name)
		}
		if !ok && !slices.Equal(next, counted) {
			t.Errorf("step %d: a refusal changed what is counted", i)
		}
		counted = next
	}

	if len(counted) != 3 {
		t.Errorf("%d sends are kept, want the 3 of the longest window", len(counted))
	}
}

func TestKeyed_AdmitCountries(t *testing.T) {
	t.Parallel()
	l := guard.Keyed{Name: "c", Count: guard.CountCountries, Max: []guard.Rate{{N: 2, Per: 24 * time.Hour}}}
	var counted []guard.Counted
	for i, step := range []struct {
		at      time.Duration
		country string
		after   time.Duration
	}{
		{country: "BE"},
		{at: time.Hour, country: "FR"},
		{at: 2 * time.Hour, country: "BE"},
		{at: 3 * time.Hour, country: "LV", after: 22 * time.Hour},
		{at: 25*time.Hour - 1, country: "LV", after: 1},
		{at: 25 * time.Hour, country: "LV"},
		{at: 25 * time.Hour, country: "FR", after: time.Hour},
		{at: 25 * time.Hour, country: "BE"},
		{at: 26 * time.Hour, after: 23 * time.Hour},
	} {
		next, r, ok := l.Admit(counted, step.country, start.Add(step.at))
		if ok != (step.after == 0) || r.After != step.after || !ok && r.Limit != "2/24h" {
			t.Errorf("step %d to %q: admitted %v, refused by %q for %v; want %v", i, step.country, ok, r.Limit, r.After,
				step.after)
		}
		counted = next
	}
}

func TestKeyed_AdmitWithoutRates(t *testing.T) {
	t.Parallel()
	counted, _, ok := guard.Keyed{Name: "off"}.Admit(nil, "BE", start)
	if !ok || len(counted) != 1 {
		t.Errorf("admitted %v with %d sends", ok, len(counted))
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"client_ip": true, "account": true, "metadata.user_id": true, "metadata.a.b": true, "metadata.": false,
		"metadata": false,
		"":         false, "to": false, "Client_IP": false,
	} {
		if k, err := guard.ParseKey(text); (err == nil) != good || good && string(k) != text {
			t.Errorf("%q: %q, %v", text, k, err)
		}
	}
}

func TestValues_Of(t *testing.T) {
	t.Parallel()
	limits := []guard.Keyed{
		{Key: guard.KeyClientIP}, {Key: guard.KeyAccount}, {Key: "metadata.user"}, {Key: "metadata.a.b"},
	}
	for metadata, want := range map[string][2]string{
		``: {}, `{}`: {}, `{"user":"x"}`: {"x", ""}, `{"user":"\u0078"}`: {"x", ""}, `{"user":7}`: {"7", ""},
		`{"user":"7"}`:  {"7", ""},
		`{"user":null}`: {}, `{"user":""}`: {}, `{"user":true}`: {"true", ""}, `{"user":{"id":1}}`: {`{"id":1}`, ""},
		`{"User":"x"}`: {}, `{"a":{"b":1}}`: {}, `{"a.b":"y","user":"x"}`: {"x", "y"}, `no object`: {},
	} {
		got := guard.Values{Account: "acct", ClientIP: "203.0.113.7", Metadata: []byte(metadata)}.Of(limits)
		if !slices.Equal(got, []string{"203.0.113.7", "acct", want[0], want[1]}) {
			t.Errorf("%s: %q", metadata, got)
		}
	}
}

// FuzzAddress: the value is an address, or a network, and its own value.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"203.0.113.7:80", "[2001:db8::1%eth0]:443", "::ffff:203.0.113.7", "[::]", "64:ff9b::1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := guard.Address(s)
		if err != nil {
			return
		}
		if network, ok := strings.CutSuffix(got, "/64"); ok {
			got = network
		}

		again, err := guard.Address(got)
		if err != nil || strings.TrimSuffix(again, "/64") != got {
			t.Fatalf("%q counts by %q, which counts by %q, %v", s, got, again, err)
		}
	})
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "::ffff:203.0.113.7": "203.0.113.7", "64:ff9b::203.0.113.7": "203.0.113.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:0DB8:1:2::": "2001:db8:1:2::/64", "10.0.0.5": "10.0.0.5",
		"fd00::1":        "fd00::/64",
		"203.0.113.7:80": "203.0.113.7", " 203.0.113.7 ": "203.0.113.7", "[2001:db8:1:2::1]:443": "2001:db8:1:2::/64",
		"[2001:db8:1:2::1]": "2001:db8:1:2::/64", "2001:db8::1%x": "2001:db8::/64",
		"[2001:db8::1%eth0]:443":   "2001:db8::/64",
		"[::ffff:203.0.113.7]:443": "203.0.113.7", "[::ffff:203.0.113.7]": "203.0.113.7",
		"::FFFF:CB00:7107": "203.0.113.7",
		"":                 "", "localhost": "", "203.0.113.0/24": "", "fe80::1%eth0": "", "0.0.0.0": "", "::": "",
		"203.0.113.7:": "", "203.0.113.7:65536": "", "203.0.113.7:http": "", "[203.0.113.7]": "",
		"[203.0.113.7]:80": "", "[2001:db8::1": "",
		"2001:db8::1]": "", "[2001:db8::1]443": "", "[]": "", "[]:443": "", "203.0.113.7, 198.51.100.1": "",
		"unknown": "", "example.com:443": "",
		"127.0.0.1:80": "", "[::1]:443": "", "[fe80::1%eth0]:443": "",
		"127.0.0.1": "", "::1": "", "::ffff:127.0.0.1": "", "64:ff9b::127.0.0.1": "", "224.0.0.1": "", "ff02::1": "",
		"169.254.1.1": "",
		"fe80::1":     "", "255.255.255.255": "", "0x7f.1": "", "203.0.113.07": "",
	} {
		got, err := guard.Address(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}

// TestRoom compares Room with what Spend then allows.
func TestRoom(t *testing.T) {
	t.Parallel()
	r := guard.Rate{N: 5, Per: time.Second}
	now, tat := start, time.Time{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		now = now.Add(time.Duration(random.IntN(300)) * time.Millisecond)
		room := guard.Remaining(tat, r, now)
		let := 0
		for probe := tat; ; let++ {
			next, _, refused := guard.Spend(probe, r, now)
			if refused {
				break
			}
			probe = next
		}
		if room.Left != let {
			t.Fatalf("%d are left, but %d were allowed", room.Left, let)
		}
		if later := guard.Remaining(tat, r, now.Add(room.More)); let < r.N && later.Left != let+1 {
			t.Fatalf("%d left, after %v %d", let, room.More, later.Left)
		}
		tat, _, _ = guard.Spend(tat, r, now)
	}

	if room := guard.Remaining(time.Time{}, guard.Rate{}, now); room != (guard.Remainder{}) {
		t.Errorf("no rate has %+v", room)
	}
}

// FuzzAdmit drives a limit with any steps and recounts every window.
func FuzzAdmit(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 4, 5, 0, 0, 0, 9}, true)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0}, false)
	f.Fuzz(func(t *testing.T, steps []byte, countries bool) {
		l := guard.Keyed{
			Name: "x", Count: guard.CountSends,
			Max: []guard.Rate{{N: 3, Per: time.Minute}, {N: 5, Per: 10 * time.Minute}},
		}
		if countries {
			l.Count = guard.CountCountries
		}

		now := start
		var counted, let []guard.Counted
		for _, b := range steps {
			now = now.Add(time.Duration(b/8) * time.Second)
			country := string(rune('A' + b%8))
			next, r, ok := l.Admit(counted, country, now)
			if !ok {
				if _, _, then := l.Admit(counted, country, now.Add(r.After)); !then || r.After <= 0 {
					t.Fatalf("after the wait of %v it is still refused", r.After)
				}
				if _, _, early := l.Admit(counted, country, now.Add(r.After-1)); early {
					t.Fatalf("it would have been allowed before %v", r.After)
				}
				continue
			}

			counted, let = next, append(let, guard.Counted{At: now, Item: country})
			for _, rate := range l.Max {
				in, seen := 0, map[string]bool{}
				for _, m := range let {
					if m.At.Add(rate.Per).After(now) {
						in++
						seen[m.Item] = true
					}
				}
				if countries {
					in = len(seen)
				}
				if in > rate.N {
					t.Fatalf("%d within %v, %d are allowed", in, rate.Per, rate.N)
				}
			}
			if len(counted) > 5 {
				t.Fatalf("%d sends are kept", len(counted))
			}
		}
	})
}
