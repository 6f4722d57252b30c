package phone

import (
	"strings"
	"testing"
)

func TestParseUser(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"whatsapp:US.13491208655302741918":        true,
		"whatsapp:GB.ENT.11815799212886844830":    true,
		"whatsapp:DE.aZ9":                         true,
		"whatsapp:US." + strings.Repeat("7", 128): true,
		"whatsapp:US." + strings.Repeat("7", 129): false,
		"US.13491208655302741918":                 false,
		"whatsapp:us.1":                           false,
		"whatsapp:US.":                            false,
		"whatsapp:US.1 2":                         false,
		"telegram:US.1":                           false,
		"+32470123456":                            false,
		"whatsapp:US.1\n":                         false,
		"":                                        false,
	} {
		n, ok := ParseUser(s)
		if ok != want {
			t.Errorf("%q: %t", s, ok)
		}
		if ok && (Subscriber(n) != n || n.E164() != s || strings.Contains(n.String(), s[12:]) && len(s) > 16) {
			t.Errorf("%q: subscriber %q, prints %q", s, Subscriber(n).E164(), n)
		}
	}
}
