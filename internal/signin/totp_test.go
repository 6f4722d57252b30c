package signin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/signin"
)

var rfcKey = []byte("12345678901234567890")

// TestTOTP_Vectors has the values of RFC 6238, appendix B, for SHA-1; its codes have eight digits, ours the last six.
func TestTOTP_Vectors(t *testing.T) {
	t.Parallel()
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037",
		20000000000: "65353130",
	} {
		if got := signin.TOTP(rfcKey, time.Unix(at, 0)); got != want[2:] {
			t.Errorf("at %d the code is %s, want %s", at, got, want[2:])
		}
	}
}

func TestTOTP_Check(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_015, 0)
	step := now.Unix() / 30
	code := func(steps int) string { return signin.TOTP(rfcKey, now.Add(time.Duration(steps)*30*time.Second)) }
	for name, c := range map[string]struct {
		code string
		last int64
		want int64 // 0: refused
	}{
		"now":                       {code(0), 0, step},
		"with a space":              {code(0)[:3] + " " + code(0)[3:], 0, step},
		"a step late":               {code(-1), 0, step - 1},
		"a step early":              {code(1), 0, step + 1},
		"two steps late":            {code(-2), 0, 0},
		"two steps early":           {code(2), 0, 0},
		"again":                     {code(0), step, 0},
		"before the last":           {code(-1), step, 0},
		"after the last":            {code(1), step, step + 1},
		"five digits":               {code(0)[1:], 0, 0},
		"seven digits":              {code(0) + "0", 0, 0},
		"empty":                     {"", 0, 0},
		"digits of another writing": {"١٢٣٤٥٦", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := signin.CheckTOTP(rfcKey, c.code, c.last, now)
			if ok != (c.want != 0) || ok && got != c.want || !ok && got != c.last {
				t.Errorf("CheckTOTP = %d, %v, want %d", got, ok, c.want)
			}
		})
	}
	if _, ok := signin.CheckTOTP(nil, signin.TOTP(nil, now), 0, now); ok {
		t.Error("a user without a key has a code")
	}
}

func TestTOTP_Address(t *testing.T) {
	t.Parallel()
	got := signin.TOTPAddress("SysSecure", "a&b?c=d@example.com", rfcKey)
	want := "otpauth://totp/SysSecure:a%26b%3Fc%3Dd%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SysSecure"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	var random [100]byte
	for i := range random {
		random[i] = byte(i * 7)
	}
	codes := signin.NewRecoveryCodes(random)
	seen := map[string]bool{}
	for _, c := range codes {
		plain, ok := signin.ParseRecoveryCode(c)
		if !ok || seen[plain] || len(c) != 11 {
			t.Errorf("code %q: %q, %v", c, plain, ok)
		}
		seen[plain] = true
		for _, written := range []string{
			strings.ToLower(c), strings.ReplaceAll(c, "-", ""), " " + strings.ReplaceAll(c, "0", "O"),
			strings.ReplaceAll(c, "1", "l"),
		} {
			if again, ok := signin.ParseRecoveryCode(written); !ok || again != plain {
				t.Errorf("%q written as %q was read as %q, %v", c, written, again, ok)
			}
		}
	}
	if len(seen) != signin.RecoveryCodes {
		t.Errorf("%d different codes, want %d", len(seen), signin.RecoveryCodes)
	}
}

func FuzzRecoveryCode(f *testing.F) {
	f.Add("7H2KM-Q9W3T")
	f.Fuzz(func(t *testing.T, s string) {
		plain, ok := signin.ParseRecoveryCode(s)
		if again, still := signin.ParseRecoveryCode(plain); ok && (!still || again != plain) {
			t.Errorf("%q was read as %q, and that as %q", s, plain, again)
		}
	})
}
