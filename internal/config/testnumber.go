package config

import (
	"fmt"
	"slices"

	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// TestNumber is one [[test_number]]: what live keys send to Number goes nowhere, and Code verifies its OTPs.
type TestNumber struct {
	Number string
	Code   secret.String
}

func (n *TestNumber) keys() []setting.Key {
	return []setting.Key{
		{Name: "number", To: &n.Number, Required: true, Example: `"+32470000000"`, Doc: "live keys send nothing to it"},
		{
			Name: "code", To: &n.Code, Required: true, Example: `"314159"`,
			Doc: "the code that its OTPs accept, 4 to 10 digits, whatever length was requested",
		},
	}
}

// CodesOfTestNumbers are the codes of the test numbers, for the server to look up.
func (c *Config) CodesOfTestNumbers() otp.TestNumbers {
	codes := map[phone.Number]secret.String{}
	for _, n := range c.TestNumbers {
		codes[phone.Number(n.Number)] = n.Code
	}
	return otp.NewTestNumbers(codes)
}

// testNumber checks one test number and the table that it was read from. The number need not be in a numbering plan.
func (r *reader) testNumber(n TestNumber, path, label string, t map[string]any) {
	if _, given := t["number"].(string); given {
		number, err := phone.ParseFormat(n.Number)
		switch {
		case err != nil:
			r.problem(path+".number", "%snumber: %v", label, err)
		case phone.OfSandbox(number):
			r.problem(path+".number", "%snumber belongs to the sandbox, which is for test keys; choose another",
				label)
		}
	}

	code := n.Code.Reveal()
	_, given := t["code"].(string)
	invalid := len(code) < otp.MinLength || len(code) > otp.MaxLength || !otp.WellFormed(code, len(code))
	if invalid && (given || code != "") {
		r.problem(path+".code", "%scode must have %d to %d digits and nothing else",
			label, otp.MinLength, otp.MaxLength)
	}
}

// testNumbers compares the test numbers with each other, and with numbers.never.
func (r *reader) testNumbers(c *Config) {
	for i, n := range c.TestNumbers {
		path, label := fmt.Sprintf("test_number[%d].number", i), fmt.Sprintf("test_number %d: ", i+1)
		if n.Number == "" {
			continue
		}

		refuses := func(prefix string) bool { return phone.Overrules(prefix, n.Number) }
		if at := slices.IndexFunc(c.Numbers.Never, refuses); at >= 0 {
			r.problem(path, "%snumber is refused by numbers.never, which has %q; remove one of them",
				label, c.Numbers.Never[at])
		}

		same := func(o TestNumber) bool {
			return phone.Subscriber(phone.Number(o.Number)) == phone.Subscriber(phone.Number(n.Number))
		}
		if first := slices.IndexFunc(c.TestNumbers, same); first < i {
			r.problem(path, "%snumber is the same as that of test_number %d, or another form of it; keep one",
				label, first+1)
		}
	}
}
