package phone

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, number string
		country      string
		kind         Type
		err          error
	}{
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

// TestAgainstLibrary compares the automata with the library's own answers, for examples of every region and type, with
// digits changed, added and taken away.
func TestAgainstLibrary(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	examples := exampleNumbers()
	if len(examples) < 1000 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, number := range examples {
		compare(t, number)
		for range 8 {
			digits := []byte(number)
			i := 2 + random.IntN(len(digits)-2)
			switch random.IntN(6) {
			case 0:
				digits = append(digits, byte('0'+random.IntN(10)))
			case 1:
				digits = digits[:len(digits)-1]
			default:
				digits[i] = byte('0' + random.IntN(10))
			}
			compare(t, string(digits))
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

func BenchmarkLibrary(b *testing.B) {
	numbers := exampleNumbers()
	for i := 0; b.Loop(); i++ {
		n, _ := phonenumbers.Parse(numbers[i%len(numbers)], "ZZ")
		phonenumbers.GetNumberType(n)
		phonenumbers.GetRegionCodeForNumber(n)
	}
}

// BenchmarkFirst builds the plans of North America, the largest calling code.
func BenchmarkFirst(b *testing.B) {
	for b.Loop() {
		readPlans(1)
	}
}

var sink Info

var libraryTypes = map[phonenumbers.PhoneNumberType]Type{
	phonenumbers.FIXED_LINE: FixedLine, phonenumbers.MOBILE: Mobile, phonenumbers.FIXED_LINE_OR_MOBILE: FixedLineOrMobile,
	phonenumbers.TOLL_FREE: TollFree, phonenumbers.PREMIUM_RATE: PremiumRate, phonenumbers.SHARED_COST: SharedCost,
	phonenumbers.VOIP: VoIP, phonenumbers.PERSONAL_NUMBER: Personal, phonenumbers.PAGER: Pager, phonenumbers.UAN: UAN,
	phonenumbers.VOICEMAIL: Voicemail, phonenumbers.UNKNOWN: Unknown,
}

func compare(t *testing.T, number string) {
	t.Helper()
	if _, err := ParseFormat(number); err != nil {
		return
	}
	_, info, _ := Parse(number)
	if info.CallingCode == 0 {
		if n, err := phonenumbers.Parse(number, "ZZ"); err == nil && phonenumbers.IsValidNumber(n) {
			t.Errorf("%s: no calling code, but the library knows it", number)
		}
		return
	}
	n := toLibrary(info.CallingCode, number[1:])
	if phonenumbers.Format(n, phonenumbers.E164) != number {
		t.Errorf("%s: the library writes %s", number, phonenumbers.Format(n, phonenumbers.E164))
	}
	want := Info{
		Country:     phonenumbers.GetRegionCodeForNumber(n),
		CallingCode: int(n.GetCountryCode()),
		Type:        libraryTypes[phonenumbers.GetNumberType(n)],
		Possible:    info.Possible, // the library asks the first region of a calling code only
		Valid:       phonenumbers.IsValidNumber(n),
	}
	if info != want {
		t.Errorf("%s: %+v, the library says %+v", number, info, want)
	}
}

func exampleNumbers() []string {
	var numbers []string
	add := func(n *phonenumbers.PhoneNumber) {
		if n != nil {
			numbers = append(numbers, phonenumbers.Format(n, phonenumbers.E164))
		}
	}
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := range libraryTypes {
			add(phonenumbers.GetExampleNumberForType(region, kind))
		}
	}
	for code := range phonenumbers.GetSupportedGlobalNetworkCallingCodes() {
		add(phonenumbers.GetExampleNumberForNonGeoEntity(code))
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
