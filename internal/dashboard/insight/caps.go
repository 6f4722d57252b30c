package insight

import (
	"net/http"
	"strconv"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/secret"
)

// capField is a setting of the form.
type capField struct {
	Name, Label, Value, Help string
	// Text says that it is not a number.
	Text bool
}

// capsForm are the threshold and the caps of an account's live mode.
type capsForm struct {
	Action string
	Fields []capField
}

// capNames are the settings of the form.
var capNames = []struct {
	name, label, help string
	text              bool
}{
	{
		"credits_low", screen.Text("Report when fewer credits are left than"),
		screen.Text("Sends the event credits.low once. 0 reports nothing."), false,
	},
	{ledger.CapHour, screen.Text("Most credits in an hour"), screen.Text("Credits in an hour of UTC. 0 is no cap."), false},
	{ledger.CapDay, screen.Text("Most credits in a day"), screen.Text("Credits in a day of UTC. 0 is no cap."), false},
	{
		ledger.CapCountries, screen.Text("Most credits in a day, by country"),
		screen.Text("Such as BE=5000,FR=1000,*=200: credits for each country, and * for every other one. Empty is no cap."), true,
	},
}

// capsOf is the form with what is stored, or with what was sent when that was wrong.
func capsOf(q *screen.Request, faults []fault.FieldError) *capsForm {
	out := &capsForm{Action: q.At("/credits/caps")}
	for _, c := range capNames {
		f := capField{Name: c.name, Label: q.Text(c.label), Help: q.Text(c.help), Text: c.text, Value: q.Caller.Settings.Get(c.name)}
		if _, sent := q.PostForm[c.name]; sent && len(faults) > 0 {
			f.Value = q.Value(c.name)
		}
		out.Fields = append(out.Fields, f)
	}

	return out
}

// changeCaps sets the threshold and the caps.
func changeCaps(q *screen.Request) (screen.Answer, error) {
	var settings []admin.Setting
	for _, c := range capNames {
		if _, sent := q.PostForm[c.name]; sent {
			settings = append(settings, admin.Setting{Key: c.name, Value: q.Value(c.name)})
		}
	}
	if err := q.Verbs.Admin.SetBy(q.Context(), q.Caller, settings); err != nil {
		return q.Refused(err, showCredits)
	}

	return screen.Redirect{
		To:     q.At("/credits"),
		Notice: q.Text("The caps are in force for every send from now on."),
	}, nil
}

// addPage is the form by which an operator adds credits.
type addPage struct {
	Account, Balance, Value, Once, Back string
	Faults                              []fault.FieldError
}

// addCreditsForm asks how many credits to add.
func addCreditsForm(q *screen.Request) (screen.Answer, error) {
	return showAddCredits(q, nil, http.StatusOK)
}

func showAddCredits(q *screen.Request, wrong error, status int) (screen.Answer, error) {
	out := addPage{
		Account: q.Account.Name, Balance: number(q.Account.Balance.Credits), Value: q.Value("credits"),
		Once: screen.NewOnce(),
		Back: q.At("/credits"), Faults: q.FaultsOf(wrong),
	}

	return screen.Page{
		Template: "credits-add", Title: q.Text("Add credits"), Data: out, Status: status,
		Section: q.At("/credits"),
	}, nil
}

// addCredits adds credits, or takes unspent ones back. A form that is sent twice adds them once.
func addCredits(q *screen.Request) (screen.Answer, error) {
	n, err := strconv.ParseInt(q.Value("credits"), 10, 64)
	if err != nil {
		return q.Refused(fault.Invalid("credits",
			"credits must be a whole number such as 1000, or -1000 to take them back"),
			showAddCredits)
	}
	once, err := q.Once(func(any) (string, secret.String) { return q.Account.ID.String(), secret.String{} })
	if err != nil {
		return q.Refused(err, showAddCredits)
	}
	var answer *idempotency.Answer
	if _, answer, err = q.Verbs.Admin.CreditBy(q.Context(), q.Caller, n, once); err != nil {
		return q.Refused(err, showAddCredits)
	}
	notice := q.Text("The credits were added.")
	switch {
	case answer != nil && answer.Repeated:
		notice = q.Text("This form was sent before, and counts once.")
	case n < 0:
		notice = q.Text("The credits were taken back.")
	}

	return screen.Redirect{To: q.At("/credits"), Notice: notice}, nil
}
