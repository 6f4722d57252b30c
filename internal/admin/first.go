package admin

import (
	"context"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// First are the rows of a new installation's first account, with a key of its sandbox. They are stored together with the
// first user.
type First struct {
	Account store.Account
	Key     store.APIKey
	Plain   secret.String // the key in clear
	Notes   []store.Audit
}

// FirstAccount makes these rows, and stores nothing.
func (a *Admin) FirstAccount(ctx context.Context, name string) (First, error) {
	made, err := a.newAccount(name)
	if err != nil {
		return First{}, err
	}
	key, err := a.newKey(ctx, KeySpec{Account: made.ID, Mode: id.Test, Name: "First key"}, made.CreatedAt)
	if err != nil {
		return First{}, err
	}

	row := store.Account{Account: made.Account}

	return First{
		row,
		store.APIKey{API: key.Key},
		key.Secret,
		[]store.Audit{a.noteAccount(ctx, row, 0), noteKey(ctx, key.Key)},
	}, nil
}
