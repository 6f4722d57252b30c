package phone_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/phone"
)

func TestMaskIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"E.164":             {"+32470123456 is not valid", "+3247•••••56 is not valid"},
		"without the plus":  {"to=32470123456&a", "to=32470•••••56&a"},
		"in groups":         {"call +32 470 12 34 56 failed", "call +32 4•••••56 failed"},
		"narrow spaces":     {"call +33\u202f6\u202f12\u202f34\u202f56\u202f78", "call +33 6•••••78"},
		"dashes":            {"+32–470–12–34–56", "+32 4•••••56"},
		"with brackets":     {"+1 (415) 555-0100", "+1 (4•••••00"},
		"in quotes":         {`"0470123456"`, `"04701•••••56"`},
		"two":               {"+32470123456,+32470123457", "+3247•••••56,+3247•••••57"},
		"no number":         {"HTTP 401 from 192.168.100.200:8080, code 132000", "HTTP 401 from 192.168.100.200:8080, code 132000"},
		"a code of SMPP":    {"0x00000045", "0x00000045"},
		"a day":             {"since 2026-04-25", "since 2026-04-25"},
		"seven":             {"1234567", "•••"},
		"nothing":           {"", ""},
		"not even in UTF-8": {"\xff+32470123456\xff", "\xff+3247•••••56\xff"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := phone.MaskIn(c.text); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// FuzzMaskIn: no number with a plus is left, wherever it stands, and what is masked stays as it is.
func FuzzMaskIn(f *testing.F) {
	f.Add("to ", " failed")
	f.Add("0", "1")
	whole := regexp.MustCompile(`\+32470123456`)
	f.Fuzz(func(t *testing.T, before, after string) {
		masked := phone.MaskIn(before + " +32470123456 " + after)
		if whole.MatchString(masked) && !strings.Contains(before+after, "32470123456") {
			t.Errorf("%q", masked)
		}
		if again := phone.MaskIn(masked); again != masked && !strings.ContainsAny(before+after, "+0123456789") {
			t.Errorf("%q became %q", masked, again)
		}
	})
}
