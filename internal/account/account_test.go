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

func TestKeys_ReadBackAndRefuseTypos(t *testing.T) {
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
				t.Errorf("a typo at %d was taken: %s", i, typo)
			}
		}
	}

	for _, text := range []string{"", "sk_live_", "sk_prod_12345678_" + strings.Repeat("a", 38), "sk_live_your_api_key_here"} {
		if _, _, err := account.ParseKey(text); err == nil {
			t.Errorf("%q was taken", text)
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
		{"name", "Acme", "Acme", true},
		{"name", "", "", false},
		{"default_locale", "pt-BR", "pt-BR", true},
		{"default_locale", "not a tag", "", false},
		{"origin", "https://Example.com/", "example.com", true},
		{"origin", "example.com/path", "", false},
		{"origin", "", "", true},
		{"app_hash", "FA+9qCX9VSu", "FA+9qCX9VSu", true},
		{"app_hash", "short", "", false},
		{"from", "Acme", "Acme", true},
		{"from", "12345", "12345", true},
		{"from", "+32470123456", "+32470123456", true},
		{"from", "TwelveLetter", "", false},
		{"from", "12", "", false},
		{"from", "123456789", "", false},
		{"from", " Acme", "", false},
		{"from", "...", "", false},
		{"from", "12-34", "", false},
		{"from", "1 A", "1 A", true},
		{"from", "1234", "1234", true},
		{"from", "12345678", "12345678", true},
		{"from", "+1234567890123456", "", false},
		{"from", "Élan", "", false},
		{"from", "Ac\nme", "", false},
		{"on_unknown", "hold", "hold", true},
		{"on_unknown", "maybe", "", false},
		{"mask_numbers", "true", "", true},
		{"mask_numbers", "1", "", false},
		{"credits", "1000000", "", false},
		{"credits_low", "100", "100", true},
		{"credits_low", "0", "0", true},
		{"credits_low", "-1", "", false},
		{"credits_low", "many", "", false},
		{"credits_low", "", "", false},
		{"spend_cap_hour", "1000000000000", "1000000000000", true},
		{"spend_cap_hour", "1000000000001", "", false},
		{"spend_cap_day", "7", "7", true},
		{"spend_cap_day", "7.5", "", false},
		{"spend_cap_countries", "fr=2,BE=1", "BE=1,FR=2", true},
		{"spend_cap_countries", "", "", true},
		{"spend_cap_countries", "Belgium=1", "", false},
	} {
		s, err := account.DefaultSettings("x").Set(c.key, c.value)
		if (err == nil) != c.ok {
			t.Errorf("%s=%q: error %v", c.key, c.value, err)
		}

		got := map[string]string{
			"name": s.Name, "default_locale": s.DefaultLocale, "origin": s.Origin, "app_hash": s.AppHash, "from": s.From, "on_unknown": s.OnUnknown,
			"credits_low": fmt.Sprint(s.CreditsLow), "spend_cap_hour": fmt.Sprint(s.SpendCapHour), "spend_cap_day": fmt.Sprint(s.SpendCapDay),
			"spend_cap_countries": string(s.SpendCapCountries),
		}[c.key]
		if c.ok && got != c.want {
			t.Errorf("%s=%q became %q", c.key, c.value, got)
		}
	}
}

func TestKeys_ScopesAndLife(t *testing.T) {
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
		t.Error("an unknown scope was taken")
	}

	now := time.Now()
	for name, c := range map[string]struct {
		k    account.Key
		want bool
	}{
		"fresh": {account.Key{}, true}, "revoked": {account.Key{RevokedAt: now}, false},
		"in the overlap": {account.Key{ExpiresAt: now.Add(time.Hour)}, true}, "after the overlap": {account.Key{ExpiresAt: now}, false},
	} {
		if got := c.k.Active(now); got != c.want {
			t.Errorf("%s: live %v", name, got)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	_, text, _ := account.NewKey(id.Live, rand.Reader)
	f.Add(text)
	f.Fuzz(func(t *testing.T, s string) {
		if mode, keyID, err := account.ParseKey(s); err == nil && !strings.HasPrefix(s, "sk_"+mode.String()+"_"+keyID+"_") {
			t.Fatalf("%q was read as %v %q", s, mode, keyID)
		}
	})
}

func TestName_Valid(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Acme": true, "Société Générale": true, "می\u200cخواهم": true, "👨\u200d👩\u200d👧": true, strings.Repeat("株", 100): true,
		"": false, " ": false, "\u00a0": false, strings.Repeat("a", 101): false, "Ac\nme": false, "Acme\x1b[2J": false, "A\x00": false,
		"A\u0085B": false, "A\u2028B": false, "evil\u202egnp": false, "A\u200bB": false, "A\xff": false,
	} {
		if got := account.ValidName(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
