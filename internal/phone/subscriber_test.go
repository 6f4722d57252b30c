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
		{name: "mexico", want: "+525512345678", forms: []Number{"+525512345678", "+5215512345678"}},
		{
			name: "argentina, buenos aires", want: "+541123456789",
			forms: []Number{"+541123456789", "+5491123456789", "+54111523456789", "+549111523456789"},
		},
		{
			name: "argentina, three digits", want: "+543514567890",
			forms: []Number{"+543514567890", "+5493514567890", "+54351154567890"},
		},
		{
			name: "argentina, four digits", want: "+542944123456",
			forms: []Number{"+542944123456", "+5492944123456", "+54294415123456"},
		},
		{
			name: "argentina, 15 within the number", want: "+541115234567",
			forms: []Number{"+541115234567", "+5491115234567"},
		},
		{name: "brazil", want: "+5511961234567", forms: []Number{"+5511961234567", "+551161234567"}},
		{name: "brazil, south", want: "+5551999998888", forms: []Number{"+5551999998888", "+555199998888"}},
		{name: "brazil, landline", want: "+551123456789", forms: []Number{"+551123456789"}},
		{name: "colombia, landline", want: "+576011234567", forms: []Number{"+576011234567", "+5711234567"}},
		{name: "colombia, mobile", want: "+573211234567", forms: []Number{"+573211234567"}},
		{name: "colombia, special", want: "+5746123456", forms: []Number{"+5746123456"}},
		{name: "vietnam, viettel", want: "+84361234567", forms: []Number{"+84361234567", "+841661234567"}},
		{name: "vietnam, mobifone", want: "+84701234567", forms: []Number{"+84701234567", "+841201234567"}},
		{name: "vietnam, vinaphone", want: "+84831234567", forms: []Number{"+84831234567", "+841231234567"}},
		{name: "vietnam, gmobile", want: "+84591234567", forms: []Number{"+84591234567", "+841991234567"}},
		{name: "vietnam, landline", want: "+842412345678", forms: []Number{"+842412345678"}},
		{name: "ivory coast, orange", want: "+2250707123456", forms: []Number{"+2250707123456", "+22507123456"}},
		{name: "ivory coast, mtn", want: "+2250544123456", forms: []Number{"+2250544123456", "+22544123456"}},
		{name: "ivory coast, moov", want: "+2250101123456", forms: []Number{"+2250101123456", "+22501123456"}},
		{
			name: "ivory coast, fixed line of orange", want: "+2252721234567",
			forms: []Number{"+2252721234567", "+22521234567"},
		},
		{
			name: "ivory coast, fixed line of mtn", want: "+2252520012345",
			forms: []Number{"+2252520012345", "+22520012345"},
		},
		{
			name: "ivory coast, fixed line of moov", want: "+2252120812345",
			forms: []Number{"+2252120812345", "+22520812345"},
		},
		{name: "benin", want: "+2290195123456", forms: []Number{"+2290195123456", "+22995123456"}},
		{name: "benin, service", want: "+22981234567", forms: []Number{"+22981234567"}},
		{name: "cameroon", want: "+237671234567", forms: []Number{"+237671234567", "+23771234567"}},
		{name: "cameroon, fixed line", want: "+237222123456", forms: []Number{"+237222123456", "+23722123456"}},
		{name: "cameroon, service", want: "+23788012345", forms: []Number{"+23788012345"}},
		{
			name: "gabon, airtel", want: "+24177281234",
			forms: []Number{"+24177281234", "+2417281234", "+24107281234", "+241077281234"},
		},
		{name: "gabon, libertis", want: "+24166111111", forms: []Number{"+24166111111", "+24106111111", "+2416111111"}},
		{name: "gabon, fixed line", want: "+24111123456", forms: []Number{"+24111123456", "+24101123456"}},
		{name: "palestine", want: "+970599123456", forms: []Number{"+970599123456", "+972599123456"}},
		{name: "israel", want: "+972501234567", forms: []Number{"+972501234567"}},
		{name: "san marino", want: "+3780549886377", forms: []Number{"+3780549886377", "+378886377", "+390549886377"}},
		{name: "italy", want: "+390612345678", forms: []Number{"+390612345678"}},
		{name: "belgium", want: "+32470123456", forms: []Number{"+32470123456"}},
		{name: "united states", want: "+14155550132", forms: []Number{"+14155550132"}},
		{name: "no number", forms: []Number{""}},
		{name: "a user without a number", want: "whatsapp:521", forms: []Number{"whatsapp:521"}},
		{name: "only a code", want: "+52", forms: []Number{"+52"}},
		{name: "too short", want: "+521", forms: []Number{"+521"}},
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
			t.Errorf("%s has the form %s, which no plan has", string(n), string(got))
		}
	}
}

func TestSubscriber_Sources(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		if f.source == "" || strings.Trim(f.code, "0123456789") != "" {
			t.Errorf("an entry of +%s has no source, or no calling code", f.code)
		}
	}
}

// FuzzSubscriber: the result is a number, and its own result.
func FuzzSubscriber(f *testing.F) {
	for _, seed := range []string{
		"+5215512345678", "+54111523456789", "+549111523456789", "+551161234567", "+24107281234", "+52", "+", "",
	} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, s string) {
		n := Number(s)
		got := Subscriber(n)
		if again := Subscriber(got); again != got {
			t.Errorf("%q has the form %q, and that %q", s, string(got), string(again))
		}
		if _, err := ParseFormat(s); err == nil {
			if _, err := ParseFormat(string(got)); err != nil {
				t.Errorf("%q has the form %q, which is not a number", s, string(got))
			}
		}
	})
}
