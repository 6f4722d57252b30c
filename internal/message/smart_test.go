package message_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/message"
)

func TestSmartText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"quotes":                    {"“It’s »here«” ‚now‘", `"It's "here"" 'now'`},
		"angle quotes":              {"‹a›", "<a>"},
		"dashes":                    {"a–b—c‑d−e", "a-b-c-d-e"},
		"an ellipsis":               {"wait…", "wait..."},
		"tabs and spaces":           {"a\tb\u00a0c\u202fd\u3000e\u2009f", "a b c d e f"},
		"line separators":           {"a\u2028b\u0085@c #1", "a b @c #1"},
		"bullets":                   {"• one\n• two", "- one\n- two"},
		"ligatures":                 {"ﬁnd oﬃce œuvre Ĳssel", "find office oeuvre IJssel"},
		"full width":                {"Ｈｅｌｌｏ，　Ａ＠ｂ！", "Hello, A@b!"},
		"invisible":                 {"he\u200bl\u00adl\ufeffo\u2060\u200d\u200e", "hello"},
		"accents of GSM 7 bit":      {"“é à ñ ü ß”", `"é à ñ ü ß"`},
		"GSM letters":               {"@£$¥èéùìòÇ€[]{}~^|\\", "@£$¥èéùìòÇ€[]{}~^|\\"},
		"an accent that GSM lacks":  {"“ça va”", "“ça va”"},
		"another script":            {"«Код» — 1\u200b", "«Код» — 1"},
		"Persian joiners":           {"می\u200cخواهم\u200b", "می\u200cخواهم"},
		"a family":                  {"👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		"digits of full width":      {"１２ “a”", "１２ “a”"},
		"no digits are joined":      {"12\u200b34\u200b a", "12\u200b34 a"},
		"nor by several":            {"12\u200b\u200d34", "12\u200b\u200d34"},
		"the line of a site":        {"“1234”\n@example.com #1234", "\"1234\"\n@example.com #1234"},
		"a site is left alone":      {"a\n@exámple.com #1“2", "a\n@exámple.com #1“2"},
		"not the last line":         {"@example.com #“1”\nx", "@example.com #\"1\"\nx"},
		"octets that are not UTF-8": {"“\xff", "“\xff"},
		"empty":                     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _ := message.SmartText(c.text); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestSmartText_Replaced(t *testing.T) {
	t.Parallel()
	_, got := message.SmartText("“a” – “b”…")
	want := []message.Replacement{{"“", `"`, 2}, {"”", `"`, 2}, {"–", "-", 1}, {"…", "...", 1}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestCharset_Smart: a text is changed where that saves segments, and nowhere else.
func TestCharset_Smart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		charset  message.Charset
		text     string
		encoding message.Encoding
		parts    int
		smart    bool
	}{
		"it saves one":                    {message.CharsetGSM7, strings.Repeat("x", 70) + "’", message.GSM7, 1, true},
		"it saves three":                  {message.CharsetGSM7, strings.Repeat("x", 229) + "’", message.GSM7, 2, true},
		"it saves none":                   {message.CharsetGSM7, strings.Repeat("x", 69) + "’", message.UCS2, 1, false},
		"it is longer":                    {message.CharsetGSM7, strings.Repeat("…", 70), message.UCS2, 1, false},
		"already GSM 7 bit":               {message.CharsetGSM7, strings.Repeat("é", 161), message.GSM7, 2, false},
		"a letter is left":                {message.CharsetGSM7, strings.Repeat("x", 70) + "’ç", message.UCS2, 2, false},
		"invisible ones, and still UCS-2": {message.CharsetGSM7, strings.Repeat("Ж", 70) + "\u200b", message.UCS2, 1, true},
		"ASCII has it":                    {message.CharsetASCII, strings.Repeat("x", 70) + "’", message.GSM7, 1, true},
		"ASCII lacks another":             {message.CharsetASCII, strings.Repeat("é", 70) + "’", message.UCS2, 2, false},
		"Latin-1 has the other":           {message.CharsetLatin1, strings.Repeat("é", 70) + "’", message.GSM7, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			encoding, parts, smart := c.charset.Smart(c.text)
			if encoding != c.encoding || parts != c.parts || smart != c.smart {
				t.Errorf("%v, %d, %v; want %v, %d, %v", encoding, parts, smart, c.encoding, c.parts, c.smart)
			}
		})
	}
}

var digits = regexp.MustCompile(`[0-9]+`)

// TestSmartText_Table: each replacement is of GSM 7 bit without a digit, and replaces what GSM 7 bit does not have.
func TestSmartText_Table(t *testing.T) {
	t.Parallel()
	n := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		text := string(r)
		smart, replaced := message.SmartText("a" + text + "b")
		if replaced == nil {
			continue
		}
		n++
		if e, _ := message.Segments(text); e == message.GSM7 {
			t.Errorf("%U of GSM 7 bit is replaced", r)
		}
		if e, _ := message.Segments(smart); e != message.GSM7 || digits.MatchString(smart) || replaced[0].From != text {
			t.Errorf("%U becomes %q: %+v", r, smart, replaced)
		}
	}
	if n < 150 {
		t.Errorf("%d characters are replaced", n)
	}
}

// FuzzSmartText: it never makes more segments, says the same about its own result, leaves digits and the line of a site as
// they are, changes no text of GSM 7 bit, and tells every change.
func FuzzSmartText(f *testing.F) {
	for _, s := range []string{
		"“It’s 123456”", "a\u200b1\u200b2", strings.Repeat("x", 70) + "…", "ﬃ\n@example.com #123456", "\xff’", "１2\u200d3",
		"“a”\n@e #\u200b1", "\xc2\u00ad\xad", "\u2028@a #1", "а\u00ad1\u00ad2", "\n\u200b@e.com #12",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		smart, replaced := message.SmartText(text)
		if again, _ := message.SmartText(smart); again != smart {
			t.Fatalf("%q became %q, and then %q", text, smart, again)
		}
		if got, want := digits.FindAllString(smart, -1), digits.FindAllString(text, -1); !slices.Equal(got, want) {
			t.Fatalf("%q has the digits %q, and before %q", smart, got, want)
		}
		if e, _ := message.Segments(text); (e == message.GSM7 || len(replaced) == 0) && smart != text {
			t.Fatalf("%q became %q, which replaced %+v", text, smart, replaced)
		}

		line := text[strings.LastIndexByte(text, '\n')+1:]
		if host, code, ok := strings.Cut(line, " #"); ok && len(host) > 1 && host[0] == '@' && code != "" &&
			!strings.ContainsAny(host+code, " \t") && !strings.HasSuffix(smart, line) {
			t.Fatalf("%q lost the line %q", smart, line)
		}

		for _, c := range []message.Charset{
			message.CharsetGSM7, message.CharsetLatin1, message.CharsetASCII, message.CharsetUTF8,
		} {
			before, parts := c.Segments(text)
			encoding, n, is := c.Smart(text)
			sent := text
			if is {
				sent = smart
			}
			if e, m := c.Segments(sent); n > parts || e != encoding || m != n || is != (n < parts) || !is && e != before {
				t.Fatalf("%v: %q has %v in %d parts, smart %v: %v in %d", c, text, before, parts, is, encoding, n)
			}
		}
	})
}
