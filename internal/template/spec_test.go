package template

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/fault"
)

func named(s string) *string { return &s }

func texts(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestSpec_With(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range MaxTranslations + 1 {
		many[fmt.Sprintf("en-x-a%d", i)] = "{{code}}"
	}

	hundred := maps.Clone(many)
	delete(hundred, "en-x-a0")
	en := texts("en", "{{code}}")
	tests := []struct {
		name       string
		change     Change
		field, fix string
	}{
		{
			name:   "good",
			change: Change{Name: named("Login"), Translations: texts("en", "{{code}}", "pt-BR", "{{code}} é")},
		},
		{name: "longest name", change: Change{Name: named(strings.Repeat("é", 100)), Translations: en}},
		{name: "a hundred translations", change: Change{Name: named("a"), Translations: hundred}},
		{name: "no name", change: Change{Translations: en}, field: "name", fix: "give the template a name"},
		{
			name: "empty name", change: Change{Name: named(" "), Translations: en}, field: "name",
			fix: "give the template a name",
		},
		{
			name: "long name", change: Change{Name: named(strings.Repeat("é", 101)), Translations: en}, field: "name",
			fix: "shorten it to 100",
		},
		{
			name: "name with a line break", change: Change{Name: named("a\nb"), Translations: en}, field: "name",
			fix: "control characters",
		},
		{
			name: "name with bidi control", change: Change{Name: named("a\u202eb"), Translations: en}, field: "name",
			fix: "control characters",
		},
		{
			name: "name with spaces around", change: Change{Name: named(" a"), Translations: en}, field: "name",
			fix: "remove it",
		},
		{name: "no translations", change: Change{Name: named("a")}, field: "translations", fix: "at least one"},
		{
			name: "empty translations", change: Change{Name: named("a"), Translations: texts()}, field: "translations",
			fix: "at least one",
		},
		{
			name: "too many translations", change: Change{Name: named("a"), Translations: many}, field: "translations",
			fix: "keep at most 100",
		},
		{
			name: "bad tag", change: Change{Name: named("a"), Translations: texts("english!", "{{code}}")},
			field: "translations.english!", fix: "use BCP 47",
		},
		{
			name: "empty tag", change: Change{Name: named("a"), Translations: texts("", "{{code}}")},
			field: "translations.", fix: "use BCP 47",
		},
		{
			name:   "endless tag",
			change: Change{Name: named("a"), Translations: texts(strings.Repeat("en-", 500), "{{code}}")},
			field:  "translations." + strings.Repeat("en-", 11) + "en…", fix: "use BCP 47",
		},
		{
			name:   "one language twice",
			change: Change{Name: named("a"), Translations: texts("he", "{{code}}", "iw", "{{code}}")},
			field:  "translations.iw", fix: "he is the same language",
		},
		{
			name:   "one language in two cases",
			change: Change{Name: named("a"), Translations: texts("pt-br", "{{code}}", "pt_BR", "{{code}}")},
			field:  "translations.pt_BR", fix: "pt-br is the same language",
		},
		{
			name: "no code", change: Change{Name: named("a"), Translations: texts("en", "{{code}}", "fr", "code")},
			field: "translations.fr", fix: "{{code}} is missing",
		},
		{
			name: "whatsapp",
			change: Change{
				Name: named("a"), Translations: en, Channels: &Channels{WhatsApp: &WhatsApp{"otp_1", "pt_BR"}},
			},
		},
		{
			name:   "whatsapp name",
			change: Change{Name: named("a"), Translations: en, Channels: &Channels{WhatsApp: &WhatsApp{"Login", "en"}}},
			field:  "channels.whatsapp.name", fix: "lower-case",
		},
		{
			name: "whatsapp language",
			change: Change{
				Name: named("a"), Translations: en, Channels: &Channels{WhatsApp: &WhatsApp{"login", "en-US"}},
			},
			field: "channels.whatsapp.language", fix: "pt_BR",
		},
		{
			name:   "empty voice",
			change: Change{Name: named("a"), Translations: en, Channels: &Channels{Voice: texts()}},
			field:  "channels.voice.translations", fix: "at least one",
		},
		{
			name:   "voice without code",
			change: Change{Name: named("a"), Translations: en, Channels: &Channels{Voice: texts("en", "hello")}},
			field:  "channels.voice.translations.en", fix: "{{code}} is missing",
		},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Spec{}.With(tt.change)
			var f *fault.Fault
			switch {
			case tt.fix == "" && err != nil:
				t.Errorf("rejected: %v", err)
			case tt.fix != "" && !errors.As(err, &f):
				t.Errorf("accepted, or not a fault: %v", err)
			case tt.fix != "" && (f.Status != 400 || f.Details.Field != tt.field ||
				!strings.Contains(f.Message, tt.fix) || !strings.HasPrefix(f.Message, tt.field)):
				t.Errorf("%s names %q", f.Message, f.Details.Field)
			}
		})
	}
}

func TestSpec_WithKeepsTheRest(t *testing.T) {
	t.Parallel()
	first, err := Spec{}.With(Change{
		Name: named("a"), Translations: texts("EN_gb", "{{code}} 1", "iw", "{{code}} 2"),
		Channels: &Channels{WhatsApp: &WhatsApp{"otp", "en"}, Voice: texts("de", "{{code}} 3")},
	})
	if err != nil {
		t.Fatal(err)
	}

	want := Spec{
		Name: "a", Translations: []Translation{{"en-GB", "{{code}} 1"}, {"he", "{{code}} 2"}},
		WhatsApp: WhatsApp{"otp", "en"}, Voice: []Translation{{"de", "{{code}} 3"}},
	}
	if !reflect.DeepEqual(first, want) {
		t.Errorf("got %+v", first)
	}

	same, err := first.With(Change{})
	if err != nil || !reflect.DeepEqual(same, want) {
		t.Errorf("no change: %+v, %v", same, err)
	}

	renamed, err := first.With(Change{Name: named("b")})
	if want.Name = "b"; err != nil || !reflect.DeepEqual(renamed, want) {
		t.Errorf("another name: %+v, %v", renamed, err)
	}

	plain, err := first.With(Change{Channels: &Channels{}})
	if err != nil || plain.Voice != nil || plain.WhatsApp != (WhatsApp{}) || len(plain.Translations) != 2 {
		t.Errorf("without channels: %+v, %v", plain, err)
	}

	moved, err := first.With(Change{Translations: texts("fr", "{{code}}")})
	if err != nil || len(moved.Translations) != 1 || moved.Translations[0].Tag != "fr" || len(moved.Voice) != 1 {
		t.Errorf("other texts: %+v, %v", moved, err)
	}
	if _, err := first.With(Change{Translations: texts()}); err == nil {
		t.Error("the texts can be removed")
	}
	if first.Name != "a" || first.Translations[0].Tag != "en-GB" {
		t.Errorf("the first was changed: %+v", first)
	}
}

func TestSpec_Text(t *testing.T) {
	t.Parallel()
	s := &Spec{
		Name: "a",
		Translations: []Translation{
			{"en", "{{code}} for {{metadata.a.b}}{{metadata.n}} {{app}} {{code}}"}, {"pt", "{{code}} pt {{minutes}}"},
		},
		Voice: []Translation{{"de", "Ihr Code: {{code}}"}},
	}

	o := Occasion{
		Locale: "en", Default: "pt",
		Values: Values{Code: "4711", App: "Acme", Minutes: 5, Origin: "acme.example", AppHash: "FA+9qCX9VSu"},
	}
	for _, c := range []struct{ locale, metadata, text, tag string }{
		{locale: "en", metadata: `{"a":{"b":"x\ny"},"n":12.50}`, text: "4711 for x y12.50 Acme 4711", tag: "en"},
		{locale: "en-GB", metadata: `{"a.b":true,"a":{"b":1},"n":null}`, text: "4711 for true Acme 4711", tag: "en"},
		{locale: "en", metadata: `{"a":[1],"n":{"x":1}}`, text: "4711 for Acme 4711", tag: "en"},
		{locale: "en", metadata: ``, text: "4711 for Acme 4711", tag: "en"},
		{locale: "en", metadata: `{"a`, text: "4711 for Acme 4711", tag: "en"},
		{locale: "pt-BR", metadata: `{}`, text: "4711 pt 5", tag: "pt"},
		{locale: "it", metadata: `{}`, text: "4711 pt 5", tag: "pt"},
	} {
		o.Locale, o.Metadata = c.locale, []byte(c.metadata)
		want := c.text + "\nFA+9qCX9VSu\n@acme.example #4711"
		if text, tag := s.Text(o); text != want || tag != c.tag {
			t.Errorf("%s %s: got %q, %s", c.locale, c.metadata, text, tag)
		}
	}
	if got := s.Spoken(o); got != "Ihr Code: 4711" {
		t.Errorf("spoken: %q", got)
	}

	silent := &Spec{Translations: s.Translations}
	if got := silent.Spoken(o); got != "4711 pt 5" {
		t.Errorf("spoken without a sentence: %q", got)
	}

	o.Locale, o.Metadata = "en", []byte(`{"a":{"b":"https://evil.com"},"n":7}`)
	want := []Variable{{"code", "4711"}, {"metadata.a.b", "https:/ /evil. com"}, {"metadata.n", "7"}, {"app", "Acme"}}
	if got := s.Variables(o); !reflect.DeepEqual(got, want) {
		t.Errorf("variables %q", got)
	}

	// For a text that this version would reject, and without a template, it is the built-in text.
	for _, s := range []*Spec{nil, {}, {Translations: []Translation{{"en", "{{code}} {{gone}}"}}}} {
		if text, tag := s.Text(o); !strings.HasPrefix(text, "4711 is your Acme verification code") || tag != "en" {
			t.Errorf("%+v: %q, %s", s, text, tag)
		}
		if text := s.Spoken(o); text != "4711 is your Acme verification code. It is valid for 5 min." {
			t.Errorf("%+v: spoken %q", s, text)
		}
	}
}

// FuzzSpec holds that what With accepts can always be used: every occasion has a text with the code, saving it again
// changes nothing, and an error names the field.
func FuzzSpec(f *testing.F) {
	f.Add("Login", "pt_BR", "{{code}} {{metadata.x}}", "en", "{{code}}", "de", `{"x":1}`)
	f.Add("", "iw", "{{code}}", "he", "{{code}}", "", `{`)
	f.Add("a", "zh-TW", "{{code}} {{metadata.a.b}}", "sr-Latn", "{{code}}", "x-a", `{"a":{"b":"https://x.y"}}`)
	f.Fuzz(func(t *testing.T, name, tag, text, tag2, text2, want, metadata string) {
		s, err := Spec{}.With(Change{
			Name: &name, Translations: map[string]string{tag: text, tag2: text2},
			Channels: &Channels{Voice: map[string]string{tag2: text}},
		})
		if err != nil {
			var f *fault.Fault
			if !errors.As(err, &f) || f.Details.Field == "" || f.Status != 400 {
				t.Fatalf("%v", err)
			}
			return
		}

		again := map[string]string{}
		for _, tr := range s.Translations {
			again[tr.Tag] = tr.Text
		}

		same, err := s.With(Change{Name: &s.Name, Translations: again})
		if err != nil || !reflect.DeepEqual(same, s) {
			t.Fatalf("saved again: %v\n%+v\n%+v", err, same, s)
		}

		o := Occasion{
			Locale: want, Default: tag, Values: Values{Code: "739154", Minutes: 5}, Metadata: []byte(metadata),
		}
		got, chosen := s.Text(o)
		if _, ok := again[chosen]; !ok || !strings.Contains(got, "739154") || !strings.Contains(s.Spoken(o), "739154") {
			t.Fatalf("%q in %q, spoken %q", got, chosen, s.Spoken(o))
		}
		if n := utf8.RuneCountInString(got); n > MaxLength+maxVariables*2*maxValue {
			t.Fatalf("%d characters", n)
		}

		for _, v := range s.Variables(o) {
			if strings.ContainsAny(v.Value, "\n\r\t") || linkLike.MatchString(v.Value) {
				t.Fatalf("%+v", v)
			}
		}
	})
}

func BenchmarkSpecText(b *testing.B) {
	for _, n := range []int{-10, 1, 10, 100} { // negative: without an exact match
		s := &Spec{}
		for i := range max(n, -n) {
			s.Translations = append(s.Translations,
				Translation{
					normalTag(fmt.Sprintf("en-x-a%d", i)), "{{code}} is your {{app}} code for {{metadata.order}}",
				})
		}

		o := Occasion{
			Locale: map[bool]string{true: "en-x-a0", false: "en-GB"}[n > 0],
			Values: Values{Code: "123456", App: "Acme"}, Metadata: []byte(`{"order":"12.50 €","user":"x"}`),
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Text(o)
			}
		})
	}
}
