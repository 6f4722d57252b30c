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

func TestBuiltin_StaysGSM7(t *testing.T) {
	t.Parallel()
	for _, tag := range strings.Fields("af ca da de en es es-419 et eu fi fil fr id it ms nb nl pl pt pt-PT ro sv sw tr uz") {
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

func TestText_ChoosesTheAppForm(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]Values{
		"000000 is your verification code. It is valid for 5 min.":                   {Code: "000000", Minutes: 5},
		"000000 is your Acme verification code. It is valid for 5 min.":              {Code: "000000", App: "Acme", Minutes: 5},
		"000000 is your verification code. It is valid for less than a minute.":      {Code: "000000"},
		"000000 is your Acme verification code. It is valid for less than a minute.": {Code: "000000", App: "Acme"},
	} {
		text, _ := Builtin().Text("en-GB", "", v)
		if got := Render(text, v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReadBuiltin_Refuses(t *testing.T) {
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
		{"plain", "{{code}}", ""},
		{"all variables", "{{code}} {{app}} {{minutes}} {{meta.order}} {{metadata.a.b}}", ""},
		{"spaces in braces", "{{ code }}", ""},
		{"line feed", "{{code}}\nfor you", ""},
		{"single braces", "{code} {{code}} }", ""},
		{"exactly the most", "{{code}}" + strings.Repeat("é", MaxLength-8), ""},
		{"origin line of one's own", "{{code}}\n@acme.example #{{code}}", ""},
		{"no code", "hello {{app}}", "{{code}} is missing"},
		{"empty", "", "{{code}} is missing"},
		{"too long", "{{code}}" + strings.Repeat("é", MaxLength-7), "has 1601 characters: shorten it to 1600"},
		{"unknown variable", "{{code}} {{name}}", "{{name}} is no variable"},
		{"wrong case", "{{Code}}", "use {{code}}"},
		{"no name", "{{}} {{code}}", "{{}} is no variable"},
		{"metadata without a key", "{{code}} {{meta.}}", "{{metadata.KEY}}"},
		{"metadata with a space", "{{code}} {{meta.a b}}", "{{metadata.KEY}}"},
		{"not closed", "{{code}} {{app", "}} after the name"},
		{"not opened", "{{code}} app}}", "{{ before the name"},
		{"nested", "{{code}} {{meta.{{app}}}}", "is no variable"},
		{"carriage return", "{{code}}\r\n", "U+000D"},
		{"line separator", "{{code}}\u2028", "U+2028"},
		{"nul", "{{code}}\x00", "U+0000"},
		{"not utf-8", "{{code}}\xff", "not UTF-8"},
		{"value chooses the origin", "{{code}}\n@{{meta.host}} #{{code}}", "line that begins with @"},
		{"value after an origin", "{{code}}\n@acme.example{{app}}", "line that begins with @"},
		{"empty value before an origin", "{{code}}\n {{app}} @x{{meta.y}}", "line that begins with @"},
		{"at sign in a line", "{{code}} @ {{app}}", ""},
		{"exactly the most variables", strings.Repeat("{{code}}", 20), ""},
		{"too many variables", strings.Repeat("{{code}} {{app}} {{metadata.x}}", 7), "21 variables: use at most 20"},
		{"value in the path of a link", "{{code}} https://acme.example/o/{{metadata.x}}?q={{metadata.y}}.html", ""},
		{"value in a path without a scheme", "{{code}} acme.example/{{metadata.x}}", ""},
		{"value at a sentence's end", "{{code}} {{metadata.x}}. Bye", ""},
		{"value before a fraction", "{{code}} {{metadata.x}}.00 EUR", ""},
		{"value with a genitive", "{{code}} {{metadata.x}}'s", ""},
		{"value after a colon", "{{code}} order:{{metadata.x}}", ""},
		{"app as a host", "{{code}} https://{{app}}.example", ""},
		{"value as a host", "{{code}} https://{{metadata.x}}/", "link's host"},
		{"value as a host, upper case", "{{code}} HTTPS://{{metadata.x}}", "link's host"},
		{"value in a host", "{{code}} https://a{{metadata.x}}.acme.example/", "link's host"},
		{"value as user of a host", "{{code}} https://{{metadata.x}}@acme.example/", "link's host"},
		{"value behind a host", "{{code}} https://acme.example{{metadata.x}}", "link's host"},
		{"value behind a host without a scheme", "{{code}} acme.example{{metadata.x}}", "link's host"},
		{"value as a domain", "{{code}} {{metadata.x}}.com", "link's host"},
		{"values as a domain", "{{code}} {{metadata.x}}-{{metadata.y}}.com", "link's host"},
		{"value under an ideographic dot", "{{code}} {{metadata.x}}。com", "link's host"},
		{"value and app as a domain", "{{code}} {{metadata.x}}.{{app}}", "link's host"},
		{"value as a scheme", "{{code}} {{metadata.x}}//acme", "link's host"},
		{"value as a scheme with a colon", "{{code}} {{metadata.x}}://acme", "link's host"},
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

func TestVariables(t *testing.T) {
	t.Parallel()
	p, err := Parse("{{app}}: {{code}}, {{minutes}} {{metadata.order}}")
	if got := strings.Join(p.Variables(), " "); err != nil || got != "app code minutes metadata.order" {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"{{code}}", "{{ code }}{{app}}", "{{code", "}}{{code}}", "{{code}}\n@{{app}}", "{{{{code}}}}"} {
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
