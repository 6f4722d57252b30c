package template

import (
	"slices"
	"strings"
	"testing"
)

func TestLocale(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, want, fallback, have, got string }{
		{name: "exact", want: "fr", have: "en fr", got: "fr"},
		{name: "region falls back to its language", want: "pt-BR", fallback: "de", have: "de en pt", got: "pt"},
		{name: "region before language", want: "pt-BR", have: "en pt pt-BR", got: "pt-BR"},
		{name: "then the account's default", want: "pt-BR", fallback: "de", have: "de en", got: "de"},
		{name: "default falls back too", want: "pt-BR", fallback: "de-AT", have: "de en", got: "de"},
		{name: "then english", want: "pt-BR", fallback: "it", have: "de en", got: "en"},
		{name: "then the first", want: "pt-BR", fallback: "it", have: "de fr", got: "de"},
		{name: "nothing to choose from", want: "pt-BR", fallback: "it", got: "en"},
		{name: "any", have: "de en", got: "en"},
		{name: "case", want: "PT-br", have: "en pt-BR", got: "pt-BR"},
		{name: "underscore", want: "pt_BR", have: "en pt", got: "pt"},
		{name: "taiwan writes traditional", want: "zh-TW", have: "en zh zh-Hant", got: "zh-Hant"},
		{name: "hong kong too", want: "zh-HK", have: "en zh zh-Hant", got: "zh-Hant"},
		{name: "mainland writes simplified", want: "zh-CN", have: "en zh zh-Hant", got: "zh"},
		{name: "script finds the region that writes it", want: "zh-Hant", have: "en zh-CN zh-TW", got: "zh-TW"},
		{name: "another script before another language", want: "zh-TW", fallback: "en", have: "en zh", got: "zh"},
		{name: "norwegian is bokmål", want: "no", have: "da en nb", got: "nb"},
		{name: "bokmål is norwegian", want: "nb-NO", have: "en no", got: "no"},
		{name: "nynorsk reads bokmål", want: "nn", have: "da en nb", got: "nb"},
		{name: "old hebrew", want: "iw", have: "en he", got: "he"},
		{name: "new hebrew for an old template", want: "he-IL", have: "en iw", got: "iw"},
		{name: "old indonesian", want: "in", have: "en id", got: "id"},
		{name: "mandarin", want: "cmn", have: "en zh", got: "zh"},
		{name: "tagalog", want: "tl", have: "en fil", got: "fil"},
		{name: "mexico reads latin american", want: "es-MX", have: "en es es-419", got: "es-419"},
		{name: "serbian in latin", want: "sr-Latn-RS", have: "en sr sr-Latn", got: "sr-Latn"},
		{name: "montenegro writes latin", want: "sr-ME", have: "en sr sr-Latn", got: "sr-Latn"},
		{name: "another variety before another language", want: "pt-BR", have: "en pt-PT", got: "pt-PT"},
		{name: "extension", want: "de-DE-u-co-phonebk", have: "de en", got: "de"},
		{name: "unknown region", want: "pt-QQ", have: "en pt", got: "pt"},
		{name: "malformed", want: "!!", fallback: "de", have: "de en", got: "de"},
		{name: "malformed default", want: "!!", fallback: "??", have: "de en", got: "en"},
		{name: "undetermined", want: "und", have: "de en", got: "en"},
		{name: "private", want: "x-de", have: "de en", got: "en"},
		{name: "posix", want: "fr_FR", have: "de en fr", got: "fr"},
		{name: "posix with a modifier", want: "fr_FR@euro", have: "de en fr", got: "fr"},
		{name: "posix with a codeset", want: "fr_FR.UTF-8", have: "de en fr", got: "fr"},
		{name: "posix with both", want: "pt_BR.ISO8859-1@euro", have: "en pt pt-BR", got: "pt-BR"},
		{name: "posix without a territory", want: "de.utf8", have: "de en", got: "de"},
		{name: "posix in latin", want: "sr_RS@latin", have: "en sr sr-Latn", got: "sr-Latn"},
		{name: "posix in latin with a codeset", want: "sr_RS.UTF-8@latin", have: "en sr sr-Latn", got: "sr-Latn"},
		{name: "posix variant", want: "ca_ES@valencia", have: "ca en", got: "ca"},
		{name: "posix none", want: "C", fallback: "de", have: "de en", got: "de"},
		{name: "posix none with a codeset", want: "C.UTF-8", fallback: "de", have: "de en", got: "de"},
		{name: "posix by name", want: "POSIX", fallback: "de", have: "de en", got: "de"},
		{name: "a variable's list", want: "tlh:fr:de", have: "de en fr", got: "fr"},
		{name: "header", want: "fr-CH, fr;q=0.9", have: "de en fr", got: "fr"},
		{name: "header by weight", want: "de;q=0.5, fr;q=0.9, en;q=0.7", have: "de en fr", got: "fr"},
		{name: "header, first of the same weight", want: "nl,de,fr", have: "de en fr", got: "de"},
		{name: "header, what is not wanted", want: "fr;q=0, de;q=0.1", have: "de en fr", got: "de"},
		{name: "header without spaces", want: "xx,fr-CH;q=0.8,*;q=0.1", fallback: "de", have: "de en fr", got: "fr"},
		{name: "header, spaces and case", want: " FR-ch ; Q=0.9 , en ; q=0.8", have: "de en fr", got: "fr"},
		{name: "header, a bad weight", want: "fr;q=much", have: "de en fr", got: "fr"},
		{name: "any", want: "*", fallback: "de", have: "de en", got: "de"},
		{name: "any after none", want: "tlh, *;q=0.5", fallback: "de", have: "de en", got: "de"},
		{name: "only commas", want: ",,;,", fallback: "de", have: "de en", got: "de"},
		{name: "a space around", want: " fr ", have: "de en fr", got: "fr"},
		{name: "only spaces", want: "  ", fallback: "de", have: "de en", got: "de"},
		{name: "default of posix", fallback: "fr_FR.UTF-8", have: "de en fr", got: "fr"},
		{
			name: "a very long list", want: strings.Repeat("tlh,", 5000) + "fr", fallback: "de", have: "de en fr",
			got: "de",
		},
		{name: "too long", want: "de-" + strings.Repeat("abcdefgh-", 99), have: "de en", got: "en"},
		{name: "malformed names are passed over", want: "de", have: "!! de", got: "de"},
		{name: "malformed names fit exactly", want: "!!", have: "!! de", got: "!!"},
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
