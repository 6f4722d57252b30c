package httpapi

import (
	"bytes"
	"context"
	"strconv"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/ledger"
)

func (s *Server) instanceRoutes() {
	register(s, op("get-instance", "GET /v2/instance", account.ScopeOperator,
		"Get the state of the installation"), s.getInstance)
	register(s, op("list-accounts", "GET /v2/accounts", account.ScopeOperator, "List the accounts"), s.listAccounts)
	registerIdempotent(s, op("create-account", "POST /v2/accounts", account.ScopeOperator,
		"Create an account"), s.createAccount, showNewAccount)
	registerIdempotent(s, op("add-credits", "POST /v2/accounts/{account_id}/credits", account.ScopeOperator,
		"Add credits to an account", 404), s.addCredits, showBalance)
}

// operatorsOnly refuses test keys, since the installation is live.
func operatorsOnly(c account.Caller) error {
	if c.Mode == id.Test {
		return fault.OnlyLive("the installation and its accounts are live")
	}
	return nil
}

type instanceNodeBody struct {
	ID      string `json:"id" example:"7"`
	Name    string `json:"name" example:"otp-1"`
	State   string `json:"state" enum:"alive,silent" doc:"silent: its work is taken over soon." example:"alive"`
	Version string `json:"version" example:"0.1.0"`
	SeenAt  string `json:"seen_at" format:"date-time" doc:"When it was heard of last."`
}

type instanceBody struct {
	Version       string             `json:"version" doc:"The version of the node that answers." example:"0.1.0"`
	Database      string             `json:"database" enum:"sqlite,postgres" example:"sqlite"`
	StartedAt     string             `json:"started_at" format:"date-time" doc:"When the node that answers was started."`
	Nodes         []instanceNodeBody `json:"nodes" doc:"The nodes that have not ended."`
	Queued        int64              `json:"queued" minimum:"0" doc:"Live messages that wait for a carrier and are due, at most 10,000 for each carrier." example:"0"`
	DiskFreeBytes *int64             `json:"disk_free_bytes,omitempty" doc:"What is free on the disk of the data folder of the node that answers." example:"53687091200"`
	Accounts      int64              `json:"accounts" minimum:"0" doc:"About how many accounts there are." example:"3"`
}

func (s *Server) getInstance(ctx context.Context, c account.Caller, _ *struct{}) (instanceBody, error) {
	if err := operatorsOnly(c); err != nil {
		return instanceBody{}, err
	}
	i, err := s.Instance(ctx)
	if err != nil {
		return instanceBody{}, err
	}
	carriers, err := s.Engine.Carriers(ctx, c)
	if err != nil {
		return instanceBody{}, err
	}

	b := instanceBody{
		Version: i.Version, Database: i.Database, StartedAt: stamp(i.StartedAt), Nodes: []instanceNodeBody{},
		DiskFreeBytes: i.DiskFree, Accounts: i.Accounts,
	}
	for _, n := range i.Nodes {
		b.Nodes = append(b.Nodes, instanceNodeBody{strconv.FormatInt(n.ID, 10), n.Name, n.State, n.Version, stamp(n.SeenAt)})
	}
	for _, k := range carriers {
		b.Queued += int64(k.Queued)
	}

	return b, nil
}

type accountSummaryBody struct {
	ID        string `json:"id" example:"acct_01HWXYZABC123DEF4560000000"`
	Name      string `json:"name" example:"Acme"`
	Credits   int64  `json:"credits" example:"1000"`
	Held      int64  `json:"held" example:"8"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

type listAccountsInput struct {
	Paging
	Search string `query:"search" minLength:"1" maxLength:"100" doc:"Only those whose name or id has this text in it, in capitals or not." example:"Acme"`
}

func (s *Server) listAccounts(
	ctx context.Context, c account.Caller, in *listAccountsInput,
) (page[accountSummaryBody], error) {
	var out page[accountSummaryBody]
	if err := operatorsOnly(c); err != nil {
		return out, err
	}
	// The filter is part of the list's name, so that a cursor of another one is refused.
	name := "accounts " + in.Search
	after, err := s.openPlainCursor(c, name, &in.Paging)
	if err != nil {
		return out, err
	}

	list, next, err := s.Admin.FindAccounts(ctx, in.Search, after, in.Limit)
	out.NextCursor = s.sealCursor(c, name, &chosen{}, next)
	for _, a := range list {
		out.rows = append(out.rows, encodeRow(new(bytes.Buffer), accountSummaryBody{
			a.ID.String(), a.Name, a.Balance.Credits, a.Balance.Held, stamp(a.CreatedAt),
		}))
	}

	return out, err
}

type createAccountInput struct {
	Repeatable
	Body struct {
		Name    string      `json:"name" minLength:"1" maxLength:"100" example:"Acme"`
		Credits field.Whole `json:"credits,omitempty" minimum:"0" maximum:"1000000000000" doc:"The credits that it begins with." example:"1000"`
	}
}

type newAccountBody struct {
	ID                 string `json:"id" example:"acct_01HWXYZABC123DEF4560000000"`
	Name               string `json:"name" example:"Acme"`
	Credits            int64  `json:"credits" example:"1000"`
	CallbackSecret     string `json:"callback_secret" doc:"Signs what is posted to callback URLs of live messages. It is shown once." example:"whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDx"`
	TestCallbackSecret string `json:"test_callback_secret" doc:"The same for messages of the sandbox." example:"whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDx"`
}

func showNewAccount(a admin.NewAccount) newAccountBody {
	return newAccountBody{
		a.ID.String(), a.Name, a.Balance.Credits, a.CallbackSecret.Reveal(), a.TestCallbackSecret.Reveal(),
	}
}

func (s *Server) createAccount(ctx context.Context, c account.Caller, in *createAccountInput,
	idem *idempotency.Request,
) (admin.NewAccount, *idempotency.Answer, error) {
	if err := operatorsOnly(c); err != nil {
		return admin.NewAccount{}, nil, err
	}
	return idempotency.Steps(ctx, c, idem, func() (admin.NewAccount, error) {
		return s.Admin.CreateAccount(ctx, in.Body.Name, int64(in.Body.Credits))
	})
}

type addCreditsInput struct {
	Repeatable
	ID   string `path:"account_id" doc:"The id of the account." example:"acct_01HWXYZABC123DEF4560000000"`
	Body struct {
		Credits field.Whole `json:"credits" minimum:"-1000000000000" maximum:"1000000000000" doc:"How many; negative to take unspent credits back. Not 0." example:"1000"`
	}
}

func (in addCreditsInput) resource() string { return in.ID }

func showBalance(b ledger.Balance) balanceBody { return balanceBody{b.Credits, b.Held} }

func (s *Server) addCredits(ctx context.Context, c account.Caller, in *addCreditsInput,
	idem *idempotency.Request,
) (ledger.Balance, *idempotency.Answer, error) {
	if err := operatorsOnly(c); err != nil {
		return ledger.Balance{}, nil, err
	}
	of, err := parseID(id.ParseAccount, in.ID, "account")
	if err != nil {
		return ledger.Balance{}, nil, err
	}

	return idempotency.Steps(ctx, c, idem, func() (ledger.Balance, error) {
		b, err := s.Admin.Credit(ctx, of, int64(in.Body.Credits))
		if f := fault.From(err); err != nil && f.Code == fault.NotFound {
			err = fault.NoSuch("account")
		}
		return b, err
	})
}
