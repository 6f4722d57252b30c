package phone

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// An opinion is what libphonenumber's Java library says of a number; see test/numbers.
type opinion struct {
	number, country, kind   string
	valid                   bool
	national, international string
	home, read              string // the national form's digits, read in the region home
}

var opinions = sync.OnceValues(func() (version string, all []opinion) {
	file, err := os.Open("testdata/oracle.txt")
	if err != nil {
		panic(err)
	}
	defer file.Close()

	for lines := bufio.NewScanner(file); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), "# libphonenumber "); ok {
			version = v
		}
		if f := strings.Split(lines.Text(), "\t"); len(f) == 8 {
			all = append(all, opinion{f[0], f[1], f[2], f[3] == "true", f[4], f[5], f[6], f[7]})
		}
	}
	return version, all
})

// exampleNumbers are valid numbers of every region and type, two of each where there are two.
func exampleNumbers() (numbers []string) {
	_, all := opinions()
	for _, o := range all {
		if o.valid {
			numbers = append(numbers, o.number)
		}
	}

	return numbers
}

// oracleTypes are the types with another name in the library.
var oracleTypes = map[string]Type{"personal_number": Personal}

func typeOf(name string) Type {
	if kind, ok := oracleTypes[name]; ok {
		return kind
	}
	return Type(slices.Index(typeNames[:], name))
}

// TestParse_Oracle compares everything that a lookup shows with another implementation.
func TestParse_Oracle(t *testing.T) {
	t.Parallel()
	version, all := opinions()
	if version != MetadataVersion() {
		t.Fatalf("the plans are of libphonenumber %s, the numbers to compare with of %s; run make numbers",
			MetadataVersion(), version)
	}

	pairs := map[string]int{}
	for _, o := range all {
		n, info, err := Parse(o.number)
		if info.Country != o.country || info.Type != typeOf(o.kind) || info.Valid != o.valid || n.E164() != o.number {
			t.Errorf("%s: %+v, %v, the library says %s %s %v", o.number, info, err, o.country, o.kind, o.valid)
		}
		if national, international := Lookup(n); national != o.national || international != o.international {
			t.Errorf("%s: written %q and %q, by the library %q and %q", o.number, national, international, o.national,
				o.international)
		}
		if o.valid {
			pairs[o.country+" "+o.kind]++
		}
	}

	if len(pairs) < 950 || len(all) < 3*len(pairs) {
		t.Errorf("only %d numbers of %d regions and types were compared", len(all), len(pairs))
	}
}

// TestParse_UnservedTypes: of all valid numbers, only those are accepted that reach people at the cost of a plain
// message.
func TestParse_UnservedTypes(t *testing.T) {
	t.Parallel()
	served := []string{"mobile", "fixed_line", "fixed_line_or_mobile", "voip"}
	codes := regexp.MustCompile(`^\+(870|878|881|882|883|888|979)`)
	_, all := opinions()
	rejected := map[string]int{}
	for _, o := range all {
		if !o.valid {
			continue
		}
		_, _, err := Parse(o.number)
		want := slices.Contains(served, o.kind) && !codes.MatchString(o.number)
		if (err == nil) != want || err != nil && !errors.Is(err, ErrType) {
			t.Errorf("%s, %s: %v", o.number, o.kind, err)
		}
		if err != nil {
			rejected[o.kind]++
		}
	}

	if len(rejected) < 9 || rejected["mobile"] == 0 || rejected["voicemail"] == 0 {
		t.Errorf("only %v were rejected", rejected)
	}
}

// TestReadNational_Oracle: digits that are dialled at home are read as the library reads them.
func TestReadNational_Oracle(t *testing.T) {
	t.Parallel()
	_, all := opinions()
	for _, o := range all {
		if _, err := ParseFormat(o.read); err != nil || o.home == "001" {
			continue
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, o.national)
		if got, _ := readNational(digits, o.home); got.E164() != o.read {
			t.Errorf("%s, dialled in %s: %s, by the library %s", digits, o.home, got.E164(), o.read)
		}
	}
}

// TestMetadata: every line is read, and every pattern can be compiled.
func TestMetadata(t *testing.T) {
	t.Parallel()
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(MetadataVersion()) {
		t.Errorf("version %q", MetadataVersion())
	}
	regions := 0
	for code := range 1000 {
		for _, territory := range readTerritories(code) {
			regions++
			checkTerritory(t, territory)
		}
	}

	if regions < 250 || codeOfRegion("GG") != 44 || IsRegion("XX") || IsRegion("10") || IsRegion("gg") || IsRegion("") {
		t.Errorf("%d regions, GG has %d", regions, codeOfRegion("GG"))
	}
	for line := range strings.Lines(metadata) {
		key := strings.Split(line, "\t")
		if len(key) > 2 && classNames[key[2]] == 0 &&
			!strings.Contains(" general_desc leading_digits international_prefix "+
				"national_prefix prefix_for_parsing transform_rule national international ", " "+key[2]+" ") {
			t.Errorf("a line's key is unknown: %s", line)
		}
	}
}

func checkTerritory(t *testing.T, of *territory) {
	t.Helper()
	patterns := []string{of.leading, of.idd, of.parsePrefix}
	for _, d := range of.descs {
		patterns = append(patterns, d.pattern)
		for _, length := range d.lengths {
			if length < 2 || length > 17 {
				t.Errorf("%s: numbers of %d digits", of.region, length)
			}
		}
	}

	for _, f := range slices.Concat(of.national, of.international) {
		patterns = append(patterns, f.pattern, f.leading)
	}
	for _, p := range patterns {
		if _, err := regexp.Compile("^(?:" + p + ")$"); err != nil {
			t.Errorf("%s: %v", of.region, err)
		}
	}

	if of.descs[general].pattern == "" || len(of.descs[general].lengths) == 0 {
		t.Errorf("%s has no general description", of.region)
	}
}

// TestPlan_Automata compares the automata with the patterns that they are made from, for numbers of every region and
// type with digits changed, added and removed.
func TestPlan_Automata(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	for _, number := range exampleNumbers() {
		for range 4 {
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

// plainly is the reference: it tries the patterns one after the other.
type plainly struct {
	*territory
	patterns [leadingDigits + 1]*regexp.Regexp
}

var (
	plainOnce [1000]sync.Once
	plain     [1000][]plainly
)

func plainOf(code int) []plainly {
	plainOnce[code].Do(func() {
		for _, of := range readTerritories(code) {
			p := plainly{territory: of}
			for class, d := range of.descs {
				if d.pattern != "" {
					p.patterns[class] = regexp.MustCompile("^(?:" + d.pattern + ")$")
				}
			}
			p.patterns[leadingDigits] = regexp.MustCompile("^(?:" + of.leading + ")")
			plain[code] = append(plain[code], p)
		}
	})
	return plain[code]
}

func (p plainly) has(class int, national string) bool {
	lengths := p.descs[class].lengths
	possible := len(lengths) == 0 || slices.Contains(lengths, len(national))
	return p.patterns[class] != nil && possible && p.patterns[class].MatchString(national)
}

func (p plainly) kind(national string) Type {
	if !p.has(general, national) {
		return Unknown
	}
	for _, kind := range []Type{PremiumRate, TollFree, SharedCost, VoIP, Personal, Pager, UAN, Voicemail} {
		if p.has(int(kind), national) {
			return kind
		}
	}

	fixed, mobile := p.has(int(FixedLine), national), p.has(int(Mobile), national)
	switch {
	case fixed && mobile:
		return FixedLineOrMobile
	case fixed:
		return FixedLine
	case mobile:
		return Mobile
	}

	return Unknown
}

func compare(t *testing.T, number string) {
	t.Helper()
	if _, err := ParseFormat(number); err != nil {
		return
	}
	_, got, _ := Parse(number)
	want := Info{CallingCode: got.CallingCode, Possible: got.Possible}
	if got.CallingCode > 0 {
		national, all := number[1+codeLength(got.CallingCode):], plainOf(got.CallingCode)
		for _, p := range all {
			kind := p.kind(national)
			if of := p.leading; len(all) == 1 || of == "" && kind != Unknown ||
				of != "" && p.patterns[leadingDigits].MatchString(national) {
				want.Country, want.Type, want.Valid = p.region, kind, kind != Unknown
				break
			}
		}
	}

	if got != want {
		t.Errorf("%s: %+v, by the patterns %+v", number, got, want)
	}
}
