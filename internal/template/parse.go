package template

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxLength is the most characters of a template, and of an SMS body.
const MaxLength = 1600

// maxVariables bounds by how much values can lengthen a text beyond MaxLength: each has at most maxValue characters.
const maxVariables = 20

// Parsed is a text that Parse has checked, split at its placeholders. The zero value renders as nothing.
type Parsed struct{ pieces []piece }

// Variables lists the placeholders in the order of the text, e.g. "code", "minutes", "metadata.order".
func (p Parsed) Variables() []string {
	var names []string
	for _, piece := range p.pieces {
		if piece.kind != literal {
			names = append(names, piece.name())
		}
	}
	return names
}

// Parse checks a template: it must contain {{code}}, and may contain {{app}}, {{minutes}} and {{metadata.KEY}}, a value
// of the request's metadata. {{meta.KEY}} is the same as {{metadata.KEY}}. Single braces are text. The error says what
// to change.
func Parse(text string) (Parsed, error) {
	if err := checkText(text); err != nil {
		return Parsed{}, err
	}
	var p Parsed
	for text != "" {
		before, rest, found := strings.Cut(text, "{{")
		if strings.Contains(before, "}}") {
			return Parsed{}, errors.New("}} has no {{ before it: write {{ before the name, as in {{code}}")
		}
		if before != "" {
			p.pieces = append(p.pieces, piece{literal, before})
		}
		if !found {
			break
		}

		name, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return Parsed{}, errors.New("{{ is not closed: write }} after the name, as in {{code}}")
		}

		v, err := variable(strings.TrimSpace(name))
		if err != nil {
			return Parsed{}, err
		}
		p.pieces = append(p.pieces, v)
		text = after
	}

	return p, p.check()
}

type kind uint8

const (
	literal kind = iota
	code
	app
	minutes
	metadata
)

var variableNames = [...]string{code: "code", app: "app", minutes: "minutes"}

// piece is a part of the text, or a placeholder; text is then the key of a metadata value.
type piece struct {
	kind kind
	text string
}

// name is how a placeholder is written.
func (p piece) name() string {
	if p.kind == metadata {
		return "metadata." + p.text
	}
	return variableNames[p.kind]
}

func checkText(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("the text is not valid UTF-8: encode it as UTF-8")
	}
	if n := utf8.RuneCountInString(text); n > MaxLength {
		return fmt.Errorf("the text has %d characters: shorten it to %d", n, MaxLength)
	}

	for _, r := range text {
		if r != '\n' && (r < ' ' || r == 0x7F || isLineBreak(r)) {
			return fmt.Errorf("the text contains the control character %U: remove it, or write a line feed for "+
				"a new line", r)
		}
	}

	return nil
}

func variable(name string) (piece, error) {
	for k, n := range variableNames {
		if n != "" && n == name {
			return piece{kind: kind(k)}, nil
		}
	}

	prefix, key, _ := strings.Cut(name, ".")
	if (prefix == "meta" || prefix == "metadata") && key != "" && !strings.ContainsAny(key, "{} \n") {
		return piece{metadata, key}, nil
	}
	if utf8.RuneCountInString(name) > 40 {
		name = "…"
	}

	return piece{}, fmt.Errorf("{{%s}} is not a variable: use {{code}}, {{app}}, {{minutes}} or {{metadata.KEY}} "+
		"for a metadata value", name)
}

// check checks the whole text. To phones, a line that begins with @ names the site that the code is for, so it may
// contain no value but the code: otherwise the value could choose the site.
func (p Parsed) check() error {
	found, at, empty := false, false, true
	for _, piece := range p.pieces {
		if piece.kind != literal {
			found = found || piece.kind == code
			if at && piece.kind != code {
				return errors.New("a line that begins with @ may hold no variable but {{code}}: set the account's " +
					"origin instead")
			}
			// Any other value may be empty, and what follows then begins the line.
			empty = empty && piece.kind != code
			continue
		}

		for _, r := range piece.text {
			switch {
			case r == '\n':
				at, empty = false, true
			case empty && r == '@':
				at, empty = true, false
			case r != ' ':
				empty = false
			}
		}
	}
	if !found {
		return errors.New("{{code}} is missing: put it where the code belongs")
	}
	if n := len(p.Variables()); n > maxVariables {
		return fmt.Errorf("the text has %d variables: use at most %d", n, maxVariables)
	}

	return p.checkLinks()
}
