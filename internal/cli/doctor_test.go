package cli_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// TestDoctor_Problems: whatever is broken, doctor says what, looks at the rest, and ends with 1.
func TestDoctor_Problems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(t *testing.T, i installation)
		says []string
	}{
		"a configuration that cannot be read": {
			harm: func(t *testing.T, i installation) { i.write("listen = 1\ncolour = 2\n") },
			says: []string{"FAIL configuration\n", "syssecure.toml:1:", "syssecure.toml:2:"},
		},
		"a certificate that is gone": {
			harm: func(t *testing.T, i installation) {
				i.write(fmt.Sprintf("data = %q\n[tls]\ncert_file = \"/none\"\nkey_file = \"/none\"\n",
					filepath.Join(i.folder, "data")))
			},
			says: []string{"FAIL configuration", "tls.cert_file", "ok   integrity of the database", "ok   ledger"},
		},
		"a damaged file": {
			harm: func(t *testing.T, i installation) {
				file := filepath.Join(i.folder, "data", "syssecure.db")
				if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			says: []string{"ok   configuration", "FAIL database and its schema", "syssecure restore"},
		},
		"PostgreSQL does not answer": {
			harm: func(t *testing.T, i installation) {
				i.write(fmt.Sprintf("data = %q\ndatabase = \"postgres://u:hush@127.0.0.1:1/db\"\n",
					filepath.Join(i.folder,
						"data")))
			},
			says: []string{
				"ok   configuration", "FAIL database and its schema",
				"Check that PostgreSQL runs at postgres://127.0.0.1:1/db",
			},
		},
		"rights": {
			harm: func(t *testing.T, i installation) {
				if err := os.Chmod(filepath.Join(i.folder, "data"), 0o755); err != nil {
					t.Fatal(err)
				}
			},
			says: []string{"FAIL permissions of the data folder", "chmod go-rwx", "ok   integrity"},
		},
		"files of root": {
			harm: func(t *testing.T, i installation) {
				if os.Getuid() != 0 {
					t.Skip("only root can give a file away")
				}
				if err := os.Chown(filepath.Join(i.folder, "data", "syssecure.db"), 12345, 12345); err != nil {
					t.Fatal(err)
				}
			},
			says: []string{"FAIL owner of the files in the data folder", "chown --reference="},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := install(t, "")
			i.ok("account", "create", "--name", "Acme")
			c.harm(t, i)
			code, out, errs := i.run("doctor")
			for _, want := range append(c.says, "1 problem found") {
				if code != 1 || !strings.Contains(out+errs, want) {
					t.Errorf("doctor ends with %d, want 1 with %q:\n%s%s", code, want, out, errs)
				}
			}
			if strings.Contains(out+errs, "hush") {
				t.Errorf("doctor shows a password: %s%s", out, errs)
			}
		})
	}
}

func TestDoctor_Healthy(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	i.ok("account", "create", "--name", "Acme", "--credits", "5")
	if out := i.ok("doctor"); strings.Contains(out, "FAIL") || strings.Count(out, "ok  ") < 8 ||
		!strings.Contains(out, "MB free") {
		t.Errorf("doctor says\n%s", out)
	}

	var checks []struct {
		Name    string
		OK      bool
		Problem string
	}

	out := i.ok("doctor", "--json")
	if err := json.Unmarshal([]byte(out), &checks); err != nil || len(checks) < 8 {
		t.Fatalf("doctor --json = %s, %v", out, err)
	}

	for _, c := range checks {
		if c.Name == "" || !c.OK || c.Problem != "" {
			t.Errorf("%+v", c)
		}
	}
}

// TestDoctor_Rows checks the result and, with --json, the progress before it.
func TestDoctor_Rows(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	i.ok("account", "create", "--name", "Acme")
	if out := i.ok("doctor", "--rows"); strings.Contains(out, "FAIL") || !strings.Contains(out,
		"ok   damaged rows: ") {
		t.Errorf("doctor says\n%s", out)
	}

	lines := strings.Split(strings.TrimSpace(i.ok("doctor", "--rows", "--json")), "\n")
	var step struct {
		Phase, Table string
	}
	if err := json.Unmarshal([]byte(lines[0]), &step); err != nil || step.Phase != "checking" ||
		step.Table == "" {
		t.Errorf("the first line is %s (%v)", lines[0], err)
	}
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "[") || !strings.Contains(last, "damaged rows") {
		t.Errorf("the last line is %s", last)
	}

	lines = strings.Split(strings.TrimSpace(i.ok("doctor", "--rows", "--json", "--quiet")), "\n")
	if len(lines) != 1 {
		t.Errorf("%d lines with --quiet, want the result", len(lines))
	}

	c, err := sqlite.OpenConn(filepath.Join(i.folder, "data", "syssecure.db"), sqlite.OpenReadWrite)
	if err == nil {
		err = errors.Join(sqlitex.ExecuteTransient(c, "UPDATE account SET mac = x'00'", nil), c.Close())
	}
	if err != nil {
		t.Fatal(err)
	}

	code, out, _ := i.run("doctor", "--rows", "--quiet")
	if code != 1 || !strings.Contains(out, "damaged: table account, account acct_") || !strings.Contains(out,
		"FAIL damaged rows") {
		t.Errorf("it ends with %d:\n%s", code, out)
	}
}

// TestDoctor_JSONWithoutAnInstallation: programs get JSON also then.
func TestDoctor_JSONWithoutAnInstallation(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	code, out, _ := i.run("doctor", "--json")
	var checks []struct {
		OK      bool   `json:"ok"`
		Problem string `json:"problem"`
	}
	if err := json.Unmarshal([]byte(out), &checks); err != nil || code != 1 || len(checks) != 1 || checks[0].OK ||
		!strings.Contains(checks[0].Problem, "there is no SysSecure installation") {
		t.Errorf("it ends with %d and %q (%v)", code, out, err)
	}
}
