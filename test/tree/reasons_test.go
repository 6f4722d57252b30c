package tree

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/problem"
)

// computed are the reasons that are known only when a request is refused, by the expression that has them.
var computed = map[string][]string{
	"info.Type.String()": refusedTypes(), // in internal/engine
	"r.Name":             {guard.SendsPerNumber, guard.SendGaps, guard.RequestsPerKey},
	"worst.Name":         {guard.ClientIP, guard.ClientIPCountries}, // and those of [[limit]], which have no anchor
	"reason":             nil,                                       // in internal/fault, where others pass theirs
}

// refusedTypes are the types of numbers that get no messages.
func refusedTypes() (out []string) {
	for kind := phone.Unknown + 1; kind <= phone.Voicemail; kind++ {
		if !(phone.Info{Type: kind, Valid: true}).Servable() {
			out = append(out, kind.String())
		}
	}
	return out
}

// TestReasons_Explained: the page of errors has every code and every reason that the source tree can answer, and no
// other.
func TestReasons_Explained(t *testing.T) {
	t.Parallel()
	found := map[string]string{}
	for _, s := range readServer(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			e := reasonIn(n)
			if e == nil {
				return true
			}
			values, ok := reasonValues(t, s, e)
			if !ok {
				t.Errorf("%s: %s is not a constant; add it to computed, with its values", at(e), types.ExprString(e))
			}
			for _, v := range values {
				found[v] = at(e)
			}

			return true
		})
	}

	if len(found) < 25 {
		t.Fatalf("only %d reasons were found: the test searches for the wrong calls", len(found))
	}

	explained := names(problem.Reasons)
	for reason, where := range found {
		if !slices.Contains(explained, reason) {
			t.Errorf("%s: the reason %s is not explained in internal/problem/explain.go", where, reason)
		}
	}
	for _, reason := range explained {
		if found[reason] == "" {
			t.Errorf("the reason %s is explained, but nothing answers it", reason)
		}
	}
}

// reasonIn is the expression by which a node sets details.reason; nil when it sets none.
func reasonIn(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, _ := called(n)
		switch {
		case name == "WithReason" && len(n.Args) == 1:
			return n.Args[0]
		case name == "Limited" && len(n.Args) > 3:
			return n.Args[1]
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if strings.HasSuffix(types.ExprString(left), "Details.Reason") {
				return n.Rhs[min(i, len(n.Rhs)-1)]
			}
		}
	}

	return nil
}

// called is the name of the function that a call is of.
func called(c *ast.CallExpr) (string, bool) {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name, true
	case *ast.Ident:
		return f.Name, true
	}
	return "", false
}

// reasonValues are the reasons that an expression can be.
func reasonValues(t *testing.T, s source, e ast.Expr) ([]string, bool) {
	t.Helper()
	if c, ok := e.(*ast.CallExpr); ok && len(c.Args) == 1 && types.ExprString(c.Fun) == "string" {
		e = c.Args[0]
	}
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		v, err := strconv.Unquote(l.Value)
		return []string{v}, err == nil
	}
	if values, ok := computed[types.ExprString(e)]; ok {
		return values, true
	}

	dir, name := s.dir, ""
	switch x := e.(type) {
	case *ast.Ident:
		name = x.Name
	case *ast.SelectorExpr:
		dir, name = "internal/"+types.ExprString(x.X), x.Sel.Name
	}
	v, ok := constant(t, dir, name)

	return []string{v}, ok
}

// constant is the value of a string constant of a package.
func constant(t *testing.T, dir, name string) (string, bool) {
	t.Helper()
	for _, s := range readServer(t) {
		if s.dir != dir || s.test {
			continue
		}
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			if v, ok := valueIn(g, name); ok {
				return v, true
			}
		}
	}

	return "", false
}

// valueIn is the value of a string constant in a declaration.
func valueIn(g *ast.GenDecl, name string) (string, bool) {
	for _, spec := range g.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		i := slices.IndexFunc(v.Names, func(n *ast.Ident) bool { return n.Name == name })
		if i < 0 || i >= len(v.Values) {
			continue
		}
		if l, ok := v.Values[i].(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, err := strconv.Unquote(l.Value)
			return text, err == nil
		}
	}

	return "", false
}

func names(all []problem.Explanation) (out []string) {
	for _, e := range all {
		out = append(out, e.Name)
	}
	return out
}

// TestReasons_Lists: what else the pages explain is exactly what is published, and each explanation says something.
func TestReasons_Lists(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		explained []problem.Explanation
		published []string
	}{
		"codes":    {problem.Codes, texts(fault.Codes)},
		"failures": {problem.Failures, texts(message.Reasons)},
		"refusals": {problem.Refusals, texts([]otp.Result{
			otp.Incorrect, otp.HasExpired, otp.NoAttemptsLeft, otp.AlreadyVerified, otp.WasCanceled,
		})},
		"reasons": {problem.Reasons, names(problem.Reasons)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := names(c.explained); !slices.Equal(got, c.published) {
				t.Errorf("explained are %v, published %v", got, c.published)
			}
			for _, e := range c.explained {
				if !strings.HasSuffix(e.Cause, ".") || !strings.HasSuffix(e.Cure, ".") {
					t.Errorf("%s: cause and cure are sentences: %q, %q", e.Name, e.Cause, e.Cure)
				}
				if name == "reasons" && len(e.Codes) == 0 {
					t.Errorf("%s: no code comes with it", e.Name)
				}
			}
		})
	}
}

func texts[T ~string](all []T) (out []string) {
	for _, v := range all {
		out = append(out, string(v))
	}
	return out
}
