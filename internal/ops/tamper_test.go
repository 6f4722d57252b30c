package ops_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/store"
)

// Somebody who can write the database cannot make a key another account's, add scopes to it, or revive it. All other
// keys still work.
func TestTamper_Keys(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	b := apptest.Open(t, c)
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
		"all of another": "(account, data, mac) = (SELECT account, data, mac FROM api_key WHERE id = '" + full.ID +
			"')",
	} {
		t.Run(name, func(t *testing.T) {
			apptest.SQL(t, c.Data, "CREATE TABLE saved AS SELECT * FROM api_key; UPDATE api_key SET "+
				""+change+" WHERE id = '"+weak.ID+"'")
			defer apptest.SQL(t, c.Data, "DELETE FROM api_key; INSERT INTO api_key SELECT * FROM saved; DROP TABLE "+
				"saved")
			b := apptest.Open(t, c)
			defer b.Close()
			gate := &admin.Authenticator{Admin: b.Admin}
			if who, err := gate.Authenticate(t.Context(), "Bearer "+weakText.Reveal()); !errors.Is(err,
				store.ErrDamaged) {
				t.Errorf("the changed key is %v (%v)", who.Principal, err)
			}
			if who, err := gate.Authenticate(t.Context(), "Bearer "+fullText.Reveal()); err != nil ||
				who.Account != victim {
				t.Errorf("another key is %v (%v)", who.Principal, err)
			}
		})
	}
}

// A backup with damaged rows is refused. When they are skipped, they stay as they are, and all other messages are parked,
// also those of the sandbox of a damaged account. The command line lists all keys but a damaged one.
func TestTamper_Restore(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	b := apptest.Open(t, c)
	owner := newAccount(t, b)
	if _, _, err := b.Admin.CreateKey(t.Context(), owner, id.Live, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Admin.CreateKey(t.Context(), owner, id.Test, nil); err != nil {
		t.Fatal(err)
	}
	due := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	err := b.Store.Update(t.Context(), owner, nil, func(tx *store.Tx) error {
		for n, mode := range []id.Mode{id.Live, id.Live, id.Live, id.Test} {
			m := store.Message{Number: []byte("n"), Message: message.Message{
				Account: owner, ID: id.Message{byte(n + 1)}, Mode: mode, Type: message.TextMessage, State: message.Scheduled,
				ScheduledAt: due, DueAt: due, CreatedAt: due,
			}}
			tx.Insert(m)
		}
		return nil
	})
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	apptest.SQL(t, c.Data, "UPDATE message SET mac = x'00', carrier = x'7a7a' WHERE id = (SELECT min(id) FROM "+
		"message); UPDATE api_key SET mac = x'00' WHERE id = (SELECT min(id) FROM api_key); UPDATE account SET mac = x'00'")

	b = apptest.Open(t, c)
	keys, err := b.Admin.ListKeys(t.Context(), id.Account{})
	if err != nil || len(keys) != 1 {
		t.Errorf("%d keys are listed (%v), want the one that is whole", len(keys), err)
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	err = ops.Backup(t.Context(), b, file, nil)
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	elsewhere := apptest.Config(t)
	elsewhere.MasterKeyFile = c.MasterKeyFile
	_, err = ops.Restore{Config: elsewhere, File: file}.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "3 of ") || !strings.Contains(err.Error(), "--skip-damaged") {
		t.Errorf("the damaged backup: %v", err)
	}
	if _, err := install.OpenExisting(t.Context(), elsewhere); err == nil {
		t.Error("the damaged backup was restored")
	}

	done, err := ops.Restore{Config: elsewhere, File: file, SkipDamaged: true}.Run(t.Context())
	if err != nil || done.Messages != 3 || done.Damaged != 3 {
		t.Errorf("restored %+v, %v; want three parked, and three damaged rows", done, err)
	}
	if _, err := ops.MakeSafe(t.Context(), elsewhere, false, nil); err == nil {
		t.Error("the rule was applied to a database with damaged rows")
	}
	if again, err := ops.MakeSafe(t.Context(), elsewhere, true, nil); err != nil || again.Damaged != 3 {
		t.Errorf("applied again %+v, %v", again, err)
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

// Without its index key a database opens for no command, whatever the master key is, and is not changed.
func TestTamper_IndexKey(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	b := apptest.Open(t, c)
	newAccount(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	apptest.SQL(t, c.Data, "DELETE FROM meta WHERE name = 'index_key'")

	for name, open := range map[string]func(context.Context, *config.Config) (*install.Base, error){
		"by a command": install.OpenExisting, "by the server": install.Open,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := open(t.Context(), c); !errors.Is(err, install.ErrLostIndexKey) {
				t.Errorf("opened: %v", err)
			}
		})
	}
	checks, err := ops.Diagnose(t.Context(), c)
	if err != nil || !slices.ContainsFunc(checks, func(c ops.Check) bool { return strings.Contains(c.Problem, "index key") }) {
		t.Errorf("doctor finds %+v (%v)", checks, err)
	}
}
