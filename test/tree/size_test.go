package tree

import (
	"go/ast"
	"testing"
)

// Sizes in lines. Above soft is logged, above hard fails.
const (
	softFile, hardFile = 400, 500
	softFunc, hardFunc = 50, 80
	hardPackage        = 3300 // without tests
)

func TestSizes(t *testing.T) {
	t.Parallel()
	packages := map[string]int{}
	for _, s := range read(t) {
		judge(t, s.path, "file", s.lines, softFile, hardFile)
		if !s.test {
			packages[s.dir] += s.lines
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1
			judge(t, at(f)+" "+f.Name.Name, "function", lines, softFunc, hardFunc)
		}
	}
	for dir, lines := range packages {
		if lines > hardPackage {
			t.Errorf("%s: the package has %d lines, %d at most", dir, lines, hardPackage)
		}
	}
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
