// Package doors has the ways into the dashboard and out of it: sign-in, one-time links, the first run, and the proof that
// it is still the user.
package doors

import (
	"embed"
	"net/http"
	"net/url"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
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
	{Pattern: "GET " + screen.Root + "/confirm", Access: screen.SignedIn, Handle: confirmPage},
	{Pattern: "POST " + screen.Root + "/confirm", Access: screen.SignedIn, Handle: confirm},
	{Pattern: "POST " + screen.Root + "/confirm/passkey/options", Access: screen.SignedIn, Handle: confirmOptions},
	{Pattern: "POST " + screen.Root + "/confirm/passkey", Access: screen.SignedIn, Handle: confirmWithPasskey},
	{Pattern: "GET " + screen.Root + "/alive", Access: screen.SignedIn, Handle: alive},
	{Pattern: "POST " + screen.Root + "/sign-out", Access: screen.SignedIn, Handle: signOut},
	{Pattern: "GET " + screen.Root + "/setup", Access: screen.Anyone, Handle: linkPage},
	{Pattern: "POST " + screen.Root + "/setup", Access: screen.Anyone, Handle: useLink},
}}

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
	if q.Visit.Operator { // who may open every account
		oldest, _, err := q.Verbs.Admin.FindAccounts(q.Context(), "", id.Account{}, 1)
		if err != nil {
			return nil, err
		}
		if len(oldest) > 0 {
			return screen.Redirect{To: screen.AccountPath(oldest[0].ID, id.Test) + "/overview"}, nil
		}
	}

	return screen.Page{Template: "nowhere", Title: q.Text("No account"), Data: q.Visit.Email}, nil
}

// signInPage asks for e-mail and password, or for a passkey. A browser that comes from another site sends no cookie with
// its first request, so the page loads itself once more before it asks.
func signInPage(q *screen.Request) (screen.Answer, error) {
	if !q.Visit.User.IsZero() {
		return screen.Redirect{To: q.Next()}, nil
	}
	if q.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return screen.Page{
			Template: "again", Title: q.Text("Sign in"), Bare: true,
			Data: screen.Root + "/sign-in?next=" + url.QueryEscape(q.Next()),
		}, nil
	}

	return signInForm(q, nil, http.StatusOK)
}

func signInForm(q *screen.Request, err error, status int) (screen.Answer, error) {
	none, countErr := q.Verbs.People.Empty(q.Context())
	if countErr != nil {
		return nil, countErr
	}

	return screen.Page{
		Template: "sign-in", Title: q.Text("Sign in"), Status: status, Bare: true, Scripts: []string{"screen.js"},
		Data: door{Faults: q.FaultsOf(err), Email: q.Value("email"), Next: q.Next(), First: none},
	}, nil
}

func signInWithPassword(q *screen.Request) (screen.Answer, error) {
	in, err := q.Verbs.People.SignIn(q.Context(), people.Attempt{
		Email: q.Value("email"), Password: secret.NewString(q.PostFormValue("password")), Client: q.Client(),
	})
	if err != nil {
		return q.Refused(err, signInForm)
	}
	if in.Pending.Reveal() != "" {
		q.Wait(in)
		return screen.Redirect{To: screen.Root + "/sign-in/code?next=" + url.QueryEscape(q.Next())}, nil
	}

	return enterWith(q, in), nil
}

// enterWith gives the browser its session and leads on.
func enterWith(q *screen.Request, in people.SignedIn) screen.Answer {
	q.Enter(in)
	return screen.Redirect{To: q.Next()}
}

func codePage(q *screen.Request) (screen.Answer, error) { return codeForm(q, nil, http.StatusOK) }

func codeForm(q *screen.Request, err error, status int) (screen.Answer, error) {
	return screen.Page{
		Template: "sign-in-code", Title: q.Text("Second factor"), Status: status, Bare: true,
		Data: door{Faults: q.FaultsOf(err), Next: q.Next()},
	}, nil
}

func signInWithCode(q *screen.Request) (screen.Answer, error) {
	in, err := q.Verbs.People.SecondFactor(q.Context(), q.Waiting(), secret.NewString(q.Value("code")), q.Client())
	if err != nil {
		return q.Refused(screen.At("code", err), codeForm)
	}

	return enterWith(q, in), nil
}

// signOut ends the session.
func signOut(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.SignOut(q.Context(), q.Visit); err != nil {
		return nil, err
	}
	q.SetSession(secret.String{})

	return screen.Redirect{To: screen.Root + "/sign-in", Notice: q.Text("You are signed out.")}, nil
}

// passkeyOptions begins a sign-in with a passkey.
func passkeyOptions(q *screen.Request) (screen.Answer, error) {
	c, err := q.Verbs.People.BeginPasskey(q.Context())
	if err != nil {
		return nil, err
	}
	return q.Ceremony(c), nil
}

func signInWithPasskey(q *screen.Request) (screen.Answer, error) {
	in, err := q.Verbs.People.FinishPasskey(q.Context(), q.CeremonyState(), []byte(q.PostFormValue("credential")),
		q.Client())
	if err != nil {
		return q.Refused(err, signInForm)
	}
	return enterWith(q, in), nil
}
