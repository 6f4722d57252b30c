package template

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestRender(t *testing.T) {
	t.Parallel()
	meta := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}

	tests := []struct {
		name, text string
		values     Values
		want       string
	}{
		{"all", "{{code}} {{app}} {{minutes}} {{meta.o}}", Values{App: "Acme", Minutes: 5, Metadata: meta("o", "12.50 €")}, "4711 Acme 5 12.50 €"},
		{"less than a minute", "{{code}}, {{minutes}} min", Values{}, "4711, <1 min"},
		{"code twice", "{{code}}{{code}}", Values{}, "47114711"},
		{"missing value leaves one space", "{{code}} is your {{app}} code", Values{}, "4711 is your code"},
		{"missing metadata", "{{code}} ({{meta.x}})", Values{}, "4711 ()"},
		{"values are not expanded", "{{code}} {{app}}", Values{App: "{{code}} {{minutes}} %s"}, "4711 {{code}} {{minutes}} %s"},
		{"line breaks", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "a\nb\r\nc\u2028d\u0085e")}, "4711 a b c d e"},
		{"control characters", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "a\x00\x1b[1mb\u202ec\u200bd\xffe")}, "4711 a[1mbcde"},
		{"joiners stay", "{{code}} {{app}}", Values{App: "می\u200cخواهم"}, "4711 می\u200cخواهم"},
		{"origin in a value", "{{code}}\n{{meta.x}}", Values{Metadata: meta("x", "@evil.com #123456")}, "4711\nevil. com #123456"},
		{"origin on a new line", "{{code}} {{app}}", Values{App: "x\n@evil.com #1"}, "4711 x evil.com #1"},
		{"origin over two values", "{{code}}\n{{meta.x}}{{meta.y}}", Values{Metadata: meta("x", " ", "y", "@evil.com")}, "4711\nevil. com"},
		{"at sign inside", "{{code}} {{app}}", Values{App: "c@fe"}, "4711 c@fe"},
		{"link", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "https://evil.com/a")}, "4711 https:/ /evil. com/a"},
		{"bare domain", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "evil.com")}, "4711 evil. com"},
		{"www", "{{code}} {{app}}", Values{App: "WWW.evil.com"}, "4711 WWW. evil.com"},
		{"ideographic dot", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "evil。com")}, "4711 evil。 com"},
		{"link over two values", "{{code}} {{meta.x}}{{meta.y}}", Values{Metadata: meta("x", "http:/", "y", "/evil.")}, "4711 http:/ /evil."},
		{"domain over two values", "{{code}} {{meta.x}}{{meta.y}}", Values{Metadata: meta("x", "evil.", "y", "com")}, "4711 evil. com"},
		{"domain over a dot of the text", "{{code}} {{meta.x}}.{{meta.y}}", Values{Metadata: meta("x", "evil", "y", "com")}, "4711 evil. com"},
		{"domain over a value and the text", "{{code}} {{meta.x}}km", Values{Metadata: meta("x", "evil.")}, "4711 evil. km"},
		{"domain over a value and the account", "{{code}} {{meta.x}}{{app}}", Values{App: "App", Metadata: meta("x", "evil.")}, "4711 evil. App"},
		{"domain of signs", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "💩.la e\u0301.com")}, "4711 💩. la e\u0301. com"},
		{"joiner behind a dot", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "evil.\u200d\u0301com")}, "4711 evil. com"},
		{"dot of another form", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "evil\u2024com")}, "4711 evil\u2024 com"},
		{"wide slashes", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "https：／／evil")}, "4711 https：／ ／evil"},
		{"wide at sign", "{{code}}\n{{meta.x}}", Values{Metadata: meta("x", "\u200c＠evil.com #1")}, "4711\nevil. com #1"},
		{"fillers", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "a\u3164\u034fb")}, "4711 ab"},
		{"address", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "10.0.0.1/x 25.04.2026 12.50")}, "4711 10.0.0. 1/x 25.04.2026 12.50"},
		{"address over a value and the text", "{{code}} {{meta.x}}.00", Values{Metadata: meta("x", "10.0.0")}, "4711 10.0.0 .00"},
		{"address over a value and the minutes", "{{code}} {{meta.x}}{{minutes}}", Values{Minutes: 5, Metadata: meta("x", "10.0.0.")}, "4711 10.0.0. 5"},
		{"www over a value and the text", "{{code}} {{meta.x}}.00", Values{Metadata: meta("x", "www")}, "4711 www .00"},
		{"amount before a fraction", "{{code}} {{meta.x}}.00", Values{Metadata: meta("x", "10")}, "4711 10.00"},
		{"emoji keep their parts", "{{code}} {{meta.x}}", Values{Metadata: meta("x", "👩\u200d🚀 ❤\ufe0f")}, "4711 👩\u200d🚀 ❤\ufe0f"},
		{"the account may be a domain", "{{code}} {{app}}", Values{App: "Acme.com"}, "4711 Acme.com"},
		{"links of the text stay", "{{code}} https://acme.example", Values{}, "4711 https://acme.example"},
		{"long value", "{{code}} {{meta.x}}", Values{Metadata: meta("x", strings.Repeat("é", 5000))}, "4711 " + strings.Repeat("é", 100)},
		{"origin", "{{code}}", Values{Origin: "https://Example.com:443/path"}, "4711\n@example.com #4711"},
		{"origin without scheme", "{{code}}", Values{Origin: "example.com"}, "4711\n@example.com #4711"},
		{"malformed origin", "{{code}}", Values{Origin: "exa mple.com"}, "4711"},
		{"app hash", "{{code}}", Values{AppHash: "FA+9qCX9VSu"}, "4711\nFA+9qCX9VSu"},
		{"malformed app hash", "{{code}}", Values{AppHash: "FA+9qCX9VS"}, "4711"},
		{"origin stays last", "{{code}}", Values{AppHash: "FA+9qCX9VSu", Origin: "example.com"}, "4711\nFA+9qCX9VSu\n@example.com #4711"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}

			tt.values.Code = "4711"
			if got := Render(p, tt.values); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMinutes(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int]int{-90: 0, -1: 0, 0: 0, 1: 0, 59: 0, 60: 1, 61: 1, 100: 1, 119: 1, 299: 4, 300: 5, 3599: 59, 3600: 60} {
		if got := Minutes(time.Duration(seconds) * time.Second); got != want {
			t.Errorf("%d seconds: %d, want %d", seconds, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]string{
		"example.com": "example.com", "https://login.example.com/": "login.example.com", "http://localhost:8080": "localhost",
		"xn--bcher-kva.example": "xn--bcher-kva.example", "": "", "https://": "", "bücher.example": "", "a..b": "", ".a": "", "a.": "",
		"user@evil.com": "", "exa mple.com": "", "-a.com": "", "[::1]": "", strings.Repeat("a", 254): "",
	} {
		if got := Host(origin); got != want {
			t.Errorf("%q: %q, want %q", origin, got, want)
		}
	}
}

var (
	linkLike   = regexp.MustCompile(`://|(?i:www[.。．｡]\S)|[^\s.。．｡][.。．｡]\p{L}|\d+\.\d+\.\d+\.\d`)
	originLike = regexp.MustCompile(`(?m)^[\s\x{200C}\x{200D}]*[@＠]`)
)

// FuzzRender holds the promise about values: whatever they are, they form no line, link or origin.
func FuzzRender(f *testing.F) {
	f.Add("https:/", "/evil.com\n@evil.com #1")
	f.Add("www", ".x")
	f.Add(" ", "@")
	f.Add("evil.", "\u200dcom")
	f.Add("1.2.3", ".4")
	f.Add("0", "wwW")
	text, err := Parse("{{code}}\n{{meta.a}}{{meta.b}}\n{{meta.b}} {{meta.a}}km {{meta.a}}{{app}} {{meta.b}}.00 {{meta.a}}{{minutes}}\n{{meta.b}}:{{meta.a}}/{{meta.b}}")
	if err != nil {
		f.Fatal(err)
	}

	f.Fuzz(func(t *testing.T, a, b string) {
		got := Render(text, Values{Code: "4711", App: "App", Minutes: 5, Metadata: map[string]string{"a": a, "b": b}})
		if strings.Count(got, "\n") != 3 || linkLike.MatchString(got) || originLike.MatchString(got) {
			t.Errorf("%q", got)
		}

		for _, r := range got {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("%U in %q", r, got)
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	text, _ := Builtin().Text("en", "", Values{App: "Acme", Minutes: 5})
	values := Values{Code: "123456", App: "Acme", Minutes: 5, Origin: "example.com"}
	b.ReportAllocs()
	for b.Loop() {
		Render(text, values)
	}
}
