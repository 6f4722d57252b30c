package ops_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// names lists the accounts of an installation.
func names(t *testing.T, c *config.Config) (out []string) {
	t.Helper()
	b := apptest.Open(t, c)
	defer b.Close()
	err := b.Store.View(t.Context(), func(v store.Reader) error {
		accounts, err := v.Accounts(id.Account{}, 100)
		for _, a := range accounts {
			out = append(out, a.Name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)

	return out
}

// holding makes an installation with an account of that name, and a backup of it.
func holding(t *testing.T, c *config.Config, name string) (backup string) {
	t.Helper()
	b := apptest.Open(t, c)
	defer b.Close()
	if _, err := b.Admin.CreateAccount(t.Context(), name, 100); err != nil {
		t.Fatal(err)
	}

	backup = filepath.Join(t.TempDir(), name+".db")
	if err := ops.Backup(t.Context(), b, backup, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup's rights: %v, %v", info, err)
	}

	return backup
}

func change(t *testing.T, file, sql string) {
	t.Helper()
	c, err := sqlite.OpenConn(file, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}

	defer c.Close()
	if err := sqlitex.ExecuteScript(c, sql, nil); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// restoreErrors are restores that fail, with --force unless noForce is set.
var restoreErrors = map[string]struct {
	harm    func(t *testing.T, c *config.Config, backup string)
	noForce bool
	says    string
}{
	"no file": {
		harm: func(_ *testing.T, _ *config.Config, backup string) { _ = os.Remove(backup) },
		says: "read the backup",
	},
	"an empty file": {
		harm: func(t *testing.T, _ *config.Config, backup string) { overwrite(t, backup, "") },
		says: "not a SysSecure backup",
	},
	"another file": {
		harm: func(t *testing.T, _ *config.Config, backup string) { overwrite(t, backup, strings.Repeat("x", 5000)) },
		says: "not a SysSecure backup",
	},
	"a file in use": {
		harm: func(t *testing.T, _ *config.Config, backup string) { overwrite(t, backup+"-wal", "x") },
		says: "in use",
	},
	"another's table": {
		harm: func(t *testing.T, _ *config.Config, backup string) {
			_ = os.Remove(backup)
			change(t, backup, "CREATE TABLE x (y)")
		},
		says: "contains no SysSecure data",
	},
	"an older file of another": {
		harm: func(t *testing.T, _ *config.Config, backup string) {
			_ = os.Remove(backup)
			change(t, backup, "CREATE TABLE x (y); PRAGMA user_version = 3")
		},
		says: "cannot be restored",
	},
	"damaged": {
		harm: func(t *testing.T, _ *config.Config, backup string) {
			b, err := os.ReadFile(backup)
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, backup, string(b[:8192])+strings.Repeat("\xAA", len(b)-8192-4096)+string(b[len(b)-4096:]))
		},
		says: "damaged",
	},
	"cut short": {
		harm: func(t *testing.T, _ *config.Config, backup string) {
			if err := os.Truncate(backup, 30_000); err != nil {
				t.Fatal(err)
			}
		},
		says: "da",
	},
	"a newer schema": {
		harm: func(t *testing.T, _ *config.Config, backup string) { change(t, backup, "PRAGMA user_version = 99") },
		says: "newer version",
	},
	"another key": {
		harm: func(t *testing.T, c *config.Config, _ string) {
			if err := os.Remove(c.MasterKeyFile); err != nil {
				t.Fatal(err)
			}
			other := apptest.Config(t)
			_ = apptest.Open(t, other).Close()
			if err := os.Rename(other.MasterKeyFile, c.MasterKeyFile); err != nil {
				t.Fatal(err)
			}
		},
		says: "a master key other than",
	},
	"no key": {
		harm: func(_ *testing.T, c *config.Config, _ string) {
			_ = os.Rename(c.MasterKeyFile, c.MasterKeyFile+".away")
		},
		says: "put the key back",
	},
	"data is there": {harm: func(*testing.T, *config.Config, string) {}, noForce: true, says: "--force"},
}

// TestRestore_Errors checks that each error says what to do, and that nothing is changed.
func TestRestore_Errors(t *testing.T) {
	t.Parallel()
	for name, c := range restoreErrors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf := apptest.Config(t)
			backup := holding(t, conf, "Acme")
			before, err := os.ReadFile(filepath.Join(conf.Data, install.DatabaseFile))
			if err != nil {
				t.Fatal(err)
			}

			c.harm(t, conf, backup)
			_, err = ops.Restore{Config: conf, File: backup, Force: !c.noForce}.Run(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}

			after, err := os.ReadFile(filepath.Join(conf.Data, install.DatabaseFile))
			if err != nil || string(after) != string(before) {
				t.Errorf("the database was changed, %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(conf.Data, ".restore-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestRestore_ServerRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, kind := range []string{"sqlite", "postgres"} {
		c := s.config(kind, "")
		backup := holding(t, c, "Acme")
		_, stop := s.start(c)
		elsewhere := *c
		if kind == "postgres" {
			elsewhere.Data = t.TempDir() // the claim on the database keeps it away, not the folder's lock
		}
		if _, err := (ops.Restore{Config: &elsewhere, File: backup, Force: true}).Run(t.Context()); err == nil ||
			!strings.Contains(err.Error(), " first") {
			t.Errorf("%s: %v", kind, err)
		}
		if _, err := ops.MakeSafe(t.Context(), &elsewhere, false, nil); err == nil || !strings.Contains(err.Error(),
			" first") {
			t.Errorf("%s: %v", kind, err)
		}
		stop()
	}
}

// With --force the old database is replaced and kept, so that it can be restored itself.
func TestRestore_KeepsOldDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, kind := range []string{"sqlite", "postgres"} {
		c := s.config(kind, "")
		first := holding(t, c, "First")
		b := apptest.Open(t, c)
		if _, err := b.Admin.CreateAccount(t.Context(), "Second", 5); err != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}

		done, err := ops.Restore{Config: c, File: first, Force: true}.Run(t.Context())
		if err != nil || done.Kept == "" {
			t.Fatalf("%s: %+v, %v", kind, done, err)
		}
		if got := names(t, c); !slices.Equal(got, []string{"First"}) {
			t.Errorf("%s: restored %v", kind, got)
		}
		if _, err := (ops.Restore{Config: c, File: done.Kept, Force: true}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := names(t, c); !slices.Equal(got, []string{"First", "Second"}) {
			t.Errorf("%s: what was kept has %v", kind, got)
		}
	}
}

// A damaged database does not prevent a restore, and is kept as it is.
func TestRestore_OverDamagedDatabase(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	backup := holding(t, c, "Acme")
	file := filepath.Join(c.Data, install.DatabaseFile)
	for f, text := range map[string]string{file: "no database any more", file + "-wal": "nor its log"} {
		if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := (ops.Restore{Config: c, File: backup}).Run(t.Context()); err == nil || !strings.Contains(err.Error(),
		"--force") {
		t.Errorf("got %v", err)
	}

	done, err := ops.Restore{Config: c, File: backup, Force: true}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, c); !slices.Equal(got, []string{"Acme"}) {
		t.Errorf("restored %v", got)
	}

	for f, want := range map[string]string{done.Kept: "no database any more", done.Kept + "-wal": "nor its log"} {
		if got, err := os.ReadFile(f); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", f, got, err)
		}
	}
}

// An interrupted restore into PostgreSQL leaves a database that no server opens, and completes when it is run again.
func TestRestore_Interrupted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	from := s.config("sqlite", "")
	backup := holding(t, from, "Acme")
	c := s.config("postgres", from.MasterKeyFile)
	ctx, cancel := context.WithCancel(t.Context())
	progress := func(step ops.Progress) {
		if step.Phase == "checking" {
			cancel()
		}
	}
	if _, err := (ops.Restore{Config: c, File: backup, Progress: progress}).Run(ctx); err == nil {
		t.Fatal("it was not interrupted")
	}

	b := apptest.Open(t, c)
	closeMeta(t, b, `{"Why":"restoring","Other":"x"}`)
	var blocked *install.BlockedError
	if _, err := install.Open(t.Context(), c); !errors.As(err, &blocked) || !strings.Contains(err.Error(),
		"restore again") {
		t.Errorf("opened half filled: %v", err)
	}
	if _, err := ops.MakeSafe(t.Context(), c, false, nil); !errors.As(err, &blocked) {
		t.Errorf("the rule was applied to a half filled database: %v", err)
	}
	if _, err := (ops.Restore{Config: c, File: backup}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, c); !slices.Equal(got, []string{"Acme"}) {
		t.Errorf("restored %v", got)
	}
}

func closeMeta(t *testing.T, b *install.Base, value string) {
	t.Helper()
	if err := b.Store.Restore(t.Context(), []store.Record{store.Meta{Name: "closed", Value: []byte(value)}},
		nil); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// The rule of restored copies can be applied to a database that was brought back by other means.
func TestMakeSafe_InPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, kind := range []string{"sqlite", "postgres"} {
		conf := s.config(kind, "")
		a, stop := s.start(conf)
		c := s.caller(a)
		o, code := s.code(a, c, 1)
		s.text(a, c, engine.SMSRequest{To: testworld.Number(2), Body: "x", ScheduledAt: a.Base.Now().Add(time.Hour)})
		stop()
		n, err := ops.MakeSafe(t.Context(), conf, false, nil)
		if err != nil || n.Codes != 1 || n.Messages != 1 {
			t.Fatalf("%s: %+v, %v", kind, n, err)
		}
		if n, err = ops.MakeSafe(t.Context(), conf, false, nil); err != nil || n.Codes+n.Messages != 0 {
			t.Errorf("%s, again: %+v, %v", kind, n, err)
		}

		a, stop = s.start(conf)
		if r := s.verify(a, c, o, code); r != otp.HasExpired {
			t.Errorf("%s: verify of an old code: %q", kind, r)
		}

		found := false
		for _, check := range ops.CheckOpen(t.Context(), a.Base) {
			found = found || strings.Contains(check.Problem, "1 message and 0 webhook deliveries are parked")
		}
		if !found {
			t.Errorf("%s: doctor does not report what is parked", kind)
		}

		stop()
		b := apptest.Open(t, conf)
		closeMeta(t, b, `{"Why":"restoring"}`)
		if _, err := install.Open(t.Context(), conf); err == nil || !strings.Contains(err.Error(), "run it again") {
			t.Errorf("%s: opened with the rule applied in part: %v", kind, err)
		}
		if _, err := ops.MakeSafe(t.Context(), conf, false, nil); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if err := apptest.Open(t, conf).Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestBackup_OverwritesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, kind := range []string{"sqlite", "postgres"} {
		c := s.config(kind, "")
		file := holding(t, c, "Acme")
		b := apptest.Open(t, c)
		if err := ops.Backup(t.Context(), b, file, nil); err == nil || !strings.Contains(err.Error(), "another name") {
			t.Errorf("%s: %v", kind, err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		other := file + "2"
		if err := ops.Backup(ctx, b, other, nil); err == nil {
			t.Errorf("%s: interrupted without an error", kind)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) != 1 {
			t.Errorf("%s: left behind: %v", kind, left)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
