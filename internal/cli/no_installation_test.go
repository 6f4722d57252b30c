package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// What a command does where there is no installation.
const (
	fails   = "fails"
	creates = "creates one"
	ignores = "needs none"
)

const someAccount = "acct_01HWXYZABC123DEF4560000000"

// withoutInstallation says what every command does without an installation, with arguments that are otherwise valid.
var withoutInstallation = map[string]struct {
	does string
	args []string
}{
	"serve":          {does: creates},
	"demo":           {does: creates},
	"account create": {does: creates, args: []string{"--name", "Acme"}},
	"account set":    {does: fails, args: []string{"--account", someAccount, "name=Acme"}},
	"account credit": {does: fails, args: []string{"--account", someAccount, "--credits", "5"}},
	"account list":   {does: fails},
	"account show":   {does: fails, args: []string{someAccount}},
	"key create":     {does: fails, args: []string{"--account", someAccount, "--mode", "test"}},
	"key list":       {does: fails},
	"key revoke":     {does: fails, args: []string{"key_12345678"}},
	"key rotate":     {does: fails, args: []string{"key_12345678"}},
	"user create":    {does: fails, args: []string{"--email", "ada@example.com"}},
	"user disable":   {does: fails, args: []string{"ada@example.com"}},
	"user enable":    {does: fails, args: []string{"ada@example.com"}},
	"user reset":     {does: fails, args: []string{"ada@example.com"}},
	"user list":      {does: fails},
	"listen":         {does: ignores},
	"migrate":        {does: creates},
	"nodes":          {does: fails},
	"carriers":       {does: fails},
	"carrier pause":  {does: fails, args: []string{"smsc"}},
	"carrier resume": {does: fails, args: []string{"smsc"}},
	"carrier test":   {does: ignores, args: []string{"smsc"}},
	"route explain":  {does: fails, args: []string{"+32470123456"}},
	"config check":   {does: ignores},
	"doctor":         {does: fails},
	"backup":         {does: fails, args: []string{"copy.db"}},
	"restore":        {does: fails, args: []string{"--release"}},
	"move":           {does: fails, args: []string{"--from", "sqlite", "--to", "postgres://nobody@127.0.0.1:1/none"}},
	"conformance":    {does: ignores, args: []string{"http://127.0.0.1:1"}},
	"docs export":    {does: ignores, args: []string{"site"}},
	"version":        {does: ignores},
}

// moreFailing are more forms of the commands in withoutInstallation, which all fail.
var moreFailing = [][]string{
	{"restore", "--discard"},
	{"restore", "--apply"},
	{"account", "list", "--json"},
	{"key", "list", "--account", someAccount},
	{"doctor", "--json"},
	{"doctor", "--rows"},
}

// leaves are the names of all commands.
func leaves(t *testing.T) (names []string) {
	t.Helper()
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}

	for _, n := range parser.Model.Leaves(false) {
		name := n.Name
		for p := n.Parent; p != nil && p.Type != kong.ApplicationNode; p = p.Parent {
			name = p.Name + " " + name
		}
		names = append(names, name)
	}

	return names
}

// in runs a command within a folder.
func runIn(folder, config string, args ...string) (code int, text string) {
	var out bytes.Buffer
	args = append(args, "--config", filepath.Join(folder, config))
	code = Run(context.Background(), args, IO{Out: &out, Err: &out})
	return code, out.String()
}

func TestNoInstallation_CreatesNothing(t *testing.T) {
	t.Parallel()
	var all [][]string
	for _, name := range leaves(t) {
		c, known := withoutInstallation[name]
		if !known {
			t.Errorf("%s: say in the table what it does where there is no installation", name)
		}
		if c.does == fails {
			all = append(all, append(strings.Fields(name), c.args...))
		}
	}

	for _, args := range append(all, moreFailing...) {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			data := filepath.Join(folder, "wrong", "data")
			write(t, filepath.Join(folder, "syssecure.toml"), fmt.Sprintf("data = %q\n", data))
			for i, arg := range args {
				if arg == "copy.db" {
					args[i] = filepath.Join(folder, arg)
				}
			}

			code, text := runIn(folder, "syssecure.toml", args...)
			if code != 1 || !strings.Contains(text, filepath.Join(data, "syssecure.db")) || !strings.Contains(text,
				"--config FILE") {
				t.Errorf("exit %d, want 1 with the whole path and what to do: %s", code, text)
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
				t.Errorf("it left %v, %v; want nothing but the configuration", left, err)
			}
		})
	}
}

// TestNoInstallation_Unfinished checks that what is left of an interrupted first start is not an installation, and
// stays as it is.
func TestNoInstallation_Unfinished(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "syssecure.toml"), fmt.Sprintf("data = %q\n", folder))
	write(t, filepath.Join(folder, "syssecure.db"), "")
	for _, args := range [][]string{{"doctor"}, {"backup", filepath.Join(folder, "copy.db")}} {
		if code, text := runIn(folder, "syssecure.toml", args...); code != 1 || !strings.Contains(text,
			"no SysSecure installation") {
			t.Errorf("%v: exit %d: %s", args, code, text)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 2 {
		t.Errorf("there is %v, %v; want only the two old files", left, err)
	}
	if code, text := runIn(folder, "syssecure.toml", "account", "create", "--name", "Acme"); code != 0 ||
		!strings.Contains(text, "master key") {
		t.Errorf("account create: exit %d: %s", code, text)
	}
}

func TestNoInstallation_Postgres(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	folder := t.TempDir()
	data := filepath.Join(folder, "data")
	write(t, filepath.Join(folder, "syssecure.toml"), fmt.Sprintf("data = %q\ndatabase = %q\n", data, url))

	for name, c := range withoutInstallation {
		if c.does != fails || name == "move" {
			continue
		}
		code, text := runIn(folder, "syssecure.toml", append(strings.Fields(name), c.args...)...)
		if code != 1 || !strings.Contains(text, "no SysSecure installation") || !strings.Contains(text, "postgres://") ||
			strings.Contains(text, "password") {
			t.Errorf("%s: exit %d: %s", name, code, text)
		}
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the data folder was made: %v", err)
	}
	if code, text := runIn(folder, "syssecure.toml", "migrate"); code != 0 || !strings.Contains(text,
		"A new installation") {
		t.Errorf("the tables of an installation were there, or migrate failed: exit %d: %s", code, text)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
