package template

import "golang.org/x/text/language"

// Locale chooses one of the locales in have: for the wanted one, else for the account's default, else English, else the
// first. A locale matches by its canonical form (zh-TW is zh-Hant, iw is he, no is nb), by a parent (es-MX: es-419,
// es), or by another variety of the same language, one in the same script first. Malformed tags are ignored. The wanted
// locale may be a POSIX locale (fr_FR.UTF-8@euro), or an Accept-Language header (fr-CH, fr;q=0.9). It never fails; it
// returns "en" when have is empty.
func Locale(want, accountDefault string, have []string) string {
	return choose(want, accountDefault, readLocales(have))
}

type locale struct {
	name string
	tag  language.Tag // Und when the name is malformed: then only the exact name matches
}

func readLocales(names []string) []locale {
	locales := make([]locale, 0, len(names))
	for _, name := range names {
		tag, _ := canonicalTag(name)
		locales = append(locales, locale{name, tag})
	}
	return locales
}

func choose(want, accountDefault string, have []locale) string {
	for _, list := range [...]string{want, accountDefault, "en"} {
		if name, ok := match(list, have); ok {
			return name
		}
	}
	if len(have) > 0 {
		return have[0].name
	}

	return "en"
}

func match(want string, have []locale) (string, bool) {
	if want == "" {
		return "", false
	}
	for i := range have {
		if have[i].name == want {
			return want, true
		}
	}

	for _, tag := range localeTags(want) {
		if name, ok := matchTag(tag, have); ok {
			return name, true
		}
	}

	return "", false
}

func matchTag(want string, have []locale) (string, bool) {
	tag, ok := canonicalTag(want)
	if !ok {
		return "", false
	}

	for t := tag; !t.IsRoot(); t = t.Parent() {
		for i := range have {
			if have[i].tag == t {
				return have[i].name, true
			}
		}
	}

	return sameLanguage(tag, have)
}

// sameLanguage finds another variety: a reader of zh-TW reads zh-CN more easily than English.
func sameLanguage(tag language.Tag, have []locale) (string, bool) {
	base, _ := tag.Base()
	script, _ := tag.Script()
	// Readers of Nynorsk read Bokmål, too, in which there are more texts.
	if base == nynorsk {
		base = norwegian
	}

	found := -1
	for i := range have {
		b, _ := have[i].tag.Base()
		if have[i].tag.IsRoot() || b != base {
			continue
		}
		if s, _ := have[i].tag.Script(); s == script {
			return have[i].name, true
		}
		if found < 0 {
			found = i
		}
	}
	if found < 0 {
		return "", false
	}

	return have[found].name, true
}

var (
	nynorsk   = language.MustParseBase("nn")
	norwegian = language.MustParseBase("no")
)
