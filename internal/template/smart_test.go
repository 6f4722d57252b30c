package template_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/template"
)

// link finds what a phone makes a link, and a line that binds a code to a site.
var link = regexp.MustCompile(`://|[a-z]\.[a-z]|www\.[a-z]|\n@`)

// TestRender_SmartEncoding: what smart encoding makes of a value is no link either. Every character that becomes part of one
// has to be known to Render.
func TestRender_SmartEncoding(t *testing.T) {
	t.Parallel()
	parsed, err := template.Parse("{{code}} {{meta.x}}")
	if err != nil {
		t.Fatal(err)
	}

	become := map[string][]string{}
	for r := rune(1); r < 0x10000; r++ {
		if smart, replaced := message.SmartText(string(r)); replaced != nil {
			become[smart] = append(become[smart], string(r))
		}
	}
	values := func(of string, like func(string) string) (all []string) {
		for _, r := range append(become[of], of) {
			all = append(all, like(r))
		}
		return all
	}

	var tried []string
	tried = append(tried, values(".", func(r string) string { return "evil" + r + "com" })...)
	tried = append(tried, values(".", func(r string) string { return "www" + r + "evil" })...)
	tried = append(tried, values("/", func(r string) string { return "http:" + r + r + "evil" })...)
	tried = append(tried, values(":", func(r string) string { return "http" + r + "//evil" })...)
	tried = append(tried, values("@", func(r string) string { return "\u2028" + r + "evil #4711" })...)
	tried = append(tried, values("@", func(r string) string { return "\n" + r + "evil #4711" })...)
	for _, invisible := range become[""] {
		tried = append(tried, "evil."+invisible+"com", "evil"+invisible+".com", "http:/"+invisible+"/evil",
			"http"+invisible+"://evil", "\n"+invisible+"@evil #4711")
	}
	for _, dots := range append(become[".."], become["..."]...) {
		tried = append(tried, "evil"+dots+"com")
	}
	if len(tried) < 40 {
		t.Fatalf("%d values were tried", len(tried))
	}

	for _, value := range tried {
		text := template.Render(parsed, template.Values{Code: "4711", Metadata: map[string]string{"x": value}})
		if smart, _ := message.SmartText(text); link.MatchString(strings.ToLower(smart)) {
			t.Errorf("%q became %q and then %q", value, text, smart)
		}
	}
}
