package ops_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// sql changes the database as something other than SysSecure would.
func sql(text string) func(t *testing.T, folder string) {
	return func(t *testing.T, folder string) { apptest.SQL(t, folder, text) }
}

// mode changes the permissions of a file in the data folder, or of the folder.
func mode(name string, mode os.FileMode) func(t *testing.T, folder string) {
	return func(t *testing.T, folder string) {
		if err := os.Chmod(filepath.Join(folder, name), mode); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDoctor_Problems causes every problem that doctor finds.
func TestDoctor_Problems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(t *testing.T, folder string)
		says string
	}{
		"nothing":           {harm: func(*testing.T, string) {}},
		"folder readable":   {harm: mode("", 0o755), says: "chmod go-rwx"},
		"database readable": {harm: mode(install.DatabaseFile, 0o644), says: "chmod go-rwx"},
		"credits from nowhere": {harm: sql("UPDATE account SET credits = credits + 1"), says: "of table account: its " +
			"MAC is wrong"},
		"accounts deleted": {harm: sql("DELETE FROM account"), says: "accounts are gone whose data is still " +
			"there: acct_"},
		"a list omits a row": {
			harm: sql("UPDATE entry SET mac = x'00'"),
			says: "run syssecure doctor --rows",
		},
		"only a key is left": {
			harm: sql("DELETE FROM account; DELETE FROM entry; DELETE FROM member"),
			says: "(API keys)",
		},
		"only a member is left": {
			harm: sql("DELETE FROM account; DELETE FROM entry; DELETE FROM api_key"),
			says: "(members)",
		},
		"a user made an operator": {harm: sql("UPDATE person SET data = x''"), says: "of table person: its MAC is wrong"},
		"a role changed":          {harm: sql("UPDATE member SET data = x''"), says: "of table member: its MAC is wrong"},
		"a login led elsewhere":   {harm: sql("UPDATE login SET data = x''"), says: "of table login: its MAC is wrong"},
		"an entry lost": {
			harm: sql("DELETE FROM entry"),
			says: "has a balance of 100 credits and 0 held (1 entries), but its entries add up to 0 credits and 0 " +
				"held (0 entries)",
		},
		"an entry changed": {harm: sql("UPDATE entry SET credits = 99"), says: "its entries add up to 99"},
		"an index that is wrong": {
			harm: sql("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX account_sandbox " +
				"ON account (name) WHERE credits > 0' WHERE name = 'account_sandbox'"),
			says: "damaged",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf := apptest.Config(t)
			b := apptest.Open(t, conf)
			a, err := b.Admin.CreateAccount(t.Context(), "Acme", 100)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := b.Admin.CreateKey(t.Context(), a.ID, id.Test, nil); err != nil {
				t.Fatal(err)
			}
			err = b.Store.Restore(t.Context(), []store.Record{
				store.User{ID: id.User{1}, Name: "Ada"},
				store.Login{ID: store.LoginID{1}, User: id.User{1}},
				store.Member{Account: a.ID, User: id.User{1}, Role: "billing"},
			}, nil)
			if err := errors.Join(err, b.Close()); err != nil {
				t.Fatal(err)
			}

			c.harm(t, conf.Data)
			b = apptest.Open(t, conf)
			defer b.Close()
			var found []string
			for _, check := range ops.CheckOpen(t.Context(), b) {
				if check.Problem != "" {
					found = append(found, check.Problem)
				}
			}
			if text := strings.Join(found, "\n"); (c.says == "") != (text == "") || !strings.Contains(text, c.says) ||
				strings.Contains(name, "from nowhere") && strings.Contains(text, "accounts are gone") {
				t.Errorf("doctor says %q, want %q", text, c.says)
			}
		})
	}
}

func TestDoctor_Postgres(t *testing.T) {
	t.Parallel()
	today := time.Now().UTC().Format("20060102")
	id := fmt.Sprintf(`'\x%012x00000000000000000000'`, time.Now().UnixMilli())
	for name, c := range map[string]struct{ harm, says string }{
		"a day without its partition": {"DROP TABLE message_d" + today, "table message has no partition message_d" +
			today},
		"rows without their day": {
			"DROP TABLE event_d" + today + "; INSERT INTO event VALUES ('\\x01', 1, " + id + ", '', '')",
			"table event_default holds rows of days that should have partitions",
		},
		"an index of no use": {
			"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'otp_open'::regclass",
			"REINDEX",
		},
		"an index is gone": {"DROP INDEX message_text_work, otp_open", "index otp_open, index message_text_work missing: " +
			"run syssecure migrate"},
		"a table is gone":  {"DROP TABLE quota", "table quota, index quota_end missing: restore a backup"},
		"a column is gone": {"ALTER TABLE inbox RENAME COLUMN contact TO who", "inbox.contact is missing"},
		"an entry whose account is gone": {
			"INSERT INTO entry VALUES ('\\x02000000000000000000000000000001', 1, 5, 0, '', '')",
			"accounts are gone whose data is still there: acct_",
		},
		"credits from nowhere": {
			"INSERT INTO account SELECT '\\x01000000000000000000000000000001', 'x', 5, 0, 0, '', ''",
			"of table account: its MAC is wrong",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf := apptest.OnPostgres(t, pgtest.URL(t))
			b := apptest.Open(t, conf)
			defer b.Close()
			if _, err := pgtest.Ask(conf.Database.Reveal(), c.harm); err != nil {
				t.Fatal(err)
			}

			var found []string
			for _, check := range ops.CheckOpen(t.Context(), b) {
				found = append(found, check.Problem)
			}
			_ = apptest.Open(t, conf).Close()
			if left, err := b.Backend.Missing(t.Context()); err != nil || name == "an index is gone" && len(left) > 0 {
				t.Errorf("missing after the next start: %v, %v", left, err)
			}
			// The test's cluster does without fsync.
			if text := strings.Join(found, "\n"); !strings.Contains(text, c.says) || !strings.Contains(text,
				"fsync is off") {
				t.Errorf("doctor says %q, want %q", text, c.says)
			}
		})
	}
}

// Doctor names indexes and tables that were dropped. A migration creates the indexes again.
func TestDoctor_Missing(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	_ = apptest.Open(t, c).Close()
	apptest.SQL(t, c.Data, "DROP INDEX message_work; DROP INDEX message_text_work; DROP INDEX otp_open")
	says := func() string {
		checks, err := ops.Diagnose(t.Context(), c)
		for _, one := range checks {
			if one.Name == "tables and indexes" {
				return one.Problem
			}
		}
		return fmt.Sprint(checks, err)
	}
	if got := says(); !strings.Contains(got, "index otp_open, index message_work, index message_text_work missing: run "+
		"syssecure migrate") {
		t.Errorf("doctor says %q", got)
	}

	_ = apptest.Open(t, c).Close()
	if got := says(); got != "" {
		t.Errorf("after the migration, doctor says %q", got)
	}
}
