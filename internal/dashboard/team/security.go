package team

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
)

// changePassword ends all sessions; this browser gets a new one.
func changePassword(q *screen.Request) (screen.Answer, error) {
	in, err := q.Verbs.People.ChangePassword(q.Context(), q.Visit, secret.NewString(q.PostFormValue("current")),
		secret.NewString(q.PostFormValue("password")))
	if err != nil {
		return q.Refused(err, refused)
	}
	q.Enter(in)

	return screen.Redirect{
		To: profile, Notice: q.Text("Your password was changed. You are signed out everywhere else."),
	}, nil
}

// authenticatorData is what the page shows that adds an authenticator app.
type authenticatorData struct {
	Faults []fault.FieldError
	Code   qrCode
	// Secret is for people who type it; State is given back with the code.
	Secret, State string
	// Once makes the form count once.
	Once string
	// Again says that there is one already, which ends.
	Again bool
}

// authenticatorPage shows a new secret. It counts when a code of it was entered.
func authenticatorPage(q *screen.Request) (screen.Answer, error) {
	made, err := q.Verbs.People.BeginTOTP(q.Visit)
	if err != nil {
		return nil, err
	}
	return showAuthenticator(q, made, nil, http.StatusOK)
}

func showAuthenticator(q *screen.Request, made people.NewTOTP, err error, status int) (screen.Answer, error) {
	has, failed := q.Verbs.People.Security(q.Context(), q.Visit)
	if failed != nil {
		return nil, failed
	}
	code, failed := newQRCode(made.Address)
	if failed != nil {
		return nil, failed
	}

	return screen.Page{
		Template: "authenticator", Title: q.Text("Authenticator app"), Status: status, Section: profile,
		Data: authenticatorData{
			q.FaultsOf(err), code, inGroups(made.Text), made.State.Reveal(), screen.NewOnce(), has.TOTP,
		},
	}, nil
}

// inGroups writes a secret in groups of four, which people can follow with the eye.
func inGroups(s string) string {
	var groups []string
	for ; len(s) > 4; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.Join(append(groups, s), " ")
}

func confirmAuthenticator(q *screen.Request) (screen.Answer, error) {
	state := secret.NewString(q.PostFormValue("state"))
	codes, err := q.OnceCodes(func() ([]string, error) {
		return q.Verbs.People.ConfirmTOTP(q.Context(), q.Visit, state, q.Value("code"))
	})
	if err != nil {
		return q.Refused(err, func(q *screen.Request, err error, status int) (screen.Answer, error) {
			made, lost := q.Verbs.People.ResumeTOTP(q.Visit, state)
			if lost != nil {
				return nil, err
			}
			return showAuthenticator(q, made, err, status)
		})
	}

	return showCodes(q, codes), nil
}

// codesData is what the page shows that has recovery codes.
type codesData struct {
	Codes []string
	// File is the codes as a file that the browser saves. It is in the page, because the server does not keep it.
	File template.URL
}

// showCodes shows recovery codes, here and never again.
func showCodes(q *screen.Request, codes []string) screen.Answer {
	text := q.Text("Recovery codes of SysSecure. Each works once.") + "\n\n" + strings.Join(codes, "\n") + "\n"
	return screen.Page{
		Template: "recovery-codes", Title: q.Text("Recovery codes"), Section: profile,
		Data: codesData{codes, template.URL("data:text/plain;charset=utf-8," + url.PathEscape(text))},
	}
}

func renewRecoveryCodes(q *screen.Request) (screen.Answer, error) {
	codes, err := q.OnceCodes(func() ([]string, error) {
		return q.Verbs.People.RenewRecoveryCodes(q.Context(), q.Visit)
	})
	if err != nil {
		return q.Refused(withoutField(err), refused)
	}
	return showCodes(q, codes), nil
}

func removeAuthenticator(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.DisableTOTP(q.Context(), q.Visit); err != nil {
		return q.Refused(withoutField(err), refused)
	}
	return screen.Redirect{To: profile, Notice: q.Text("The authenticator app and its recovery codes were removed.")}, nil
}
