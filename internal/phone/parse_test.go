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
		{name: "new range of japan", number: "+816012345678", country: "JP", kind: Mobile},
		{name: "belgian mobile", number: "+32470123456", country: "BE", kind: Mobile},
		{name: "guernsey is not the united kingdom", number: "+447911123456", country: "GG", kind: Mobile},
		{name: "kazakhstan is not russia", number: "+77012345678", country: "KZ", kind: Mobile},
		{name: "bahamas are not the united states", number: "+12423591234", country: "BS", kind: Mobile},
		{name: "north america does not tell", number: "+14155550132", country: "US", kind: FixedLineOrMobile},
		{name: "italy keeps its zero", number: "+390612345678", country: "IT", kind: FixedLine},
		{name: "seven digits exist", number: "+6834000", country: "NU", kind: FixedLine},
		{name: "argentine mobile", number: "+5491112345678", country: "AR", kind: Mobile},
		{name: "premium rate", number: "+449098790879", country: "GB", kind: PremiumRate, err: ErrType},
		{name: "toll free", number: "+18002345678", country: "US", kind: TollFree, err: ErrType},
		{name: "personal number", number: "+447012345678", country: "GB", kind: Personal, err: ErrType},
		{name: "pager", number: "+447640123456", country: "GB", kind: Pager, err: ErrType},
		{name: "company number", number: "+445512345678", country: "GB", kind: UAN, err: ErrType},
		{name: "shared cost", number: "+390840123456", kind: Unknown, err: ErrImpossible},
		{name: "international shared cost", number: "+80812345678", country: "001", kind: SharedCost, err: ErrType},
		{name: "international toll free", number: "+80012345678", country: "001", kind: TollFree, err: ErrType},
		{name: "satellite", number: "+870301234567", country: "001", kind: Mobile, err: ErrType},
		{name: "satellite 881", number: "+881612345678", country: "001", kind: Mobile, err: ErrType},
		{name: "international network", number: "+883510000000094", country: "001", kind: VoIP, err: ErrType},
		{name: "international premium rate", number: "+979123456789", country: "001", kind: PremiumRate, err: ErrType},
		{name: "sandbox number", number: "+15005550001", country: "US", kind: Personal, err: ErrType},
		{name: "no such calling code", number: "+21012345678", kind: Unknown, err: ErrImpossible},
		{name: "national prefix kept", number: "+4407911123456", kind: Unknown, err: ErrImpossible},
		{name: "too short", number: "+32470123", kind: Unknown, err: ErrImpossible},
		{name: "nothing but zeros", number: "+3900000000", kind: Unknown, err: ErrImpossible},
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

func TestParseFormat(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, fix string }{
		{name: "empty", fix: "it is empty"},
		{name: "only a plus", in: "+", fix: "0 digits"},
		{name: "no plus", in: "32470123456", fix: "write + and the country code"},
		{name: "00", in: "0032470123456", fix: "in place of the international prefix"},
		{name: "011", in: "01132470123456", fix: "in place of the international prefix"},
		{name: "plus zero", in: "+032470123456", fix: "no country code begins with 0"},
		{name: "six digits", in: "+324701", fix: "6 digits"},
		{name: "sixteen digits", in: "+3247012345678901", fix: "16 digits"},
		{name: "spaces", in: "+32 470 12 34 56", fix: `' ' at position 4`},
		{name: "leading space", in: " +32470123456", fix: `' ' at position 1`},
		{name: "newline at the end", in: "+32470123456\n", fix: `'\n' at position 13`},
		{name: "letters", in: "+1800FLOWERS", fix: `'F'`},
		{name: "extension", in: "+32470123456;ext=1", fix: `';'`},
		{name: "two pluses", in: "++32470123456", fix: `'+' at position 2`},
		{name: "full-width digits", in: "+32470１23456", fix: `'１'`},
		{name: "full-width plus", in: "＋32470123456", fix: `'＋'`},
		{name: "arabic-indic digits", in: "+٣٢٤٧٠١٢٣٤٥٦", fix: `'٣'`},
		{name: "zero width space", in: "+32470\u200b123456", fix: `'\u200b'`},
		{name: "right-to-left mark", in: "\u200f+32470123456", fix: `'\u200f'`},
		{name: "nul", in: "+32470123456\x00", fix: `'\x00'`},
		{name: "broken utf-8", in: "+3247012345\xff", fix: "not an ASCII digit"},
		{name: "rfc 3966", in: "tel:+32470123456", fix: `'t'`},
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

func TestInfo_Possible(t *testing.T) {
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
		{number: "+32470123456", national: "0470 12 34 56", international: "+32 470 12 34 56"},
		{number: "+14155550132", national: "(415) 555-0132", international: "+1 415-555-0132"},
		{number: "+390612345678", national: "06 1234 5678", international: "+39 06 1234 5678"},
		{number: "+21012345678", national: "+21012345678", international: "+21012345678"},
		{},
	}
	for _, tt := range tests {
		if national, international := Lookup(Number(tt.number)); national != tt.national ||
			international != tt.international {
			t.Errorf("%s: %q, %q", tt.number, national, international)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"+32470123456", "+15005550001", "+3900000000", "0032470123456", "+32 470", "", "+٣٢٤٧٠١٢٣٤٥٦",
	} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, s string) {
		n, info, err := Parse(s)
		if errors.Is(err, ErrFormat) {
			if n != "" || info != (Info{}) {
				t.Errorf("an error, and yet %q %+v", n.E164(), info)
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
