package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEverythingPublicIsDocumented also holds files and functions to their sizes.
func TestEverythingPublicIsDocumented(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../*.go", "../*/*.go", "../internal/*/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 40 {
		t.Fatalf("only %d files were found", len(files))
	}

	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		if len(lines) > 400 {
			t.Errorf("%s has %d lines", name, len(lines))
		}
		for i, line := range lines {
			if len([]rune(strings.ReplaceAll(line, "\t", "    "))) > 120 {
				t.Errorf("%s:%d is too long", name, i+1)
			}
		}

		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		isPublic := file.Name.Name == "syssecure" || file.Name.Name == "syssecuretest"
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok && set.Position(f.End()).Line-set.Position(f.Pos()).Line >= 50 {
				t.Errorf("%s: the function %s is too long", set.Position(f.Pos()), f.Name.Name)
			}
			if what := undocumented(n); what != "" && isPublic {
				t.Errorf("%s: %s has no comment", set.Position(n.Pos()), what)
			}
			return true
		})
	}
}

// undocumented names an exported declaration that has no comment.
func undocumented(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StructType:
		for _, f := range n.Fields.List {
			if len(f.Names) > 0 && f.Names[0].IsExported() && f.Doc == nil {
				return "the field " + f.Names[0].Name
			}
		}
	case *ast.FuncDecl:
		if n.Name.IsExported() && n.Doc == nil && (n.Recv == nil || isExportedReceiver(n.Recv)) {
			return n.Name.Name
		}
	case *ast.GenDecl:
		for _, spec := range n.Specs {
			if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() && n.Doc == nil && s.Doc == nil {
				return s.Name.Name
			}
			if s, ok := spec.(*ast.ValueSpec); ok && s.Names[0].IsExported() && n.Doc == nil && s.Doc == nil {
				return s.Names[0].Name
			}
		}
	}

	return ""
}

func isExportedReceiver(list *ast.FieldList) bool {
	t := list.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, ok := t.(*ast.Ident)

	return ok && name.IsExported()
}
