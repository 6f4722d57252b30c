package otp

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

func TestReadCode(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"847291":                               "847291",
		" 847291\n":                            "847291",
		"847 291":                              "847291",
		"847-291":                              "847291",
		"8 4 7 2 9 1":                          "847291",
		"847\u00a0291":                         "847291", // no-break space
		"847\u202f291":                         "847291", // narrow no-break space
		"847\u3000291":                         "847291", // ideographic space
		"847\u2009291":                         "847291", // thin space
		"847\u2011291":                         "847291", // non-breaking hyphen
		"847\u2013291":                         "847291", // en dash
		"847\u2014291":                         "847291", // em dash
		"847\u2212291":                         "847291", // minus
		"847\uff0d291":                         "847291", // full-width hyphen
		"847\u00ad291":                         "847291", // soft hyphen
		"\u200e847291\u200f":                   "847291", // marks of direction
		"\u2066847291\u2069":                   "847291",
		"\ufeff847\u200b291":                   "847291",
		"\u0668\u0664\u0667\u0662\u0669\u0661": "847291", // Arabic
		"\u06f8\u06f4\u06f7\u06f2\u06f9\u06f1": "847291", // Persian
		"\u096e\u096a\u096d\u0968\u096f\u0967": "847291", // Devanagari
		"\u09ee\u09ea\u09ed\u09e8\u09ef\u09e7": "847291", // Bengali
		"\uff18\uff14\uff17\uff12\uff19\uff11": "847291", // full-width
		"\U0001d7d6\U0001d7d2\U0001d7d5\U0001d7d0\U0001d7d7\U0001d7cf": "847291", // mathematical bold
		"८47-29١":     "847291",
		"1234567890":  "1234567890",
		"12345678901": "",
		"84729O":      "",
		"847.291":     "",
		"847,291":     "",
		"+847291":     "",
		"G-847291":    "",
		"847²91":      "",
		"①②③④":        "",
		"一二三四":        "",
		"847\x00291":  "",
		"\xff847291":  "",
		"":            "",
		" - ":         "",
	} {
		if got := ReadCode(s); got != want {
			t.Errorf("%q reads %q, want %q", s, got, want)
		}
	}
}

// TestReadCode_UnicodeDigits holds that each script has its ten digits in a row, which digitOf counts on.
func TestReadCode_UnicodeDigits(t *testing.T) {
	t.Parallel()
	n := 0
	for first := rune(0); first <= unicode.MaxRune; first++ {
		if !unicode.Is(unicode.Nd, first) {
			continue
		}
		for value := range rune(10) {
			got, ok := digitOf(first + value)
			if !ok || got != byte(value) {
				t.Fatalf("%U is %d, %v; want %d", first+value, got, ok, value)
			}
			n++
		}
		first += 9
	}

	if n < 650 {
		t.Errorf("%d digits", n)
	}
}

func FuzzReadCode(f *testing.F) {
	f.Add("847 291")
	f.Add("\u0668\u0664-\uff17")
	f.Fuzz(func(t *testing.T, s string) {
		got := ReadCode(s)
		if len(got) > MaxLength || strings.Trim(got, "0123456789") != "" {
			t.Fatalf("%q reads %q", s, got)
		}
		if spaced := strings.Join(strings.Split(got, ""), "\u2009-"); ReadCode(spaced) != got {
			t.Fatalf("%q reads %q", spaced, ReadCode(spaced))
		}
		if plain := fmt.Sprint(got); len(s) > 0 && strings.Trim(s, "0123456789") == "" && len(s) <= MaxLength &&
			s != plain {
			t.Fatalf("%q reads %q", s, got)
		}
	})
}

func TestValidPurpose(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"": true, "login": true, "pay 100 €": true, strings.Repeat("é", 64): true, strings.Repeat("e", 65): false,
		" login": false,
		"login ": false, "a\tb": false, "a\u200bb": false, "a\u00a0b": false, "\xff": false,
	} {
		if got := ValidPurpose(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
