package template

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// Template is the built-in text in its languages, parsed. A customer's template is a Spec.
type Template struct {
	Translations map[string]string // by BCP 47 tag

	locales []locale
	forms   [forms]map[string]Parsed
}

// The forms of a built-in text: with or without the account's app name; and for codes that are valid for minutes, or
// for less than one.
const (
	branded = 1 << iota
	soon
	forms
)

// Builtin is the template of OTPs without a template.
func Builtin() *Template { return builtin() }

// Text chooses the translation for a wanted locale as Locale does, in the form for the values, and returns it with its
// tag. It never fails.
func (t *Template) Text(want, accountDefault string, v Values) (text Parsed, tag string) {
	form := 0
	if v.App != "" {
		form |= branded
	}
	if v.Minutes < 1 {
		form |= soon
	}
	tag = choose(want, accountDefault, t.locales)

	return t.forms[form][tag], tag
}

//go:embed languages.toml
var languagesFile string

// builtin reads the file once. It may panic: the file is embedded, and a test reads it.
var builtin = sync.OnceValue(func() *Template {
	t, err := readBuiltin(languagesFile)
	if err != nil {
		panic(err)
	}
	return t
})

func readBuiltin(file string) (*Template, error) {
	var languages map[string]struct {
		Text, App, Soon string
		AppSoon         string `toml:"app_soon"`
	}
	if err := toml.NewDecoder(strings.NewReader(file)).DisallowUnknownFields().Decode(&languages); err != nil {
		return nil, fmt.Errorf("languages.toml: %w", err)
	}
	if len(languages) == 0 {
		return nil, errors.New("languages.toml: no languages")
	}

	var texts [forms]map[string]string
	for form := range texts {
		texts[form] = make(map[string]string, len(languages))
		for tag, l := range languages {
			texts[form][tag] = [forms]string{0: l.Text, branded: l.App, soon: l.Soon, branded | soon: l.AppSoon}[form]
		}
	}

	t := &Template{Translations: texts[0], locales: readLocales(slices.Sorted(maps.Keys(languages)))}
	for form := range texts {
		var err error
		if t.forms[form], err = parseAll(texts[form]); err != nil {
			return nil, fmt.Errorf("languages.toml: %w", err)
		}
	}

	return t, nil
}

func parseAll(translations map[string]string) (map[string]Parsed, error) {
	parsed := make(map[string]Parsed, len(translations))
	seen := map[string]string{}
	for _, tag := range slices.Sorted(maps.Keys(translations)) {
		canonical, ok := canonicalTag(tag)
		if !ok {
			return nil, fmt.Errorf("%q is not a language tag: use BCP 47, such as en or pt-BR", tag)
		}
		if other, twice := seen[canonical.String()]; twice {
			return nil, fmt.Errorf("translations %q and %q are the same language: keep one", other, tag)
		}

		seen[canonical.String()] = tag
		text, err := Parse(translations[tag])
		if err != nil {
			return nil, fmt.Errorf("translation %q: %w", tag, err)
		}
		parsed[tag] = text
	}

	return parsed, nil
}

// canonicalTag reads a BCP 47 tag in its canonical form: iw is he, nb is no, cmn is zh.
func canonicalTag(s string) (language.Tag, bool) {
	// Longer tags are not languages, and the parser's time grows faster than their length.
	if len(s) > 35 || strings.TrimSpace(s) == "" {
		return language.Und, false
	}
	tag, err := language.All.Parse(s)
	// A well-formed tag with unknown parts, such as pt-QQ, still names its language.
	if unknown := language.ValueError(nil); err != nil && !errors.As(err, &unknown) {
		return language.Und, false
	}
	if _, confidence := tag.Base(); confidence < language.High {
		return language.Und, false
	}

	return tag, true
}
