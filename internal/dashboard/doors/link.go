package doors

import (
	"net/http"
	"net/url"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
)

// linkPage is the page of a one-time link: the setup of the installation, an invitation, or a new password. Opening it
// uses nothing up, since mail programs open links before people do.
func linkPage(q *screen.Request) (screen.Answer, error) { return linkForm(q, nil, http.StatusOK) }

func linkForm(q *screen.Request, err error, status int) (screen.Answer, error) {
	token := q.FormValue("token")
	info, lost := q.Verbs.People.Link(q.Context(), secret.NewString(token))
	if lost != nil {
		return nil, lost
	}
	if info.SignInFor && q.Visit.User.IsZero() {
		return screen.Redirect{
			To:     screen.Root + "/sign-in?next=" + url.QueryEscape(screen.Root+"/setup?token="+url.QueryEscape(token)),
			Notice: q.Text("Sign in to accept the invitation."),
		}, nil
	}

	d := door{
		Faults: q.FaultsOf(err), Email: q.Value("email"), Name: q.Value("name"), Account: q.Value("account"), Link: info,
		Token: token, Join: info.SignInFor,
	}
	if info.Email != "" {
		d.Email = info.Email
	}
	titles := map[people.LinkKind]string{
		people.LinkSetup: q.Text("Set up SysSecure"), people.LinkInvite: q.Text("Accept the invitation"),
		people.LinkReset: q.Text("Choose a new password"), people.LinkResetFactors: q.Text("Choose a new password"),
	}
	d.Heading = titles[info.Kind]

	return screen.Page{Template: "link", Title: d.Heading, Status: status, Bare: true, Data: d}, nil
}

// useLink uses the link with what was filled in.
func useLink(q *screen.Request) (screen.Answer, error) {
	token := secret.NewString(q.PostFormValue("token"))
	info, err := q.Verbs.People.Link(q.Context(), token)
	if err != nil {
		return nil, err
	}
	if info.SignInFor && !q.Visit.User.IsZero() {
		of, err := q.Verbs.People.Join(q.Context(), q.Visit, token)
		if err != nil {
			return q.Refused(err, linkForm)
		}
		return screen.Redirect{
			To: screen.AccountPath(of, id.Test) + "/overview", Notice: q.Text("You are a member of the account now."),
		}, nil
	}

	welcome, err := q.Verbs.People.UseLink(q.Context(), token, people.LinkAnswer{
		Email: q.Value("email"), Name: q.Value("name"), Account: q.Value("account"),
		Password: secret.NewString(q.PostFormValue("password")), Client: q.Client(),
	})
	if err != nil {
		return q.Refused(err, linkForm)
	}
	if welcome.Token.Reveal() == "" {
		return screen.Redirect{
			To:     screen.Root + "/sign-in",
			Notice: q.Text("Your password was changed. Sign in with it and your second factor."),
		}, nil
	}

	enterWith(q, welcome.SignedIn)
	if welcome.Key.Reveal() == "" {
		return screen.Redirect{To: screen.Root, Notice: q.Text("Welcome.")}, nil
	}

	return showWelcome(q, welcome)
}

// welcomePage is what the first user sees: the first key, a call to copy, and the list in which it appears.
type welcomePage struct {
	Key, Call, Live, Keys, Profile string
}

// showWelcome is the screen after the setup. The key is shown here and never again.
func showWelcome(q *screen.Request, w people.Welcome) (screen.Answer, error) {
	var err error
	if q.Visit, err = q.Verbs.People.Visit(q.Context(), w.Token); err != nil {
		return nil, err
	}
	if q.Account, err = q.Verbs.Admin.Account(q.Context(), w.Account); err != nil {
		return nil, err
	}

	q.Mode, q.Role = id.Test, signin.Operator
	q.Caller = account.Caller{Principal: account.Principal{Account: w.Account, Mode: id.Test, Scopes: account.Scopes}}
	call := q.Curl(&screen.Page{API: "POST /v2/otp/send", Body: `{"to": "+15005550006", "channels": ["sms"]}`})

	return screen.Page{
		Template: "welcome", Title: q.Text("Send your first code"), Scripts: []string{"live.js"}, Section: q.At("/overview"),
		Data: welcomePage{
			Key: w.Key.Reveal(), Call: screen.WithKey(call,
				w.Key.Reveal()), Live: q.At("/verifications/live"), Keys: q.At("/keys"),
			Profile: screen.Root + "/profile",
		},
	}, nil
}
