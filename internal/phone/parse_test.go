package phone

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, number string
		country      string
		kind         Type
		err          error
	}{
		{"new range of japan", "+816012345678", "JP", Mobile, nil},
		{"belgian mobile", "+32470123456", "BE", Mobile, nil},
		{"guernsey is not the united kingdom", "+447911123456", "GG", Mobile, nil},
		{"kazakhstan is not russia", "+77012345678", "KZ", Mobile, nil},
		{"bahamas are not the united states", "+12423591234", "BS", Mobile, nil},
		{"north america does not tell", "+14155550132", "US", FixedLineOrMobile, nil},
		{"italy keeps its zero", "+390612345678", "IT", FixedLine, nil},
		{"seven digits exist", "+6834000", "NU", FixedLine, nil},
		{"argentine mobile", "+5491112345678", "AR", Mobile, nil},
		{"premium rate", "+449098790879", "GB", PremiumRate, ErrType},
		{"toll free", "+18002345678", "US", TollFree, ErrType},
		{"personal number", "+447012345678", "GB", Personal, ErrType},
		{"pager", "+447640123456", "GB", Pager, ErrType},
		{"company number", "+445512345678", "GB", UAN, ErrType},
		{"shared cost", "+390840123456", "", Unknown, ErrImpossible},
		{"international shared cost", "+80812345678", "001", SharedCost, ErrType},
		{"international toll free", "+80012345678", "001", TollFree, ErrType},
		{"satellite", "+870301234567", "001", Mobile, ErrType},
		{"satellite 881", "+881612345678", "001", Mobile, ErrType},
		{"international network", "+883510000000094", "001", VoIP, ErrType},
		{"international premium rate", "+979123456789", "001", PremiumRate, ErrType},
		{"sandbox number", "+15005550001", "US", Personal, ErrType},
		{"no such calling code", "+21012345678", "", Unknown, ErrImpossible},
		{"national prefix kept", "+4407911123456", "", Unknown, ErrImpossible},
		{"too short", "+32470123", "", Unknown, ErrImpossible},
		{"nothing but zeros", "+3900000000", "", Unknown, ErrImpossible},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, info, err := Parse(tt.number)
			if !errors.Is(err, tt.err) || n.E164() != tt.number {
				t.Errorf("got %q, %v, want %v", n.E164(), err, tt.err)
			}
			if tt.country != "" && (info.Country != tt.country || info.Type != tt.kind || !info.Valid) {
				t.Errorf("got %+v, want %s %v", info, tt.country, tt.kind)
			}
			if tt.err == ErrImpossible && (info.Valid || info.Servable()) {
				t.Errorf("impossible, and yet %+v", info)
			}
			if err != nil && strings.Contains(err.Error(), tt.number) {
				t.Errorf("the error prints the number: %v", err)
			}
		})
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, fix string }{
		{"empty", "", "it is empty"},
		{"only a plus", "+", "0 digits"},
		{"no plus", "32470123456", "write + and the country code"},
		{"00", "0032470123456", "in place of the international prefix"},
		{"011", "01132470123456", "in place of the international prefix"},
		{"plus zero", "+032470123456", "no country code begins with 0"},
		{"six digits", "+324701", "6 digits"},
		{"sixteen digits", "+3247012345678901", "16 digits"},
		{"spaces", "+32 470 12 34 56", `' ' at position 4`},
		{"leading space", " +32470123456", `' ' at position 1`},
		{"newline at the end", "+32470123456\n", `'\n' at position 13`},
		{"letters", "+1800FLOWERS", `'F'`},
		{"extension", "+32470123456;ext=1", `';'`},
		{"two pluses", "++32470123456", `'+' at position 2`},
		{"full-width digits", "+32470１23456", `'１'`},
		{"full-width plus", "＋32470123456", `'＋'`},
		{"arabic-indic digits", "+٣٢٤٧٠١٢٣٤٥٦", `'٣'`},
		{"zero width space", "+32470\u200b123456", `'\u200b'`},
		{"right-to-left mark", "\u200f+32470123456", `'\u200f'`},
		{"nul", "+32470123456\x00", `'\x00'`},
		{"broken utf-8", "+3247012345\xff", "not an ASCII digit"},
		{"rfc 3966", "tel:+32470123456", `'t'`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := ParseFormat(tt.in)
			if n != "" || !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), tt.fix) {
				t.Errorf("got %q, %v, want an error with %q", n.E164(), err, tt.fix)
			}
			if n, info, err := Parse(tt.in); n != "" || info != (Info{}) || !errors.Is(err, ErrFormat) {
				t.Errorf("Parse: %q, %+v, %v", n.E164(), info, err)
			}
		})
	}
	for i := range 20 {
		sandbox := "+150055500" + string(rune('0'+i/10)) + string(rune('0'+i%10))
		if n, err := ParseFormat(sandbox); err != nil || n.E164() != sandbox {
			t.Errorf("%s: %v", sandbox, err)
		}
	}
}

func TestPossible(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{
		"+447700900123": true, "+33639981234": true, "+32470123456": true, "+44770090012345": false, "+3212345": false,
	} {
		if _, info, _ := Parse(number); info.Possible != want {
			t.Errorf("%s: possible %v, want %v", number, info.Possible, want)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	tests := []struct{ number, national, international string }{
		{"+32470123456", "0470 12 34 56", "+32 470 12 34 56"},
		{"+14155550132", "(415) 555-0132", "+1 415-555-0132"},
		{"+390612345678", "06 1234 5678", "+39 06 1234 5678"},
		{"+21012345678", "+21012345678", "+21012345678"},
		{"", "", ""},
	}
	for _, tt := range tests {
		if national, international := Lookup(Number(tt.number)); national != tt.national || international != tt.international {
			t.Errorf("%s: %q, %q", tt.number, national, international)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"+32470123456", "+15005550001", "+3900000000", "0032470123456", "+32 470", "", "+٣٢٤٧٠١٢٣٤٥٦"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, info, err := Parse(s)
		if errors.Is(err, ErrFormat) {
			if n != "" || info != (Info{}) {
				t.Errorf("refused, and yet %q %+v", n.E164(), info)
			}
			return
		}
		if n.E164() != s || (err == nil) != info.Servable() {
			t.Errorf("%q became %q: %+v, %v", s, n.E164(), info, err)
		}
		Lookup(n)
		compare(t, s)
	})
}

func BenchmarkParse(b *testing.B) {
	numbers := exampleNumbers()
	numbers = slices.DeleteFunc(numbers, func(n string) bool {
		_, _, err := Parse(n)
		return err != nil
	})
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		_, sink, _ = Parse(numbers[i%len(numbers)])
	}
}

func BenchmarkLookup(b *testing.B) {
	numbers := exampleNumbers()
	for i := 0; b.Loop(); i++ {
		Lookup(Number(numbers[i%len(numbers)]))
	}
}

// BenchmarkFirst builds the plans of North America, the largest calling code.
func BenchmarkFirst(b *testing.B) {
	for b.Loop() {
		readPlans(1)
	}
}

var sink Info
