package template

import (
	"errors"
	"strings"
	"unicode"
)

// Metadata may come from an attacker: a shop passes on the name that its user typed, and the text is sent under the
// shop's own name. So a value must not become a link, nor the host of one. Links within a value are broken up by
// Render; the text around it is checked here, when the template is saved and its author can still correct it.

// Stand-ins for placeholders in the text that is checked. If the author's text has these characters itself, it is only
// checked more strictly.
const (
	anyValue     = '\uE000' // a metadata value: anything
	trustedValue = '\uE001' // the code, the minutes, the account's name
)

// checkLinks rejects a text in which a metadata value would be part of a link's host: "https://{{metadata.x}}",
// "{{metadata.x}}.com". In the path of a link, after the host's slash, a value is allowed.
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
			shape.WriteRune(anyValue)
		default:
			shape.WriteRune(trustedValue)
		}
	}

	for _, word := range strings.FieldsFunc(shape.String(), unicode.IsSpace) {
		for i, r := range word {
			if r == anyValue && choosesHost(word[:i], word[i+len(string(anyValue)):]) {
				return errors.New("a {{metadata.…}} value may not be part of a link's host: " +
					"put a space between them, or move it after the host's /")
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

// choosesHost reports whether a value between before and after, which contain no space, could be part of a host.
func choosesHost(before, after string) bool {
	_, host, scheme := strings.Cut(before, "://")
	if !scheme {
		host = before
	}
	if scheme || domainLike(host) {
		return !strings.ContainsAny(host, "/?#")
	}

	// The value begins the word: what follows must not make it a host or a scheme.
	run := strings.TrimLeftFunc(after, func(r rune) bool { return !isDot(r) && !strings.ContainsRune("/?#:", r) })
	if run == "" {
		return false
	}
	if strings.Contains(after, "//") {
		return true
	}
	// A dot followed by a value is checked by Render, which knows the value.
	first, size := firstRune(run)
	next, _ := firstRune(run[size:])

	return isDot(first) && (unicode.IsLetter(next) || isMark(next) || next == trustedValue)
}

// domainLike finds a dot followed by a letter or a value.
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

// isMark finds combining marks, and the two joiners.
func isMark(r rune) bool { return r > 0x7F && (unicode.Is(unicode.M, r) || isJoiner(r)) }

func isJoiner(r rune) bool { return r == 0x200C || r == 0x200D }
