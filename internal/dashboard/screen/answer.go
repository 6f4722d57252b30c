package screen

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/problem"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/web"
)

// Answer is what a screen returns.
type Answer interface {
	Write(q *Request) error
}

// Page is a screen: a template with its data.
type Page struct {
	// Template is the name of the screen's file, without its endings.
	Template string
	Title    string
	// Data is what the template shows.
	Data any
	// Status is the HTTP status; 0 is 200.
	Status int
	// Scripts are the names of the screen's own modules.
	Scripts []string
	// API is the call of the API that returns the same: a method and a path with its query. The screen offers it as curl.
	API string
	// Body is the JSON body of that call; empty for none.
	Body string
	// Bare is a page without navigation: sign-in and one-time links.
	Bare bool
	// Section is the path of the link of the navigation that is current, when it is not the page itself.
	Section string
}

// write renders the page whole before it sends anything. A request for a fragment gets only that block of the template.
func (p Page) Write(q *Request) error {
	if err := q.maySee(p.Template); err != nil {
		return err
	}
	if to := q.universal(); to != "" && web.Fragment(q.Request) == "" {
		return Redirect{To: to}.Write(q)
	} else if to != "" {
		q.Writer.Header().Set("Content-Location", to) // where the script shows the list
	}
	html, err := q.templates().render(q, &p)
	if err != nil {
		return err
	}
	if len(q.faults) > 0 {
		html = markFields(html, q.faults)
	}
	status := p.Status
	if status == 0 {
		status = http.StatusOK
	}
	web.NewContent("text/html; charset=utf-8", web.NoStore, html).Serve(q.Writer, q.Request, status)

	return nil
}

// errorPage is the template of errors, which everybody may see.
const errorPage = "error"

// maySee refuses a screen that the member may not see, whichever route shows it. A screen that no set names is shown by
// the link that leads to it, whose permission was asked for, and never as the answer to a form.
func (q *Request) maySee(screen string) error {
	may, known := q.frame.may[screen]
	switch {
	case known && !q.May(may):
		return q.forbidden()
	case !known && q.route.Access == Member && q.Method != http.MethodGet && screen != errorPage:
		return fmt.Errorf("no permission is named for the screen %s, which answers a form", screen)
	}
	return nil
}

// Redirect sends the browser to another screen after a change, with a sentence that says what happened.
type Redirect struct {
	To     string
	Notice string
}

// noticeCookie holds the sentence until the next page. It is sealed: who can set a cookie for this host, such as a server on
// another port of it, must not put words on our pages.
const noticeCookie = "ss-notice"

var noticeLocation = secret.Location{Table: "cookie", Column: noticeCookie}

func (a Redirect) Write(q *Request) error {
	if a.Notice != "" {
		sealed := q.Verbs.Admin.Keys.Seal([]byte(a.Notice), noticeLocation)
		q.SetCookie(noticeCookie, base64.RawURLEncoding.EncodeToString(sealed), 60)
	}
	http.Redirect(q.Writer, q.Request, a.To, http.StatusSeeOther)

	return nil
}

// notice is the sentence of the request before. It is shown once.
func (q *Request) notice() string {
	c, err := q.Cookie(noticeCookie)
	if err != nil {
		return ""
	}
	q.SetCookie(noticeCookie, "", -1)
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	text, err := q.Verbs.Admin.Keys.Open(sealed, noticeLocation)
	if err != nil {
		return ""
	}

	return string(text)
}

// SetCookie sets a cookie of the dashboard that no script reads. maxAge is in seconds; a negative one removes it.
func (q *Request) SetCookie(name, value string, maxAge int) {
	http.SetCookie(q.Writer, &http.Cookie{
		Name: name, Value: value, Path: Root, MaxAge: maxAge, HttpOnly: true, Secure: q.frame.secure(q.Request),
		SameSite: http.SameSiteStrictMode,
	})
}

// Stream is an answer that is written while it is made.
type Stream func(q *Request) error

func (s Stream) Write(q *Request) error { return s(q) }

// failure is what the error page shows.
type failure struct {
	Status    int
	Title     string
	Message   string
	RequestID string
	// Text is said in place of Message, in the user's language, when the server failed.
	Text string
	// Again is the page to try once more after a failure of the server, Back where the user can go on.
	Again, Back string
	// Other is the same page in the account's other mode, where there is what this mode lacks.
	Other, OtherText string
}

// fail shows an error. What is not a fault is logged, and shown without its text.
func (q *Request) fail(err error) {
	if q.Context().Err() != nil {
		return // the browser is gone
	}
	f := fault.From(err)
	if f.Status >= http.StatusInternalServerError {
		q.Verbs.Log.Error("a page of the dashboard failed", "request", q.ID(), "path", q.URL.Path, "error", err)
	}
	if f.RetryAfter > 0 {
		q.Writer.Header().Set("Retry-After", strconv.FormatInt(problem.WholeSeconds(f.RetryAfter), 10))
	}
	p := Page{
		Template: errorPage, Title: q.errorTitle(f), Status: f.Status, Bare: q.Visit.User.IsZero(),
	}
	shown := failure{Status: f.Status, Title: q.errorTitle(f), Message: q.told(f), RequestID: q.ID(), Back: Root}
	if f.Status >= http.StatusInternalServerError {
		if shown.Again = q.URL.RequestURI(); q.Method != http.MethodGet {
			shown.Again = q.formPage()
		}
	}
	if f.Code == fault.Internal {
		shown.Text = q.Text("The server failed. Try again; if it fails again, tell its operator the id of this request.")
	}
	if shown.Other = q.elsewhere(f); shown.Other != "" {
		shown.OtherText = q.Textf("Open it in %s mode", other(q.Mode))
	}
	p.Data = shown
	if writeErr := p.Write(q); writeErr != nil {
		q.Verbs.Log.Error("the error page failed", "request", q.ID(), "error", errors.Join(err, writeErr))
		http.Error(q.Writer, "The page cannot be shown. Request "+q.ID(), http.StatusInternalServerError)
	}
}

// brokeOff logs why an answer that has begun breaks off: its reader only sees that it does. ctx is that of the answer.
func (q *Request) brokeOff(ctx context.Context, err error) {
	if ctx.Err() == nil && fault.From(err).Status >= http.StatusInternalServerError {
		q.Verbs.Log.Error("an answer of the dashboard broke off", "request", q.ID(), "path", q.URL.Path, "error", err)
	}
}

// told is an error as the user of a screen reads it, who has no key and writes no ids.
func (q *Request) told(f *fault.Fault) string {
	what := f.Missing
	switch what {
	case "":
		return inWords(f.Message, "", "")
	case "OTP":
		what = "verification"
	case "key":
		what = "API key"
	}
	if q.Account.ID.IsZero() {
		return q.Textf("There is no such %s. It may have been removed.", what)
	}

	return q.Textf("There is no such %s in %s mode. It may have been removed.", what, q.Mode)
}

// elsewhere is the page in the account's other mode, if what was not found is there; else it is empty.
func (q *Request) elsewhere(f *fault.Fault) string {
	if f.Missing == "" || q.Method != http.MethodGet || q.Account.ID.IsZero() {
		return ""
	}
	there := *q
	there.Mode = other(q.Mode)
	there.Caller.Mode, there.Caller.Settings = there.Mode, q.Account.Settings.Of(there.Mode)
	if _, err := q.route.Handle(&there); err != nil {
		return ""
	}

	return there.At(strings.TrimPrefix(q.URL.RequestURI(), q.At("")))
}

// other is the mode that is not the request's.
func other(mode id.Mode) id.Mode {
	if mode == id.Live {
		return id.Test
	}
	return id.Live
}

func (q *Request) errorTitle(f *fault.Fault) string {
	switch {
	case f.Status == http.StatusNotFound:
		return q.Text("Not found")
	case f.Status == http.StatusForbidden:
		return q.Text("Not allowed")
	case f.Status == http.StatusTooManyRequests:
		return q.Text("Too many requests")
	case f.Status >= http.StatusInternalServerError:
		return q.Text("The page cannot be shown")
	}
	return q.Text("That did not work")
}
