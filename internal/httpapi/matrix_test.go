package httpapi_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestAuthorization_Matrix is every operation × {another account, the other mode, a missing scope, a revoked key, no
// key}. The operations come from the document, so new ones are covered automatically; the table operations says what
// others may see.
func TestAuthorization_Matrix(t *testing.T) {
	t.Parallel()
	list, document := contract(t)
	for _, o := range list {
		t.Run(o.id, func(t *testing.T) {
			t.Parallel()
			validator := newSchemas(t, document)
			for _, mode := range []id.Mode{id.Test, id.Live} {
				if mode == id.Live && o.mode == testOnly || mode == id.Test && o.mode == liveOnly {
					continue
				}
				t.Run("another account, "+mode.String(), func(t *testing.T) {
					o.foreign(t, validator, o.account, mode, func(a *api) string {
						return a.stranger(t, mode, account.Scope(o.scope))
					})
				})

				t.Run("the other mode, "+mode.String(), func(t *testing.T) {
					o.foreign(t, validator, o.operationTest.mode, mode, func(a *api) string {
						if mode == id.Live {
							return o.key(t, a, id.Test)
						}
						return o.key(t, a, id.Live)
					})
				})
			}
			t.Run("a missing scope", func(t *testing.T) { o.scopes(t, validator) })
			t.Run("a revoked key, and none", func(t *testing.T) { o.keyless(t, validator) })
		})
	}
}

// foreign calls an operation with another caller's key for what the owner's key made.
func (o operation) foreign(t *testing.T, validator schemas, want verdict, mode id.Mode, other func(*api) string) {
	a := newAPI(t, testworld.Options{Credits: 1_000_000})
	owner := o.key(t, a, mode)
	r, key := o.ready(t, a, owner), other(a)
	w := o.do(t, a, key, r, "")
	validator.check(o.id, o.answerSchemas[strconv.Itoa(w.Code)], w.text)
	for _, secret := range r.ownerData {
		if want != hidden && want != same && strings.Contains(w.text, secret) {
			t.Errorf("the answer shows %s, which is another caller's: %s", secret, w.text)
		}
	}

	switch want {
	case hidden:
		w.refusal(404, "not_found")
		never := o.do(t, a, key, r.withUnknownIDs(t), "").refusal(404, "not_found")
		if got, want := withoutRequest(w), withoutRequest(never); got != want {
			t.Errorf("another caller's id is answered\n%s\nan unknown id\n%s", got, want)
		}
		// The request is good, and the refusal changed nothing: the owner's key succeeds.
		if mine := o.do(t, a, owner, r, ""); !o.documented(mine) {
			t.Errorf("its owner is answered %d %s", mine.Code, mine.text)
		}
	case empty:
		if data, ok := w.ok().json["data"].([]any); !ok || len(data) != 0 {
			t.Errorf("another caller's list is %s", w.text)
		}
		if mine, _ := o.do(t, a, owner, r, "").ok().json["data"].([]any); len(mine) == 0 {
			t.Error("its owner's list is empty, too; add prepare to its row in the table operations")
		}
	case own:
		if !o.documented(w) && w.Code != 402 { // another account has no credits
			t.Errorf("answered %d %s", w.Code, w.text)
		}
	case same:
		if mine := o.do(t, a, owner, r, ""); !o.documented(w) || withoutRequest(mine) != withoutRequest(w) {
			t.Errorf("answered %d %s, its owner %d %s", w.Code, w.text, mine.Code, mine.text)
		}
	case testOnly, liveOnly:
		w.refusal(400, "invalid_params")
	case undecided:
		t.Error("add the expected verdicts to the table operations")
	}
}

// withoutRequest is an answer without the id of its request.
func withoutRequest(w answer) string {
	return strings.Replace(w.text, `"`+w.Header().Get("X-Request-Id")+`"`, `""`, 1)
}

func (o operation) scopes(t *testing.T, validator schemas) {
	a := newAPI(t, testworld.Options{Credits: 1_000_000})
	r := o.ready(t, a, a.of(o.usual()))
	all := append(slices.Clone(account.Scopes), account.ScopeOperator)
	others := slices.DeleteFunc(slices.Clone(all), func(s account.Scope) bool { return string(s) == o.scope })
	if len(others) != len(all)-1 {
		t.Fatalf("the document asks for the scope %q, which is none of %v", o.scope, all)
	}

	w := o.do(t, a, a.key(t, o.usual(), others...), r, "").refusal(401, "unauthorized")
	validator.check(o.id, o.answerSchemas["401"], w.text)
	if w.detail("reason") != "missing_scope" || !strings.Contains(w.str("message"), "scope "+o.scope) {
		t.Errorf("answered %s", w.text)
	}
	if w := o.do(t, a, a.key(t, o.usual(), account.Scope(o.scope)), r, ""); !o.documented(w) {
		t.Errorf("with the scope %s alone: %d %s", o.scope, w.Code, w.text)
	}
}

func (o operation) keyless(t *testing.T, validator schemas) {
	a := newAPI(t, testworld.Options{Credits: 1_000_000})
	r := o.ready(t, a, a.of(o.usual()))
	k, revoked, err := a.Admin.CreateKey(t.Context(), a.Account, o.usual(), []account.Scope{account.Scope(o.scope)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Admin.RevokeKey(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}

	for what, w := range map[string]answer{
		"a revoked key": o.do(t, a, revoked.Reveal(), r, ""),
		"no key":        o.do(t, a, "", r, "", "Authorization", ""),
		"half a key":    o.do(t, a, a.of(o.usual())[:20], r, ""),
	} {
		w.refusal(401, "unauthorized")
		validator.check(o.id, o.answerSchemas["401"], w.text)
		if w.detail("reason") != "" || w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %s", what, w.text)
		}
	}
	if w := o.do(t, a, o.key(t, a, o.usual()), r, ""); !o.documented(w) {
		t.Errorf("a refused request had an effect: %d %s", w.Code, w.text)
	}
}

// key is a key that may call the operation, of the account and a mode.
func (o operation) key(t *testing.T, a *api, mode id.Mode) string {
	t.Helper()
	if o.scope == string(account.ScopeOperator) {
		return a.key(t, mode, append(slices.Clone(account.Scopes), account.ScopeOperator)...)
	}
	return a.of(mode)
}

// of is the key of a mode with every scope of customers.
func (a *api) of(mode id.Mode) string {
	if mode == id.Live {
		return a.live
	}
	return a.test
}
