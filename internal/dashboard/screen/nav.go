package screen

import (
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/web"
)

// Link is a link of the navigation to a screen.
type Link struct {
	Title, Path, Icon string
	// Key is the letter that opens it after g; it may be empty.
	Key string
	// May is the permission that shows the link.
	May signin.Permission
	// TestOnly screens are there in test mode only.
	TestOnly bool
	// Operator screens are about the installation, and their paths are below the dashboard's.
	Operator bool
}

// Group is a part of the navigation.
type Group struct {
	Title string
	Links []Link
}

// navigation is what the user may see: screens of the account, and for operators those of the installation.
func (q *Request) navigation(p *Page) (groups []web.Group) {
	if q.Visit.User.IsZero() {
		return nil
	}
	section := p.Section
	if section == "" {
		section = q.URL.Path
	}

	if q.Account.ID.IsZero() && len(q.Visit.Accounts) > 0 {
		groups = append(groups, q.accountLinks())
	}
	for _, g := range q.frame.menu {
		shown := web.Group{Title: q.Text(g.Title)}
		for _, s := range g.Links {
			href := Root + s.Path
			if !s.Operator {
				if q.Account.ID.IsZero() || !q.May(s.May) || s.TestOnly && q.Mode != id.Test {
					continue
				}
				href = q.At(s.Path)
			} else if !q.Visit.Operator {
				continue
			}
			current := section == href || strings.HasPrefix(section, href+"/")
			shown.Links = append(shown.Links, web.Link{Title: q.Text(s.Title), Href: href, Current: current, Icon: s.Icon, Go: s.Key})
		}
		if len(shown.Links) > 0 {
			groups = append(groups, shown)
		}
	}

	return groups
}

// accountLinks lead from a page that belongs to no account to those of the user.
func (q *Request) accountLinks() web.Group {
	g := web.Group{Title: q.Text("Your accounts")}
	for _, m := range q.Visit.Accounts {
		g.Links = append(g.Links, web.Link{Title: m.Name, Href: AccountPath(m.Account, id.Test) + "/overview", Icon: "home"})
	}
	return g
}
