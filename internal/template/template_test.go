package template

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/syssecure/syssecure/internal/message"
)

func TestBuiltin(t *testing.T) {
	t.Parallel()
	builtin := Builtin()
	for form, texts := range builtin.forms {
		if n := len(texts); n < 69 || n != len(builtin.Translations) {
			t.Fatalf("form %d has %d languages of %d", form, n, len(builtin.Translations))
		}
	}

	seen := map[string]string{}
	for tag := range builtin.Translations {
		for _, name := range []string{"", "SysSecure"} {
			for _, minutes := range []int{60, 0} {
				v := Values{Code: "123456", App: name, Minutes: minutes}
				text, chosen := builtin.Text(tag, "", v)
				got := Render(text, v)
				if other := seen[got]; other != "" {
					t.Errorf("%s and %s have the same text: %s", tag, other, got)
				}

				seen[got] = tag
				if chosen != tag || !strings.Contains(got, "123456") || !strings.Contains(got, name) {
					t.Errorf("%s (%s): %q lacks the code or the app", tag, chosen, got)
				}
				if said := strings.Contains(got, "60"); said != (minutes > 0) || strings.Contains(got, "<") {
					t.Errorf("%s (%s): %q with %d minutes", tag, chosen, got, minutes)
				}
				if !norm.NFC.IsNormalString(got) {
					t.Errorf("%s: %q has letters in pieces, which cost a character each", tag, got)
				}
				if encoding, segments := message.Segments(got); segments != 1 {
					t.Errorf("%s: %d segments of %v: %q", tag, segments, encoding, got)
				}
			}
		}
	}
}

func TestBuiltin_GSM7(t *testing.T) {
	t.Parallel()
	for _, tag := range strings.Fields("af ca da de en es es-419 et eu fi fil fr id it ms nb nl pl pt pt-PT ro " +
		"sv sw tr uz") {
		for _, minutes := range []int{5, 0} {
			if tag == "pl" && minutes == 0 {
				continue // Polish has no word for less than a minute without ż or ł
			}
			v := Values{Code: "123456", App: "Acme", Minutes: minutes}
			text, _ := Builtin().Text(tag, "", v)
			if encoding, _ := message.Segments(Render(text, v)); encoding != message.GSM7 {
				t.Errorf("%s is %v with %d minutes", tag, encoding, minutes)
			}
		}
	}
}

func TestTemplate_Text(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]Values{
		"000000 is your verification code. It is valid for 5 min.": {Code: "000000", Minutes: 5},
		"000000 is your Acme verification code. It is valid for 5 min.": {
			Code: "000000", App: "Acme", Minutes: 5,
		},
		"000000 is your verification code. It is valid for less than a minute.":      {Code: "000000"},
		"000000 is your Acme verification code. It is valid for less than a minute.": {Code: "000000", App: "Acme"},
	} {
		text, _ := Builtin().Text("en-GB", "", v)
		if got := Render(text, v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReadBuiltin_Errors(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"[en", "[en]\ntext = \"x\"", "[en]\ntext = \"{{code}}\"\napp = \"\"",
		"[en]\ntext = \"{{code}}\"\napp = \"{{code}}\"\nsoon = \"{{code}}\"", "",
	} {
		if _, err := readBuiltin(file); err == nil {
			t.Errorf("%q is accepted", file)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, fix string }{
		{name: "plain", text: "{{code}}"},
		{name: "all variables", text: "{{code}} {{app}} {{minutes}} {{meta.order}} {{metadata.a.b}}"},
		{name: "spaces in braces", text: "{{ code }}"},
		{name: "line feed", text: "{{code}}\nfor you"},
		{name: "single braces", text: "{code} {{code}} }"},
		{name: "the longest", text: "{{code}}" + strings.Repeat("é", MaxLength-8)},
		{name: "origin line of the author", text: "{{code}}\n@acme.example #{{code}}"},
		{name: "no code", text: "hello {{app}}", fix: "{{code}} is missing"},
		{name: "empty", fix: "{{code}} is missing"},
		{
			name: "too long", text: "{{code}}" + strings.Repeat("é", MaxLength-7),
			fix: "has 1601 characters: shorten it to 1600",
		},
		{name: "unknown variable", text: "{{code}} {{name}}", fix: "{{name}} is not a variable"},
		{name: "wrong case", text: "{{Code}}", fix: "use {{code}}"},
		{name: "no name", text: "{{}} {{code}}", fix: "{{}} is not a variable"},
		{name: "metadata without a key", text: "{{code}} {{meta.}}", fix: "{{metadata.KEY}}"},
		{name: "metadata with a space", text: "{{code}} {{meta.a b}}", fix: "{{metadata.KEY}}"},
		{name: "not closed", text: "{{code}} {{app", fix: "}} after the name"},
		{name: "not opened", text: "{{code}} app}}", fix: "{{ before the name"},
		{name: "nested", text: "{{code}} {{meta.{{app}}}}", fix: "is not a variable"},
		{name: "carriage return", text: "{{code}}\r\n", fix: "U+000D"},
		{name: "line separator", text: "{{code}}\u2028", fix: "U+2028"},
		{name: "nul", text: "{{code}}\x00", fix: "U+0000"},
		{name: "not utf-8", text: "{{code}}\xff", fix: "not valid UTF-8"},
		{name: "value chooses the origin", text: "{{code}}\n@{{meta.host}} #{{code}}", fix: "line that begins with @"},
		{name: "value after an origin", text: "{{code}}\n@acme.example{{app}}", fix: "line that begins with @"},
		{name: "empty value before an origin", text: "{{code}}\n {{app}} @x{{meta.y}}", fix: "line that begins with @"},
		{name: "at sign in a line", text: "{{code}} @ {{app}}"},
		{name: "the most variables", text: strings.Repeat("{{code}}", 20)},
		{
			name: "too many variables", text: strings.Repeat("{{code}} {{app}} {{metadata.x}}", 7),
			fix: "21 variables: use at most 20",
		},
		{
			name: "value in the path of a link",
			text: "{{code}} https://acme.example/o/{{metadata.x}}?q={{metadata.y}}.html",
		},
		{name: "value in a path without a scheme", text: "{{code}} acme.example/{{metadata.x}}"},
		{name: "value at a sentence's end", text: "{{code}} {{metadata.x}}. Bye"},
		{name: "value before a fraction", text: "{{code}} {{metadata.x}}.00 EUR"},
		{name: "value with a genitive", text: "{{code}} {{metadata.x}}'s"},
		{name: "value after a colon", text: "{{code}} order:{{metadata.x}}"},
		{name: "app as a host", text: "{{code}} https://{{app}}.example"},
		{name: "value as a host", text: "{{code}} https://{{metadata.x}}/", fix: "link's host"},
		{name: "value as a host, upper case", text: "{{code}} HTTPS://{{metadata.x}}", fix: "link's host"},
		{name: "value in a host", text: "{{code}} https://a{{metadata.x}}.acme.example/", fix: "link's host"},
		{name: "value as user of a host", text: "{{code}} https://{{metadata.x}}@acme.example/", fix: "link's host"},
		{name: "value after a host", text: "{{code}} https://acme.example{{metadata.x}}", fix: "link's host"},
		{name: "value after a host without a scheme", text: "{{code}} acme.example{{metadata.x}}", fix: "link's host"},
		{name: "value as a domain", text: "{{code}} {{metadata.x}}.com", fix: "link's host"},
		{name: "values as a domain", text: "{{code}} {{metadata.x}}-{{metadata.y}}.com", fix: "link's host"},
		{name: "value under an ideographic dot", text: "{{code}} {{metadata.x}}。com", fix: "link's host"},
		{name: "value and app as a domain", text: "{{code}} {{metadata.x}}.{{app}}", fix: "link's host"},
		{name: "value as a scheme", text: "{{code}} {{metadata.x}}//acme", fix: "link's host"},
		{name: "value as a scheme with a colon", text: "{{code}} {{metadata.x}}://acme", fix: "link's host"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(tt.text)
			if tt.fix == "" && err != nil || tt.fix != "" && (err == nil || !strings.Contains(err.Error(), tt.fix)) {
				t.Errorf("got %v, want %q", err, tt.fix)
			}
		})
	}
}

func TestParsed_Variables(t *testing.T) {
	t.Parallel()
	p, err := Parse("{{app}}: {{code}}, {{minutes}} {{metadata.order}}")
	if got := strings.Join(p.Variables(), " "); err != nil || got != "app code minutes metadata.order" {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"{{code}}", "{{ code }}{{app}}", "{{code", "}}{{code}}", "{{code}}\n@{{app}}", "{{{{code}}}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}

		got := Render(p, Values{Code: "739154", App: "{{code}}", Minutes: 5})
		if !strings.Contains(got, "739154") {
			t.Errorf("%q renders as %q", text, got)
		}
	})
}
