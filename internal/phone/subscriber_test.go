package phone

import (
	"strings"
	"testing"
)

func TestSubscriber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		want  Number
		forms []Number
	}{
		{"mexico", "+525512345678", []Number{"+525512345678", "+5215512345678"}},
		{"argentina, buenos aires", "+541123456789", []Number{"+541123456789", "+5491123456789", "+54111523456789", "+549111523456789"}},
		{"argentina, three digits", "+543514567890", []Number{"+543514567890", "+5493514567890", "+54351154567890"}},
		{"argentina, four digits", "+542944123456", []Number{"+542944123456", "+5492944123456", "+54294415123456"}},
		{"argentina, 15 within the number", "+541115234567", []Number{"+541115234567", "+5491115234567"}},
		{"brazil", "+5511961234567", []Number{"+5511961234567", "+551161234567"}},
		{"brazil, south", "+5551999998888", []Number{"+5551999998888", "+555199998888"}},
		{"brazil, landline", "+551123456789", []Number{"+551123456789"}},
		{"colombia, landline", "+576011234567", []Number{"+576011234567", "+5711234567"}},
		{"colombia, mobile", "+573211234567", []Number{"+573211234567"}},
		{"colombia, special", "+5746123456", []Number{"+5746123456"}},
		{"vietnam, viettel", "+84361234567", []Number{"+84361234567", "+841661234567"}},
		{"vietnam, mobifone", "+84701234567", []Number{"+84701234567", "+841201234567"}},
		{"vietnam, vinaphone", "+84831234567", []Number{"+84831234567", "+841231234567"}},
		{"vietnam, gmobile", "+84591234567", []Number{"+84591234567", "+841991234567"}},
		{"vietnam, landline", "+842412345678", []Number{"+842412345678"}},
		{"ivory coast, orange", "+2250707123456", []Number{"+2250707123456", "+22507123456"}},
		{"ivory coast, mtn", "+2250544123456", []Number{"+2250544123456", "+22544123456"}},
		{"ivory coast, moov", "+2250101123456", []Number{"+2250101123456", "+22501123456"}},
		{"ivory coast, fixed line of orange", "+2252721234567", []Number{"+2252721234567", "+22521234567"}},
		{"ivory coast, fixed line of mtn", "+2252520012345", []Number{"+2252520012345", "+22520012345"}},
		{"ivory coast, fixed line of moov", "+2252120812345", []Number{"+2252120812345", "+22520812345"}},
		{"benin", "+2290195123456", []Number{"+2290195123456", "+22995123456"}},
		{"benin, service", "+22981234567", []Number{"+22981234567"}},
		{"cameroon", "+237671234567", []Number{"+237671234567", "+23771234567"}},
		{"cameroon, fixed line", "+237222123456", []Number{"+237222123456", "+23722123456"}},
		{"cameroon, service", "+23788012345", []Number{"+23788012345"}},
		{"gabon, airtel", "+24177281234", []Number{"+24177281234", "+2417281234", "+24107281234", "+241077281234"}},
		{"gabon, libertis", "+24166111111", []Number{"+24166111111", "+24106111111", "+2416111111"}},
		{"gabon, fixed line", "+24111123456", []Number{"+24111123456", "+24101123456"}},
		{"palestine", "+970599123456", []Number{"+970599123456", "+972599123456"}},
		{"israel", "+972501234567", []Number{"+972501234567"}},
		{"san marino", "+3780549886377", []Number{"+3780549886377", "+378886377", "+390549886377"}},
		{"italy", "+390612345678", []Number{"+390612345678"}},
		{"belgium", "+32470123456", []Number{"+32470123456"}},
		{"united states", "+14155550132", []Number{"+14155550132"}},
		{"no number", "", []Number{""}},
		{"a user without a number", "whatsapp:521", []Number{"whatsapp:521"}},
		{"only a code", "+52", []Number{"+52"}},
		{"too short", "+521", []Number{"+521"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, n := range c.forms {
				if got := Subscriber(n); got != c.want {
					t.Errorf("%s: %s, want %s", string(n), string(got), string(c.want))
				}
			}
		})
	}
}

// TestSubscriber_Plans: of all numbers that the plans give as examples, only those of the table have another form, and
// that is a number of a plan, too.
func TestSubscriber_Plans(t *testing.T) {
	t.Parallel()
	for _, number := range exampleNumbers() {
		n := Number(number)
		got := Subscriber(n)
		if got == n {
			continue
		}
		if !describe(string(got)[1:]).Valid {
			t.Errorf("%s stands for %s, which no plan has", string(n), string(got))
		}
	}
}

func TestSubscriber_Sources(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		if f.source == "" || strings.Trim(f.code, "0123456789") != "" {
			t.Errorf("a row of +%s names no source, or no calling code", f.code)
		}
	}
}

// FuzzSubscriber: a number is a number afterwards, and the one that stands for others stands for itself.
func FuzzSubscriber(f *testing.F) {
	for _, seed := range []string{"+5215512345678", "+54111523456789", "+549111523456789", "+551161234567", "+24107281234", "+52", "+", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := Number(s)
		got := Subscriber(n)
		if again := Subscriber(got); again != got {
			t.Errorf("%q stands for %q, and that for %q", s, string(got), string(again))
		}
		if _, err := ParseFormat(s); err == nil {
			if _, err := ParseFormat(string(got)); err != nil {
				t.Errorf("%q stands for %q, which is no number", s, string(got))
			}
		}
	})
}
