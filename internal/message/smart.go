package message

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Replacement is a character that smart encoding replaced, and how often.
type Replacement struct {
	From, To string
	Count    int
}

// typography are characters that word processors and keyboards put into a text, and that GSM 7 bit does not have, by what
// replaces them. Nothing else is replaced: letters keep their accents, and digits stay as they are.
//
// Their names and kinds are those of the Unicode Character Database: the quotation marks and dashes are its categories Pi,
// Pf and Pd with the primes and modifier letters that look like them, the spaces its category Zs, ligatures have the letters
// of their compatibility decomposition. Most of them are also in the lists that Twilio
// (twilio.com/docs/messaging/services/smart-encoding-char-list) and Telnyx publish.
var typography = []struct{ to, from string }{
	{`"`, "«»“”„‟″‶❝❞〝〞〟ʺˮ⹂"},
	{"'", "‘’‚‛′‵❛❜ʼʻʽʹˈˊˋ´`"},
	{"<", "‹"},
	{">", "›"},
	{"-", "‐‑‒–—―−⁃⸺⸻﹘﹣•‣◦▪●■"},
	{"...", "…⋯"},
	{"..", "‥"},
	{".", "․"},
	{"/", "⁄∕"},
	{"x", "×"},
	// Line breaks of other kinds become spaces, so that no line "@host #code" comes into being.
	{" ", "\v\u0085\u2028\u2029"},
	{" ", "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"},
	{"ff", "ﬀ"},
	{"fi", "ﬁ"},
	{"fl", "ﬂ"},
	{"ffi", "ﬃ"},
	{"ffl", "ﬄ"},
	{"st", "ﬅﬆ"},
	{"OE", "Œ"},
	{"oe", "œ"},
	{"IJ", "Ĳ"},
	{"ij", "ĳ"},
}

// invisible are characters without a width that mean nothing in any script; joiners are those that join and separate letters,
// or say in which direction a text goes, which other scripts and emoji need.
const (
	invisible = "\u00ad\u200b\u2060\ufeff"
	joiners   = "\u200c\u200d\u200e\u200f"
)

// letters is the table of all replacements.
var letters = lettersOf()

func lettersOf() map[rune]string {
	all := map[rune]string{}
	for _, row := range typography {
		for _, r := range row.from {
			all[r] = row.to
		}
	}
	for _, r := range invisible + joiners {
		all[r] = ""
	}
	for r := '！'; r <= '～'; r++ { // ASCII in the width of an ideograph
		if ascii := r - '！' + '!'; !unicode.IsDigit(ascii) && gsm7Code(ascii) != unmapped {
			all[r] = string(ascii)
		}
	}

	return all
}

// SmartText is a text in which typographic characters are replaced by letters of GSM 7 bit. If one is left that GSM 7 bit
// does not have, the text keeps its typography, and only invisible characters are removed. It changes no letter of GSM 7 bit
// and no digit, joins no digits, and leaves a last line "@host #code" alone, by which phones fill in a code.
func SmartText(text string) (string, []Replacement) {
	if !utf8.ValidString(text) {
		return text, nil
	}
	if smart, replaced := replace(text, func(rune) bool { return true }); inGSM7(smart) {
		return smart, replaced
	}
	return replace(text, func(r rune) bool { return strings.ContainsRune(invisible, r) })
}

// Smart returns what Segments returns, and whether the text is to be sent as SmartText makes it: it is if that needs fewer
// segments in the charset, as encoding and parts then say.
func (c Charset) Smart(text string) (encoding Encoding, parts int, smart bool) {
	encoding, parts = c.Segments(text)
	if encoding == GSM7 {
		return encoding, parts, false
	}

	other, _ := SmartText(text)
	if e, n := c.Segments(other); n < parts {
		return e, n, true
	}

	return encoding, parts, false
}

func inGSM7(text string) bool {
	encoding, _ := Segments(text)
	return encoding == GSM7
}

// replace replaces the characters that may be.
func replace(text string, may func(rune) bool) (string, []Replacement) {
	body := text[:len(text)-len(originLine(text))]
	var out strings.Builder
	var replaced []Replacement
	after := 0 // where the visible text after the last invisible characters begins
	for i, r := range body {
		to, known := letters[r]
		if known && to == "" && i >= after {
			after = len(body) - len(strings.TrimLeft(body[i:], invisible+joiners))
		}
		if !known || !may(r) || to == "" && betweenDigits(out.String(), body[after:]) {
			out.WriteRune(r)
			continue
		}

		out.WriteString(to)
		from := string(r)
		at := slices.IndexFunc(replaced, func(p Replacement) bool { return p.From == from })
		if at < 0 {
			at, replaced = len(replaced), append(replaced, Replacement{From: from, To: to})
		}
		replaced[at].Count++
	}
	out.WriteString(text[len(body):])

	return out.String(), replaced
}

func betweenDigits(before, after string) bool {
	return before != "" && isDigit(before[len(before)-1]) && after != "" && isDigit(after[0])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// originLine is a text's last line, if it is one that binds a code to a site.
func originLine(text string) string {
	line := text[strings.LastIndexByte(text, '\n')+1:]
	host, code, ok := strings.Cut(line, " #")
	if !ok || len(host) < 2 || host[0] != '@' || code == "" || strings.ContainsAny(host+code, " \t") {
		return ""
	}
	return line
}
