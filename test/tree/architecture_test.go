package tree

import (
	"cmp"
	"flag"
	"fmt"
	"go/doc"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/test/generated"
)

var update = flag.Bool("update", false, "rewrite docs/architecture.svg and the table of packages")

const (
	page        = "docs/architecture.md"
	diagram     = "docs/architecture.svg"
	tableBegin  = "<!-- packages -->\n"
	tableEnd    = "<!-- /packages -->\n"
	rowStores   = "stores"
	rowCarriers = "carriers"
)

// TestArchitecture_EveryPackage compares the table of packages and the diagram with what `go list` finds.
func TestArchitecture_EveryPackage(t *testing.T) {
	rows, synopses := rows(t), synopses(t)
	generated.Hold(t, map[string]string{
		filepath.Join(root, page):    generated.Region(t, text(t, page), tableBegin, tableEnd, table(rows, synopses)),
		filepath.Join(root, diagram): draw(rows),
	}, *update, "make diagram")
}

// rows are the rows of the diagram from the top, with folders such as internal/otp, each in one row.
func rows(t *testing.T) (all []layer) {
	t.Helper()
	there := listed(t)
	take := func(name string, want func(dir string) bool) {
		row := layer{name: name}
		for _, dir := range there {
			if want(dir) {
				row.packages = append(row.packages, dir)
			}
		}

		there = slices.DeleteFunc(there, want)
		if len(row.packages) > 0 {
			all = append(all, row)
		}
	}

	take("program", func(dir string) bool { return strings.HasPrefix(dir, "cmd/") })
	for _, l := range slices.Backward(layers) {
		take(l.name, func(dir string) bool {
			name, inside := strings.CutPrefix(dir, "internal/")
			return inside && slices.Contains(l.packages, name)
		})
		if l.name == "installation" {
			take(rowStores, func(dir string) bool {
				return strings.HasPrefix(dir, "internal/store/") && !testOnly(dir) && dir != "internal/store"
			})
			take(rowCarriers, func(dir string) bool {
				return strings.HasPrefix(dir, "internal/carrier/") && !testOnly(dir) && dir != "internal/carrier"
			})
		}
	}

	take("embedded files", func(dir string) bool { return slices.Contains([]string{".", "api", "docs", "sdk/snippets"}, dir) })
	take("tests only", testOnly)
	if len(there) > 0 {
		t.Fatalf("%v have no layer: add them to the table of layers in imports_test.go", there)
	}

	return all
}

// listed are the folders of all packages of the module.
func listed(t *testing.T) (dirs []string) {
	t.Helper()
	list := exec.Command("go", "list", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}

	for p := range strings.Lines(string(out)) {
		dir := strings.TrimPrefix(strings.TrimSpace(p)+"/", module)
		dirs = append(dirs, cmp.Or(strings.TrimSuffix(dir, "/"), "."))
	}

	return dirs
}

// synopses are the first sentences of the package comments, without "Package x".
func synopses(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, s := range read(t) {
		if s.file.Doc == nil || strings.HasSuffix(s.path, "_test.go") && all[s.dir] != "" {
			continue
		}
		_, sentence, _ := strings.Cut(new(doc.Package).Synopsis(s.file.Doc.Text()), " ") // Package, Command
		_, sentence, _ = strings.Cut(sentence, " ")
		all[s.dir] = strings.ReplaceAll(sentence, "|", `\|`)
	}

	return all
}

func table(rows []layer, synopses map[string]string) string {
	var b strings.Builder
	b.WriteString("| layer | package | what it does |\n|---|---|---|\n")
	for _, r := range rows {
		name := r.name
		for _, dir := range r.packages {
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", name, strings.TrimPrefix(dir, "internal/"), synopses[dir])
			name = ""
		}
	}

	return b.String()
}

// Measures of the diagram.
const (
	width     = 980
	left      = 160 // where boxes begin, right of the arrow and the names of the layers
	boxHeight = 26
	gap       = 8
	perLetter = 7.3 // of the monospaced font
)

// fills are the colours of rows that are not plain.
var fills = map[string]string{
	"leaves": "#e6f4ea", "first rules": "#e6f4ea", "rules": "#e6f4ea",
	rowStores: "#fff1d6", rowCarriers: "#fff1d6", "contracts": "#fff1d6",
	"contract": "#f6f8fa", "tests only": "#f6f8fa",
}

// draw makes the diagram: a row for each layer, and in it a box for each package.
func draw(rows []layer) string {
	var b strings.Builder
	y := 2 * gap
	for i, r := range rows {
		y = drawRow(&b, r, y, i%2 == 1)
	}

	fmt.Fprintf(&b, `<path d="M20 %d V%d m-5 -9 l5 9 l5 -9" fill="none" stroke="#57606a" stroke-width="1.5"/>`+"\n", 3*gap, y-gap)

	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="ui-monospace, 'DejaVu Sans Mono', monospace" `+
		`font-size="12" role="img" aria-label="All packages in their layers; imports go down only.">
<!-- Made by make diagram. -->
<rect width="%d" height="%d" rx="10" fill="#ffffff" stroke="#d0d7de"/>
%s</svg>
`, width, y+gap, width, y+gap, b.String())
}

// drawRow draws one layer and returns where the next begins.
func drawRow(b *strings.Builder, r layer, top int, shaded bool) int {
	var boxes strings.Builder
	x, y := left, top+gap
	fill := cmp.Or(fills[r.name], "#e8f0fe")
	for _, dir := range r.packages {
		name := strings.TrimPrefix(dir, "internal/")
		w := int(perLetter*float64(len(name))) + 2*gap
		if x+w > width-2*gap {
			x, y = left, y+boxHeight+gap
		}
		fmt.Fprintf(&boxes, `<rect x="%d" y="%d" width="%d" height="%d" rx="5" fill="%s" stroke="#57606a"/>`, x, y, w, boxHeight, fill)
		fmt.Fprintf(&boxes, `<text x="%d" y="%d" text-anchor="middle" fill="#1f2328">%s</text>`+"\n", x+w/2, y+boxHeight/2+4, name)
		x += w + gap
	}

	bottom := y + boxHeight + gap
	if shaded {
		fmt.Fprintf(b, `<rect x="1" y="%d" width="%d" height="%d" fill="#fafbfc"/>`+"\n", top, width-2, bottom-top)
	}

	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end" fill="#57606a" font-family="system-ui, sans-serif" font-size="13">%s</text>`+"\n",
		left-2*gap, top+gap+boxHeight/2+4, r.name)
	b.WriteString(boxes.String())

	return bottom
}

// TestArchitecture_LayersExist checks that each name in the table of layers is a package, so that none is forgotten
// when a package moves.
func TestArchitecture_LayersExist(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, s := range readServer(t) {
		there[strings.TrimPrefix(s.dir, "internal/")] = true
	}

	for _, l := range layers {
		for _, p := range l.packages {
			if !there[p] && p != "dashboard" { // not built yet
				t.Errorf("layer %s has %s, which is no package; there are %v", l.name, path.Clean(p),
					slices.Sorted(maps.Keys(there)))
			}
		}
	}
}
