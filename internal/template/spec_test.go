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

func TestWith(t *testing.T) {
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
		{"good", Change{Name: named("Login"), Translations: texts("en", "{{code}}", "pt-BR", "{{code}} é")}, "", ""},
		{"longest name", Change{Name: named(strings.Repeat("é", 100)), Translations: en}, "", ""},
		{"a hundred translations", Change{Name: named("a"), Translations: hundred}, "", ""},
		{"no name", Change{Translations: en}, "name", "give the template a name"},
		{"empty name", Change{Name: named(" "), Translations: en}, "name", "give the template a name"},
		{"long name", Change{Name: named(strings.Repeat("é", 101)), Translations: en}, "name", "shorten it to 100"},
		{"name with a line break", Change{Name: named("a\nb"), Translations: en}, "name", "control characters"},
		{"name turned round", Change{Name: named("a\u202eb"), Translations: en}, "name", "control characters"},
		{"name with spaces around", Change{Name: named(" a"), Translations: en}, "name", "remove it"},
		{"no translations", Change{Name: named("a")}, "translations", "at least one"},
		{"empty translations", Change{Name: named("a"), Translations: texts()}, "translations", "at least one"},
		{"too many translations", Change{Name: named("a"), Translations: many}, "translations", "keep at most 100"},
		{"bad tag", Change{Name: named("a"), Translations: texts("english!", "{{code}}")}, "translations.english!", "use BCP 47"},
		{"empty tag", Change{Name: named("a"), Translations: texts("", "{{code}}")}, "translations.", "use BCP 47"},
		{"endless tag", Change{Name: named("a"), Translations: texts(strings.Repeat("en-", 500), "{{code}}")}, "translations." + strings.Repeat("en-", 11) + "en…", "use BCP 47"},
		{"one language twice", Change{Name: named("a"), Translations: texts("he", "{{code}}", "iw", "{{code}}")}, "translations.iw", "he is the same language"},
		{"one language in two cases", Change{Name: named("a"), Translations: texts("pt-br", "{{code}}", "pt_BR", "{{code}}")}, "translations.pt_BR", "pt-br is the same language"},
		{"no code", Change{Name: named("a"), Translations: texts("en", "{{code}}", "fr", "code")}, "translations.fr", "{{code}} is missing"},
		{"whatsapp", Change{Name: named("a"), Translations: en, Channels: &Channels{WhatsApp: &WhatsApp{"otp_1", "pt_BR"}}}, "", ""},
		{"whatsapp name", Change{Name: named("a"), Translations: en, Channels: &Channels{WhatsApp: &WhatsApp{"Login", "en"}}}, "channels.whatsapp.name", "lower-case"},
		{"whatsapp language", Change{Name: named("a"), Translations: en, Channels: &Channels{WhatsApp: &WhatsApp{"login", "en-US"}}}, "channels.whatsapp.language", "pt_BR"},
		{"empty voice", Change{Name: named("a"), Translations: en, Channels: &Channels{Voice: texts()}}, "channels.voice.translations", "at least one"},
		{"voice without code", Change{Name: named("a"), Translations: en, Channels: &Channels{Voice: texts("en", "hello")}}, "channels.voice.translations.en", "{{code}} is missing"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Spec{}.With(tt.change)
			var f *fault.Fault
			switch {
			case tt.fix == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.fix != "" && !errors.As(err, &f):
				t.Errorf("taken, or no fault: %v", err)
			case tt.fix != "" && (f.Status != 400 || f.Details.Field != tt.field || !strings.Contains(f.Message, tt.fix) || !strings.HasPrefix(f.Message, tt.field)):
				t.Errorf("%s names %q", f.Message, f.Details.Field)
			}
		})
	}
}

func TestWith_KeepsWhatIsNotNamed(t *testing.T) {
	t.Parallel()
	first, err := Spec{}.With(Change{
		Name: named("a"), Translations: texts("EN_gb", "{{code}} 1", "iw", "{{code}} 2"),
		Channels: &Channels{WhatsApp: &WhatsApp{"otp", "en"}, Voice: texts("de", "{{code}} 3")},
	})
	if err != nil {
		t.Fatal(err)
	}

	want := Spec{Name: "a", Translations: []Translation{{"en-GB", "{{code}} 1"}, {"he", "{{code}} 2"}}, WhatsApp: WhatsApp{"otp", "en"}, Voice: []Translation{{"de", "{{code}} 3"}}}
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
		t.Error("the texts can be taken away")
	}
	if first.Name != "a" || first.Translations[0].Tag != "en-GB" {
		t.Errorf("the first was changed: %+v", first)
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	s := &Spec{
		Name:         "a",
		Translations: []Translation{{"en", "{{code}} for {{metadata.a.b}}{{metadata.n}} {{app}} {{code}}"}, {"pt", "{{code}} pt {{minutes}}"}},
		Voice:        []Translation{{"de", "Ihr Code: {{code}}"}},
	}

	o := Occasion{Locale: "en", Default: "pt", Values: Values{Code: "4711", App: "Acme", Minutes: 5, Origin: "acme.example", AppHash: "FA+9qCX9VSu"}}
	for _, c := range []struct{ locale, metadata, text, tag string }{
		{"en", `{"a":{"b":"x\ny"},"n":12.50}`, "4711 for x y12.50 Acme 4711", "en"},
		{"en-GB", `{"a.b":true,"a":{"b":1},"n":null}`, "4711 for true Acme 4711", "en"},
		{"en", `{"a":[1],"n":{"x":1}}`, "4711 for Acme 4711", "en"},
		{"en", ``, "4711 for Acme 4711", "en"},
		{"en", `{"a`, "4711 for Acme 4711", "en"},
		{"pt-BR", `{}`, "4711 pt 5", "pt"},
		{"it", `{}`, "4711 pt 5", "pt"},
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

	mute := &Spec{Translations: s.Translations}
	if got := mute.Spoken(o); got != "4711 pt 5" {
		t.Errorf("spoken without a sentence: %q", got)
	}

	o.Locale, o.Metadata = "en", []byte(`{"a":{"b":"https://evil.com"},"n":7}`)
	want := []Variable{{"code", "4711"}, {"metadata.a.b", "https:/ /evil. com"}, {"metadata.n", "7"}, {"app", "Acme"}}
	if got := s.Variables(o); !reflect.DeepEqual(got, want) {
		t.Errorf("variables %q", got)
	}

	// A text that this version would refuse, and no template at all, are the built-in text.
	for _, s := range []*Spec{nil, {}, {Translations: []Translation{{"en", "{{code}} {{gone}}"}}}} {
		if text, tag := s.Text(o); !strings.HasPrefix(text, "4711 is your Acme verification code") || tag != "en" {
			t.Errorf("%+v: %q, %s", s, text, tag)
		}
		if text := s.Spoken(o); text != "4711 is your Acme verification code. It is valid for 5 min." {
			t.Errorf("%+v: spoken %q", s, text)
		}
	}
}

// FuzzSpec holds that what With takes can always be used: every occasion has a text with the code, saving it again
// changes nothing, and what is refused says which field.
func FuzzSpec(f *testing.F) {
	f.Add("Login", "pt_BR", "{{code}} {{metadata.x}}", "en", "{{code}}", "de", `{"x":1}`)
	f.Add("", "iw", "{{code}}", "he", "{{code}}", "", `{`)
	f.Add("a", "zh-TW", "{{code}} {{metadata.a.b}}", "sr-Latn", "{{code}}", "x-a", `{"a":{"b":"https://x.y"}}`)
	f.Fuzz(func(t *testing.T, name, tag, text, tag2, text2, want, metadata string) {
		s, err := Spec{}.With(Change{Name: &name, Translations: map[string]string{tag: text, tag2: text2}, Channels: &Channels{Voice: map[string]string{tag2: text}}})
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

		o := Occasion{Locale: want, Default: tag, Values: Values{Code: "739154", Minutes: 5}, Metadata: []byte(metadata)}
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
	for _, n := range []int{-10, 1, 10, 100} { // below 0: the nearest has to be found
		s := &Spec{}
		for i := range max(n, -n) {
			s.Translations = append(s.Translations, Translation{normalTag(fmt.Sprintf("en-x-a%d", i)), "{{code}} is your {{app}} code for {{metadata.order}}"})
		}

		o := Occasion{Locale: map[bool]string{true: "en-x-a0", false: "en-GB"}[n > 0], Values: Values{Code: "123456", App: "Acme"}, Metadata: []byte(`{"order":"12.50 €","user":"x"}`)}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Text(o)
			}
		})
	}
}
