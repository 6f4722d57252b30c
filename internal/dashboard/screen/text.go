package screen

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/texts"
	"github.com/syssecure/syssecure/internal/web/chart"
)

// Text marks a text that stands in a table and is shown later by the method of the same name. It returns the text itself.
func Text(english string) string { return english }

// Text is a text of the screens in the user's language. The English text is its key.
func (q *Request) Text(english string) string { return q.language.Text(english) }

// Textf is a text with values in it, which are written as package fmt does.
func (q *Request) Textf(english string, values ...any) string {
	return fmt.Sprintf(q.language.Text(english), values...)
}

// Count is a text with a number, such as "%d key" and "%d keys", and with other values behind it. Languages have other
// plurals than English, so the whole sentence is chosen by the number. %s writes the number with its thousands apart.
func (q *Request) Count(n int, one, many string, values ...any) string {
	return fmt.Sprintf(q.language.Count(n, one, many), append([]any{figure(n)}, values...)...)
}

// figure is a count that texts write as figures do.
type figure int

func (f figure) String() string { return chart.Count.Format(float64(f)) }

// Languages are those that a user can choose from; none while there is only English.
func (q *Request) Languages() (out []Option) {
	all := q.frame.Texts.Languages()
	if len(all) < 2 {
		return nil
	}
	out = []Option{{"", q.Text("As the browser says")}}
	for _, l := range all {
		out = append(out, Option{l.Tag(), l.Name()})
	}

	return out
}

// Sentences puts whole sentences behind each other.
func Sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

// functions are what templates call. Each language has its own. Pages have the texts of scripts, except in English.
func functions(l *texts.Language, scripts []string) template.FuncMap {
	return template.FuncMap{
		"t": func(english string, values ...any) any { return written(l.Text(english), values) },
		"count": func(n int, one, many string, values ...any) any {
			return written(l.Count(n, one, many), append([]any{n}, values...))
		},
		"language": l.Tag, "scriptTexts": func() map[string]string { return l.Only(scripts) }, "when": when, "link": link,
		"code":   func(text any) template.HTML { return within("code", "", text) },
		"strong": func(text any) template.HTML { return within("strong", "", text) },
		"mono":   func(text any) template.HTML { return within("span", "mono", text) },
	}
}

// written puts values into a text. Those that are HTML stay so, and the text and all others are escaped.
func written(text string, values []any) any {
	if len(values) == 0 {
		return text
	}
	escaped := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case template.HTML:
			escaped[i] = string(v)
		case int, int64:
			escaped[i] = v
		default:
			escaped[i] = template.HTMLEscaper(v)
		}
	}

	return template.HTML(fmt.Sprintf(template.HTMLEscapeString(text), escaped...)) // everything that was given is escaped
}

// within puts a text into an element.
func within(element, class string, text any) template.HTML {
	if class != "" {
		class = ` class="` + class + `"`
	}
	return template.HTML("<" + element + class + ">" + template.HTMLEscaper(text) + "</" + element + ">")
}

// when shows a time, which a script turns into one such as "4 min ago" unless it has to stay exact.
func when(m Moment) template.HTML {
	if m.ISO == "" {
		return `<span class="dim">–</span>`
	}
	iso, relative := template.HTMLEscapeString(m.ISO), " data-relative"
	if m.Exact {
		relative = ""
	}

	return template.HTML(`<time datetime="` + iso + `" title="` + iso + `"` + relative + `>` +
		template.HTMLEscapeString(m.Text) + "</time>")
}

// link leads to a screen within a sentence. Screens make their paths themselves, so that what a stranger wrote is never a
// path; another address is left out.
func link(href, text string) template.HTML {
	if !LocalPath(href) {
		return template.HTML(template.HTMLEscapeString(text))
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(href) + `">` + template.HTMLEscapeString(text) + "</a>")
}
