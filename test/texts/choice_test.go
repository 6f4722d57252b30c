package texts

import (
	"net/http"
	"testing"

	"github.com/syssecure/syssecure/internal/dashboard/texts"
)

const german = `msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Save"
msgstr "Sichern"

msgid "%d key"
msgid_plural "%d keys"
msgstr[0] "%d Schlüssel"
msgstr[1] "%d Schlüssel"
`

// TestChoose: the profile decides, then the browser, and what there is no language for is English.
func TestChoose(t *testing.T) {
	t.Parallel()
	all, err := texts.Read(file("de.po", german))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ profile, browser, want string }{
		"the profile":       {"de", "en", "de"},
		"English":           {"en", "de", "en"},
		"the browser":       {"", "fr, de;q=0.8, en;q=0.5", "de"},
		"a region":          {"", "de-AT", "de"},
		"no such language":  {"", "ja", "en"},
		"nothing":           {"", "", "en"},
		"nonsense":          {"!", ";;q=x", "en"},
		"a profile of none": {"ja", "de", "de"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := all.Choose(c.profile, http.Header{"Accept-Language": {c.browser}})
			if got.Tag() != c.want {
				t.Errorf("chose %s, want %s", got.Tag(), c.want)
			}
		})
	}
}

// TestLanguage: a text that has no translation stays English, and so do plurals.
func TestLanguage(t *testing.T) {
	t.Parallel()
	all, err := texts.Read(file("de.po", german))
	if err != nil {
		t.Fatal(err)
	}
	l := all.Choose("de", nil)
	for want, got := range map[string]string{
		"Sichern": l.Text("Save"), "Cancel": l.Text("Cancel"), "%d Schlüssel": l.Count(3, "%d key", "%d keys"),
		"%d days": l.Count(3, "%d day", "%d days"), "%d day": l.Count(1, "%d day", "%d days"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if only := l.Only([]string{"Save", "Cancel"}); len(only) != 1 || only["Save"] != "Sichern" {
		t.Errorf("scripts get %v", only)
	}
	if _, err := texts.Read(file("deutsch_.po", german)); err == nil {
		t.Error("a file whose name is no language was read")
	}
}
