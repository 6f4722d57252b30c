package doors

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
)

// confirmForm is what the page asks for: what the user has to prove who it is.
type confirmForm struct {
	Faults                  []fault.FieldError
	Next                    string
	Password, Code, Passkey bool
}

// confirmPage asks the user to prove again who it is, before a page that needs more than a session.
func confirmPage(q *screen.Request) (screen.Answer, error) { return showConfirm(q, nil, http.StatusOK) }

func showConfirm(q *screen.Request, err error, status int) (screen.Answer, error) {
	has, failed := q.Verbs.People.Security(q.Context(), q.Visit)
	if failed != nil {
		return nil, failed
	}

	return screen.Page{
		Template: "confirm", Title: q.Text("Confirm that it is you"), Status: status, Bare: true, Scripts: []string{"screen.js"},
		Data: confirmForm{
			Faults: q.FaultsOf(err), Next: q.Next(), Password: !has.PasswordAt.IsZero(), Code: has.TOTP,
			Passkey: len(has.Passkeys) > 0 && q.Verbs.People.PasskeysAvailable(),
		},
	}, nil
}

// confirm takes a password or a code, and leads back.
func confirm(q *screen.Request) (screen.Answer, error) {
	err := q.Verbs.People.StepUp(q.Context(), q.Visit, people.Proof{
		Password: secret.NewString(q.PostFormValue("password")), Code: secret.NewString(q.Value("code")),
	})
	field := "password"
	if q.Value("code") != "" {
		field = "code"
	}
	if err != nil {
		return q.Refused(screen.At(field, err), showConfirm)
	}

	return screen.Redirect{To: q.Next()}, nil
}

// confirmOptions begins a proof by passkey.
func confirmOptions(q *screen.Request) (screen.Answer, error) {
	c, err := q.Verbs.People.BeginStepUp(q.Context(), q.Visit)
	if err != nil {
		return nil, err
	}
	return q.Ceremony(c), nil
}

func confirmWithPasskey(q *screen.Request) (screen.Answer, error) {
	err := q.Verbs.People.FinishStepUp(q.Context(), q.Visit, q.CeremonyState(), []byte(q.PostFormValue("credential")))
	if err != nil {
		return q.Refused(err, showConfirm)
	}
	return screen.Redirect{To: q.Next()}, nil
}

// alive renews the session of a page that is open. The gate before it did so.
func alive(*screen.Request) (screen.Answer, error) {
	return screen.Stream(func(q *screen.Request) error {
		q.Writer.WriteHeader(http.StatusNoContent)
		return nil
	}), nil
}
