package syssecure

import (
	"context"
	"iter"
	"time"
)

// RoutesService explains how messages are routed. It is for keys with the scope operator.
type RoutesService struct{ core *core }

// RoutePlan is how a message to a number would be sent now.
type RoutePlan struct {
	Meta `json:"-"`

	// To is the number.
	To string `json:"to" log:"number"`
	// Country is the ISO 3166-1 code of its country.
	Country string `json:"country,omitempty"`
	// Type is what the number is for, such as mobile.
	Type string `json:"type"`
	// Mode is test or live.
	Mode string `json:"mode"`
	// Problem is what a send is refused for.
	Problem string `json:"problem,omitempty" log:"number"`
	// TestNumber says whether it is a test number, to which nothing is sent.
	TestNumber bool `json:"test_number,omitempty"`
	// Credits is what a send holds at first.
	Credits int64 `json:"credits"`
	// Steps are the steps, in the order in which they are tried.
	Steps []*RouteStep `json:"steps"`
	// LeftOut are the carriers that are not tried.
	LeftOut []*RouteLeftOut `json:"left_out"`
}

// RouteStep is a step of a plan.
type RouteStep struct {
	// Channel is the channel.
	Channel string `json:"channel"`
	// Carrier is the carrier's name.
	Carrier string `json:"carrier"`
	// Kind says how the carrier is reached.
	Kind string `json:"kind,omitempty"`
	// Credits are the price of a unit.
	Credits int64 `json:"credits"`
	// Unit is what is counted: segment, message or call.
	Unit string `json:"unit"`
	// Cost is what a unit costs the operator, if that is configured; nil otherwise.
	Cost *int64 `json:"cost"`
	// WaitSeconds says how long a receipt is waited for, or an answered call.
	WaitSeconds float64 `json:"wait_seconds"`
	// Receipts says whether the carrier sends receipts.
	Receipts bool `json:"receipts"`
	// Chosen says why the step is at its place.
	Chosen string `json:"chosen"`
	// First is the share of messages that begin with it, from 0 to 1, when carriers are chosen by their rate; nil
	// when it is not known.
	First *float64 `json:"first"`
	// TimeToVerifySeconds is the mean time to verify a code that came this way; nil when it is not known.
	TimeToVerifySeconds *float64 `json:"time_to_verify_seconds"`
	// State is the carrier's state.
	State string `json:"state,omitempty"`
	// Trouble is what is wrong with the carrier.
	Trouble []string `json:"trouble"`
}

// RouteLeftOut is a carrier that a plan leaves out.
type RouteLeftOut struct {
	// Channel is the channel.
	Channel string `json:"channel"`
	// Carrier is the carrier's name.
	Carrier string `json:"carrier"`
	// Why says why it is left out.
	Why string `json:"why" log:"number"`
}

// RouteExplainParams are the parameters of [RoutesService.Explain]. To is required.
type RouteExplainParams struct {
	// To is the number in E.164 format.
	To string `api:"to,required" log:"number"`
	// Channels are the channels, in the order in which they would be tried.
	Channels []Channel `api:"channels"`
}

// Explain says how a message to a number would be sent now, and why. Nothing is sent. Errors that matter:
// [ErrInvalidPhone] when it is no phone number.
func (s *RoutesService) Explain(
	ctx context.Context, params RouteExplainParams, options ...RequestOption,
) (*RoutePlan, error) {
	return call[RoutePlan](ctx, s.core, operation{method: "GET", path: "/routes/explain", query: params}, options)
}

// InstanceService shows the installation of the server. It is for keys with the scope operator.
type InstanceService struct{ core *core }

// Instance is the installation of the server.
type Instance struct {
	Meta `json:"-"`

	// Version is the version of the node that answered.
	Version string `json:"version"`
	// Database is sqlite or postgres.
	Database string `json:"database"`
	// StartedAt is when the node that answered was started.
	StartedAt time.Time `json:"started_at"`
	// Nodes are all nodes.
	Nodes []*InstanceNode `json:"nodes"`
	// Queued is the messages that wait.
	Queued int64 `json:"queued"`
	// DiskFreeBytes is what is free on the disk, in bytes; nil when it is not known.
	DiskFreeBytes *int64 `json:"disk_free_bytes"`
	// Accounts is the number of accounts.
	Accounts int64 `json:"accounts"`
}

// InstanceNode is a node of the server.
type InstanceNode struct {
	// ID identifies the node.
	ID string `json:"id"`
	// Name is its name.
	Name string `json:"name"`
	// State is its state.
	State string `json:"state"`
	// Version is the version that it runs.
	Version string `json:"version"`
	// SeenAt is when it was seen last.
	SeenAt time.Time `json:"seen_at"`
}

// Get gets the version, the nodes and the load of the server. Errors that matter: [ErrAuthentication] when the key
// lacks the scope operator.
func (s *InstanceService) Get(ctx context.Context, options ...RequestOption) (*Instance, error) {
	return call[Instance](ctx, s.core, operation{method: "GET", path: "/instance"}, options)
}

// AccountsService manages the accounts of the server. It is for keys with the scope operator.
type AccountsService struct{ core *core }

// AccountSummary is an account of the server, as its operator sees it.
type AccountSummary struct {
	Meta `json:"-"`

	// ID identifies the account.
	ID string `json:"id"`
	// Name is its name.
	Name string `json:"name"`
	// Credits are the credits that it can spend.
	Credits int64 `json:"credits"`
	// Held are the credits held for messages in progress.
	Held int64 `json:"held"`
	// CreatedAt is when it was made.
	CreatedAt time.Time `json:"created_at"`
}

// CreatedAccount is a new account with its secrets, which are not shown again.
type CreatedAccount struct {
	Meta `json:"-"`

	// ID identifies the account.
	ID string `json:"id"`
	// Name is its name.
	Name string `json:"name"`
	// Credits are the credits that it can spend.
	Credits int64 `json:"credits"`
	// CallbackSecret signs the events of live messages to callback URLs.
	CallbackSecret string `json:"callback_secret" log:"-"`
	// TestCallbackSecret signs the events of test messages to callback URLs.
	TestCallbackSecret string `json:"test_callback_secret" log:"-"`
}

// AccountListParams are the parameters of [AccountsService.List] and [AccountsService.All]. All are optional.
type AccountListParams struct {
	// Limit is the number of accounts on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
	// Search is a text in the name or the id.
	Search string `api:"search"`
}

// List returns one page of the accounts of the server. Errors that matter: [ErrAuthentication] when the key lacks the
// scope operator.
func (s *AccountsService) List(
	ctx context.Context, params AccountListParams, options ...RequestOption,
) (*Page[AccountSummary], error) {
	return list[AccountSummary](ctx, s.core, listOf("/accounts", params, params.Cursor), options)
}

// All iterates over the accounts of the server, and requests page after page.
func (s *AccountsService) All(
	ctx context.Context, params AccountListParams, options ...RequestOption,
) iter.Seq2[*AccountSummary, error] {
	return all[AccountSummary](ctx, s.core, listOf("/accounts", params, params.Cursor), options)
}

// AccountCreateParams are the parameters of [AccountsService.Create]. Name is required.
type AccountCreateParams struct {
	// Name is the account's name.
	Name string `api:"name,required"`
	// Credits are the credits that it begins with.
	Credits int64 `api:"credits"`
}

// Create makes an account. The result has its secrets, which are shown only now: keep them. Errors that matter:
// [ErrBadRequest] when the name is not valid.
func (s *AccountsService) Create(
	ctx context.Context, params AccountCreateParams, options ...RequestOption,
) (*CreatedAccount, error) {
	return call[CreatedAccount](ctx, s.core, operation{method: "POST", path: "/accounts", body: params}, options)
}

// AccountCreditsParams are the parameters of [AccountsService.AddCredits]. Credits is required.
type AccountCreditsParams struct {
	// Credits says how many; negative to take them away.
	Credits int64 `api:"credits,required"`
}

// AddCredits gives an account credits, or takes some away. Errors that matter: [ErrNotFound] when there is no such
// account.
func (s *AccountsService) AddCredits(
	ctx context.Context, accountID string, params AccountCreditsParams, options ...RequestOption,
) (*Balance, error) {
	op := operation{method: "POST", path: "/accounts/{account_id}/credits", ids: []string{accountID}, body: params}
	return call[Balance](ctx, s.core, op, options)
}
