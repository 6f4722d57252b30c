package phone

import (
	"errors"
	"strings"
	"testing"
)

func TestPolicy_Parse(t *testing.T) {
	t.Parallel()
	p := Policy{AlsoValid: []string{"+3244012", "+999", "+8"}, Never: []string{"+88213", "+32470", "+324401299"}}
	for _, c := range []struct {
		name, number string
		err          error
		info         Info
	}{
		{
			name: "of a plan", number: "+32471123456",
			info: Info{Country: "BE", CallingCode: 32, Type: Mobile, Possible: true, Valid: true},
		},
		{
			name: "no plan has it", number: "+32440123456",
			info: Info{Country: "BE", CallingCode: 32, Possible: true, Valid: true},
		},
		{
			name: "in a length that no plan has", number: "+32440123",
			info: Info{Country: "BE", CallingCode: 32, Possible: true, Valid: true},
		},
		{
			name: "next to it", number: "+32440223456", err: ErrImpossible,
			info: Info{Country: "BE", CallingCode: 32, Possible: true},
		},
		{name: "no country has the code", number: "+99912345678", info: Info{Possible: true, Valid: true}},
		{
			name: "never, though a plan has it", number: "+32470123456", err: ErrNever,
			info: Info{Country: "BE", CallingCode: 32, Type: Mobile, Possible: true},
		},
		{
			name: "never, within what is also valid", number: "+32440129912", err: ErrNever,
			info: Info{Country: "BE", CallingCode: 32, Possible: true},
		},
		{
			name: "never, of a code that is not served either", number: "+882131234567", err: ErrNever,
			info: Info{Country: "001", CallingCode: 882, Possible: true},
		},
		{
			name: "a satellite below a short prefix", number: "+870111111111", err: ErrImpossible,
			info: Info{Country: "001", CallingCode: 870, Possible: true},
		},
		{
			name: "premium rate is still not served", number: "+81990123456", err: ErrType,
			info: Info{Country: "JP", CallingCode: 81, Type: PremiumRate, Possible: true, Valid: true},
		},
		{name: "no number", number: "3247", err: ErrFormat},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n, info, err := p.Parse(c.number)
			if !errors.Is(err, c.err) || info != c.info || c.err != ErrFormat && n.E164() != c.number {
				t.Errorf("%q, %+v, %v; want %+v, %v", n.E164(), info, err, c.info, c.err)
			}
			if err != nil && c.err != ErrFormat && strings.Contains(err.Error(), c.number) {
				t.Errorf("the error prints the number: %v", err)
			}
		})
	}
}

// TestPolicy_ParseZero: without corrections the plans decide.
func TestPolicy_ParseZero(t *testing.T) {
	t.Parallel()
	for _, number := range append(exampleNumbers(), "+32440123456", "+99912345678", "3247", "") {
		n, info, err := Parse(number)
		if m, got, gotErr := (Policy{}).Parse(number); m != n || got != info || (gotErr == nil) != (err == nil) {
			t.Errorf("%s: %+v, %v, the plans say %+v, %v", number, got, gotErr, info, err)
		}
	}
}

func TestCountryOf(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"": "", "+": "", "+32": "BE", "+3247": "BE", "+44": "GB", "+1": "US", "+7": "RU", "+0": "", "+3": "",
	} {
		if got := CountryOf(prefix); got != want {
			t.Errorf("%q: %q, want %q", prefix, got, want)
		}
	}
}
