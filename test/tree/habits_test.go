package tree

import (
	"bytes"
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestHabits_PackageComments(t *testing.T) {
	t.Parallel()
	documented := map[string]int{}
	for _, s := range read(t) {
		documented[s.dir] += 0
		if s.file.Doc != nil {
			documented[s.dir]++
		}
	}

	for dir, n := range documented {
		if n == 0 {
			t.Errorf("%s: no file has a package comment; say what the package owns and must not do", dir)
		}
		if n > 1 && !strings.HasPrefix(dir, "test/") {
			t.Errorf("%s: %d files have a package comment; keep one", dir, n)
		}
	}
}

func TestHabits_NoInit(t *testing.T) {
	t.Parallel()
	for _, s := range read(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: no init(): what is built is built where it is needed", at(f))
			}
		}
	}
}

// TestHabits_NoSleeps: a sleep is right in a synctest bubble, where it costs nothing, and between two looks of a poll.
func TestHabits_NoSleeps(t *testing.T) {
	t.Parallel()
	for _, s := range read(t) {
		if slices.Contains(s.imports, "testing/synctest") {
			continue
		}
		var loops []ast.Node
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				loops = append(loops, n)
			case *ast.CallExpr:
				if !isSleep(n) {
					return true
				}
				polls := slices.ContainsFunc(loops, func(l ast.Node) bool {
					return l.Pos() <= n.Pos() &&
						n.End() <= l.End()
				})
				if !s.test || !polls {
					t.Errorf("%s: wait for what happens (a channel, synctest, a poll with a deadline), not for time "+
						"to pass", at(n))
				}
			}

			return true
		})
	}
}

func isSleep(c *ast.CallExpr) bool {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Sleep" {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "time"
}

var openTask = regexp.MustCompile(`\b(TODO|FIXME|XXX)\b(\(#[0-9]+\))?`)

func TestHabits_TasksNameTheirIssue(t *testing.T) {
	t.Parallel()
	for _, s := range read(t) {
		for _, group := range s.file.Comments {
			for _, c := range group.List {
				if m := openTask.FindStringSubmatch(c.Text); m != nil && (m[1] != "TODO" || m[2] == "") {
					t.Errorf("%s: write %s(#issue), or do it", at(c), "TODO")
				}
			}
		}
	}
}

// machineNames are words that belong to one machine or one way of working, split so that this file passes.
var machineNames = []string{
	"/wor" + "k/", "/tmp/" + "brief", "help" + "er session", "proxy.go" + "lang",
	"registry.np" + "mjs.local", "/root/" + "go",
}

func TestHabits_NoMachineNames(t *testing.T) {
	t.Parallel()
	err := walk(func(name string, content []byte) error {
		if bytes.IndexByte(content, 0) >= 0 {
			return nil
		}
		for _, w := range machineNames {
			if i := bytes.Index(content, []byte(w)); i >= 0 {
				t.Errorf("%s:%d: %q must not be in the tree", name, 1+bytes.Count(content[:i], []byte("\n")), w)
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
