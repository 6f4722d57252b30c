package tree

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// layer is a row of docs/architecture.svg.
type layer struct {
	name     string
	packages []string
}

// The layers, lowest first. A package may import those below it, but not its neighbours, except for the few imports in
// sideways. Run make diagram after a change here.
var layers = []layer{
	{"leaves", []string{
		"id", "phone", "fault", "secret", "egress", "clock", "instant", "strictjson", "version",
		"retryafter", "extra", "spelling",
	}},
	{"first rules", []string{"message", "optout/keyword"}}, // that other rules, and settings, may know
	{"rules", []string{
		"otp", "route", "template", "ledger", "guard", "webhook", "account", "stats", "bound", "queue", "signin",
	}},
	{"work, rows, keys", []string{
		"failpoint", "logs", "work", "wire", "setting", "webcall", "peer",
	}}, // above the rules: work runs what queue orders
	{"nodes", []string{"cluster"}}, // who lives: what dispatch asks and a database keeps
	{"contracts", []string{"store", "carrier", "problem", "listener", "answers", "web", "web/chart", "dashboard/texts"}},
	{"settings", []string{"config"}}, // knows the contract of carriers, which describe their keys
	{"audit", []string{"audit"}},     // below everything that changes what an account manages
	{"on the store", []string{
		"outbox", "query", "idempotency", "transfer", "carrierwatch", "verifiedrate", "janitor", "field",
		"cursor", "requestlog",
	}},
	{"delivery", []string{"dispatch"}},
	{"opt-outs, clock", []string{"optout", "clockwatch", "carriercheck"}},
	{"from phones", []string{"inbound"}},
	{"verbs", []string{"engine", "admin", "people", "restore"}},
	{"webhooks", []string{"hooks"}},
	{"screens' ground", []string{"dashboard/screen"}},
	{"screens", []string{
		"dashboard/doors", "dashboard/team", "dashboard/activity", "dashboard/insight", "dashboard/numbers", "dashboard/trail",
		"dashboard/content", "dashboard/connect", "dashboard/installation",
	}},
	{"edges", []string{"httpapi", "docs", "dashboard", "conformance"}},
	{"installation", []string{"install"}}, // with all databases, which the layers below see as contracts
	{"start checks", []string{"preflight"}},
	{"server, operations", []string{"app", "ops"}},
	{"commands", []string{"cli"}},
}

// sideways are imports that the layers do not allow, each with its reason.
var sideways = map[string][]string{
	"account": {"ledger"},                      // an account carries its balance: a send loads one row for both
	"signin":  {"guard"},                       // guesses at a password are counted as those at a code
	"people":  {"admin"},                       // the first user is made with the first account, in one transaction
	"cli":     {"api"},                         // the scenarios are files of the contract that the program carries
	"httpapi": {"api"},                         // and so is the document that it shows
	"docs":    {"api", "docs", "sdk/snippets"}, // what it shows: the document, the guides and the samples
}

// concrete are the packages that only app may import, and install and ops those that store: everything else sees the
// contract.
func concrete(pkg string) bool {
	return strings.HasPrefix(pkg, "store/") || strings.HasPrefix(pkg, "carrier/")
}

func level(pkg string) int {
	return slices.IndexFunc(layers, func(l layer) bool { return slices.Contains(l.packages, pkg) })
}

// allowed reports whether a package's code, without its tests, may import another package of this module.
func allowed(from, to string) bool {
	switch {
	case testOnly("internal/"+to) || strings.HasPrefix(from, to+"/") && !concrete(from):
		return false
	case strings.HasPrefix(to, from+"/") && level(to) < 0:
		return concrete(from) // a carrier may keep its codec in a separate folder
	case concrete(from):
		port, _, _ := strings.Cut(from, "/")
		return to == port || !concrete(to) && level(to) >= 0 && level(to) < level(port)
	case concrete(to):
		return from == "app" || strings.HasPrefix(to, "store/") && (from == "install" || from == "ops")
	}

	return level(to) >= 0 && level(to) < level(from) || slices.Contains(sideways[from], to)
}

func TestImports_GoDownOnly(t *testing.T) {
	t.Parallel()
	for _, s := range readServer(t) {
		if s.test {
			continue
		}
		from, inside := strings.CutPrefix(s.dir, "internal/")
		if inside && !concrete(from) && level(from) < 0 {
			t.Errorf("%s: package %s has no layer; add it to the table of layers", s.path, from)
			continue
		}

		for _, p := range s.imports {
			to, ours := strings.CutPrefix(p, module)
			if !ours {
				continue
			}

			to = strings.TrimPrefix(to, "internal/")
			if !inside {
				if to != "cli" {
					t.Errorf("%s imports %s: a command is a few lines around cli", s.path, to)
				}
				continue
			}
			if !allowed(from, to) {
				t.Errorf("%s: %s must not import %s", s.path, from, to)
			}
		}
	}
}

func TestImports_Allowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"otp", "message", true},
		{"message", "otp", false},
		{"otp", "ledger", false},
		{"otp", "id", true},
		{"id", "fault", false},
		{"store", "carrier", false},
		{"store", "otp", true},
		{"store", "store/sqlite", false},
		{"store/sqlite", "store", true},
		{"store/sqlite", "store/memory", false},
		{"store/sqlite", "carrier", false},
		{"store/sqlite", "engine", false},
		{"carrier/smpp", "carrier/smpp/pdu", true},
		{"carrier/smpp/pdu", "carrier/smpp", false},
		{"carrier/httpsms", "message", true},
		{"engine", "admin", false},
		{"engine", "dispatch", true},
		{"dispatch", "engine", false},
		{"dispatch", "query", true},
		{"dispatch", "optout", false},
		{"optout", "optout/keyword", true},
		{"optout/keyword", "optout", false},
		{"store", "optout/keyword", true},
		{"inbound", "optout", true},
		{"engine", "store", true},
		{"engine", "carrier/sandbox", false},
		{"engine", "testworld", false},
		{"httpapi", "engine", true},
		{"engine", "httpapi", false},
		{"app", "store/sqlite", true},
		{"install", "store/sqlite", true},
		{"install", "carrier/smpp", false},
		{"install", "app", false},
		{"ops", "store/sqlite", true},
		{"ops", "carrier/sandbox", false},
		{"ops", "restore", true},
		{"ops", "app", false},
		{"app", "ops", false},
		{"cli", "store/sqlite", false},
		{"cli", "app", true},
		{"app", "cli", false},
		{"cli", "conformance", true},
		{"cli", "api", true},
		{"httpapi", "conformance", false},
		{"conformance", "httpapi", false},
		{"conformance", "api", false},
	} {
		if got := allowed(c.from, c.to); got != c.want {
			t.Errorf("allowed(%s, %s) = %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// effects are packages of the standard library that would give a rule more than its arguments.
var effects = []string{
	"context", "database/sql", "io/fs", "log", "math/rand", "math/rand/v2", "net", "net/http", "net/url", "os", "os/exec",
	"os/signal", "path/filepath", "runtime", "syscall",
}

// outside are packages that the verbs and what they use must not import: HTTP, files, sockets.
var outside = []string{"database/sql", "net", "net/http", "os", "os/exec", "syscall"}

// ruleFiles are rules in packages that have effects, too.
var ruleFiles = []string{"internal/cluster/members.go", "internal/cluster/heartbeat.go"}

func TestImports_RulesArePure(t *testing.T) {
	t.Parallel()
	for _, s := range readServer(t) {
		pkg := strings.TrimPrefix(s.dir, "internal/")
		pure := level(pkg) >= 0 && level(pkg) <= level("otp") || slices.Contains(ruleFiles, s.path)
		forbidden := effects
		switch {
		case s.test || pkg == "egress": // egress is the one leaf whose purpose is to open connections
			continue
		case slices.Contains([]string{"dispatch", "optout", "inbound", "engine", "admin", "people", "hooks"}, pkg):
			forbidden = outside
		case !pure:
			continue
		}

		for _, p := range s.imports {
			if slices.Contains(forbidden, p) {
				t.Errorf("%s: %s must not import %s", s.path, pkg, p)
			}
		}
		if pure {
			checkPure(t, s)
		}
	}
}

// checkPure finds clocks and goroutines.
func checkPure(t *testing.T, s source) {
	t.Helper()
	clocks := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			t.Errorf("%s: a rule starts no goroutine", at(n))
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, n.Sel.Name) {
				t.Errorf("%s: a rule has no clock: take the time as an argument", at(n))
			}
		}

		return true
	})
}
