package template

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/language"
)

// Template is the built-in text in its languages, read and ready to render. What a customer saves is a Spec.
type Template struct {
	Translations map[string]string // by BCP 47 tag

	locales []locale
	plain   map[string]Parsed
	branded map[string]Parsed // preferred when the account has an app name
}

// Builtin is the template of an OTP that names none. Its texts come in two forms: one for accounts
// with an app name, which they mention, and one for accounts without.
func Builtin() *Template { return builtin() }

// Text chooses the translation for a wanted locale as Locale does, and returns it with its tag. It never fails.
func (t *Template) Text(want, accountDefault, app string) (text Parsed, tag string) {
	tag = choose(want, accountDefault, t.locales)
	if app != "" {
		if text, ok := t.branded[tag]; ok {
			return text, tag
		}
	}
	return t.plain[tag], tag
}

//go:embed languages.toml
var languagesFile string

// builtin reads the file once. The file is part of the binary and read by a test, so a mistake in it is met in
// development and never in use: that is why it panics.
var builtin = sync.OnceValue(func() *Template {
	t, err := readBuiltin(languagesFile)
	if err != nil {
		panic(err)
	}
	return t
})

func readBuiltin(file string) (*Template, error) {
	var languages map[string]struct{ Text, App string }
	if _, err := toml.Decode(file, &languages); err != nil {
		return nil, fmt.Errorf("languages.toml: %w", err)
	}
	plain, branded := map[string]string{}, map[string]string{}
	for tag, l := range languages {
		plain[tag], branded[tag] = l.Text, l.App
	}
	t := &Template{Translations: plain, locales: readLocales(slices.Sorted(maps.Keys(plain)))}
	if len(plain) == 0 {
		return nil, errors.New("languages.toml: no languages")
	}
	var err error
	if t.plain, err = parseAll(plain); err != nil {
		return nil, fmt.Errorf("languages.toml: %w", err)
	}
	if t.branded, err = parseAll(branded); err != nil {
		return nil, fmt.Errorf("languages.toml: %w", err)
	}
	return t, nil
}

func parseAll(translations map[string]string) (map[string]Parsed, error) {
	parsed := make(map[string]Parsed, len(translations))
	seen := map[string]string{}
	for _, tag := range slices.Sorted(maps.Keys(translations)) {
		canonical, ok := canonicalTag(tag)
		if !ok {
			return nil, fmt.Errorf("%q is no language tag: use BCP 47, such as en or pt-BR", tag)
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
	// Longer tags are no languages, and the parser's time grows faster than their length.
	if len(s) > 35 || strings.TrimSpace(s) == "" {
		return language.Und, false
	}
	tag, err := language.All.Parse(s)
	// A tag that is well formed but unknown in parts, such as pt-QQ, still tells its language.
	if unknown := language.ValueError(nil); err != nil && !errors.As(err, &unknown) {
		return language.Und, false
	}
	if _, confidence := tag.Base(); confidence < language.High {
		return language.Und, false
	}
	return tag, true
}
