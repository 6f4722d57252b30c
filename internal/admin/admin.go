// Package admin implements the management of accounts: settings, credits, API keys, templates and reports. The command
// line and the API call the same functions.
//
// A secret is returned once, when it is made: the database keeps a MAC of an API key and a sealed callback secret.
package admin

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// Admin is safe for concurrent use.
type Admin struct {
	Store *store.Store
	Keys  *secret.Keyring
	Index secret.IndexKey
	Now   func() time.Time
}

// NewAccount is a new account with the secrets that sign its callbacks, live and in the sandbox.
type NewAccount struct {
	account.Account
	CallbackSecret     secret.String
	TestCallbackSecret secret.String
}

// CreateAccount makes an account with its first credits.
func (a *Admin) CreateAccount(ctx context.Context, name string, credits int64) (NewAccount, error) {
	made, err := a.newAccount(name)
	if credits < 0 {
		err = fault.Join(err, fault.Invalid("credits", "credits must be 0 or more"))
	}
	if err != nil {
		return NewAccount{}, err
	}

	row, now := store.Account{Account: made.Account}, made.CreatedAt
	note := a.noteAccount(ctx, row, credits)
	err = a.Store.Update(ctx, row.ID, []store.Key{row.Key()}, func(tx *store.Tx) error {
		tx.Put(row)
		tx.Insert(note)
		return grant(tx, row.ID, credits, now)
	})
	made.Balance.Credits = credits

	return made, err
}

// newAccount makes an account without credits, and stores nothing.
func (a *Admin) newAccount(name string) (NewAccount, error) {
	settings, err := apply(account.InBothModes(account.DefaultSettings("")), []Setting{{account.SettingName, name}})
	if err != nil {
		return NewAccount{}, err
	}

	live, err := signingSecret()
	if err != nil {
		return NewAccount{}, err
	}

	test, err := signingSecret()
	if err != nil {
		return NewAccount{}, err
	}

	now := a.Now()
	made := account.Account{ID: id.NewAccount(now), Name: name, Settings: settings, CreatedAt: now}
	k := store.AccountKey(made.ID)
	made.CallbackSecret = a.Keys.Seal([]byte(live.Reveal()), k.Location("callback_secret"))
	made.TestCallbackSecret = a.Keys.Seal([]byte(test.Reveal()), k.Location("test_callback_secret"))

	return NewAccount{made, live, test}, nil
}

func (a *Admin) noteAccount(ctx context.Context, row store.Account, credits int64) store.Audit {
	var diff audit.Diff
	diff.AddText("name", "", row.Name)
	diff.Add("credits", nil, credits)

	return audit.Note(ctx, row.CreatedAt, row.ID, 0, audit.AccountCreated, row.ID.String(), diff...)
}

// signingSecret makes a webhook secret: "whsec_" and 32 random bytes in base64.
func signingSecret() (secret.String, error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return secret.String{}, fmt.Errorf("make a secret: %w", err)
	}
	return secret.NewString("whsec_" + base64.StdEncoding.EncodeToString(b)), nil
}

// noAccount is the error for an account that does not exist. Only operators name accounts, so it reveals nothing to
// customers.
func noAccount(of id.Account) *fault.Fault {
	return fault.New(fault.NotFound,
		"there is no account %s in this installation; syssecure account list shows all accounts", of)
}

func grant(tx *store.Tx, a id.Account, credits int64, now time.Time) error {
	if credits == 0 {
		return nil
	}
	row, ok := store.Get[store.Account](tx, store.AccountKey(a))
	if !ok {
		return noAccount(a)
	}

	posted, entry, ok := row.Post(ledger.Grant, credits, id.Message{}, now)
	if !ok {
		return fault.Invalid("credits", "the account has %d credits; %d cannot be added", row.Balance.Credits, credits)
	}
	tx.Put(posted)
	tx.Insert(entry)

	return nil
}

// Credit adds credits to an account, or takes unspent ones back when credits is negative.
func (a *Admin) Credit(ctx context.Context, of id.Account, credits int64) (ledger.Balance, error) {
	if credits == 0 {
		return ledger.Balance{}, fault.Invalid("credits", "credits must not be 0")
	}
	var balance ledger.Balance
	credit := crediting(ctx, of, credits, a.Now())
	err := a.Store.Update(ctx, of, []store.Key{store.AccountKey(of)}, func(tx *store.Tx) (err error) {
		balance, err = credit(tx)
		return err
	})

	return balance, err
}

// crediting is the part of a transaction that adds credits to an account, with its audit row. It may run more than once.
func crediting(ctx context.Context, of id.Account, credits int64, now time.Time) func(*store.Tx) (ledger.Balance, error) {
	action := audit.CreditsAdded
	if credits < 0 {
		action = audit.CreditsRemoved
	}
	note := audit.Note(ctx, now, of, 0, action, of.String())

	return func(tx *store.Tx) (ledger.Balance, error) {
		if err := grant(tx, of, credits, now); err != nil {
			return ledger.Balance{}, err
		}
		row, _ := store.Get[store.Account](tx, store.AccountKey(of))

		var diff audit.Diff
		diff.Add("credits", row.Balance.Credits-credits, row.Balance.Credits)
		tx.Insert(audit.With(note, diff...))

		return row.Balance, nil
	}
}

// Balance reads what an account can spend.
func (a *Admin) Balance(ctx context.Context, of id.Account) (ledger.Balance, error) {
	row, err := a.Account(ctx, of)
	return row.Balance, err
}

// Account reads an account.
func (a *Admin) Account(ctx context.Context, of id.Account) (row store.Account, err error) {
	err = a.Store.View(ctx, func(v store.Reader) error {
		rows, err := v.Load(store.AccountKey(of))
		if err != nil {
			return err
		}

		var ok bool
		if row, ok = store.Get[store.Account](rows, store.AccountKey(of)); !ok {
			return noAccount(of)
		}

		return nil
	})

	return row, err
}
