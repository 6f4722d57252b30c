package tree

import (
	"go/ast"
	"testing"
)

// Sizes in lines. Above soft is logged, above hard fails.
const (
	softFile, hardFile = 400, 400
	softFunc, hardFunc = 50, 80
	hardPackage        = 3300 // without tests and without blank lines, which cost nothing to read
)

// larger are packages with another bound, each with its reason.
var larger = map[string]int{
	// It has a file of the same form for each kind of thing, and grows with each operation of the API.
	"internal/httpapi": 4500,
	// An SDK is one package, because that is what its users import; it grows with each operation of the API.
	"sdk/go": 4200,
}

func TestSizes(t *testing.T) {
	t.Parallel()
	packages := map[string]int{}
	for _, s := range read(t) {
		judge(t, s.path, "file", s.lines, softFile, hardFile)
		if !s.test {
			packages[s.dir] += s.lines - s.blank
		}

		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}

			lines := height(f)
			if s.test {
				lines -= tables(f)
			}
			judge(t, at(f)+" "+f.Name.Name, "function", lines, softFunc, hardFunc)
		}
	}

	for dir, lines := range packages {
		if most := max(hardPackage, larger[dir]); lines > most {
			t.Errorf("%s: the package has %d lines, %d at most", dir, lines, most)
		}
	}
}

// height is the number of lines of a node.
func height(n ast.Node) int {
	return fset.Position(n.End()).Line - fset.Position(n.Pos()).Line + 1
}

// tables counts the lines of the literals in a function, which in a test are the rows of a table: data, not logic.
func tables(f *ast.FuncDecl) (lines int) {
	ast.Inspect(f, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if ok && !holdsFunction(literal) {
			lines += height(literal) - 1
		}
		return !ok
	})

	return lines
}

// holdsFunction reports whether a literal has code in it.
func holdsFunction(literal *ast.CompositeLit) (found bool) {
	ast.Inspect(literal, func(n ast.Node) bool {
		_, ok := n.(*ast.FuncLit)
		found = found || ok
		return !found
	})
	return found
}

func judge(t *testing.T, where, what string, lines, soft, hard int) {
	t.Helper()
	switch {
	case lines > hard:
		t.Errorf("%s: the %s has %d lines, %d at most", where, what, lines, hard)
	case lines > soft:
		t.Logf("%s: the %s has %d lines, better %d", where, what, lines, soft)
	}
}
