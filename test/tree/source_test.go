package tree

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/syssecure/syssecure/"
)

// source is one Go file.
type source struct {
	path    string // from the root, with slashes
	dir     string
	test    bool // a _test.go file, or a file of a package that only tests import
	lines   int
	blank   int // of the lines
	file    *ast.File
	imports []string
}

var fset = token.NewFileSet()

// sources parses the tree once.
var sources = sync.OnceValues(func() (all []source, err error) {
	err = walk(func(name string, content []byte) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}

		s := source{path: name, dir: path.Dir(name), file: f, lines: strings.Count(string(content), "\n")}
		for line := range strings.Lines(string(content)) {
			if strings.TrimSpace(line) == "" {
				s.blank++
			}
		}

		s.test = strings.HasSuffix(name, "_test.go") || testOnly(s.dir)
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, p)
		}
		all = append(all, s)

		return nil
	})

	return all, err
})

// testOnly reports whether only tests use a folder: suites, fakes, everything below test, and the SDKs' conformance suite.
func testOnly(dir string) bool {
	if strings.HasPrefix(dir, "test/") || dir == "internal/testworld" || inSDK(dir) && strings.Contains(dir, "conformance") {
		return true
	}
	return slices.ContainsFunc(strings.Split(dir, "/"), func(part string) bool {
		return part != "test" && strings.HasSuffix(part, "test")
	})
}

// inSDK reports whether a folder belongs to the SDKs, which are separate modules: the rules about layers and dependencies
// of the server do not apply to them, those about style do.
func inSDK(dir string) bool { return dir == "sdk" || strings.HasPrefix(dir, "sdk/") }

// readServer is read without the SDKs.
func readServer(t *testing.T) []source {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(read(t)), func(s source) bool { return inSDK(s.dir) })
}

func read(t *testing.T) []source {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d Go files were found: the test searches the wrong folder", len(all))
	}

	return all
}

// skip reports whether a folder holds nothing that is kept in the tree.
func skip(folder string) bool {
	hidden := strings.HasPrefix(folder, ".") && folder != ".ci" && folder != ".github" && strings.Trim(folder, ".") != ""
	built := []string{"bin", "data", "dist", "node_modules", "target", "testdata", "vendor", "__pycache__"}

	return hidden || slices.Contains(built, folder)
}

// walk calls fn for every file that is kept in the tree.
func walk(fn func(name string, content []byte) error) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skip(d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || d.Name() == ".git" { // of a worktree
			return nil
		}

		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}

		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}

		return fn(filepath.ToSlash(rel), content)
	})
}

// at is the file and line of a node.
func at(n ast.Node) string {
	p := fset.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}
