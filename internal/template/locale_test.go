package template

import (
	"slices"
	"strings"
	"testing"
)

func TestLocale(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, want, fallback, have, got string }{
		{"exact", "fr", "", "en fr", "fr"},
		{"region falls back to its language", "pt-BR", "de", "de en pt", "pt"},
		{"region before language", "pt-BR", "", "en pt pt-BR", "pt-BR"},
		{"then the account's default", "pt-BR", "de", "de en", "de"},
		{"default falls back too", "pt-BR", "de-AT", "de en", "de"},
		{"then english", "pt-BR", "it", "de en", "en"},
		{"then the first", "pt-BR", "it", "de fr", "de"},
		{"nothing to choose from", "pt-BR", "it", "", "en"},
		{"no wish", "", "", "de en", "en"},
		{"case", "PT-br", "", "en pt-BR", "pt-BR"},
		{"underscore", "pt_BR", "", "en pt", "pt"},
		{"taiwan writes traditional", "zh-TW", "", "en zh zh-Hant", "zh-Hant"},
		{"hong kong too", "zh-HK", "", "en zh zh-Hant", "zh-Hant"},
		{"mainland writes simplified", "zh-CN", "", "en zh zh-Hant", "zh"},
		{"script finds the region that writes it", "zh-Hant", "", "en zh-CN zh-TW", "zh-TW"},
		{"another script before another language", "zh-TW", "en", "en zh", "zh"},
		{"norwegian is bokmål", "no", "", "da en nb", "nb"},
		{"bokmål is norwegian", "nb-NO", "", "en no", "no"},
		{"nynorsk reads bokmål", "nn", "", "da en nb", "nb"},
		{"old hebrew", "iw", "", "en he", "he"},
		{"new hebrew for an old template", "he-IL", "", "en iw", "iw"},
		{"old indonesian", "in", "", "en id", "id"},
		{"mandarin", "cmn", "", "en zh", "zh"},
		{"tagalog", "tl", "", "en fil", "fil"},
		{"mexico reads latin american", "es-MX", "", "en es es-419", "es-419"},
		{"serbian in latin", "sr-Latn-RS", "", "en sr sr-Latn", "sr-Latn"},
		{"montenegro writes latin", "sr-ME", "", "en sr sr-Latn", "sr-Latn"},
		{"another variety before another language", "pt-BR", "", "en pt-PT", "pt-PT"},
		{"extension", "de-DE-u-co-phonebk", "", "de en", "de"},
		{"unknown region", "pt-QQ", "", "en pt", "pt"},
		{"malformed", "!!", "de", "de en", "de"},
		{"malformed default", "!!", "??", "de en", "en"},
		{"undetermined", "und", "", "de en", "en"},
		{"private", "x-de", "", "de en", "en"},
		{"posix", "fr_FR", "", "de en fr", "fr"},
		{"posix with a modifier", "fr_FR@euro", "", "de en fr", "fr"},
		{"posix with a codeset", "fr_FR.UTF-8", "", "de en fr", "fr"},
		{"posix with both", "pt_BR.ISO8859-1@euro", "", "en pt pt-BR", "pt-BR"},
		{"posix without a territory", "de.utf8", "", "de en", "de"},
		{"posix in latin", "sr_RS@latin", "", "en sr sr-Latn", "sr-Latn"},
		{"posix in latin with a codeset", "sr_RS.UTF-8@latin", "", "en sr sr-Latn", "sr-Latn"},
		{"posix variant", "ca_ES@valencia", "", "ca en", "ca"},
		{"posix none", "C", "de", "de en", "de"},
		{"posix none with a codeset", "C.UTF-8", "de", "de en", "de"},
		{"posix by name", "POSIX", "de", "de en", "de"},
		{"a variable's list", "tlh:fr:de", "", "de en fr", "fr"},
		{"header", "fr-CH, fr;q=0.9", "", "de en fr", "fr"},
		{"header by weight", "de;q=0.5, fr;q=0.9, en;q=0.7", "", "de en fr", "fr"},
		{"header, first of the same weight", "nl,de,fr", "", "de en fr", "de"},
		{"header, what is not wanted", "fr;q=0, de;q=0.1", "", "de en fr", "de"},
		{"header without spaces", "xx,fr-CH;q=0.8,*;q=0.1", "de", "de en fr", "fr"},
		{"header, spaces and case", " FR-ch ; Q=0.9 , en ; q=0.8", "", "de en fr", "fr"},
		{"header, a bad weight", "fr;q=much", "", "de en fr", "fr"},
		{"any", "*", "de", "de en", "de"},
		{"any after none", "tlh, *;q=0.5", "de", "de en", "de"},
		{"only commas", ",,;,", "de", "de en", "de"},
		{"a space around", " fr ", "", "de en fr", "fr"},
		{"only spaces", "  ", "de", "de en", "de"},
		{"default of posix", "", "fr_FR.UTF-8", "de en fr", "fr"},
		{"a very long list", strings.Repeat("tlh,", 5000) + "fr", "de", "de en fr", "de"},
		{"too long", "de-" + strings.Repeat("abcdefgh-", 99), "", "de en", "en"},
		{"malformed names are passed over", "de", "", "!! de", "de"},
		{"malformed names fit exactly", "!!", "", "!! de", "!!"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Locale(tt.want, tt.fallback, strings.Fields(tt.have)); got != tt.got {
				t.Errorf("got %q, want %q", got, tt.got)
			}
		})
	}
}

func FuzzLocale(f *testing.F) {
	f.Add("pt-BR", "de", "en pt")
	f.Add("zh-Hant-TW-u-nu-arab", "x-a", "zh i-klingon")
	f.Add("", "", "")
	f.Add("fr-CH, fr;q=0.9;q=x, *;q=0", "sr_RS.UTF-8@latin", "fr sr-Latn")
	f.Fuzz(func(t *testing.T, want, fallback, names string) {
		have := strings.Fields(names)
		if len(have) > 20 {
			have = have[:20]
		}

		got := Locale(want, fallback, have)
		if !slices.Contains(have, got) && (len(have) > 0 || got != "en") {
			t.Errorf("%q is not in %q", got, have)
		}
		if slices.Contains(have, want) && want != "" && got != want {
			t.Errorf("%q is there, got %q", want, got)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for _, want := range []string{"", "fr", "pt-BR", "zh-TW"} {
		b.Run(want, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Builtin().Text(want, "en", Values{App: "Acme", Minutes: 5})
			}
		})
	}
}
