package template

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Values fill a template in. Code is written as it is; App and Metadata become plain text first.
type Values struct {
	Code     string
	App      string // the account's app name, may be empty
	Minutes  int    // how long the code still lives, see Minutes; 0 is less than one
	Metadata map[string]string
	Origin   string // web site that the code is for, "example.com" or "https://example.com"; may be empty
	AppHash  string // eleven characters that identify an Android app, may be empty
}

// Minutes rounds down the time that a code has left to the minutes that a text promises. 0 is less than a minute.
func Minutes(left time.Duration) int { return max(0, int(left/time.Minute)) }

// Render fills in a text. A value is never parsed as a template, and of a metadata value 100 characters are used. A
// value comes from the request, perhaps from a user's profile, and the text from a sender that people trust, so a value
// may not become anything that a phone acts on:
//   - a separate line: line breaks and tabs become spaces;
//   - hidden or reordered text: control and bidi characters and other invisible ones are removed, and combining marks
//     without a character;
//   - the line "@host #code" that binds a code to a site: an @ at the beginning of a word is removed;
//   - a link: "://", "www." and, in metadata, any domain or IPv4 address get a space inserted.
//
// Each rule considers all text before it, so that two adjacent values, or a value and the text around it, do not form
// what neither may contain. What only the author of the text can correct is an error of Parse.
//
// With AppHash a line with the hash follows, by which the SMS Retriever of Android passes the message to the app. With
// Origin the last line is "@host #code", the format of the WICG draft "Origin-bound one-time codes delivered via SMS".
// With both, the hash is before the origin line: Android searches the message for the hash, while the origin counts on
// the last line only. A malformed hash or origin is left out, because it would make the phone reject the message.
func Render(p Parsed, v Values) string {
	w := writer{}
	w.out.Grow(p.size(v))
	for _, piece := range p.pieces {
		w.piece(piece, v)
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

// Host returns the host of an origin, without scheme, port and path, or "" when it does not consist of ASCII letters,
// digits, hyphens and dots. A name in another script has to be in its "xn--" form.
func Host(origin string) string {
	host := strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
	if i := strings.IndexAny(host, ":/?#"); i >= 0 {
		host = host[:i]
	}
	if host == "" || len(host) > 253 || host[0] == '.' || host[0] == '-' || host[len(host)-1] == '.' ||
		strings.Contains(host, "..") {
		return ""
	}

	for i := 0; i < len(host); i++ {
		if c := host[i]; !isASCIILetter(c) && !isDigit(c) && c != '-' && c != '.' {
			return ""
		}
	}

	return strings.ToLower(host)
}

// ValidAppHash reports whether s has the form of an Android app hash: eleven characters of base64.
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

// writer checks each value against what it has written before, see Render.
type writer struct {
	out     strings.Builder
	skipped bool // the last value was empty
	foreign bool // the last character is a metadata value's
}

func (w *writer) piece(p piece, v Values) {
	switch p.kind {
	case literal:
		w.literal(p.text)
	case code:
		w.foreign = false
		w.out.WriteString(v.Code)
	case minutes:
		w.value(minutesText(v.Minutes), true)
	case app:
		w.value(v.App, true)
	case metadata:
		w.value(v.Metadata[p.text], false)
	}
}

// minutesText is the value of {{minutes}}.
func minutesText(n int) string {
	if n < 1 {
		return "<1"
	}
	return strconv.Itoa(n)
}

func (w *writer) literal(s string) {
	// An empty value between two spaces leaves one space.
	if w.skipped && s[0] == ' ' && w.atSpace() {
		s = s[1:]
	}
	w.skipped = false
	if s == "" {
		return
	}

	first, _ := utf8.DecodeRuneInString(s)
	if w.foreign && (w.joins(first, false) || isDot(first) && (w.dots() == 2 || endsInWWW(w.out.String()))) {
		w.out.WriteByte(' ')
	}
	w.foreign = false
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
		if w.atSpace() && (r == ' ' || isAt(r)) || isMark(r) && !w.carriesMark() {
			continue
		}
		if count++; count > maxValue {
			break
		}
		if w.joins(r, trusted && !w.foreign) {
			w.out.WriteByte(' ')
		}
		w.out.WriteRune(r)
		w.foreign = !trusted
	}
	w.skipped = w.out.Len() == start
}

// atSpace reports whether a line or a word begins here.
func (w *writer) atSpace() bool {
	s := w.out.String()
	return s == "" || s[len(s)-1] == ' ' || s[len(s)-1] == '\n'
}

// carriesMark reports whether the last character can have a mark. A dot with an invisible mark would be overlooked by
// joins, and still be a dot to a phone that finds links.
func (w *writer) carriesMark() bool {
	last, _ := utf8.DecodeLastRuneInString(w.out.String())
	return last > 0x7F && !isDot(last) || unicode.IsLetter(last) || unicode.IsDigit(last)
}

// joins reports whether r would complete a link.
func (w *writer) joins(r rune, trusted bool) bool {
	s := w.out.String()
	last, size := utf8.DecodeLastRuneInString(s)
	if isSlash(r) && isSlash(last) {
		before, _ := utf8.DecodeLastRuneInString(s[:len(s)-size])
		return isColon(before)
	}
	if !isDot(last) || r == ' ' {
		return false
	}

	s = s[:len(s)-size]
	if endsInWWW(s) {
		return true
	}
	if unicode.IsDigit(r) {
		return !trusted && w.dots() >= 3
	}
	before, _ := utf8.DecodeLastRuneInString(s)

	return !trusted && unicode.IsLetter(r) && s != "" && !unicode.IsSpace(before)
}

func endsInWWW(s string) bool { return len(s) >= 3 && strings.EqualFold(s[len(s)-3:], "www") }

// dots counts the dots among the digits and dots at the end: the third one makes an IPv4 address, which some phones
// show as a link. A date has two.
func (w *writer) dots() (n int) {
	s := w.out.String()
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		if !isDot(r) && !unicode.IsDigit(r) {
			return n
		}
		if isDot(r) {
			n++
		}
		s = s[:len(s)-size]
	}

	return n
}

// The characters of a link, with those that gateways and phones treat as the same.

func isDot(r rune) bool {
	return r == '.' || r == '。' || r == '．' || r == '｡' || r == 0x2024 || r == 0xFE52
}

func isSlash(r rune) bool { return r == '/' || r == 0xFF0F || r == 0x2044 || r == 0x2215 }

func isColon(r rune) bool { return r == ':' || r == 0xFF1A || r == 0xFE55 || r == 0x2236 }

func isAt(r rune) bool { return r == '@' || r == 0xFF20 || r == 0xFE6B }

func isLineBreak(r rune) bool { return r == 0x85 || r == 0x2028 || r == 0x2029 }

// isInvisible finds characters that hide or reorder text: format characters, and invisible letters and marks. The two
// joiners are allowed: Persian and the scripts of India need them.
func isInvisible(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0:
		return true
	}
	return r > 0x7F && unicode.Is(unicode.Cf, r) && !isJoiner(r)
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
