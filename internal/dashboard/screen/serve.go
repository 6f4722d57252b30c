package screen

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/web"
)

// serve makes the handler of a route: it checks where the request comes from, who sends it and what this user may do,
// before the screen's function runs.
func (f *Frame) serve(rt *Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &begun{ResponseWriter: w}
		q := &Request{Request: r, Verbs: f.Verbs, Writer: out, route: rt, frame: f, leave: func() {}}
		q.language = f.Texts.Choose("", r.Header)
		defer func() { q.leave() }()
		defer q.caught(out)
		a, err := q.answer()
		if err == nil {
			err = a.Write(q)
		}
		if err != nil {
			q.fail(err)
		}
	})
}

// answer runs the gates and then the screen.
func (q *Request) answer() (Answer, error) {
	if q.frame.cross.Check(q.Request) != nil {
		return nil, Forbidden("this form was sent from another site; open the page here and send it again")
	}

	if a, err := q.pass(); a != nil || err != nil {
		return a, err
	}
	if q.Method == http.MethodPost {
		if err := q.readForm(); err != nil {
			return nil, err
		}
		// The session or the role may have ended before the form was there.
		if a, err := q.pass(); a != nil || err != nil {
			return a, err
		}
	}

	a, err := q.route.Handle(q)
	if errors.Is(err, people.ErrStepUp) { // what the row in the table cannot know, such as a change of oneself
		return q.toStepUp(), nil
	}
	if err != nil && q.Method == http.MethodGet {
		return q.withoutWrong(err)
	}

	return a, err
}

// pass runs the gates: the session, the access and the step-up that the route asks for. It returns what is to be
// answered when the request does not pass one.
func (q *Request) pass() (Answer, error) {
	in, err := q.readVisit()
	if err != nil {
		return nil, err
	}
	if !in && q.route.Access != Anyone {
		return q.toSignIn()
	}
	if err := q.enter(); err != nil {
		return nil, err
	}
	if q.route.StepUp && !q.Visit.SteppedUp(q.Verbs.Now()) {
		return q.toStepUp(), nil
	}

	return nil, nil
}

// readVisit finds the user of the request's session.
func (q *Request) readVisit() (in bool, err error) {
	c, err := q.Cookie(q.frame.sessionCookie(q.Request))
	if err != nil {
		return false, nil // there is none
	}

	find := q.Verbs.People.Visit
	if web.Unattended(q.Request) { // a page that was left open must not keep its session alive
		find = q.Verbs.People.Look
	}
	q.Visit, err = find(q.Context(), secret.NewString(c.Value))
	if f := fault.From(err); err != nil && f.Status == http.StatusUnauthorized {
		return false, nil
	} else if err != nil {
		return false, err
	}

	q.language = q.frame.Texts.Choose(q.Visit.Locale, q.Header)
	q.Request = q.WithContext(audit.By(q.Context(), audit.Actor{
		Kind: audit.User, ID: q.Visit.User.String(), Name: cmp.Or(q.Visit.Name, q.Visit.User.String()),
		Address: q.Verbs.Address(q.Request), Agent: q.UserAgent(),
	}))

	return true, nil
}

// toSignIn sends a user without a session to the sign-in, and from there back to the page. A script's request gets 401,
// which it can tell from a page.
func (q *Request) toSignIn() (Answer, error) {
	if web.Fragment(q.Request) != "" || web.Unattended(q.Request) {
		return nil, fault.New(fault.Unauthorized, "your session has ended; sign in again")
	}
	to, back := Redirect{To: Root + "/sign-in"}, q.URL.RequestURI()
	if _, err := q.Cookie(q.frame.sessionCookie(q.Request)); err == nil {
		to.Notice = q.Text("Your session has ended. Sign in again to go on.")
	}
	if q.Method == http.MethodPost {
		back = q.referer()
		to.Notice = q.Text("Your session has ended, so the form was not saved. Sign in again to go back to it.")
	}
	if back != Root {
		to.To += "?next=" + url.QueryEscape(back)
	}

	return to, nil
}

// toStepUp asks the user to prove again who it is. A form that was sent is sent again afterwards by the user.
func (q *Request) toStepUp() Answer {
	back := q.URL.RequestURI()
	if q.Method == http.MethodPost {
		back = q.referer()
	}
	return Redirect{To: Root + "/confirm?next=" + url.QueryEscape(back)}
}

// referer is the path of the page that sent the request; the dashboard's first page when it is not one of ours. A form that
// was refused stands at the address that it was sent to, which may be no page: the page is above it then.
func (q *Request) referer() string {
	u, err := url.Parse(q.Referer())
	if err != nil || u.Host != q.Host || !LocalPath(u.RequestURI()) {
		return Root
	}
	return q.pageAt(u)
}

// formPage is the path of the page with the form that was sent, which is the form's own when the browser does not say.
func (q *Request) formPage() string {
	if page := q.referer(); page != Root {
		return page
	}
	return q.pageAt(&url.URL{Path: q.URL.Path})
}

// pageAt is the path of the page at an address, or of the one above it.
func (q *Request) pageAt(u *url.URL) string {
	page := http.Request{Method: http.MethodGet, URL: u, Host: q.Host}
	if _, pattern := q.frame.mux.Handler(&page); pattern == everyPath {
		return path.Dir(u.Path)
	}
	return u.RequestURI()
}

// LocalPath reports whether a path is one of the dashboard, so that a link cannot lead to another site.
func LocalPath(p string) bool {
	if p != Root && !strings.HasPrefix(p, Root+"/") && !strings.HasPrefix(p, Root+"?") {
		return false
	}
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.Contains(p, "\\") {
		return false
	}

	return path.Clean(u.Path) == strings.TrimSuffix(u.Path, "/") // no way up, also none that is encoded
}

// enter checks the access that the route asks for. An account that the user has no part in looks like one that does not
// exist.
func (q *Request) enter() error {
	switch q.route.Access {
	case Anyone, SignedIn:
		return nil
	case Operator:
		if !q.Visit.Operator {
			return Forbidden("this page is for operators of the installation")
		}
		q.Mode, q.Role = id.Live, signin.Operator
		q.Caller = account.Caller{Principal: account.Principal{Mode: id.Live, Scopes: scopesOf(true)}}

		return nil
	case Member:
	}

	of, err := id.ParseAccount(q.PathValue("account"))
	mode := modes[q.PathValue("mode")]
	role, ok := q.Visit.Role(of)
	if err != nil || mode == 0 || !ok {
		return fault.New(fault.NotFound, "there is nothing at this address; check the link")
	}
	q.Account, err = q.Verbs.Admin.Account(q.Context(), of)
	if fault.From(err).Status == http.StatusNotFound {
		return fault.New(fault.NotFound, "there is no such account; it may have been removed")
	} else if err != nil {
		return err
	}

	q.Mode, q.Role = mode, role
	q.Caller = account.Caller{
		Principal: account.Principal{Account: of, Mode: mode, Scopes: scopesOf(q.Visit.Operator)},
		Settings:  q.Account.Settings.Of(mode),
	}
	if !role.May(q.route.Needs(mode)) {
		return q.forbidden()
	}

	return nil
}

// forbidden refuses what the member's role may not do.
func (q *Request) forbidden() error {
	return Forbidden("your role (%s) may not do this; ask an owner of the account", q.Role)
}

var modes = map[string]id.Mode{id.Live.String(): id.Live, id.Test.String(): id.Test}

// scopesOf are the scopes of the calls that screens make: what the user may do is decided by the routes.
func scopesOf(Operator bool) []account.Scope {
	if Operator {
		return append([]account.Scope{account.ScopeOperator}, account.Scopes...)
	}
	return account.Scopes
}

func Forbidden(format string, args ...any) *fault.Fault {
	return fault.New(fault.Unauthorized, "%s", fmt.Sprintf(format, args...)).WithStatus(http.StatusForbidden)
}

// everyPath is the pattern of what no screen has.
const everyPath = "/"

// unrouted answers paths that no screen has.
func (f *Frame) unrouted(w http.ResponseWriter, r *http.Request) {
	unknown := Route{Access: SignedIn, Handle: func(*Request) (Answer, error) {
		return nil, fault.New(fault.NotFound, "there is no such page; check the address")
	}}
	f.serve(&unknown).ServeHTTP(w, r)
}

// secure reports whether the browser reached the server over HTTPS.
func (f *Frame) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(strings.ToLower(f.PublicURL), "https://")
}

// sessionCookie is the name of the cookie with the session. The prefix makes browsers refuse it without Secure, from
// another host or for a part of the site; on plain HTTP, which is served on loopback only, they would refuse it always.
func (f *Frame) sessionCookie(r *http.Request) string {
	if f.secure(r) {
		return "__Host-ss"
	}
	return "ss"
}

// SetSession gives the browser its session, or takes it away with an empty token. It lasts until the browser closes or
// the session ends.
func (q *Request) SetSession(token secret.String) {
	c := &http.Cookie{
		Name: q.frame.sessionCookie(q.Request), Value: token.Reveal(), Path: "/", HttpOnly: true,
		Secure: q.frame.secure(q.Request), SameSite: http.SameSiteStrictMode,
	}
	if c.Value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(q.Writer, c)
}
