package texts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/problem"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/web"
	"github.com/syssecure/syssecure/internal/webhook"
)

// entry is a text: its plural, if it has one, and the files that show it.
type entry struct {
	many  string
	files map[string]bool
}

// gathered are all texts, by the English ones.
type gathered map[string]entry

// marks are the functions that mark texts, with how many texts each takes.
var marks = map[string]int{"Text": 1, "Textf": 1, "Count": 2, "say": 1, "t": 1, "count": 2}

func (g gathered) add(t *testing.T, file string, texts ...string) {
	t.Helper()
	if texts[0] == "" {
		return
	}
	many := ""
	if len(texts) > 1 {
		many = texts[1]
	}
	e, known := g[texts[0]]
	if known && e.many != many {
		t.Errorf("%s: %q is a text with another plural, too", file, texts[0])
	}
	if !known {
		e = entry{many, map[string]bool{}}
		g[texts[0]] = e
	}
	e.files[file] = true
}

// gather finds the marked texts of Go, templates and scripts, and those of other packages that screens show.
func gather(t *testing.T) gathered {
	t.Helper()
	all := gathered{}
	for _, folder := range []string{"internal/dashboard", "internal/web/chart"} {
		err := filepath.WalkDir(root+folder, func(path string, _ fs.DirEntry, err error) error {
			file := strings.TrimPrefix(filepath.ToSlash(path), root)
			switch {
			case strings.HasSuffix(file, "_test.go"):
			case strings.HasSuffix(file, ".go"):
				all.ofGo(t, file)
			case strings.HasSuffix(file, ".html.tmpl"):
				all.ofTemplate(t, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}

	assets, err := web.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	for _, english := range assets.Texts() {
		all.add(t, "internal/web/static", english)
	}
	for _, e := range problem.Failures {
		all.add(t, "internal/problem", e.Cause)
		all.add(t, "internal/problem", e.Cure)
	}
	for _, k := range webhook.Catalogue() {
		all.add(t, "internal/webhook", k.Description)
	}
	for _, n := range engine.SandboxNumbers {
		all.add(t, "internal/engine", strings.ReplaceAll(n.Text, "`", ""))
	}
	for _, p := range signin.Permissions {
		all.add(t, "internal/signin", string(p))
	}

	return all
}

func (g gathered) ofGo(t *testing.T, file string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), root+file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		var name string
		switch f := c.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		var texts []string
		for _, arg := range c.Args {
			if text, ok := constant(arg); ok && len(texts) < marks[name] {
				texts = append(texts, text)
			}
		}
		if marks[name] > 0 && len(texts) == marks[name] {
			g.add(t, file, texts...)
		}

		return true
	})
}

// constant is the text of an expression that is one, which may be written in several parts.
func constant(e ast.Expr) (string, bool) {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		first, ok := constant(sum.X)
		last, both := constant(sum.Y)

		return first + last, ok && both
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)

	return text, err == nil
}

func (g gathered) ofTemplate(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(root + file)
	if err != nil {
		t.Fatal(err)
	}
	tree := parse.New(file)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(string(content), "", "", trees); err != nil {
		t.Fatal(err)
	}
	for _, one := range trees {
		g.ofNode(t, file, one.Root)
	}
}

// ofNode looks for marks in a part of a template.
func (g gathered) ofNode(t *testing.T, file string, n parse.Node) {
	t.Helper()
	branch := func(b *parse.BranchNode) {
		g.ofNode(t, file, b.Pipe)
		g.ofNode(t, file, b.List)
		if b.ElseList != nil {
			g.ofNode(t, file, b.ElseList)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, one := range n.Nodes {
			g.ofNode(t, file, one)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.ActionNode:
		g.ofNode(t, file, n.Pipe)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			g.ofNode(t, file, n.Pipe)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			g.ofCommand(t, file, c)
		}
	}
}

func (g gathered) ofCommand(t *testing.T, file string, c *parse.CommandNode) {
	t.Helper()
	name := ""
	if f, ok := c.Args[0].(*parse.IdentifierNode); ok {
		name = f.Ident
	}
	var texts []string
	for _, arg := range c.Args {
		g.ofNode(t, file, arg)
		if s, ok := arg.(*parse.StringNode); ok && len(texts) < marks[name] {
			texts = append(texts, s.Text)
		}
	}
	if marks[name] > 0 && len(texts) == marks[name] {
		g.add(t, file, texts...)
	}
}
