package tree

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dependency is a row of docs/dependencies.md.
type dependency struct {
	version  string
	usedBy   []string
	testOnly bool
}

// TestDependencies_Listed compares docs/dependencies.md with go.mod and with what the tree imports.
func TestDependencies_Listed(t *testing.T) {
	t.Parallel()
	listed, required, direct := listedDependencies(t), map[string]string{}, map[string]bool{}
	for line := range strings.Lines(text(t, "go.mod")) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) >= 2 && strings.HasPrefix(fields[1], "v") {
			required[fields[0]] = fields[1]
			direct[fields[0]] = !strings.Contains(line, "// indirect")
		}
	}

	users, ships := imported(t, slices.Collect(maps.Keys(required)))
	for m, by := range users {
		d, ok := listed[m]
		if !ok {
			t.Errorf("%s imports %s, which docs/dependencies.md does not list: say there why it is needed", by[0], m)
			continue
		}
		if d.version != required[m] {
			t.Errorf("docs/dependencies.md has %s %s, go.mod has %s", m, d.version, required[m])
		}
		if !slices.Equal(d.usedBy, by) {
			t.Errorf("docs/dependencies.md says that %s is used by %v, it is used by %v", m, d.usedBy, by)
		}
		if d.testOnly == ships[m] {
			t.Errorf("%s is in the wrong table of docs/dependencies.md", m)
		}
	}

	for m := range listed {
		if users[m] == nil {
			t.Errorf("docs/dependencies.md lists %s, which nothing imports", m)
		}
	}

	for m := range direct {
		if _, ok := listed[m]; direct[m] && !ok {
			t.Errorf("go.mod requires %s directly, docs/dependencies.md does not list it", m)
		}
	}
}

// imported maps each module to the folders that use it: those of the program, or those of tests when only tests do.
func imported(t *testing.T, modules []string) (users map[string][]string, ships map[string]bool) {
	t.Helper()
	program, tests := map[string]map[string]bool{}, map[string]map[string]bool{}
	note := func(into map[string]map[string]bool, m, dir string) {
		if into[m] == nil {
			into[m] = map[string]bool{}
		}
		into[m][dir] = true
	}

	for _, s := range readServer(t) {
		for _, p := range s.imports {
			m := moduleOf(p, modules)
			switch {
			case m == "" && strings.Contains(strings.Split(p, "/")[0], ".") && !strings.HasPrefix(p+"/", module):
				t.Errorf("%s imports %s, which no module of go.mod has", s.path, p)
			case m == "":
			case s.test:
				note(tests, m, s.dir)
			default:
				note(program, m, s.dir)
			}
		}
	}

	users, ships = map[string][]string{}, map[string]bool{}
	for _, from := range []map[string]map[string]bool{tests, program} {
		for m, dirs := range from {
			users[m] = slices.Sorted(maps.Keys(dirs))
			ships[m] = program[m] != nil
		}
	}

	return users, ships
}

// moduleOf finds the module with the longest path that a package can be in.
func moduleOf(pkg string, modules []string) (found string) {
	for _, m := range modules {
		if (pkg == m || strings.HasPrefix(pkg, m+"/")) && len(m) > len(found) {
			found = m
		}
	}
	return found
}

func listedDependencies(t *testing.T) map[string]dependency {
	t.Helper()
	all, testOnly := map[string]dependency{}, false
	for line := range strings.Lines(text(t, "docs/dependencies.md")) {
		if strings.HasPrefix(line, "## ") {
			testOnly = strings.Contains(line, "tests only")
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 || !strings.Contains(cells[0], ".") {
			continue
		}

		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all[cells[0]] = dependency{cells[1], strings.Split(cells[2], ", "), testOnly}
	}

	return all
}

// text reads a file of the tree.
func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
