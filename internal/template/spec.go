package template

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/syssecure/syssecure/internal/fault"
)

// Bounds of a template.
const (
	MaxName         = 100
	MaxTranslations = 100
	MaxBytes        = 64 << 10 // of all texts together, in UTF-8
)

// Translation is a text in one language.
type Translation struct{ Tag, Text string }

// WhatsApp names a template that WhatsApp has approved: there a business may send nothing else.
type WhatsApp struct{ Name, Language string }

// Spec is a customer's template as it is stored: checked by With, tags normalised and in order.
type Spec struct {
	Name         string
	Translations []Translation
	WhatsApp     WhatsApp      // zero = none
	Voice        []Translation // sentences for a call; none = the text is read out
}

// Change is what a request sets; what is nil stays as it is.
type Change struct {
	Name         *string
	Translations map[string]string
	Channels     *Channels
}

// Channels are the variants of a template. Nil ones are none.
type Channels struct {
	WhatsApp *WhatsApp
	Voice    map[string]string
}

// With applies a change and checks the whole. The zero Spec with a change is a new template. Errors are faults that name
// the field.
func (s Spec) With(c Change) (Spec, error) {
	if c.Name != nil {
		s.Name = *c.Name
	}
	if err := checkName(s.Name); err != nil {
		return Spec{}, fault.Invalid("name", "name: %v", err)
	}
	var err error
	if c.Translations != nil || len(s.Translations) == 0 {
		if s.Translations, err = normalise("translations", c.Translations); err != nil {
			return Spec{}, err
		}
	}
	if c.Channels == nil {
		return s, s.checkSize()
	}
	s.WhatsApp, s.Voice = WhatsApp{}, nil
	if w := c.Channels.WhatsApp; w != nil {
		if err := w.check(); err != nil {
			return Spec{}, err
		}
		s.WhatsApp = *w
	}
	if c.Channels.Voice != nil {
		if s.Voice, err = normalise("channels.voice.translations", c.Channels.Voice); err != nil {
			return Spec{}, err
		}
	}

	return s, s.checkSize()
}

// checkSize bounds the whole template: a request's body is bounded, but several of them could each bring a part.
func (s Spec) checkSize() error {
	size := len(s.Name)
	for _, t := range slices.Concat(s.Translations, s.Voice) {
		size += len(t.Tag) + len(t.Text)
	}
	if size > MaxBytes {
		return fault.Invalid("translations", "translations: the template has %d bytes with all its texts: shorten it to %d", size, MaxBytes)
	}
	return nil
}

func checkName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return errors.New("it is empty: give the template a name, such as Login")
	case strings.TrimSpace(name) != name:
		return errors.New("it begins or ends with a space: remove it")
	case utf8.RuneCountInString(name) > MaxName:
		return fmt.Errorf("it has %d characters: shorten it to %d", utf8.RuneCountInString(name), MaxName)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || isLineBreak(r) || isInvisible(r) }):
		return errors.New("it holds control characters: remove them")
	}
	return nil
}

// normalise checks translations and gives each tag the form in which it is stored and shown.
func normalise(field string, texts map[string]string) ([]Translation, error) {
	if len(texts) == 0 {
		return nil, fault.Invalid(field, `%s: at least one is needed, such as "en": "{{code}} is your code"`, field)
	}
	if len(texts) > MaxTranslations {
		return nil, fault.Invalid(field, "%s: there are %d: keep at most %d", field, len(texts), MaxTranslations)
	}
	out := make([]Translation, 0, len(texts))
	seen := make(map[language.Tag]string, len(texts))
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		where := field + "." + cutTag(tag)
		canonical, ok := canonicalTag(tag)
		if !ok {
			return nil, fault.Invalid(where, "%s: this is no language tag: use BCP 47, such as en or pt-BR", where)
		}
		if other, twice := seen[canonical]; twice {
			return nil, fault.Invalid(where, "%s: %s is the same language: keep one of the two", where, other)
		}
		seen[canonical] = tag
		if _, err := Parse(texts[tag]); err != nil {
			return nil, fault.Invalid(where, "%s: %v", where, err)
		}
		out = append(out, Translation{normalTag(tag), texts[tag]})
	}
	slices.SortFunc(out, func(a, b Translation) int { return strings.Compare(a.Tag, b.Tag) })
	return out, nil
}

// normalTag writes a tag as BCP 47 recommends: pt-BR for PT_br, he for iw. It does not go as far as the form that tags
// are compared by, in which nb is no: who saved nb finds nb.
func normalTag(tag string) string {
	t, err := language.Parse(tag)
	// Unknown in parts, such as pt-QQ, is well formed all the same.
	if unknown := language.ValueError(nil); err != nil && !errors.As(err, &unknown) {
		return tag
	}
	return t.String()
}

// cutTag bounds what an error repeats of a tag.
func cutTag(tag string) string {
	const most = 35
	if utf8.RuneCountInString(tag) <= most {
		return tag
	}
	return string([]rune(tag)[:most]) + "…"
}

var (
	whatsAppName     = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	whatsAppLanguage = regexp.MustCompile(`^[a-z]{2,3}(_([A-Z]{2}|[0-9]{3}))?$`)
)

// check holds the forms that WhatsApp gives to names and languages: what it would refuse at every send is refused once,
// here.
func (w WhatsApp) check() error {
	if !whatsAppName.MatchString(w.Name) {
		return fault.Invalid("channels.whatsapp.name", "channels.whatsapp.name: use the template's name at WhatsApp: 1 to 512 lower-case letters, digits and _")
	}
	if !whatsAppLanguage.MatchString(w.Language) {
		return fault.Invalid("channels.whatsapp.language", "channels.whatsapp.language: use WhatsApp's code of the language, such as en or pt_BR")
	}
	return nil
}
