package screen

import (
	"testing"

	"github.com/syssecure/syssecure/internal/dashboard/texts"
	"github.com/syssecure/syssecure/internal/web"
)

// TestTemplates_ParsedWhenUsed: a screen is parsed once, when it is first asked for; unknown ones are an error.
func TestTemplates_ParsedWhenUsed(t *testing.T) {
	assets, err := web.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := texts.Read(texts.Files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := readTemplates(assets, nil, catalogue.Languages()[0])
	if err != nil {
		t.Fatal(err)
	}

	for name := range all.screens {
		t.Run(name, func(t *testing.T) {
			first, err := all.find(name)
			if err != nil {
				t.Fatal(err)
			}
			if first.Lookup("main") == nil {
				t.Error("the screen defines no main")
			}
			if again, _ := all.find(name); again != first {
				t.Error("the screen was parsed twice")
			}
		})
	}
	if _, err := all.find("nothing"); err == nil {
		t.Error("a screen that does not exist was found")
	}
}
