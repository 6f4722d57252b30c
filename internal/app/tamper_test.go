package app_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store"
)

// Whoever writes the database turns no key into another account's, gives it no scope, and revives none. Every other key
// works on.
func TestTamper_Keys(t *testing.T) {
	t.Parallel()
	c := configured(t)
	b := open(t, c)
	victim, stranger := newAccount(t, b), newAccount(t, b)
	full, fullText, err := b.Admin.CreateKey(t.Context(), victim, id.Live, nil)
	if err != nil {
		t.Fatal(err)
	}

	weak, weakText, err := b.Admin.CreateKey(t.Context(), stranger, id.Live, account.Scopes[:1])
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	for name, change := range map[string]string{
		"another account's": fmt.Sprintf("account = x'%x'", victim[:]),
		"more scopes":       "data = (SELECT data FROM api_key WHERE id = '" + full.ID + "')",
		"all of another":    "(account, data, mac) = (SELECT account, data, mac FROM api_key WHERE id = '" + full.ID + "')",
	} {
		t.Run(name, func(t *testing.T) {
			sql(t, c.Data, "CREATE TABLE saved AS SELECT * FROM api_key; UPDATE api_key SET "+change+" WHERE id = '"+weak.ID+"'")
			defer sql(t, c.Data, "DELETE FROM api_key; INSERT INTO api_key SELECT * FROM saved; DROP TABLE saved")
			b := open(t, c)
			defer b.Close()
			gate := &admin.Gate{Admin: b.Admin}
			if who, err := gate.Authenticate(t.Context(), "Bearer "+weakText.Reveal()); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("the changed key is %v (%v)", who.Principal, err)
			}
			if who, err := gate.Authenticate(t.Context(), "Bearer "+fullText.Reveal()); err != nil || who.Account != victim {
				t.Errorf("another key is %v (%v)", who.Principal, err)
			}
		})
	}
}

func newAccount(t *testing.T, b *install.Base) id.Account {
	t.Helper()
	made, err := b.Admin.CreateAccount(t.Context(), "Acme", 0)
	if err != nil {
		t.Fatal(err)
	}
	return made.Account.ID
}
