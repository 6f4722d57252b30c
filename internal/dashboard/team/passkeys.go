package team

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
)

// passkeyData is what the page shows that adds a passkey.
type passkeyData struct {
	Faults []fault.FieldError
	Name   string
}

func passkeyPage(q *screen.Request) (screen.Answer, error) { return showPasskey(q, nil, http.StatusOK) }

// showPasskey suggests the browser's name, since most people have one passkey in each.
func showPasskey(q *screen.Request, err error, status int) (screen.Answer, error) {
	d := passkeyData{Faults: q.FaultsOf(err), Name: q.Value("name")}
	if d.Name == "" && err == nil {
		d.Name = agentWords(q, q.UserAgent())
	}

	return screen.Page{
		Template: "passkey", Title: q.Text("Add a passkey"), Data: d, Status: status, Section: profile,
		Scripts: []string{"screen.js"},
	}, nil
}

func passkeyOptions(q *screen.Request) (screen.Answer, error) {
	c, err := q.Verbs.People.BeginRegister(q.Context(), q.Visit)
	if err != nil {
		return nil, err
	}
	return q.Ceremony(c), nil
}

func addPasskey(q *screen.Request) (screen.Answer, error) {
	err := q.Verbs.People.FinishRegister(q.Context(), q.Visit, q.CeremonyState(), q.Value("name"),
		[]byte(q.PostFormValue("credential")))
	if err != nil {
		return q.Refused(err, showPasskey)
	}
	return screen.Redirect{To: profile, Notice: q.Text("The passkey was added.")}, nil
}

func renamePasskey(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.RenamePasskey(q.Context(), q.Visit, q.Value("passkey"), q.Value("name")); err != nil {
		return q.Refused(withoutField(err), refused)
	}
	return screen.Redirect{To: profile, Notice: q.Text("The passkey has another name now.")}, nil
}

// withoutField keeps a fault of a small form from pointing to the field of the same name in another one.
func withoutField(err error) error {
	f := fault.From(err)
	return fault.New(f.Code, "%s", f.Message).WithStatus(f.Status).WithCause(err)
}

func removePasskey(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.RemovePasskey(q.Context(), q.Visit, q.Value("passkey")); err != nil {
		return q.Refused(err, refused)
	}
	return screen.Redirect{To: profile, Notice: q.Text("The passkey was removed.")}, nil
}
