package template

import (
	"strings"
	"testing"
)

func TestCheckOriginLine(t *testing.T) {
	t.Parallel()
	const fix = `write "@example.com #{{code}}" as the last line`
	for name, c := range map[string]struct {
		text   string
		values Values
		want   []string // what the fault says; none = no fault
	}{
		"no such line":       {text: "{{code}} is your code"},
		"prose with a #":     {text: "Your code is #{{code}}"},
		"an e-mail address":  {text: "{{code}} is your code. Questions? help@example.com"},
		"a name of a person": {text: "{{code}} for @anna"},
		"good":               {text: "{{code}} is your code\n\n@example.com #{{code}}"},
		"good, spaced name":  {text: "{{code}}\n@example.com #{{ code }}"},
		"good, alone":        {text: "@example.com #{{code}}"},
		"an embedded site":   {text: "Hi\n@example.com #{{code}} @shop.example"},
		"what is ignored":    {text: "Hi\n@example.com #{{code}} $future"},
		"a host in capitals": {text: "Hi\n@Example.com #{{code}}"},

		"not the last line": {text: "@example.com #{{code}}\nis yours", want: []string{"something follows", fix}},
		"an empty line after it": {
			text: "{{code}}\n@example.com #{{code}}\n", want: []string{"something follows", fix},
		},
		"wrong order":         {text: "Hi\n#{{code}} @example.com", want: []string{"before the site", fix}},
		"no host":             {text: "Hi\n@ #{{code}}", want: []string{"no site", fix}},
		"no @":                {text: "Hi\n#{{code}}", want: []string{"no site", fix}},
		"no host, only code":  {text: "Hi\n@{{code}}", want: []string{"no site", fix}},
		"no #":                {text: "Hi\n@example.com {{code}}", want: []string{"no # and code", fix}},
		"no code":             {text: "{{code}}\n@example.com", want: []string{"no # and code", fix}},
		"a scheme":            {text: "Hi\n@https://example.com #{{code}}", want: []string{"only the host", fix}},
		"a path":              {text: "Hi\n@example.com/login #{{code}}", want: []string{"only the host", fix}},
		"a port":              {text: "Hi\n@example.com:8443 #{{code}}", want: []string{"only the host", fix}},
		"two spaces":          {text: "Hi\n@example.com  #{{code}}", want: []string{"exactly one space", fix}},
		"no space":            {text: "Hi\n@example.com#{{code}}", want: []string{"exactly one space", fix}},
		"a word between":      {text: "Hi\n@example.com code #{{code}}", want: []string{"exactly one space", fix}},
		"text before it":      {text: "Hi @example.com #{{code}}", want: []string{"before the @", fix}},
		"a space before it":   {text: "Hi\n @example.com #{{code}}", want: []string{"before the @", fix}},
		"a full stop":         {text: "Hi\n@example.com #{{code}}.", want: []string{"counts as part", fix}},
		"the other site":      {text: "Hi\n@shop.example {{code}}", want: []string{`"@shop.example #{{code}}"`}},
		"the account's own":   {text: "Hi\n@a.example #{{code}}", values: Values{Origin: "https://b.example"}, want: []string{"@b.example", "remove"}},
		"an app hash follows": {text: "Hi\n@a.example #{{code}}", values: Values{AppHash: "FA+9qCX9VSu"}, want: []string{"app hash", "origin"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := CheckOriginLine(c.text, c.values)
			if err == nil {
				if len(c.want) > 0 {
					t.Error("nothing was found")
				}
				return
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q", err, want)
				}
			}
			if len(c.want) == 0 {
				t.Errorf("got %q", err)
			}
		})
	}
}

// parsesAsOriginBound is the parser of the draft, for a message.
func parsesAsOriginBound(message string) bool {
	line := message[strings.LastIndexByte(message, '\n')+1:]
	host, rest, ok := strings.Cut(line, " ")
	code := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t\f\r\n", r) })

	return ok && len(host) > 1 && host[0] == '@' && len(code) > 0 && strings.HasPrefix(rest, "#") && code[0] == "#123456"
}

// FuzzCheckOriginLine: a line that is found and not refused is one that the draft's own parser reads, and what a refusal
// advises is.
func FuzzCheckOriginLine(f *testing.F) {
	for _, seed := range []string{"{{code}}", "Hi\n@example.com #{{code}}", "#{{code}} @a.example", "@a.b {{code}}\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Parse(text); err != nil {
			return
		}
		lines := strings.Split(codePlaceholder.ReplaceAllString(text, codeWritten), "\n")
		found := false
		for _, line := range lines {
			found = found || likeOriginLine(line)
		}
		err := CheckOriginLine(text, Values{})
		sent := codePlaceholder.ReplaceAllString(text, "123456")
		switch {
		case err == nil && found && !parsesAsOriginBound(sent):
			t.Errorf("%q is not read by browsers", text)
		case err != nil && !found:
			t.Errorf("%q: %v", text, err)
		}
	})
}
