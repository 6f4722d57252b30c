package dashboard_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/dashboard"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/testworld"
)

// row is a route as the matrix sees it.
type row struct {
	Method, Path, Access string
	screen.Route
}

// rows are all routes.
func rows() (all []row) {
	names := map[screen.Access]string{
		screen.Anyone: "anyone", screen.SignedIn: "signed in", screen.Member: "member", screen.Operator: "operator",
	}
	for _, r := range dashboard.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		all = append(all, row{method, path, names[r.Access], r})
	}

	return all
}

// target fills the placeholders of a route's path with ids that do not exist: who may not pass is refused before
// anything is looked up, and who may gets 404 or a page, but neither 403 nor the sign-in.
func (w *world) target(path string, of id.Account, mode id.Mode) string {
	fill := strings.NewReplacer("{account}", of.String(), "{mode}", mode.String(), "{$}", "")
	out := fill.Replace(path)
	for {
		before, rest, ok := strings.Cut(out, "{")
		if !ok {
			return out
		}
		_, after, _ := strings.Cut(rest, "}")
		out = before + "none" + after
	}
}

// call sends a route's request from the same site.
func (b *browser) call(t testing.TB, row row, path string, headers ...string) page {
	t.Helper()
	if row.Method == http.MethodPost {
		return b.post(t, path, url.Values{}, headers...)
	}
	// A script's request, so that streams answer at once.
	return b.get(t, path, append([]string{"Sec-Fetch-Site", "same-origin"}, headers...)...)
}

// toSignIn reports whether an answer sends the browser to the sign-in.
func (p page) toSignIn() bool {
	return p.StatusCode == http.StatusSeeOther && strings.HasPrefix(p.Header.Get("Location"), "/dashboard/sign-in")
}

// TestAuthorization_Matrix is every route × {no session, another origin, another account, each role}. Routes come from the
// table that the server uses, so a new one is covered when it exists.
func TestAuthorization_Matrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nobody, stranger := w.browser(t, noToken), w.user(t, w.other, signin.Owner)
	roles := map[signin.Role]*browser{signin.Operator: w.operator}
	for _, role := range signin.Roles {
		roles[role] = w.user(t, w.Account, role)
	}

	for _, row := range rows() {
		if strings.HasSuffix(row.Path, "/live") {
			continue // TestAuthorization_Streams
		}
		t.Run(row.Method+" "+row.Path, func(t *testing.T) {
			path := w.target(row.Path, w.Account, id.Test)
			if row.Access != "anyone" && !nobody.call(t, row, path).toSignIn() {
				t.Error("without a session it does not lead to the sign-in")
			}
			if row.Method == http.MethodPost {
				for _, b := range []*browser{nobody, roles[signin.Owner], w.operator} {
					b.call(t, row, path, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").shows(t, 403)
				}
			}

			switch row.Access {
			case "member":
				stranger.call(t, row, path).shows(t, 404)
				stranger.call(t, row, strings.Replace(path, w.Account.String(), "acct_none", 1)).shows(t, 404)
				w.rolesOf(t, row, id.Test, roles)
				w.rolesOf(t, row, id.Live, roles)
			case "operator":
				for role, b := range roles {
					if got := b.call(t, row, path).StatusCode == 403; got != (role != signin.Operator) {
						t.Errorf("%s: refused is %v", role, got)
					}
				}
			}
		})
	}
}

// rolesOf compares what each role gets with the table of permissions.
func (w *world) rolesOf(t *testing.T, row row, mode id.Mode, roles map[signin.Role]*browser) {
	t.Helper()
	for role, b := range roles {
		p, needs := b.call(t, row, w.target(row.Path, w.Account, mode)), row.Needs(mode)
		if allowed := role.May(needs); allowed == (p.StatusCode == 403) || p.toSignIn() {
			t.Errorf("%s in %s mode, who may %q: %v; answered %d", role, mode, needs, allowed, p.StatusCode)
		}
		if p.StatusCode >= 500 {
			t.Errorf("%s: answered %d", role, p.StatusCode)
		}
	}
}

// TestAuthorization_Streams is the matrix of live lists, which do not end by themselves.
func TestAuthorization_Streams(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger, billing := w.user(t, w.other, signin.Owner), w.user(t, w.Account, signin.Billing)
	for _, row := range rows() {
		if !strings.HasSuffix(row.Path, "/live") {
			continue
		}
		t.Run(row.Path, func(t *testing.T) {
			path := w.target(row.Path, w.Account, id.Test)
			stream := []string{"Accept", "text/event-stream"}
			w.browser(t, noToken).get(t, path, stream...).shows(t, 401)
			stranger.get(t, path, stream...).shows(t, 404)
			if !signin.Billing.May(row.May) {
				billing.get(t, path, stream...).shows(t, 403)
			}
		})
	}
}

// TestRoutes_Methods holds what every row of the table must have.
func TestRoutes_Methods(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range rows() {
		key := fmt.Sprint(row.Method, row.Path)
		if row.Method != http.MethodGet && row.Method != http.MethodPost || seen[key] || !strings.HasPrefix(row.Path, "/dashboard") {
			t.Errorf("%s %s is no route of the dashboard, or there twice", row.Method, row.Path)
		}
		seen[key] = true
		if row.Access == "member" != strings.HasPrefix(row.Path, "/dashboard/{account}/{mode}/") || row.Access == "member" != (row.May != "") {
			t.Errorf("%s has the access %s and asks for %q", row.Path, row.Access, row.May)
		}
	}
}

// TestLinks_MayBeOpened follows every link on the screens of each role: none may lead to a screen that the role may not open.
func TestLinks_MayBeOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.sendCode(t, id.Test, testworld.Number(3))
	hrefs := regexp.MustCompile(`href="(/dashboard/[^"#?]*)`)
	for _, role := range signin.Roles {
		t.Run(string(role), func(t *testing.T) {
			b, seen := w.user(t, w.Account, role), map[string]bool{}
			open := []string{w.at(id.Test, "/overview"), w.at(id.Live, "/overview")}
			if role != signin.Billing { // who may not see what was sent
				open = append(open, w.at(id.Test, "/history/"+o.String()))
			}
			for ; len(open) > 0; open = open[1:] {
				p := b.get(t, open[0])
				if p.StatusCode == http.StatusForbidden {
					t.Errorf("%s is not for this role", open[0])
				}
				for _, found := range hrefs.FindAllStringSubmatch(p.text, -1) {
					if href := html.UnescapeString(found[1]); !seen[href] && !strings.HasSuffix(href, ".csv") {
						seen[href] = true
						open = append(open, href)
					}
				}
			}
			if len(seen) < 5 {
				t.Errorf("only %d links were found", len(seen))
			}
		})
	}
}
