package guard_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
)

func TestAdmit_CountsSends(t *testing.T) {
	t.Parallel()
	l := guard.Keyed{Name: "user", Key: "metadata.user_id", Count: guard.CountSends, Max: []guard.Rate{{N: 2, Per: time.Minute}, {N: 3, Per: time.Hour}}}
	var marks []guard.Counted
	for i, step := range []struct {
		at    time.Duration
		limit string
		after time.Duration
	}{
		{0, "", 0},
		{10 * time.Second, "", 0},
		{20 * time.Second, "2/1m", 40 * time.Second},
		{59999 * time.Millisecond, "2/1m", time.Millisecond},
		{60 * time.Second, "", 0},
		{61 * time.Second, "3/1h", time.Hour - 61*time.Second},
		{time.Hour, "", 0},
		{time.Hour, "3/1h", 10 * time.Second},
		{30 * time.Minute, "3/1h", time.Hour - 30*time.Minute + 10*time.Second}, // the clock went back
	} {
		next, r, ok := l.Admit(marks, "BE", start.Add(step.at))
		if ok != (step.limit == "") || r.Limit != step.limit || r.After != step.after {
			t.Errorf("step %d: admitted %v, refused by %q for %v; want %q for %v", i, ok, r.Limit, r.After, step.limit, step.after)
		}
		if !ok && r.Name != "user" {
			t.Errorf("step %d: the refusal names %q", i, r.Name)
		}
		if !ok && !slices.Equal(next, marks) {
			t.Errorf("step %d: a refusal changed the marks", i)
		}
		marks = next
	}
	if len(marks) != 3 {
		t.Errorf("%d marks are kept, want the 3 of the longest window", len(marks))
	}
}

func TestAdmit_CountsCountries(t *testing.T) {
	t.Parallel()
	l := guard.Keyed{Name: "c", Count: guard.CountCountries, Max: []guard.Rate{{N: 2, Per: 24 * time.Hour}}}
	var marks []guard.Counted
	for i, step := range []struct {
		at      time.Duration
		country string
		after   time.Duration
	}{
		{0, "BE", 0},
		{time.Hour, "FR", 0},
		{2 * time.Hour, "BE", 0},
		{3 * time.Hour, "LV", 22 * time.Hour},
		{25*time.Hour - 1, "LV", 1},
		{25 * time.Hour, "LV", 0},
		{25 * time.Hour, "FR", time.Hour},
		{25 * time.Hour, "BE", 0},
		{26 * time.Hour, "", 23 * time.Hour},
	} {
		next, r, ok := l.Admit(marks, step.country, start.Add(step.at))
		if ok != (step.after == 0) || r.After != step.after || !ok && r.Limit != "2/24h" {
			t.Errorf("step %d to %q: admitted %v, refused by %q for %v; want %v", i, step.country, ok, r.Limit, r.After, step.after)
		}
		marks = next
	}
}

func TestAdmit_WithoutRates(t *testing.T) {
	t.Parallel()
	marks, _, ok := guard.Keyed{Name: "off"}.Admit(nil, "BE", start)
	if !ok || len(marks) != 1 {
		t.Errorf("admitted %v with %d marks", ok, len(marks))
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"client_ip": true, "account": true, "metadata.user_id": true, "metadata.a.b": true, "metadata.": false, "metadata": false,
		"": false, "to": false, "Client_IP": false,
	} {
		if k, err := guard.ParseKey(text); (err == nil) != good || good && string(k) != text {
			t.Errorf("%q: %q, %v", text, k, err)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	limits := []guard.Keyed{{Key: guard.KeyClientIP}, {Key: guard.KeyAccount}, {Key: "metadata.user"}, {Key: "metadata.a.b"}}
	for metadata, want := range map[string][2]string{
		``: {}, `{}`: {}, `{"user":"x"}`: {"x", ""}, `{"user":"\u0078"}`: {"x", ""}, `{"user":7}`: {"7", ""}, `{"user":"7"}`: {"7", ""},
		`{"user":null}`: {}, `{"user":""}`: {}, `{"user":true}`: {"true", ""}, `{"user":{"id":1}}`: {`{"id":1}`, ""},
		`{"User":"x"}`: {}, `{"a":{"b":1}}`: {}, `{"a.b":"y","user":"x"}`: {"x", "y"}, `no object`: {},
	} {
		got := guard.Values{Account: "acct", ClientIP: "203.0.113.7", Metadata: []byte(metadata)}.Of(limits)
		if !slices.Equal(got, []string{"203.0.113.7", "acct", want[0], want[1]}) {
			t.Errorf("%s: %q", metadata, got)
		}
	}
}

// FuzzAddress: a value that is counted by is an address, or a network, that reads as itself.
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
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:0DB8:1:2::": "2001:db8:1:2::/64", "10.0.0.5": "10.0.0.5", "fd00::1": "fd00::/64",
		"203.0.113.7:80": "203.0.113.7", " 203.0.113.7 ": "203.0.113.7", "[2001:db8:1:2::1]:443": "2001:db8:1:2::/64",
		"[2001:db8:1:2::1]": "2001:db8:1:2::/64", "2001:db8::1%x": "2001:db8::/64", "[2001:db8::1%eth0]:443": "2001:db8::/64",
		"[::ffff:203.0.113.7]:443": "203.0.113.7", "[::ffff:203.0.113.7]": "203.0.113.7", "::FFFF:CB00:7107": "203.0.113.7",
		"": "", "localhost": "", "203.0.113.0/24": "", "fe80::1%eth0": "", "0.0.0.0": "", "::": "",
		"203.0.113.7:": "", "203.0.113.7:65536": "", "203.0.113.7:http": "", "[203.0.113.7]": "", "[203.0.113.7]:80": "", "[2001:db8::1": "",
		"2001:db8::1]": "", "[2001:db8::1]443": "", "[]": "", "[]:443": "", "203.0.113.7, 198.51.100.1": "", "unknown": "", "example.com:443": "",
		"127.0.0.1:80": "", "[::1]:443": "", "[fe80::1%eth0]:443": "",
		"127.0.0.1": "", "::1": "", "::ffff:127.0.0.1": "", "64:ff9b::127.0.0.1": "", "224.0.0.1": "", "ff02::1": "", "169.254.1.1": "",
		"fe80::1": "", "255.255.255.255": "", "0x7f.1": "", "203.0.113.07": "",
	} {
		got, err := guard.Address(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}

// TestRoom holds what is told against what Spend then does.
func TestRoom(t *testing.T) {
	t.Parallel()
	r := guard.Rate{N: 5, Per: time.Second}
	now, tat := start, time.Time{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		now = now.Add(time.Duration(random.IntN(300)) * time.Millisecond)
		room := guard.Room(tat, r, now)
		let := 0
		for probe := tat; ; let++ {
			next, _, refused := guard.Spend(probe, r, now)
			if refused {
				break
			}
			probe = next
		}
		if room.Left != let {
			t.Fatalf("told %d, but %d were let through", room.Left, let)
		}
		if later := guard.Room(tat, r, now.Add(room.More)); let < r.N && later.Left != let+1 {
			t.Fatalf("%d left, after %v %d", let, room.More, later.Left)
		}
		tat, _, _ = guard.Spend(tat, r, now)
	}
	if room := guard.Room(time.Time{}, guard.Rate{}, now); room != (guard.Space{}) {
		t.Errorf("no rate has %+v", room)
	}
}

// FuzzAdmit drives a limit with any steps and recounts every window.
func FuzzAdmit(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 4, 5, 0, 0, 0, 9}, true)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0}, false)
	f.Fuzz(func(t *testing.T, steps []byte, countries bool) {
		l := guard.Keyed{Name: "x", Count: guard.CountSends, Max: []guard.Rate{{N: 3, Per: time.Minute}, {N: 5, Per: 10 * time.Minute}}}
		if countries {
			l.Count = guard.CountCountries
		}

		now := start
		var marks, let []guard.Counted
		for _, b := range steps {
			now = now.Add(time.Duration(b/8) * time.Second)
			country := string(rune('A' + b%8))
			next, r, ok := l.Admit(marks, country, now)
			if !ok {
				if _, _, then := l.Admit(marks, country, now.Add(r.After)); !then || r.After <= 0 {
					t.Fatalf("after the wait of %v it is still refused", r.After)
				}
				if _, _, early := l.Admit(marks, country, now.Add(r.After-1)); early {
					t.Fatalf("it would have been let through before %v", r.After)
				}
				continue
			}

			marks, let = next, append(let, guard.Counted{At: now, Item: country})
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
			if len(marks) > 5 {
				t.Fatalf("%d marks", len(marks))
			}
		}
	})
}
