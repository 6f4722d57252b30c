package phone

import (
	"slices"
	"testing"
)

func TestPolicy_ReadSender(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, written, country string
		national               bool
		want                   []Number
	}{
		{name: "plus", written: "+32470123456", want: []Number{"+32470123456"}},
		{
			name: "plus, with the carrier's country", written: "+32470123456", country: "FR",
			want: []Number{"+32470123456"},
		},
		{name: "double zero", written: "0032470123456", want: []Number{"+32470123456"}},
		{name: "double zero behind a plus", written: "+0032470123456", want: []Number{"+32470123456"}},
		{
			name: "double zero, at a carrier of another country", written: "0032470123456", country: "US",
			want: []Number{"+32470123456"},
		},
		{name: "country code", written: "32470123456", want: []Number{"+32470123456"}},
		{
			name: "country code, with the carrier's country", written: "32470123456", country: "BE",
			want: []Number{"+32470123456"},
		},
		{
			name: "foreign country code, with the carrier's country", written: "33612345678", country: "BE",
			want: []Number{"+33612345678"},
		},
		{name: "national", written: "0470123456", country: "BE", want: []Number{"+32470123456"}},
		{name: "national without its zero", written: "470123456", country: "BE", want: []Number{"+32470123456"}},
		{
			name: "type of number national", written: "0470123456", country: "BE", national: true,
			want: []Number{"+32470123456"},
		},
		{name: "type of number national, no country", written: "0470123456", national: true},
		{
			name: "type of number national, and yet whole", written: "32470123456", national: true,
			want: []Number{"+32470123456"},
		},
		{
			name: "type of number national, whole and with country", written: "32470123456", country: "BE",
			national: true, want: []Number{"+32470123456"},
		},
		{name: "national, no country", written: "0470123456"},
		{name: "zero kept behind the country code", written: "+320470123456", want: []Number{"+32470123456"}},
		{name: "national, called international", written: "+0470123456", country: "BE", want: []Number{"+32470123456"}},
		{name: "spaces and hyphens", written: " +32 (470) 12-34.56 ", want: []Number{"+32470123456"}},
		{name: "uniform resource", written: "tel:+32470123456", want: []Number{"+32470123456"}},
		{name: "united states, ten digits", written: "4155550132", country: "US", want: []Number{"+14155550132"}},
		{name: "united states, eleven digits", written: "14155550132", country: "US", want: []Number{"+14155550132"}},
		{name: "united states, from abroad", written: "01132470123456", country: "US", want: []Number{"+32470123456"}},
		{name: "australia, from abroad", written: "001132470123456", country: "AU", want: []Number{"+32470123456"}},
		{name: "japan, from abroad", written: "01032470123456", country: "JP", want: []Number{"+32470123456"}},
		{name: "japan", written: "09012345678", country: "JP", want: []Number{"+819012345678"}},
		{name: "russia, with its eight", written: "89161234567", country: "RU", want: []Number{"+79161234567"}},
		{name: "spain has no prefix", written: "612345678", country: "ES", want: []Number{"+34612345678"}},
		{name: "spain, whole", written: "34612345678", country: "ES", want: []Number{"+34612345678"}},
		{name: "italy keeps its zero", written: "0612345678", country: "IT", want: []Number{"+390612345678"}},
		{name: "hungary, with its 06", written: "06201234567", country: "HU", want: []Number{"+36201234567"}},
		{name: "argentina, with its 15", written: "0111523456789", country: "AR", want: []Number{"+5491123456789"}},
		{name: "a form that the plan does not have", written: "+5215512345678", want: []Number{"+5215512345678"}},
		{name: "the same without plus", written: "5215512345678", want: []Number{"+5215512345678"}},
		{name: "of eight digits in ivory coast", written: "22507123456", want: []Number{"+22507123456"}},
		{name: "two readings", written: "6598765432", country: "US", want: []Number{"+16598765432", "+6598765432"}},
		{name: "a range that no plan has", written: "+3249012345", want: []Number{"+3249012345"}},
		{name: "no calling code, with plus", written: "+2101234567", want: []Number{"+2101234567"}},
		{name: "a range that only the operator knows", written: "999112345678", want: []Number{"+999112345678"}},
		{name: "sandbox", written: "+15005550018", want: []Number{"+15005550018"}},
		{name: "short code", written: "12345", country: "BE"},
		{name: "letters", written: "Acme"},
		{name: "letters behind a plus", written: "+Acme"},
		{name: "empty"},
		{name: "plus alone", written: "+"},
		{name: "arabic digits", written: "+٣٢٤٧٠١٢٣٤٥٦"},
		{name: "too long", written: "+324701234561234567"},
		{name: "far too long", written: "+3247012345612345678901234"},
		{name: "a country that is none", written: "0470123456", country: "XX"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := Policy{AlsoValid: []string{"+99911"}}
			if got := p.ReadSender(c.written, c.country, c.national); !slices.Equal(got, c.want) {
				t.Errorf("read %q, want %q", text(got), text(c.want))
			}
		})
	}
}

func text(numbers []Number) (out []string) {
	for _, n := range numbers {
		out = append(out, string(n))
	}
	return out
}

func FuzzReadSender(f *testing.F) {
	f.Add("0470123456", "BE", true)
	f.Add("01132470123456", "US", false)
	f.Add("+0032470123456", "", false)
	f.Fuzz(func(t *testing.T, written, country string, national bool) {
		for _, n := range (Policy{}).ReadSender(written, country, national) {
			if _, err := ParseFormat(string(n)); err != nil {
				t.Errorf("%q of %q is read as %q", written, country, string(n))
			}
		}
	})
}
