// Package texts has the languages of the dashboard. English stands in the code and the templates, where each text is its own
// key, as with gettext. A language is a file of the folder "languages", such as de.po; what it lacks stays English.
package texts

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/leonelquinteros/gotext"
	"golang.org/x/text/language"
)

// Files are the languages of the program, each a file of the folder.
//
//go:embed languages
var Files embed.FS

// Language is what the texts are in one language. A nil Language is English.
type Language struct {
	tag  language.Tag
	po   *gotext.Po
	text map[string]string
}

// Catalogue are the languages that users can choose. It is safe for concurrent use.
type Catalogue struct {
	languages []*Language
	matcher   language.Matcher
}

// Read reads all languages of a file system. English is always there, and the first.
func Read(from fs.FS) (*Catalogue, error) {
	c := &Catalogue{languages: []*Language{{tag: language.English}}}
	files, err := fs.Glob(from, "languages/*.po")
	if err != nil {
		return nil, fmt.Errorf("read the languages of the dashboard: %w", err)
	}
	for _, file := range files {
		l, err := read(from, file)
		if err != nil {
			return nil, fmt.Errorf("read the language %s of the dashboard: %w", file, err)
		}
		c.languages = append(c.languages, l)
	}

	tags := make([]language.Tag, len(c.languages))
	for i, l := range c.languages {
		tags[i] = l.tag
	}
	c.matcher = language.NewMatcher(tags)

	return c, nil
}

// read reads a language, whose tag is the name of its file.
func read(from fs.FS, file string) (*Language, error) {
	content, err := fs.ReadFile(from, file)
	if err != nil {
		return nil, err
	}
	l := &Language{po: gotext.NewPo(), text: map[string]string{}}
	if l.tag, err = language.Parse(strings.TrimSuffix(path.Base(file), ".po")); err != nil {
		return nil, fmt.Errorf("its name is no language: %w", err)
	}

	l.po.Parse(content)
	for _, t := range l.po.GetDomain().GetTranslations() {
		if t.ID != "" && t.PluralID == "" && t.Trs[0] != "" {
			l.text[t.ID] = t.Trs[0]
		}
	}

	return l, nil
}

// Languages are all languages, English first.
func (c *Catalogue) Languages() []*Language { return c.languages }

// Choose finds the language of a user: the one of the profile, or else the best of what the browser accepts.
func (c *Catalogue) Choose(profile string, browser http.Header) *Language {
	if len(c.languages) == 1 {
		return c.languages[0]
	}
	_, i := language.MatchStrings(c.matcher, profile, browser.Get("Accept-Language"))

	return c.languages[i]
}

// Tag is the language's BCP 47 tag.
func (l *Language) Tag() string {
	if l == nil {
		return language.English.String()
	}
	return l.tag.String()
}

// Name is the language's own name: what it calls "English" in its file is itself.
func (l *Language) Name() string { return l.Text("English") }

// Text is a text in the language.
func (l *Language) Text(english string) string {
	if l == nil || l.text[english] == "" { // also a text that is empty
		return english
	}
	return l.text[english]
}

// Only are those of some texts that the language has, by the English ones.
func (l *Language) Only(english []string) map[string]string {
	out := map[string]string{}
	for _, e := range english {
		if t := l.Text(e); t != e {
			out[e] = t
		}
	}
	return out
}

// Count is the text of a number, which differs in more ways in some languages than in English.
func (l *Language) Count(n int, one, many string) string {
	switch {
	case l != nil && l.po != nil:
		return l.po.GetN(one, many, n)
	case n == 1:
		return one
	}
	return many
}
