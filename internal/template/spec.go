package template

import (
	"crypto/sha256"
	"encoding/hex"
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

// WhatsApp names a template that WhatsApp has approved: a business may send nothing else there.
type WhatsApp struct{ Name, Language string }

// Spec is a customer's template as it is stored: checked by With, with normalised tags in order.
type Spec struct {
	Name         string
	Translations []Translation
	WhatsApp     WhatsApp      // zero = none
	Voice        []Translation // sentences for a call; none = the text is read out
}

// Change is what a request sets; nil fields stay unchanged.
type Change struct {
	Name         *string
	Translations map[string]string
	Channels     *Channels
	// Was is the State that the change began with, so that it is not made over somebody else's; empty = any.
	Was string
}

// ErrChanged is the cause of a refusal: the template is in another state than the one that the change began with.
var ErrChanged = errors.New("the template was changed meanwhile")

// State tells one state of a template from another.
func (s Spec) State() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", s))
	return hex.EncodeToString(sum[:])
}

// Channels are the variants of a template. Nil ones are none.
type Channels struct {
	WhatsApp *WhatsApp
	Voice    map[string]string
}

// With applies a change and checks the result. The zero Spec with a change is a new template. The error is a fault that
// lists every invalid field.
func (s Spec) With(c Change) (Spec, error) {
	if c.Was != "" && c.Was != s.State() {
		return Spec{}, fault.Invalid("", "somebody else changed the template meanwhile; compare the two, and save again").
			WithCause(ErrChanged)
	}

	errs := c.Check()
	if c.Name != nil {
		s.Name = *c.Name
	}
	if s.Name == "" {
		errs = append(errs, checkName(""))
	}

	if c.Translations != nil || len(s.Translations) == 0 {
		s.Translations = normalise(c.Translations)
		errs = append(errs, checkCount("translations", len(c.Translations)))
	}

	if c.Channels != nil {
		s.WhatsApp, s.Voice = WhatsApp{}, nil
		if c.Channels.WhatsApp != nil {
			s.WhatsApp = *c.Channels.WhatsApp
		}
		if c.Channels.Voice != nil {
			s.Voice = normalise(c.Channels.Voice)
			errs = append(errs, checkCount("channels.voice.translations", len(c.Channels.Voice)))
		}
	}

	if err := fault.Join(errs...); err != nil {
		return Spec{}, err
	}

	return s, s.checkSize()
}

// Check finds every invalid field of a change, each a fault that names its field. Absent and empty fields are checked
// by With, which knows the template.
func (c Change) Check() (errs []error) {
	if c.Name != nil && *c.Name != "" {
		if err := checkName(*c.Name); err != nil {
			errs = append(errs, err)
		}
	}

	errs = append(errs, checkTexts("translations", c.Translations)...)
	if c.Channels == nil {
		return errs
	}
	if c.Channels.WhatsApp != nil {
		errs = append(errs, c.Channels.WhatsApp.check()...)
	}

	return append(errs, checkTexts("channels.voice.translations", c.Channels.Voice)...)
}

// checkSize bounds the whole template: one request's body is bounded, but several could add texts.
func (s Spec) checkSize() error {
	size := len(s.Name)
	for _, t := range slices.Concat(s.Translations, s.Voice) {
		size += len(t.Tag) + len(t.Text)
	}
	if size > MaxBytes {
		return fault.Invalid("translations",
			"translations: the template has %d bytes with all its texts: shorten it to %d",
			size, MaxBytes)
	}

	return nil
}

func checkName(name string) error {
	problem := ""
	switch {
	case strings.TrimSpace(name) == "":
		problem = "it is empty: give the template a name, such as Login"
	case strings.TrimSpace(name) != name:
		problem = "it begins or ends with a space: remove it"
	case utf8.RuneCountInString(name) > MaxName:
		problem = fmt.Sprintf("it has %d characters: shorten it to %d", utf8.RuneCountInString(name), MaxName)
	case strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || isLineBreak(r) ||
			isInvisible(r)
	}):
		problem = "it contains control characters: remove them"
	default:
		return nil
	}

	return fault.Invalid("name", "name: %s", problem)
}

// checkCount bounds how many translations there are.
func checkCount(field string, n int) error {
	switch {
	case n == 0:
		return fault.Invalid(field, `%s: at least one is needed, such as "en": "{{code}} is your code"`, field)
	case n > MaxTranslations:
		return fault.Invalid(field, "%s: there are %d: keep at most %d", field, n, MaxTranslations)
	}
	return nil
}

// checkTexts finds all faults of translations, one for each tag.
func checkTexts(field string, texts map[string]string) (errs []error) {
	if len(texts) > MaxTranslations {
		return nil // checkCount reports them; many thousands are not worth checking
	}
	seen := make(map[language.Tag]string, len(texts))
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		where := field + "." + cutTag(tag)
		canonical, ok := canonicalTag(tag)
		if !ok {
			errs = append(errs, fault.Invalid(where, "%s: this is not a language tag: use BCP 47, such as en or pt-BR",
				where))
			continue
		}

		if other, twice := seen[canonical]; twice {
			errs = append(errs, fault.Invalid(where, "%s: %s is the same language: keep one of the two", where, other))
			continue
		}

		seen[canonical] = tag
		if _, err := Parse(texts[tag]); err != nil {
			errs = append(errs, fault.Invalid(where, "%s: %v", where, err))
		}
	}

	return errs
}

// normalise returns the translations in order, each tag in the form in which it is stored and shown.
func normalise(texts map[string]string) []Translation {
	out := make([]Translation, 0, len(texts))
	for tag, text := range texts {
		out = append(out, Translation{normalTag(tag), text})
	}
	slices.SortFunc(out, func(a, b Translation) int { return strings.Compare(a.Tag, b.Tag) })
	return out
}

// normalTag writes a tag as BCP 47 recommends: pt-BR for PT_br, he for iw. The form by which tags are compared goes
// further: there nb is no, but a text that was saved as nb is shown as nb.
func normalTag(tag string) string {
	t, err := language.Parse(tag)
	// A tag with unknown parts, such as pt-QQ, is well formed.
	if unknown := language.ValueError(nil); err != nil && !errors.As(err, &unknown) {
		return tag
	}
	return t.String()
}

// cutTag shortens a tag for an error.
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

// check checks the forms that WhatsApp requires of names and languages, because WhatsApp would reject each send
// otherwise.
func (w WhatsApp) check() (errs []error) {
	if !whatsAppName.MatchString(w.Name) {
		errs = append(errs, fault.Invalid("channels.whatsapp.name",
			"channels.whatsapp.name: use the template's name at WhatsApp: 1 to 512 lower-case letters, digits and _"))
	}
	if !whatsAppLanguage.MatchString(w.Language) {
		errs = append(errs, fault.Invalid("channels.whatsapp.language",
			"channels.whatsapp.language: use WhatsApp's code of the language, such as en or pt_BR"))
	}

	return errs
}
