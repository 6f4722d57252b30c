package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// TestBackupAndRestore is what an operator does whose disk has failed.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	var account created
	i.json(&account, "account", "create", "--name", "Acme", "--credits", "100", "--json")
	copied := filepath.Join(i.folder, "backup.db")
	var done struct{ Phase, File string }
	lines := strings.Split(strings.TrimSpace(i.ok("backup", copied, "--json")), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &done); err != nil || done.Phase != "done" ||
		done.File != copied {
		t.Errorf("backup --json = %+v, %v", done, err)
	}
	if code, _, errs := i.run("restore", copied); code == 0 || !strings.Contains(errs, "--force") {
		t.Errorf("data was replaced without --force: %s", errs)
	}
	if err := os.Remove(filepath.Join(i.folder, "data", "syssecure.db")); err != nil {
		t.Fatal(err)
	}

	out := i.ok("restore", copied)
	for _, want := range []string{
		"0 codes expired, 0 messages parked, 0 webhook deliveries parked", "revoked keys, users",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("restore says %q, want %q", out, want)
		}
	}

	i.ok("account", "credit", "--account", account.ID, "--credits", "1")
	if out := i.ok("restore", copied, "--force"); !strings.Contains(out, "is kept in") {
		t.Errorf("restore --force says %q", out)
	}
	if out := i.ok("restore", "--apply"); !strings.Contains(out, "0 codes expired") {
		t.Errorf("restore --apply says %q", out)
	}

	for _, args := range [][]string{{"--release"}, {"--discard", "--messages"}, {
		"--release", "--deliveries",
		"--due-from", "2026-11-23T12:00:00Z",
	}} {
		if out := i.ok(append([]string{"restore"}, args...)...); !strings.Contains(out, "0 messages and 0 webhook "+
			"deliveries were") {
			t.Errorf("restore %v says %q", args, out)
		}
	}
	if out := i.ok("doctor"); !strings.Contains(out, "ok   parked messages and deliveries") {
		t.Errorf("doctor says %q", out)
	}

	for _, args := range [][]string{
		{}, {copied, "--apply"}, {"--release", "--discard"}, {copied, "--messages"}, {
			"--apply",
			"--force",
		}, {"--release", "--due-from", "yesterday"},
	} {
		if code, _, errs := i.run(append([]string{"restore"}, args...)...); code != 2 {
			t.Errorf("restore %v ended with %d: %s", args, code, errs)
		}
	}
}

// TestMove_ToPostgresAndBack runs the commands of the operator's guide in its order.
func TestMove_ToPostgresAndBack(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	i := install(t, "")
	var account created
	i.json(&account, "account", "create", "--name", "Acme", "--credits", "100", "--json")
	secret := filepath.Join(i.folder, "url")
	if err := os.WriteFile(secret, []byte(url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	_, stop := i.serve(t)
	if code, _, errs := i.run("move", "--from", "sqlite", "--to", "@"+secret, "--no-wait"); code != 1 ||
		!strings.Contains(errs, "still runs") {
		t.Errorf("while a server runs it ended with %d: %s", code, errs)
	}

	stop()
	code, out, shown := i.run("move", "--from", "sqlite", "--to", "@"+secret)
	if code != 0 {
		t.Fatalf("move ended with %d: %s%s", code, out, shown)
	}

	for _, want := range []string{"finishing ", "comparing ", "100 %", " rows"} { // though it is not a terminal
		if !strings.Contains(shown, want) {
			t.Errorf("move does not show %q of its progress:\n%s", want, shown)
		}
	}

	for _, want := range []string{"account", "entries of 1 account add up", `database = "postgres://…"`} {
		if !strings.Contains(out, want) {
			t.Errorf("move says %q, want %q", out, want)
		}
	}
	if code, _, errs := i.run("serve"); code != 1 || !strings.Contains(errs, "was moved to") {
		t.Errorf("serve on the old database ended with %d: %s", code, errs)
	}

	lines := strings.Split(strings.TrimSpace(i.ok("move", "--from", "sqlite", "--to", "@"+secret, "--json")), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, `"phase":"done"`) || !strings.Contains(last, `"moved_before":true`) {
		t.Errorf("moved again, --json says %s", last)
	}

	code, out, shown = i.run("move", "--from", url, "--to", "sqlite", "--quiet")
	if code != 0 || shown != "" {
		t.Errorf("move --quiet ended with %d and said %q", code, shown)
	}
	if !strings.Contains(out, `remove the setting "database" from the configuration`) {
		t.Errorf("moved back it says %q", out)
	}

	i.ok("account", "credit", "--account", account.ID, "--credits", "1")
	for _, args := range [][]string{{"--from", "sqlite", "--to", "mysql://x"}, {
		"--from", "@/no/such/file", "--to",
		"sqlite",
	}} {
		if code, _, errs := i.run(append([]string{"move"}, args...)...); code != 1 || strings.Contains(errs, "panic") {
			t.Errorf("move %v ended with %d: %s", args, code, errs)
		}
	}
	if code, _, _ := i.run("move", "--from", "sqlite"); code != 2 {
		t.Errorf("move without --to ended with %d", code)
	}
}
