package app

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/preflight"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/test/generated"
)

var update = flag.Bool("update", false, "rewrite docs/carriers and the carriers of syssecure.example.toml")

const (
	exampleFile  = "../../syssecure.example.toml"
	exampleBegin = "# Each kind of carrier with its keys, written by `make carriers`.\n"
	exampleEnd   = "# End of what `make carriers` writes.\n"
	pagesFolder  = "../../docs/carriers"
	publicURL    = "public_url = \"https://otp.example.com\"\n"
)

// TestCarrierPages_UpToDate holds the example and the documentation to the keys that each kind describes.
func TestCarrierPages_UpToDate(t *testing.T) {
	t.Parallel()
	want := map[string]string{exampleFile: generated.Region(t, fileText(t, exampleFile), exampleBegin, exampleEnd, examplesOf(kinds))}
	for kind, f := range kinds {
		want[pagesFolder+"/"+kind+".md"] = pageOf(kind, f)
	}

	generated.Hold(t, want, *update, "make carriers")

	for kind, f := range kinds {
		for _, k := range allKeys(kind, f) {
			if k.Doc == "" {
				t.Errorf("%s of kind %s has no Doc", k.Name, kind)
			}
		}
	}

	pages, err := os.ReadDir(pagesFolder)
	if err != nil {
		t.Fatal(err)
	}

	for _, page := range pages {
		if _, known := kinds[strings.TrimSuffix(page.Name(), ".md")]; !known {
			t.Errorf("%s/%s describes a kind that the program does not have", pagesFolder, page.Name())
		}
	}
}

// TestCarrierPages_ExamplesLoad reads each example as it is, and with every line that is a comment taken in.
func TestCarrierPages_ExamplesLoad(t *testing.T) {
	t.Parallel()
	for kind, f := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			plain := publicURL + exampleOf(kind, f)
			for _, text := range []string{plain, uncommented(plain)} {
				if c, err := loadText(t, text, kinds); err != nil {
					t.Errorf("%v\n%s", err, text)
				} else if found := preflight.Carriers(c); len(found) > 0 {
					t.Errorf("%v\n%s", found, text)
				}
			}
		})
	}
}

// fileText is empty when there is no such file yet.
func fileText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

// shown are the kinds whose carriers are part of the example as it is. Those of other kinds are comments there: most need an
// account and a public address, and nobody has all of them.
var shown = []string{"http", "smpp"}

// examplesOf are the carriers of the example.
func examplesOf(kinds map[string]carrier.Factory) string {
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		text := exampleOf(kind, kinds[kind])
		if !slices.Contains(shown, kind) {
			text = commented(text)
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

func commented(text string) string {
	return "# " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n# ") + "\n"
}

// uncommented takes one level of comments away.
func uncommented(text string) string {
	return strings.ReplaceAll("\n"+text, "\n# ", "\n")
}

// exampleOf is a [[carrier]] with all its keys: those that are needed or have a default as they are, others as
// comments.
func exampleOf(kind string, f carrier.Factory) string {
	return "[[carrier]]\n" + aligned(exampleLines(allKeys(kind, f)))
}

// exampleLines are the keys of a table, each with what it means.
func exampleLines(keys []setting.Key) (lines [][2]string) {
	for _, k := range keys {
		line := k.Name + " = " + cmp.Or(k.Example, k.Value())
		if k.Example != "" && !k.Required && !k.Usual {
			line = "# " + line
		}

		note := k.Doc
		if k.Options != nil || k.Longest > 0 {
			note += ": " + k.Bounds()
		}
		lines = append(lines, [2]string{line, note})
	}

	return lines
}

// aligned writes lines with their comments below each other.
func aligned(lines [][2]string) string {
	width := 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(l[0]))
	}

	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%-*s  # %s\n", width, l[0], l[1])
	}

	return b.String()
}

// allKeys are the keys of a kind in the order of the example, with the defaults of the kind.
func allKeys(kind string, f carrier.Factory) []setting.Key {
	common := f.Common()
	shared := common.Keys()
	shared[0].Example = fmt.Sprintf("%q", f.ExampleName)
	keys := []setting.Key{shared[0], {
		Name: "kind", To: new(string), Required: true, Example: fmt.Sprintf("%q", kind),
		Doc: "see docs/carriers/" + kind + ".md",
	}}
	keys = append(keys, f.NewSettings().Keys()...)

	return append(keys, shared[1:]...)
}

// pageOf is the page of a kind in the documentation.
func pageOf(kind string, f carrier.Factory) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Carriers of kind `%s`\n\n<!-- Written by `make carriers`. -->\n%s\n\n", kind, f.About)
	address := ""
	if len(f.Callbacks) > 0 {
		address = publicURL + "\n"
	}
	fmt.Fprintf(&b, "```toml\n%s%s```\n\n", address, exampleOf(kind, f))
	b.WriteString(callbackTable(f))

	common := f.Common()
	shared := common.Keys()
	for i := range shared {
		if shared[i].Name == "max_in_flight" {
			shared[i].Default = f.InFlight
		}
	}

	b.WriteString("## Keys of this kind\n" + keyTable(f.NewSettings().Keys()))
	b.WriteString("\n## Keys of every kind\n" + keyTable(shared))
	fmt.Fprintf(&b, "\nAny key may come from the environment, as `SYSSECURE_CARRIER_`, the carrier's name and the key, in capitals "+
		"and with `_` for other characters: `%s`.\n", "SYSSECURE_CARRIER_"+strings.ToUpper(strings.ReplaceAll(f.ExampleName, "-", "_"))+"_RATE")

	return b.String()
}

// callbackTable lists the addresses that the provider calls.
func callbackTable(f carrier.Factory) string {
	if len(f.Callbacks) == 0 {
		return ""
	}

	var b strings.Builder
	b.WriteString("## Callbacks\n| address | what comes to it |\n|---|---|\n")
	for _, c := range f.Callbacks {
		fmt.Fprintf(&b, "| `https://otp.example.com/carriers/%s/%s` | %s |\n", f.ExampleName, c.Name, c.About)
	}
	return b.String() + "\n"
}

func keyTable(keys []setting.Key) string {
	var b strings.Builder
	b.WriteString("| key | default | what it is |\n|---|---|---|\n")
	for _, k := range keys {
		names := "`" + strings.Join(k.Names(), "`, or `") + "`"
		fmt.Fprintf(&b, "| %s | %s | %s |\n", names, defaultOf(k), strings.ReplaceAll(meaning(k), "|", `\|`))
	}
	return b.String()
}

func defaultOf(k setting.Key) string {
	switch value := k.Value(); {
	case k.Required:
		return "required"
	case k.Default != "":
		return k.Default
	case value == `""`:
		return "none"
	default:
		return "`" + value + "`"
	}
}

// meaning is what there is to say about a key, in a line.
func meaning(k setting.Key) string {
	text := k.Doc
	if bounds := k.Bounds(); k.Options != nil {
		text += ": `" + strings.Join(k.Options, "`, `") + "`"
	} else if bounds != "" {
		text += ": " + bounds
	}
	return strings.TrimSuffix(text+". "+k.More, " ")
}
