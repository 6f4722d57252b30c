package docs

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/test/generated"
)

var update = flag.Bool("update", false, "regenerate the table of operations in README.md")

// TestReadme_Operations holds the table of operations in README.md to the document.
func TestReadme_Operations(t *testing.T) {
	t.Parallel()
	const file = "../../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	var table strings.Builder
	table.WriteString("| page of the reference | calls, below `/v2` |\n|---|---|\n")
	for _, p := range whole(t).pages {
		var calls []string
		for _, o := range p.Operations {
			calls = append(calls, fmt.Sprintf("`%s %s`", o.Method, strings.TrimPrefix(o.Path, "/v2")))
		}
		if len(calls) > 0 {
			fmt.Fprintf(&table, "| %s | %s |\n", p.Title, strings.Join(calls, " · "))
		}
	}
	generated.Hold(t, map[string]string{
		file: generated.Region(t, string(text), "<!-- operations -->\n", "<!-- /operations -->\n", table.String()),
	}, *update, "make openapi")
}
