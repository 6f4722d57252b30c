package template

import (
	"errors"
	"strings"
	"unicode"
)

// Whoever fills in metadata may be the attacker: a shop passes on the name that its user typed, and the text then comes
// from the shop's own sender. So a value must not become a link, nor the part of one that says where it leads. What a
// value brings along itself is broken up when it is written (see Render); the text around it is checked here, when the
// template is saved, where its author can still mend it.

// Stand-ins for placeholders in the shape of a text. A text that holds these characters itself is judged more strictly.
const (
	valueMark = '\uE000' // a metadata value: anything
	ownMark   = '\uE001' // the code, the minutes, the account's name
)

// checkLinks refuses a text in which a metadata value would choose the host of a link: "https://{{metadata.x}}",
// "{{metadata.x}}.com". In the path of a link, behind the host's slash, a value may stand.
func (p Parsed) checkLinks() error {
	if !p.has(metadata) {
		return nil
	}
	var shape strings.Builder
	for _, piece := range p.pieces {
		switch piece.kind {
		case literal:
			shape.WriteString(piece.text)
		case metadata:
			shape.WriteRune(valueMark)
		default:
			shape.WriteRune(ownMark)
		}
	}

	for _, word := range strings.FieldsFunc(shape.String(), unicode.IsSpace) {
		for i, r := range word {
			if r == valueMark && choosesHost(word[:i], word[i+len(string(valueMark)):]) {
				return errors.New("a {{metadata.…}} value may not be part of a link's host: put a space between them, or move it behind the host's /")
			}
		}
	}

	return nil
}

func (p Parsed) has(k kind) bool {
	for _, piece := range p.pieces {
		if piece.kind == k {
			return true
		}
	}
	return false
}

// choosesHost says whether a value between before and after, which hold no space, could be part of a host.
func choosesHost(before, after string) bool {
	_, host, scheme := strings.Cut(before, "://")
	if !scheme {
		host = before
	}
	if scheme || domainLike(host) {
		return !strings.ContainsAny(host, "/?#")
	}

	// The value is the beginning of the word: what follows must not make it a host, nor a scheme of what follows.
	run := strings.TrimLeftFunc(after, func(r rune) bool { return !isDot(r) && !strings.ContainsRune("/?#:", r) })
	if run == "" {
		return false
	}
	if strings.Contains(after, "//") {
		return true
	}
	// A dot with a value behind it is left to Render, which sees what stands there.
	first, size := firstRune(run)
	next, _ := firstRune(run[size:])

	return isDot(first) && (unicode.IsLetter(next) || isMark(next) || next == ownMark)
}

// domainLike finds a dot with a letter or a value behind it.
func domainLike(s string) bool {
	dot := false
	for _, r := range s {
		if dot && (unicode.IsLetter(r) || isMark(r)) {
			return true
		}
		dot = isDot(r)
	}

	return false
}

func firstRune(s string) (rune, int) {
	for _, r := range s {
		return r, len(string(r))
	}
	return 0, 0
}

// isMark finds what hangs on the character before it, the two joiners among them.
func isMark(r rune) bool { return r > 0x7F && (unicode.Is(unicode.M, r) || isJoiner(r)) }

func isJoiner(r rune) bool { return r == 0x200C || r == 0x200D }
