package httpsms

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/syssecure/syssecure/internal/setting"
)

// textTemplate is a text of the configuration with placeholders: {{text}} becomes the text of the message, and
// {{#from}}…{{/from}} is left out when the message has no sender. What fills a placeholder is escaped for its place, so
// no
// text from a customer can break out of it.
type textTemplate []piece

// piece is a literal, a placeholder, or a section that depends on one.
type piece struct {
	literal string
	name    string // of a placeholder
	escape  func(string) string
	section textTemplate // not nil for a section
}

var placeholder = regexp.MustCompile(`\{\{([#/]?)([a-z_]+(?:\.[a-z0-9_]+)?)\}\}`)

// escaper gives the function that escapes a placeholder, from the text before it.
type escaper func(before string) func(string) string

// compile reads a template. Constants are filled in at once.
func compile(text string, escape escaper, constants map[string]string) (textTemplate, error) {
	out, rest, err := compileUntil("", text, text, escape, constants)
	if err == nil && rest != "" {
		err = fmt.Errorf("has an end of a section without its beginning near %q", rest)
	}
	return out, err
}

// compileUntil reads the pieces up to the end of a section, or of the text. rest is what follows.
func compileUntil(
	section, text, whole string, escape escaper, constants map[string]string,
) (out textTemplate, rest string, err error) {
	for {
		at := placeholder.FindStringSubmatchIndex(text)
		if at == nil {
			if section != "" {
				return nil, "", fmt.Errorf("lacks {{/%s}}", section)
			}
			return append(out, piece{literal: text}), "", nil
		}

		before, sort, name := text[:at[0]], text[at[2]:at[3]], text[at[4]:at[5]]
		escaped := escape(whole[:len(whole)-len(text)+at[0]])
		out = append(out, piece{literal: before})
		constant, isConstant := constants[name]
		switch {
		case !isConstant && !isVariable(name):
			return nil, "", fmt.Errorf("has the unknown placeholder {{%s}}%s", name, setting.Nearest(name, variables))
		case sort == "/" && name == section:
			return out, text[at[1]:], nil
		case sort == "/" && section != "":
			return nil, "", fmt.Errorf("lacks {{/%s}}", section)
		case sort == "/":
			return out, text[at[0]:], nil
		case sort == "#":
			inner, after, err := compileUntil(name, text[at[1]:], whole, escape, constants)
			if err != nil {
				return nil, "", err
			}
			if isConstant && constant != "" {
				out = append(out, inner...)
			} else if !isConstant {
				out = append(out, piece{name: name, section: inner})
			}
			text = after
			continue
		case isConstant:
			out = append(out, piece{literal: escaped(constant)})
		default:
			out = append(out, piece{name: name, escape: escaped})
		}
		text = text[at[1]:]
	}
}

// render writes the text with its placeholders filled in.
func (t textTemplate) render(out *bytes.Buffer, value func(name string) string) {
	for _, p := range t {
		switch {
		case p.section != nil:
			if value(p.name) != "" {
				p.section.render(out, value)
			}
		case p.name != "":
			out.WriteString(p.escape(value(p.name)))
		default:
			out.WriteString(p.literal)
		}
	}
}

// constant is the text of a template without placeholders; ok is false when it has some.
func (t textTemplate) constant() (text string, ok bool) {
	var out bytes.Buffer
	for _, p := range t {
		if p.name != "" {
			return "", false
		}
		out.WriteString(p.literal)
	}
	return out.String(), true
}

// inURL escapes for a path, or behind the "?" for a query. An address at the beginning stays as it is.
func inURL(before string) func(string) string {
	switch {
	case before == "":
		return unescaped
	case strings.Contains(before, "?"):
		return url.QueryEscape
	}
	return url.PathEscape
}

// inHeader leaves out control characters, which would end a header.
func inHeader(string) func(string) string {
	return func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return -1
			}
			return r
		}, s)
	}
}

// inBody escapes for a body of a content type: inside the quotes of a JSON string, in a form, in XML. Others get the
// text as
// it is.
func inBody(contentType string) escaper {
	escape := unescaped
	switch {
	case strings.Contains(contentType, "json"):
		escape = jsonEscape
	case strings.Contains(contentType, "x-www-form-urlencoded"):
		escape = url.QueryEscape
	case strings.Contains(contentType, "xml"):
		escape = xmlEscape
	}
	return func(string) func(string) string { return escape }
}

func unescaped(s string) string { return s }

// jsonEscape writes a text as between the quotes of a JSON string.
func jsonEscape(s string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(s) != nil {
		return "" // cannot happen: every string can be encoded
	}
	return out.String()[1 : out.Len()-2]
}

func xmlEscape(s string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(s)) // a buffer takes everything
	return out.String()
}
