package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/peer"
)

// acting is the context in which a changing operation runs: the audit log ascribes its changes to the caller's key.
func (r *request) acting(ctx context.Context, op *huma.Operation) context.Context {
	if !changes(op) {
		return ctx
	}
	return audit.By(ctx, r.actor())
}

// changes reports whether an operation may change what the audit log records. Sends and checks do not.
func changes(op *huma.Operation) bool {
	scope, _ := op.Metadata[scopeKey].(account.Scope)
	return scope == account.ScopeAdmin || scope == account.ScopeOperator
}

// actor is the caller's key.
func (r *request) actor() audit.Actor {
	a := audit.Actor{Kind: audit.Key, ID: account.PublicKeyID(r.caller.Key), Name: r.caller.KeyName}
	if r.http != nil {
		a.Address, a.Agent = r.address(), r.http.UserAgent()
	}
	return a
}

// address is the address of the client; "" when the connection has none.
func (r *request) address() string {
	if a := peer.Address(r.http, r.server.Proxies); a.IsValid() {
		return a.String()
	}
	return ""
}
