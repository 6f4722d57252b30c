package account_test

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
)

func TestParseKey(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^sk_(live|test)_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$`)
	for _, mode := range []id.Mode{id.Live, id.Test} {
		keyID, text, err := account.NewKey(mode, rand.Reader)
		if err != nil || !shape.MatchString(text) {
			t.Fatalf("NewKey = %q, %v", text, err)
		}

		gotMode, gotID, err := account.ParseKey(text)
		if err != nil || gotMode != mode || gotID != keyID {
			t.Errorf("ParseKey = %v, %q, %v", gotMode, gotID, err)
		}

		for i := range text {
			typo := []byte(text)
			typo[i] = "xy"[btoi(typo[i] == 'x')]
			if _, _, err := account.ParseKey(string(typo)); err == nil {
				t.Errorf("a typo at %d was accepted: %s", i, typo)
			}
		}
	}

	for _, text := range []string{
		"", "sk_live_", "sk_prod_12345678_" + strings.Repeat("a", 38), "sk_live_your_api_key_here",
	} {
		if _, _, err := account.ParseKey(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key, value, want string
		ok               bool
	}{
		{key: "name", value: "Acme", want: "Acme", ok: true},
		{key: "name"},
		{key: "default_locale", value: "pt-BR", want: "pt-BR", ok: true},
		{key: "default_locale", value: "not a tag"},
		{key: "origin", value: "https://Example.com/", want: "example.com", ok: true},
		{key: "origin", value: "example.com/path"},
		{key: "origin", ok: true},
		{key: "app_hash", value: "FA+9qCX9VSu", want: "FA+9qCX9VSu", ok: true},
		{key: "app_hash", value: "short"},
		{key: "from", value: "Acme", want: "Acme", ok: true},
		{key: "from", value: "12345", want: "12345", ok: true},
		{key: "from", value: "+32470123456", want: "+32470123456", ok: true},
		{key: "from", value: "TwelveLetter"},
		{key: "from", value: "12"},
		{key: "from", value: "123456789"},
		{key: "from", value: " Acme"},
		{key: "from", value: "..."},
		{key: "from", value: "12-34"},
		{key: "from", value: "1 A", want: "1 A", ok: true},
		{key: "from", value: "1234", want: "1234", ok: true},
		{key: "from", value: "12345678", want: "12345678", ok: true},
		{key: "from", value: "+1234567890123456"},
		{key: "from", value: "Élan"},
		{key: "from", value: "Ac\nme"},
		{key: "on_unknown", value: "hold", want: "hold", ok: true},
		{key: "on_unknown", value: "maybe"},
		{key: "mask_numbers", value: "true", ok: true},
		{key: "mask_numbers", value: "1"},
		{key: "credits", value: "1000000"},
		{key: "credits_low", value: "100", want: "100", ok: true},
		{key: "credits_low", value: "0", want: "0", ok: true},
		{key: "credits_low", value: "-1"},
		{key: "credits_low", value: "many"},
		{key: "credits_low"},
		{key: "spend_cap_hour", value: "1000000000000", want: "1000000000000", ok: true},
		{key: "spend_cap_hour", value: "1000000000001"},
		{key: "spend_cap_day", value: "7", want: "7", ok: true},
		{key: "spend_cap_day", value: "7.5"},
		{key: "spend_cap_countries", value: "fr=2,BE=1", want: "BE=1,FR=2", ok: true},
		{key: "spend_cap_countries", ok: true},
		{key: "spend_cap_countries", value: "Belgium=1"},
	} {
		s, err := account.DefaultSettings("x").Set(c.key, c.value)
		if (err == nil) != c.ok {
			t.Errorf("%s=%q: error %v", c.key, c.value, err)
		}

		got := map[string]string{
			"name": s.Name, "default_locale": s.DefaultLocale, "origin": s.Origin, "app_hash": s.AppHash,
			"from": s.From, "on_unknown": s.OnUnknown,
			"credits_low": fmt.Sprint(s.CreditsLow), "spend_cap_hour": fmt.Sprint(s.SpendCapHour),
			"spend_cap_day":       fmt.Sprint(s.SpendCapDay),
			"spend_cap_countries": string(s.SpendCapCountries),
		}[c.key]
		if c.ok && got != c.want {
			t.Errorf("%s=%q became %q", c.key, c.value, got)
		}
	}
}

func TestParseScopes(t *testing.T) {
	t.Parallel()
	all, err := account.ParseScopes(nil)
	if err != nil || !slices.Equal(all, account.Scopes) {
		t.Errorf("no scopes = %v, %v; want all", all, err)
	}

	some, err := account.ParseScopes([]string{"send", "send", "verify"})
	p := account.Principal{Scopes: some}
	if err != nil || len(some) != 2 || !p.May(account.ScopeSend) || p.May(account.ScopeAdmin) {
		t.Errorf("send,send,verify = %v, %v", some, err)
	}
	if _, err := account.ParseScopes([]string{"root"}); err == nil {
		t.Error("an unknown scope was accepted")
	}
}

func TestKey_Active(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		k    account.Key
		want bool
	}{
		"fresh": {k: account.Key{}, want: true}, "revoked": {k: account.Key{RevokedAt: now}},
		"in the overlap":    {k: account.Key{ExpiresAt: now.Add(time.Hour)}, want: true},
		"after the overlap": {k: account.Key{ExpiresAt: now}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.k.Active(now); got != c.want {
				t.Errorf("active %v", got)
			}
		})
	}
}

func FuzzParseKey(f *testing.F) {
	_, text, _ := account.NewKey(id.Live, rand.Reader)
	f.Add(text)
	f.Fuzz(func(t *testing.T, s string) {
		if mode, keyID, err := account.ParseKey(s); err == nil && !strings.HasPrefix(s,
			"sk_"+mode.String()+"_"+keyID+"_") {
			t.Fatalf("%q was read as %v %q", s, mode, keyID)
		}
	})
}

func TestName_Valid(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Acme":                   true,
		"Société Générale":       true,
		"می\u200cخواهم":          true,
		"👨\u200d👩\u200d👧":        true,
		strings.Repeat("株", 100): true,
		"":                       false,
		" ":                      false,
		"\u00a0":                 false,
		strings.Repeat("a", 101): false,
		"Ac\nme":                 false,
		"Acme\x1b[2J":            false,
		"A\x00":                  false,
		"A\u0085B":               false,
		"A\u2028B":               false,
		"evil\u202egnp":          false,
		"A\u200bB":               false,
		"A\xff":                  false,
	} {
		t.Run(name, func(t *testing.T) {
			if got := account.ValidName(name); got != want {
				t.Errorf("%q: %v, want %v", name, got, want)
			}
		})
	}
}

// TestSettings_Get reads back every setting that can be set.
func TestSettings_Get(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"name": "Acme", "default_locale": "fr", "origin": "example.com", "app_hash": "FA+9qCX9VSu", "from": "Acme",
		"on_unknown": "hold", "mask_numbers": "true", "smart_encoding": "true", "opt_out_blocks_otp": "true",
		"opt_out_replies": "true", "help_text": "Call us", "credits_low": "7", "spend_cap_hour": "8", "spend_cap_day": "9",
		"spend_cap_countries": "*=500,BE=20000",
	}
	for _, key := range account.SettingKeys {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			before := account.DefaultSettings("")
			after, err := before.Set(key, values[key])
			if err != nil || before.Get(key) == values[key] || after.Get(key) != values[key] {
				t.Errorf("%q, then %q, want %q; %v", before.Get(key), after.Get(key), values[key], err)
			}
		})
	}
	if got := account.DefaultSettings("Acme").Get("nothing"); got != "" {
		t.Errorf("an unknown setting is %q", got)
	}
}

func TestKey_Status(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	before, after := now.Add(-time.Hour), now.Add(time.Hour)
	for name, c := range map[string]struct {
		key   account.Key
		want  string
		ended time.Time
	}{
		"new":      {want: account.KeyActive},
		"replaced": {key: account.Key{ExpiresAt: after}, want: account.KeyExpiring, ended: after},
		"expired":  {key: account.Key{ExpiresAt: now}, want: account.KeyExpired, ended: now},
		"revoked":  {key: account.Key{RevokedAt: before}, want: account.KeyRevoked, ended: before},
		"revoked, then expired": {
			key: account.Key{RevokedAt: before, ExpiresAt: now}, want: account.KeyRevoked, ended: before,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.key.Status(now); got != c.want || !c.key.EndedAt().Equal(c.ended) {
				t.Errorf("%s, ended at %v; want %s at %v", got, c.key.EndedAt(), c.want, c.ended)
			}
			if active := c.want == account.KeyActive || c.want == account.KeyExpiring; c.key.Active(now) != active {
				t.Errorf("active is %v", !active)
			}
		})
	}
}
