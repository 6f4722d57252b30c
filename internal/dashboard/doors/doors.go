// Package doors has the ways into the dashboard and out of it: sign-in, one-time links, and the first run.
package doors

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
)

// Cookies of the doors: the browser's device, the right password that waits for its second factor, and a passkey's
// ceremony that has begun. Each value is sealed or a token, and no script reads it.
const (
	deviceCookie   = "ss-device"
	pendingCookie  = "ss-pending"
	ceremonyCookie = "ss-ceremony"
)

//go:embed templates
var files embed.FS

// Screens are the ways in and out, most of which need no session.
var Screens = screen.Set{Templates: files, Routes: []screen.Route{
	{Pattern: "GET " + screen.Root, Access: screen.SignedIn, Handle: first},
	{Pattern: "GET " + screen.Root + "/{$}", Access: screen.SignedIn, Handle: first},
	{Pattern: "GET " + screen.Root + "/sign-in", Access: screen.Anyone, Handle: signInPage},
	{Pattern: "POST " + screen.Root + "/sign-in", Access: screen.Anyone, Handle: signInWithPassword},
	{Pattern: "GET " + screen.Root + "/sign-in/code", Access: screen.Anyone, Handle: codePage},
	{Pattern: "POST " + screen.Root + "/sign-in/code", Access: screen.Anyone, Handle: signInWithCode},
	{Pattern: "POST " + screen.Root + "/sign-in/passkey/options", Access: screen.Anyone, Handle: passkeyOptions},
	{Pattern: "POST " + screen.Root + "/sign-in/passkey", Access: screen.Anyone, Handle: signInWithPasskey},
	{Pattern: "POST " + screen.Root + "/sign-out", Access: screen.SignedIn, Handle: signOut},
	{Pattern: "GET " + screen.Root + "/setup", Access: screen.Anyone, Handle: linkPage},
	{Pattern: "POST " + screen.Root + "/setup", Access: screen.Anyone, Handle: useLink},
}}

// client is the browser as people sees it.
func client(q *screen.Request) people.Client {
	c := people.Client{Address: q.Verbs.Address(q.Request), Agent: q.UserAgent()}
	if k, err := q.Cookie(deviceCookie); err == nil {
		c.Device = secret.NewString(k.Value)
	}
	return c
}

// door is what the pages of the ways in show.
type door struct {
	Faults []fault.FieldError
	Email  string
	Next   string
	// First says that there is no user yet.
	First bool
	Link  people.LinkInfo
	Token string
	Name  string
	// Account is the name of the first account.
	Account string
	Heading string
	// Join says that the signed-in user accepts an invitation.
	Join bool
}

// next is where a sign-in leads: back to the page that asked for it.
func next(q *screen.Request) string {
	if to := q.FormValue("next"); screen.LocalPath(to) {
		return to
	}
	return screen.Root
}

// first leads to the user's first account, or says what to do without one.
func first(q *screen.Request) (screen.Answer, error) {
	for _, m := range q.Visit.Accounts {
		for _, s := range []struct {
			path string
			may  signin.Permission
		}{{"/overview", signin.SeeAnalytics}, {"/verifications", signin.SeeMessages}} {
			if m.Role.May(s.may) {
				return screen.Redirect{To: screen.Root + "/" + m.Account.String() + "/test" + s.path}, nil
			}
		}
	}
	if q.Visit.Operator {
		return screen.Redirect{To: screen.Root + "/instance"}, nil
	}

	return screen.Page{Template: "nowhere", Title: screen.Text("No account"), Data: q.Visit.Email}, nil
}

// signInPage asks for e-mail and password, or for a passkey. A browser that comes from another site sends no cookie with
// its first request, so the page loads itself once more before it asks.
func signInPage(q *screen.Request) (screen.Answer, error) {
	if !q.Visit.User.IsZero() {
		return screen.Redirect{To: next(q)}, nil
	}
	if q.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return screen.Page{Template: "again", Title: screen.Text("Sign in"), Data: screen.Root + "/sign-in?next=" + url.QueryEscape(next(q)), Bare: true}, nil
	}

	return signInForm(q, nil, http.StatusOK)
}

func signInForm(q *screen.Request, err error, status int) (screen.Answer, error) {
	none, countErr := q.Verbs.People.Empty(q.Context())
	if countErr != nil {
		return nil, countErr
	}

	return screen.Page{
		Template: "sign-in", Title: screen.Text("Sign in"), Status: status, Bare: true, Scripts: []string{"screen.js"},
		Data: door{Faults: screen.FaultsOf(err), Email: q.Value("email"), Next: next(q), First: none},
	}, nil
}

func signInWithPassword(q *screen.Request) (screen.Answer, error) {
	in, err := q.Verbs.People.SignIn(q.Context(), people.Attempt{
		Email: q.Value("email"), Password: secret.NewString(q.PostFormValue("password")), Client: client(q),
	})
	if err != nil {
		return refusedDoor(q, err, signInForm)
	}
	if in.Pending.Reveal() != "" {
		q.SetCookie(pendingCookie, in.Pending.Reveal(), int(signin.PendingValid/time.Second))
		return screen.Redirect{To: screen.Root + "/sign-in/code?next=" + url.QueryEscape(next(q))}, nil
	}

	return enterWith(q, in), nil
}

// refusedDoor shows the form again with what was wrong.
func refusedDoor(q *screen.Request, err error, form func(*screen.Request, error, int) (screen.Answer, error),
) (screen.Answer, error) {
	if !screen.FormFault(err) {
		return nil, err
	}
	f := fault.From(err)
	if f.RetryAfter > 0 {
		q.Writer.Header().Set("Retry-After", retrySeconds(f.RetryAfter))
	}
	return form(q, err, f.Status)
}

// enterWith gives the browser its session and leads on.
func enterWith(q *screen.Request, in people.SignedIn) screen.Answer {
	q.SetSession(in.Token)
	q.SetCookie(deviceCookie, in.Device.Reveal(), int(signin.DeviceValid/time.Second))
	q.SetCookie(pendingCookie, "", -1)
	q.SetCookie(ceremonyCookie, "", -1)
	return screen.Redirect{To: next(q)}
}

func codePage(q *screen.Request) (screen.Answer, error) { return codeForm(q, nil, http.StatusOK) }

func codeForm(q *screen.Request, err error, status int) (screen.Answer, error) {
	return screen.Page{
		Template: "sign-in-code", Title: screen.Text("Second factor"), Status: status, Bare: true,
		Data: door{Faults: screen.FaultsOf(err), Next: next(q)},
	}, nil
}

func signInWithCode(q *screen.Request) (screen.Answer, error) {
	var waiting secret.String
	if c, err := q.Cookie(pendingCookie); err == nil {
		waiting = secret.NewString(c.Value)
	}
	in, err := q.Verbs.People.SecondFactor(q.Context(), waiting, secret.NewString(q.Value("code")), client(q))
	if err != nil {
		return refusedDoor(q, err, codeForm)
	}

	return enterWith(q, in), nil
}

// signOut ends the session.
func signOut(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.SignOut(q.Context(), q.Visit); err != nil {
		return nil, err
	}
	q.SetSession(secret.String{})

	return screen.Redirect{To: screen.Root + "/sign-in", Notice: screen.Text("You are signed out.")}, nil
}

// passkeyOptions begins a sign-in with a passkey.
func passkeyOptions(q *screen.Request) (screen.Answer, error) {
	c, err := q.Verbs.People.BeginPasskey(q.Context())
	if err != nil {
		return nil, err
	}
	return ceremony(q, c), nil
}

// ceremony gives a script what the browser needs for a passkey, and keeps the state for the answer.
func ceremony(q *screen.Request, c people.Challenge) screen.Answer {
	q.SetCookie(ceremonyCookie, c.State.Reveal(), int(signin.PendingValid/time.Second))
	return screen.Stream(func(*screen.Request) error {
		q.Writer.Header().Set("Content-Type", "application/json")
		_, err := q.Writer.Write(c.Options)
		return err
	})
}

// ceremonyState is what ceremony kept; empty when there is none.
func ceremonyState(q *screen.Request) secret.String {
	c, err := q.Cookie(ceremonyCookie)
	if err != nil {
		return secret.String{}
	}
	q.SetCookie(ceremonyCookie, "", -1)

	return secret.NewString(c.Value)
}

func signInWithPasskey(q *screen.Request) (screen.Answer, error) {
	in, err := q.Verbs.People.FinishPasskey(q.Context(), ceremonyState(q), []byte(q.PostFormValue("credential")), client(q))
	if err != nil {
		return refusedDoor(q, err, signInForm)
	}
	return enterWith(q, in), nil
}

// retrySeconds writes a wait for Retry-After, rounded up.
func retrySeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
