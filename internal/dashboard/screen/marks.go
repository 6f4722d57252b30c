package screen

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/syssecure/syssecure/internal/fault"
)

// Screens write their fields as <label for="f-name"> with a control of that id, and choices as <fieldset id="f-name"> with a
// legend. The functions here find both in the page that was made, so that every form says what is wrong in the same way, at
// the field and in the words of its label.

// labels are the words that stand at the fields of a page, by the field's name in the API.
func labels(page []byte) map[string]string {
	out := map[string]string{}
	z := html.NewTokenizer(bytes.NewReader(page))
	var field, choices string
	var text strings.Builder
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken:
			switch t := z.Token(); t.Data {
			case "label":
				field = strings.TrimPrefix(attribute(t, "for"), "f-")
			case "fieldset":
				choices = strings.TrimPrefix(attribute(t, "id"), "f-")
			case "legend":
				field, choices = choices, ""
			}
		case html.TextToken:
			if field != "" {
				text.Write(z.Text())
			}
		case html.EndTagToken:
			if t := z.Token(); field != "" && (t.Data == "label" || t.Data == "legend") {
				out[field], field = html.UnescapeString(strings.TrimSpace(text.String())), ""
				text.Reset()
			}
		case html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// marker copies a page, and writes what is wrong beside the fields and into the list at the top.
type marker struct {
	out    bytes.Buffer
	labels map[string]string
	// faults are the messages of each field that is not yet marked.
	faults map[string][]string
	// link is the field of a link in that list, whose text comes next.
	link string
	// field is marked when the element ends, which is called end.
	field, end string
}

// markFields marks the fields of a page that were wrong.
func markFields(page []byte, faults []fault.FieldError) []byte {
	m := marker{labels: labels(page), faults: map[string][]string{}}
	for _, f := range faults {
		if f.Field != "" {
			m.faults[f.Field] = append(m.faults[f.Field], f.Message)
		}
	}
	if len(m.faults) == 0 {
		return page
	}

	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return m.out.Bytes()
		}
		raw := slices.Clone(z.Raw()) // the tokenizer writes over it
		m.copy(kind, z.Token(), raw)
	}
}

// copy writes a part of the page, with what belongs to it.
func (m *marker) copy(kind html.TokenType, t html.Token, raw []byte) {
	switch {
	case kind == html.StartTagToken && t.Data == "a":
		if field, ok := strings.CutPrefix(attribute(t, "href"), "#f-"); ok && m.labels[field] != "" {
			m.link = field
		}
	case kind == html.StartTagToken:
		if field, ok := strings.CutPrefix(attribute(t, "id"), "f-"); ok && len(m.faults[field]) > 0 && m.field == "" {
			m.control(t, raw, field)
			return
		}
	case kind == html.TextToken && m.link != "":
		raw = m.inList(t.Data)
	}
	m.out.Write(raw)
	if kind == html.EndTagToken && t.Data == m.end {
		m.error()
	}
}

// control writes the beginning of a field that is wrong. ARIA has no invalid groups, so choices are described only.
func (m *marker) control(t html.Token, raw []byte, field string) {
	m.field, m.end = field, t.Data
	added := ""
	if t.Data == "fieldset" {
		m.end = "legend"
	} else if attribute(t, "aria-invalid") == "" {
		added = ` aria-invalid="true"`
	}
	id := "e-" + html.EscapeString(field)
	if by := attribute(t, "aria-describedby"); by != "" {
		raw = bytes.Replace(raw, []byte(`aria-describedby="`), []byte(`aria-describedby="`+id+" "), 1)
	} else {
		added += ` aria-describedby="` + id + `"`
	}
	m.out.Write(bytes.TrimSuffix(raw, []byte(">")))
	m.out.WriteString(added + ">")
	if t.Data == "input" { // it has no end
		m.error()
	}
}

// error writes what is wrong with the field that was just written.
func (m *marker) error() {
	messages := make([]string, len(m.faults[m.field]))
	for i, text := range m.faults[m.field] {
		messages[i] = inWords(text, m.field, m.labels[m.field])
	}
	m.out.WriteString(`<p class="error" id="e-` + html.EscapeString(m.field) + `" lang="en">` +
		html.EscapeString(strings.Join(messages, "; ")) + "</p>")
	delete(m.faults, m.field)
	m.field, m.end = "", ""
}

// inList is a message of the list at the top, which begins with the label, because it does not stand at the field.
func (m *marker) inList(text string) []byte {
	label := m.labels[m.link]
	text = inWords(text, m.link, label)
	if !strings.HasPrefix(text, label) {
		text = label + ": " + text
	}
	m.link = ""

	return []byte(html.EscapeString(text))
}
