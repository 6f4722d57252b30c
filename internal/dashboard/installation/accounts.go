package installation

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/secret"
)

// accountRow is an account in the list.
type accountRow struct {
	ID, Name, Href string
	Credits, Held  int64
	Created        screen.Moment
}

// accountList is what the screen shows.
type accountList struct {
	Filters screen.Filters
	Rows    []accountRow
	Pages   screen.Pager
	Empty   *screen.Empty
}

// accounts lists the accounts of the installation, oldest first.
func accounts(q *screen.Request) (screen.Answer, error) {
	after, err := screen.Position(id.ParseAccount, q.Value("before"))
	if err != nil {
		return nil, err
	}
	list, next, err := q.Verbs.Admin.FindAccounts(q.Context(), q.Value("q"), after, screen.ListSize)
	if err != nil {
		return nil, err
	}

	out := accountList{Pages: q.Pages(next.String()), Filters: q.Bar(screen.Root+"/accounts.csv", screen.FilterField{
		Name: "q", Label: q.Text("Name or id"), Kind: "search", Placeholder: "Acme",
	})}
	for _, a := range list {
		out.Rows = append(out.Rows, accountRow{
			ID: a.ID.String(), Name: a.Name, Href: screen.AccountPath(a.ID, id.Live) + "/overview",
			Credits: a.Balance.Credits, Held: a.Balance.Held, Created: q.When(a.CreatedAt),
		})
	}

	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), q.Text("There are no accounts with these filters."), screen.Empty{
		Icon: "users", Title: q.Text("No account yet"),
		Text: q.Text("Create the first one: it gets keys, and a sandbox in which nothing is sent."),
	})

	return screen.Page{
		Template: "accounts", Title: q.Text("Accounts"), Data: out,
		API: screen.API("GET /v2/accounts", "search", q.Value("q")),
	}, nil
}

// accountsCSV is the list as a file, with the same filter.
func accountsCSV(q *screen.Request) (screen.Answer, error) {
	columns := []string{"account_id", "name", "credits", "held", "created_at"}

	return q.CSV("accounts", columns, func(after [16]byte) (rows [][]any, next [16]byte, err error) {
		list, last, err := q.Verbs.Admin.FindAccounts(q.Context(), q.Value("q"), after, screen.CSVPage)
		for _, a := range list {
			rows = append(rows, []any{a.ID.String(), a.Name, a.Balance.Credits, a.Balance.Held, a.CreatedAt})
		}
		return rows, last, err
	}), nil
}

// accountForm is the form of a new account.
type accountForm struct {
	Name, Credits string
	Faults        []fault.FieldError
	Once          string
}

func newAccount(q *screen.Request) (screen.Answer, error) {
	return showAccountForm(q, nil, http.StatusOK)
}

func showAccountForm(q *screen.Request, err error, status int) (screen.Answer, error) {
	return screen.Page{
		Template: "account-new", Title: q.Text("Create an account"), Status: status, Section: screen.Root + "/accounts",
		Data: accountForm{q.Value("name"), q.Value("credits"), q.FaultsOf(err), screen.NewOnce()},
		API:  "POST /v2/accounts", Body: `{"name": "Acme", "credits": 1000}`,
	}, nil
}

// accountMade is shown once: the account with the secrets that sign its callbacks.
type accountMade struct {
	Name, Live, Test, Open string
}

// createAccount makes an account. Its secrets are shown here and never again.
func createAccount(q *screen.Request) (screen.Answer, error) {
	credits := int64(0)
	if text := q.Value("credits"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return q.Refused(fault.Invalid("credits", "credits must be a whole number, such as 1000"), showAccountForm)
		}
		credits = n
	}

	made, err := onceAccount(q, credits)
	if err != nil {
		return q.Refused(err, showAccountForm)
	}

	return screen.Page{
		Template: "account-made", Title: q.Text("Account created"), Section: screen.Root + "/accounts",
		Data: made,
	}, nil
}

// onceAccount makes an account. A form that is sent twice makes one.
func onceAccount(q *screen.Request, credits int64) (accountMade, error) {
	once, err := q.Once(func(made any) (string, secret.String) {
		a, _ := made.(admin.NewAccount)
		return a.ID.String(), secret.NewString(a.CallbackSecret.Reveal() + " " + a.TestCallbackSecret.Reveal())
	})
	if err != nil {
		return accountMade{}, err
	}
	_, answer, err := idempotency.Steps(q.Context(), q.Caller, once, func() (admin.NewAccount, error) {
		return q.Verbs.Admin.CreateAccount(q.Context(), q.Value("name"), credits)
	})
	if err != nil {
		return accountMade{}, err
	}
	made, err := screen.SecretOf(answer)
	if err != nil {
		return accountMade{}, err
	}
	of, err := id.ParseAccount(made.ID)
	live, test, _ := strings.Cut(made.Text, " ")

	return accountMade{
		Name: q.Value("name"), Live: live, Test: test, Open: screen.AccountPath(of, id.Test) + "/team",
	}, err
}
