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
		{
			name: "all", text: "{{code}} {{app}} {{minutes}} {{meta.o}}",
			values: Values{App: "Acme", Minutes: 5, Metadata: meta("o", "12.50 €")}, want: "4711 Acme 5 12.50 €",
		},
		{name: "less than a minute", text: "{{code}}, {{minutes}} min", values: Values{}, want: "4711, <1 min"},
		{name: "code twice", text: "{{code}}{{code}}", values: Values{}, want: "47114711"},
		{
			name: "missing value leaves one space", text: "{{code}} is your {{app}} code", values: Values{},
			want: "4711 is your code",
		},
		{name: "missing metadata", text: "{{code}} ({{meta.x}})", values: Values{}, want: "4711 ()"},
		{
			name: "values are not expanded", text: "{{code}} {{app}}", values: Values{App: "{{code}} {{minutes}} %s"},
			want: "4711 {{code}} {{minutes}} %s",
		},
		{
			name: "line breaks", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", "a\nb\r\nc\u2028d\u0085e")}, want: "4711 a b c d e",
		},
		{
			name: "control characters", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", "a\x00\x1b[1mb\u202ec\u200bd\xffe")}, want: "4711 a[1mbcde",
		},
		{
			name: "joiners stay", text: "{{code}} {{app}}", values: Values{App: "می\u200cخواهم"},
			want: "4711 می\u200cخواهم",
		},
		{
			name: "origin in a value", text: "{{code}}\n{{meta.x}}",
			values: Values{Metadata: meta("x", "@evil.com #123456")}, want: "4711\nevil. com #123456",
		},
		{
			name: "origin on a new line", text: "{{code}} {{app}}", values: Values{App: "x\n@evil.com #1"},
			want: "4711 x evil.com #1",
		},
		{
			name: "origin over two values", text: "{{code}}\n{{meta.x}}{{meta.y}}",
			values: Values{Metadata: meta("x", " ", "y", "@evil.com")}, want: "4711\nevil. com",
		},
		{name: "at sign inside", text: "{{code}} {{app}}", values: Values{App: "c@fe"}, want: "4711 c@fe"},
		{
			name: "link", text: "{{code}} {{meta.x}}", values: Values{Metadata: meta("x", "https://evil.com/a")},
			want: "4711 https:/ /evil. com/a",
		},
		{
			name: "bare domain", text: "{{code}} {{meta.x}}", values: Values{Metadata: meta("x", "evil.com")},
			want: "4711 evil. com",
		},
		{name: "www", text: "{{code}} {{app}}", values: Values{App: "WWW.evil.com"}, want: "4711 WWW. evil.com"},
		{
			name: "ideographic dot", text: "{{code}} {{meta.x}}", values: Values{Metadata: meta("x", "evil。com")},
			want: "4711 evil。 com",
		},
		{
			name: "link over two values", text: "{{code}} {{meta.x}}{{meta.y}}",
			values: Values{Metadata: meta("x", "http:/", "y", "/evil.")}, want: "4711 http:/ /evil.",
		},
		{
			name: "domain over two values", text: "{{code}} {{meta.x}}{{meta.y}}",
			values: Values{Metadata: meta("x", "evil.", "y", "com")}, want: "4711 evil. com",
		},
		{
			name: "domain over a dot of the text", text: "{{code}} {{meta.x}}.{{meta.y}}",
			values: Values{Metadata: meta("x", "evil", "y", "com")}, want: "4711 evil. com",
		},
		{
			name: "domain over a value and the text", text: "{{code}} {{meta.x}}km",
			values: Values{Metadata: meta("x", "evil.")}, want: "4711 evil. km",
		},
		{
			name: "domain over a value and the account", text: "{{code}} {{meta.x}}{{app}}",
			values: Values{App: "App", Metadata: meta("x", "evil.")}, want: "4711 evil. App",
		},
		{
			name: "domain of signs", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", "💩.la e\u0301.com")}, want: "4711 💩. la e\u0301. com",
		},
		{
			name: "joiner after a dot", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", "evil.\u200d\u0301com")}, want: "4711 evil. com",
		},
		{
			name: "dot of another form", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", "evil\u2024com")}, want: "4711 evil\u2024 com",
		},
		{
			name: "wide slashes", text: "{{code}} {{meta.x}}", values: Values{Metadata: meta("x", "https：／／evil")},
			want: "4711 https：／ ／evil",
		},
		{
			name: "wide at sign", text: "{{code}}\n{{meta.x}}",
			values: Values{Metadata: meta("x", "\u200c＠evil.com #1")}, want: "4711\nevil. com #1",
		},
		{
			name: "fillers", text: "{{code}} {{meta.x}}", values: Values{Metadata: meta("x", "a\u3164\u034fb")},
			want: "4711 ab",
		},
		{
			name: "address", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", "10.0.0.1/x 25.04.2026 12.50")},
			want:   "4711 10.0.0. 1/x 25.04.2026 12.50",
		},
		{
			name: "address over a value and the text", text: "{{code}} {{meta.x}}.00",
			values: Values{Metadata: meta("x", "10.0.0")}, want: "4711 10.0.0 .00",
		},
		{
			name: "address over a value and the minutes", text: "{{code}} {{meta.x}}{{minutes}}",
			values: Values{Minutes: 5, Metadata: meta("x", "10.0.0.")}, want: "4711 10.0.0. 5",
		},
		{
			name: "www over a value and the text", text: "{{code}} {{meta.x}}.00",
			values: Values{Metadata: meta("x", "www")}, want: "4711 www .00",
		},
		{
			name: "amount before a fraction", text: "{{code}} {{meta.x}}.00", values: Values{Metadata: meta("x", "10")},
			want: "4711 10.00",
		},
		{
			name: "emoji keep their parts", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", "👩\u200d🚀 ❤\ufe0f")}, want: "4711 👩\u200d🚀 ❤\ufe0f",
		},
		{
			name: "the account may be a domain", text: "{{code}} {{app}}", values: Values{App: "Acme.com"},
			want: "4711 Acme.com",
		},
		{
			name: "links of the text stay", text: "{{code}} https://acme.example", values: Values{},
			want: "4711 https://acme.example",
		},
		{
			name: "long value", text: "{{code}} {{meta.x}}",
			values: Values{Metadata: meta("x", strings.Repeat("é", 5000))}, want: "4711 " + strings.Repeat("é", 100),
		},
		{
			name: "origin", text: "{{code}}", values: Values{Origin: "https://Example.com:443/path"},
			want: "4711\n@example.com #4711",
		},
		{
			name: "origin without scheme", text: "{{code}}", values: Values{Origin: "example.com"},
			want: "4711\n@example.com #4711",
		},
		{name: "malformed origin", text: "{{code}}", values: Values{Origin: "exa mple.com"}, want: "4711"},
		{name: "app hash", text: "{{code}}", values: Values{AppHash: "FA+9qCX9VSu"}, want: "4711\nFA+9qCX9VSu"},
		{name: "malformed app hash", text: "{{code}}", values: Values{AppHash: "FA+9qCX9VS"}, want: "4711"},
		{
			name: "origin stays last", text: "{{code}}", values: Values{AppHash: "FA+9qCX9VSu", Origin: "example.com"},
			want: "4711\nFA+9qCX9VSu\n@example.com #4711",
		},
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
	for seconds, want := range map[int]int{
		-90: 0, -1: 0, 0: 0, 1: 0, 59: 0, 60: 1, 61: 1, 100: 1, 119: 1, 299: 4, 300: 5, 3599: 59, 3600: 60,
	} {
		if got := Minutes(time.Duration(seconds) * time.Second); got != want {
			t.Errorf("%d seconds: %d, want %d", seconds, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]string{
		"example.com": "example.com", "https://login.example.com/": "login.example.com",
		"http://localhost:8080": "localhost",
		"xn--bcher-kva.example": "xn--bcher-kva.example", "": "", "https://": "", "bücher.example": "", "a..b": "",
		".a": "", "a.": "",
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

// FuzzRender holds that values never form a line, link or origin.
func FuzzRender(f *testing.F) {
	f.Add("https:/", "/evil.com\n@evil.com #1")
	f.Add("www", ".x")
	f.Add(" ", "@")
	f.Add("evil.", "\u200dcom")
	f.Add("1.2.3", ".4")
	f.Add("0", "wwW")
	text, err := Parse("{{code}}\n{{meta.a}}{{meta.b}}\n{{meta.b}} {{meta.a}}km {{meta.a}}{{app}} {{meta.b}}.00 " +
		"{{meta.a}}{{minutes}}\n{{meta.b}}:{{meta.a}}/{{meta.b}}")
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
