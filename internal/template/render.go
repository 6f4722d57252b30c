package template

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values fill a template in. Code is written as it is; App and Metadata become plain text first.
type Values struct {
	Code     string
	App      string // the account's app name, may be empty
	Minutes  int    // how long the code lives, see Minutes
	Metadata map[string]string
	Origin   string // web site that the code is for, "example.com" or "https://example.com"; may be empty
	AppHash  string // eleven characters that tell an Android app, may be empty
}

// Minutes turns a lifetime in seconds into the minutes that a text promises: rounded up, at least one.
func Minutes(seconds int) int { return max(1, (seconds+59)/60) }

// Render fills in a text. A value is never read as a template. Line breaks in it become spaces, control characters
// vanish, and what could make a phone show a link ("://", "www.", and in metadata any domain) or take a line for an
// origin ("@" at its beginning) is broken up; 100 characters of each are used.
//
// With AppHash a line with the hash follows, by which the SMS Retriever of Android hands the message to the app. With
// Origin the last line is "@host #code", the format of the WICG draft "Origin-bound one-time codes delivered via SMS".
// With both, the hash stands before the origin line: Android looks for the hash as a word of the message, while the
// origin counts on the last line only. A hash or origin that is malformed is left out, for a wrong one would make the
// phone reject the message.
func Render(p Parsed, v Values) string {
	w := writer{}
	w.out.Grow(p.size(v))
	for _, piece := range p.pieces {
		switch piece.kind {
		case literal:
			w.literal(piece.text)
		case code:
			w.out.WriteString(v.Code)
		case minutes:
			w.out.WriteString(strconv.Itoa(v.Minutes))
		case app:
			w.value(v.App, true)
		case metadata:
			w.value(v.Metadata[piece.text], false)
		}
	}
	if ValidAppHash(v.AppHash) {
		w.out.WriteByte('\n')
		w.out.WriteString(v.AppHash)
	}
	if host := Host(v.Origin); host != "" {
		w.out.WriteString("\n@")
		w.out.WriteString(host)
		w.out.WriteString(" #")
		w.out.WriteString(v.Code)
	}
	return w.out.String()
}

// Host returns the host of an origin, without scheme, port and path, or "" when it is not one of ASCII letters, digits,
// hyphens and dots. A name in another script is given in its "xn--" form.
func Host(origin string) string {
	host := strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
	if i := strings.IndexAny(host, ":/?#"); i >= 0 {
		host = host[:i]
	}
	if host == "" || len(host) > 253 || host[0] == '.' || host[0] == '-' || host[len(host)-1] == '.' || strings.Contains(host, "..") {
		return ""
	}
	for i := 0; i < len(host); i++ {
		if c := host[i]; !isASCIILetter(c) && !isDigit(c) && c != '-' && c != '.' {
			return ""
		}
	}
	return strings.ToLower(host)
}

// ValidAppHash says whether s has the form of an Android app hash: eleven characters of base64.
func ValidAppHash(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isASCIILetter(c) && !isDigit(c) && c != '+' && c != '/' {
			return false
		}
	}
	return len(s) == 11
}

// maxValue keeps a value, which may be kilobytes, from turning one SMS into dozens.
const maxValue = 100

// size is enough for most texts, so that rendering allocates once.
func (p Parsed) size(v Values) int {
	n := len(v.AppHash) + len(v.Origin) + len(v.Code) + 8
	for _, piece := range p.pieces {
		switch piece.kind {
		case literal:
			n += len(piece.text)
		case code:
			n += len(v.Code)
		case minutes:
			n += 3
		case app:
			n += len(v.App) + 4
		case metadata:
			n += min(len(v.Metadata[piece.text]), 4*maxValue) + 4
		}
	}
	return n
}

// writer looks back at what it has written, so that two values next to each other cannot form together what neither may.
type writer struct {
	out     strings.Builder
	skipped bool // the last value was empty
}

func (w *writer) literal(s string) {
	// An empty value between two spaces leaves one.
	if w.skipped && s[0] == ' ' && w.atSpace() {
		s = s[1:]
	}
	w.skipped = false
	w.out.WriteString(s)
}

// value writes plain text. A trusted value, the account's own name, may be a domain such as Booking.com.
func (w *writer) value(s string, trusted bool) {
	start, count := w.out.Len(), 0
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || isLineBreak(r):
			r = ' '
		case r == utf8.RuneError || unicode.IsControl(r) || isInvisible(r):
			continue
		}
		if r == ' ' && w.atSpace() || r == '@' && w.atSpace() {
			continue
		}
		if count++; count > maxValue {
			break
		}
		if w.joins(r, trusted) {
			w.out.WriteByte(' ')
		}
		w.out.WriteRune(r)
	}
	w.skipped = w.out.Len() == start
}

// atSpace says whether a line or a word begins here.
func (w *writer) atSpace() bool {
	s := w.out.String()
	return s == "" || s[len(s)-1] == ' ' || s[len(s)-1] == '\n'
}

// joins says whether r would complete a link.
func (w *writer) joins(r rune, trusted bool) bool {
	s := w.out.String()
	if r == '/' {
		return strings.HasSuffix(s, ":/")
	}
	last, size := utf8.DecodeLastRuneInString(s)
	if !isDot(last) || r == ' ' {
		return false
	}
	s = s[:len(s)-size]
	if len(s) >= 3 && strings.EqualFold(s[len(s)-3:], "www") {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s)
	return !trusted && unicode.IsLetter(r) && (unicode.IsLetter(before) || unicode.IsDigit(before) || before == '-')
}

func isDot(r rune) bool { return r == '.' || r == '。' || r == '．' || r == '｡' }

func isLineBreak(r rune) bool { return r == 0x85 || r == 0x2028 || r == 0x2029 }

// isInvisible finds characters that hide or reorder text. The two joiners stay: Persian and the scripts of India need
// them.
func isInvisible(r rune) bool {
	return r > 0x7F && unicode.Is(unicode.Cf, r) && r != 0x200C && r != 0x200D
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
