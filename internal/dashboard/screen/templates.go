package screen

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/syssecure/syssecure/internal/dashboard/texts"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/web"
)

// templates are the templates of all screens in one language. A screen is parsed when it is first asked for, because all
// of them take seven megabytes of memory, and most installations look at a few.
type templates struct {
	screens map[string]func() (*template.Template, error)
}

// readTemplates parses the frame, and finds the files of all sets. A file is a screen; it defines "main", and one block
// for each part that scripts ask for alone.
func readTemplates(assets *web.Assets, sets []Set, language *texts.Language) (*templates, error) {
	frame, err := web.NewTemplate(assets, "frame").Funcs(functions(language, assets.Texts())).ParseFS(files, "templates/*.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read the dashboard's templates: %w", err)
	}

	t := &templates{screens: map[string]func() (*template.Template, error){}}
	if err := t.add(frame, files, "pages"); err != nil {
		return nil, err
	}
	for _, s := range sets {
		if s.Templates == nil {
			continue
		}
		if err := t.add(frame, s.Templates, "templates"); err != nil {
			return nil, err
		}
	}

	return t, nil
}

// add takes every file of a folder as a screen.
func (t *templates) add(frame *template.Template, from fs.FS, folder string) error {
	names, err := fs.Glob(from, folder+"/*.html.tmpl")
	if err != nil {
		return fmt.Errorf("read the dashboard's templates: %w", err)
	}

	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html.tmpl")
		if t.screens[name] != nil {
			return fmt.Errorf("read the dashboard's templates: there are two screens named %s", name)
		}
		t.screens[name] = sync.OnceValues(func() (*template.Template, error) { return parseScreen(frame, from, file) })
	}

	return nil
}

// parseScreen parses one screen into a copy of the frame. The frame itself is never executed, since a template that was
// executed cannot be copied.
func parseScreen(frame *template.Template, from fs.FS, file string) (*template.Template, error) {
	one, err := frame.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the frame of the dashboard: %w", err)
	}
	if one, err = one.ParseFS(from, file); err != nil {
		return nil, fmt.Errorf("read the template of a screen: %w", err)
	}

	return one, nil
}

// find returns the template of a screen, parsed.
func (t *templates) find(name string) (*template.Template, error) {
	parse, ok := t.screens[name]
	if !ok {
		return nil, fmt.Errorf("there is no template %s", name)
	}
	return parse()
}

// around is what the template "frame" shows around a screen.
type around struct {
	Page
	Visit   people.Visit
	Notice  string
	Nav     []web.Group
	Account string
	Mode    string
	Test    bool
	// Ahead is how far the sandbox's clock is ahead, and Inbox the screen that moves it; both may be empty.
	Ahead, Inbox string
	// Bases are the screen's paths in the two modes, for the switch; empty outside of accounts.
	LiveHref, TestHref string
	// Home is the first screen of the account.
	Home     string
	Accounts []web.Link
	Curl     string
	Class    string
	Theme    string
	// Shortcuts is "off" when the user switched single keys off.
	Shortcuts string
	// Idle is how many seconds the page may be left alone before the session ends. Alive is the address that puts this
	// off; empty when the session ends anyway.
	Idle  int
	Alive string
	// Zone is where the page sends the browser's time zone; empty when the user has one.
	Zone string
	// Palette is the address that finds what is typed or pasted; empty for those to whom nothing would be shown.
	Palette string
}

// render makes the HTML of a page, or of the fragment that the request asks for.
func (t *templates) render(q *Request, p *Page) ([]byte, error) {
	one, err := t.find(p.Template)
	if err != nil {
		return nil, err
	}

	var out bytes.Buffer
	if part := web.Fragment(q.Request); part != "" && p.Status < 400 && one.Lookup("part-"+part) != nil {
		err := one.ExecuteTemplate(&out, "part-"+part, p.Data)
		if err == nil && part == "rows" && p.API != "" { // the call has the filters of the new rows
			err = one.ExecuteTemplate(&out, "as-curl", q.Curl(p))
		}
		return out.Bytes(), wrapped(p, err)
	}
	err = one.ExecuteTemplate(&out, "frame", q.around(p))

	return out.Bytes(), wrapped(p, err)
}

func wrapped(p *Page, err error) error {
	if err != nil {
		return fmt.Errorf("render the screen %s: %w", p.Template, err)
	}
	return nil
}

// around completes a page with what surrounds it.
func (q *Request) around(p *Page) *around {
	f := &around{Page: *p, Visit: q.Visit, Notice: q.notice(), Theme: q.Visit.Theme}
	if !q.Visit.User.IsZero() && !p.Bare {
		var last bool
		if f.Idle, last = q.idle(); !last {
			f.Alive = Root + "/alive"
		}
		if q.Visit.Zone == "" {
			f.Zone = Root + "/profile/zone"
		}
	}
	if q.Visit.NoShortcuts {
		f.Shortcuts = "off"
	}
	for _, m := range q.Visit.Accounts {
		f.Accounts = append(f.Accounts, web.Link{
			Title: m.Name, Href: AccountPath(m.Account, id.Test) + "/overview", Current: m.Account == q.Account.ID,
		})
	}

	if !q.Visit.User.IsZero() {
		f.Palette = Root + "/find"
	}
	if !q.Account.ID.IsZero() {
		f.Account, f.Mode, f.Test = q.Account.Name, q.Mode.String(), q.Mode == id.Test
		if ahead := q.SandboxAhead(); ahead > 0 {
			f.Ahead = q.Took(ahead)
		}
		if q.May(signin.SendTest) {
			f.Inbox = q.At("/inbox")
		}
		f.Home, f.Palette = q.At("/overview"), ""
		if q.May(signin.SeeMessages) {
			f.Palette = q.At("/find")
		}
		screen := strings.TrimPrefix(q.URL.Path, q.At(""))
		f.LiveHref = AccountPath(q.Account.ID, id.Live) + modeless(screen)
		f.TestHref = AccountPath(q.Account.ID, id.Test) + modeless(screen)
	}
	f.Nav = q.navigation(p)
	if p.API != "" {
		f.Curl = q.Curl(p)
	}

	return f
}

// modeless is the screen that a switch of the mode leads to: a list keeps its place, and a single thing, which exists in
// one mode only, leads to its list.
func modeless(screen string) string {
	parts := strings.Split(strings.Trim(screen, "/"), "/")
	if parts[0] == "inbox" || parts[0] == "" {
		return "/overview"
	}
	return "/" + parts[0]
}

// Curl is the call of the API that returns what the page shows.
func (q *Request) Curl(p *Page) string {
	method, target, _ := strings.Cut(p.API, " ")
	base := q.Verbs.PublicURL
	if base == "" {
		base = q.Verbs.Local
	}

	mode := q.Mode
	if mode == 0 { // the installation is live
		mode = id.Live
	}

	out := "curl"
	if method != "GET" {
		out += " -X " + method
	}
	out += " " + shellQuote(base+target) + " \\\n  -H 'Authorization: Bearer sk_" + mode.String() + "_…'"
	if p.Body != "" {
		out += " \\\n  --json " + shellQuote(p.Body)
	}

	return out
}

// shellQuote quotes a text for a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// WithKey fills a key into a call, which has a placeholder in its place.
func WithKey(call, key string) string {
	before, after, _ := strings.Cut(call, "Bearer ")
	_, after, _ = strings.Cut(after, "'")
	return before + "Bearer " + key + "'" + after
}
