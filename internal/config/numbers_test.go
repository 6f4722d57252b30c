package config

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/syssecure/syssecure/internal/phone"
)

func TestNumbers_Policy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		env        []string
		want       phone.Policy
	}{
		{name: "nothing"},
		{
			name: "file", text: "[numbers]\nalso_valid = [\"+8160\"]\nnever = [\"+88213\", \"+81609\"]",
			want: phone.Policy{AlsoValid: []string{"+8160"}, Never: []string{"+88213", "+81609"}},
		},
		{
			name: "variables",
			env:  []string{"SYSSECURE_NUMBERS_ALSO_VALID=+8160, +8161", "SYSSECURE_NUMBERS_NEVER=[\"+32470\"]"},
			want: phone.Policy{AlsoValid: []string{"+8160", "+8161"}, Never: []string{"+32470"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := read(t, c.text, c.env...).Numbers.Policy(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestTestNumber_Values(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(file, []byte("2718\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name, text, env string
		number          phone.Number
		want            string
	}{
		{name: "as written", text: testNumber, number: "+32470000000", want: "314159"},
		{name: "another form", text: testNumberOf("+5215512345678", "0012"), number: "+525512345678", want: "0012"},
		{name: "another number", text: testNumber, number: "+32470000001"},
		{name: "not in a plan", text: testNumberOf("+15550100", "1234"), number: "+15550100", want: "1234"},
		{
			name: "JSON", env: `SYSSECURE_TEST_NUMBER=[{"number":"+32470000000","code":"1234567890"}]`,
			number: "+32470000000", want: "1234567890",
		},
		{
			name: "code in a file", text: with(testNumber, `code = "314159"`, `code_file = "`+file+`"`),
			number: "+32470000000", want: "2718",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var env []string
			if c.env != "" {
				env = append(env, c.env)
			}
			if got := read(t, c.text, env...).CodesOfTestNumbers().Code(c.number).Reveal(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
