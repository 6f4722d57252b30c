package signin_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/signin"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

func TestEmail_Parse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain":                 {"ada@example.com", "ada@example.com"},
		"capitals and spaces":   {"  Ada@Example.COM ", "ada@example.com"},
		"without a dot":         {"root@localhost", "root@localhost"},
		"with a plus":           {"ada+otp@example.com", "ada+otp@example.com"},
		"composed":              {"re\u0301mi@example.com", "r\u00e9mi@example.com"},
		"empty":                 {"", ""},
		"no at":                 {"ada", ""},
		"nothing before the at": {"@example.com", ""},
		"nothing after the at":  {"ada@", ""},
		"two ats":               {"ada@b@example.com", ""},
		"a space":               {"a da@example.com", ""},
		"a line break":          {"ada@example.com\nbcc:x", ""},
		"an invisible space":    {"a\u200bda@example.com", ""},
		"a direction":           {"\u202eada@example.com", ""},
		"a name before it":      {"Ada <ada@example.com>", ""},
		"a list":                {"ada@example.com,bob", ""},
		"too long":              {strings.Repeat("a", 250) + "@x.org", ""},
		"invalid UTF-8":         {"a\xffda@example.com", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := signin.ParseEmail(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("ParseEmail(%q) = %q, %v, want %q", c.in, got, err, c.want)
			}
		})
	}
}

func FuzzEmail(f *testing.F) {
	f.Add("Ada@Example.com")
	f.Add("\u0130@x")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := signin.ParseEmail(s)
		if err != nil {
			return
		}
		if again, err := signin.ParseEmail(got); err != nil || again != got {
			t.Errorf("%q became %q, which became %q, %v", s, got, again, err)
		}
	})
}

func TestSession_Valid(t *testing.T) {
	t.Parallel()
	fresh := signin.Session{BegunAt: noon.Add(-time.Hour), SeenAt: noon.Add(-time.Minute), EndsAt: noon.Add(11 * time.Hour)}
	for name, c := range map[string]struct {
		change func(*signin.Session)
		from   time.Time
		want   bool
	}{
		"in use":                  {func(*signin.Session) {}, time.Time{}, true},
		"30 minutes without page": {func(s *signin.Session) { s.SeenAt = noon.Add(-30 * time.Minute) }, time.Time{}, true},
		"31 minutes without page": {func(s *signin.Session) { s.SeenAt = noon.Add(-31 * time.Minute) }, time.Time{}, false},
		"12 hours": {
			func(s *signin.Session) { s.BegunAt, s.EndsAt = noon.Add(-12*time.Hour), noon },
			time.Time{},
			false,
		},
		"longer than 12 hours": {func(s *signin.Session) { s.EndsAt = noon.Add(12 * time.Hour) }, time.Time{}, false},
		"the zero session":     {func(s *signin.Session) { *s = signin.Session{} }, time.Time{}, false},
		"all ended since":      {func(*signin.Session) {}, noon.Add(-time.Minute), false},
		"begun since all ended": {
			func(*signin.Session) {},
			noon.Add(-time.Hour), true,
		},
		"seen in the future": {func(s *signin.Session) { s.SeenAt = noon.Add(time.Hour) }, time.Time{}, false},
		"begun in the future": {
			func(s *signin.Session) { s.BegunAt, s.SeenAt = noon.Add(time.Minute), noon.Add(time.Minute) },
			time.Time{},
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh
			c.change(&s)
			if got := s.Valid(c.from, noon); got != c.want {
				t.Errorf("Valid = %v, want %v", got, c.want)
			}
		})
	}
}

func TestSession_SteppedUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at   time.Time
		want bool
	}{
		"never":          {time.Time{}, false},
		"10 minutes ago": {noon.Add(-10 * time.Minute), true},
		"11 minutes ago": {noon.Add(-11 * time.Minute), false},
		"in the future":  {noon.Add(time.Hour), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (signin.Session{SteppedUpAt: c.at}).SteppedUp(noon); got != c.want {
				t.Errorf("SteppedUp = %v, want %v", got, c.want)
			}
		})
	}
}

func TestGuess_FiveInAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	var log []time.Time
	for i := range 5 {
		next, wait, ok := signin.Guess(log, signin.PasswordGuesses, noon.Add(time.Duration(i)*time.Minute))
		if !ok || wait != 0 {
			t.Fatalf("guess %d was refused for %v", i+1, wait)
		}
		log = next
	}

	_, wait, ok := signin.Guess(log, signin.PasswordGuesses, noon.Add(5*time.Minute))
	if ok || wait != 10*time.Minute {
		t.Errorf("the sixth guess: %v, wait %v, want a wait of 10 minutes", ok, wait)
	}
	if _, _, ok := signin.Guess(log, signin.PasswordGuesses, noon.Add(15*time.Minute)); !ok {
		t.Error("a quarter of an hour after the first guess, another was refused")
	}
	// A log of a clock that was ahead refuses for its window, and not until that time.
	ahead := slices.Repeat([]time.Time{noon.Add(1000 * time.Hour)}, 5)
	if _, wait, ok := signin.Guess(ahead, signin.PasswordGuesses, noon); ok || wait > 15*time.Minute {
		t.Errorf("guesses in the future: %v, wait %v", ok, wait)
	}
}

func TestGuess_FactorsInTheLongRun(t *testing.T) {
	t.Parallel()
	var log []time.Time
	made := 0
	for at := noon; at.Before(noon.Add(24 * time.Hour)); at = at.Add(time.Minute) {
		next, _, ok := signin.Guess(log, signin.FactorGuesses, at)
		if ok {
			made++
		}
		log = next
	}
	if made != 20 {
		t.Errorf("%d codes could be tried in a day, want 20", made)
	}
}

func TestRoles_Permissions(t *testing.T) {
	t.Parallel()
	// The whole matrix, so that a change of it is a change here. The order is that of the roles below.
	roles := []signin.Role{signin.Operator, signin.Owner, signin.Developer, signin.Support, signin.Billing, "", "admin"}
	want := map[signin.Permission]string{
		signin.SeeMessages:     "yyyynnn",
		signin.SeeNumbers:      "yyynnnn",
		signin.SeeAnalytics:    "yyyyynn",
		signin.SeeRequests:     "yyynnnn",
		signin.SeeCredits:      "yyynynn",
		signin.SeeAudit:        "yynnnnn",
		signin.SendTest:        "yyynnnn",
		signin.SendLive:        "yyynnnn",
		signin.ManageKeys:      "yyynnnn",
		signin.ManageWebhooks:  "yyynnnn",
		signin.ManageTemplates: "yyynnnn",
		signin.ManageOptOuts:   "yyyynnn",
		signin.ManageSettings:  "yynnnnn",
		signin.ManageTeam:      "yynnnnn",
		signin.AddCredits:      "ynnnnnn",
		signin.ManageInstance:  "ynnnnnn",
	}
	if len(want) != len(signin.Permissions) {
		t.Fatalf("%d permissions are in this table, there are %d", len(want), len(signin.Permissions))
	}
	for _, p := range signin.Permissions {
		got := ""
		for _, r := range roles {
			got += map[bool]string{true: "y", false: "n"}[r.May(p)]
		}
		if got != want[p] {
			t.Errorf("%s: %s, want %s", p, got, want[p])
		}
	}
}

func TestRoles_Parse(t *testing.T) {
	t.Parallel()
	for _, r := range signin.Roles {
		if got, err := signin.ParseRole(string(r)); err != nil || got != r {
			t.Errorf("ParseRole(%s) = %s, %v", r, got, err)
		}
	}
	for _, s := range []string{"", "operator", "Owner", "admin"} {
		if r, err := signin.ParseRole(s); err == nil {
			t.Errorf("ParseRole(%q) = %s: no member can have it", s, r)
		}
	}
}

func TestGuess_Rates(t *testing.T) {
	t.Parallel()
	// guard keeps only so many times, so a larger budget would not be exact.
	for _, r := range slices.Concat(signin.PasswordGuesses, signin.FactorGuesses) {
		if r.N > guard.MaxLog || r.Per > 24*time.Hour {
			t.Errorf("the rate %v is larger than what guard counts", r)
		}
	}
}
