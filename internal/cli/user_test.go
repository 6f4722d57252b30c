package cli_test

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/cli"
)

var setupLine = regexp.MustCompile(`(?m)^Open (http://localhost:\d+/dashboard/setup\?token=[A-Za-z0-9_-]{43}) to create the ` +
	`first user; the link works once, until \S+Z\.$`)

// greeting starts a server, stops it, and returns what it printed and logged.
func (i installation) greeting(t *testing.T) (printed, logged string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs strings.Builder
	printing := &stopAfter{out: &out, text: "No carrier is configured", stop: cancel}
	if code := cli.Run(ctx, []string{"serve", "--config", i.config}, cli.IO{Out: printing, Err: &errs}); code != 0 {
		t.Fatalf("serve ended with %d: %s", code, errs.String())
	}
	cancel()

	return out.String(), errs.String()
}

// stopAfter calls stop when the text was written.
type stopAfter struct {
	out  io.Writer
	text string
	stop func()
}

func (s *stopAfter) Write(b []byte) (int, error) {
	if strings.Contains(string(b), s.text) {
		s.stop()
	}
	return s.out.Write(b)
}

// TestUser_SetupLink: serve prints the link while there is no user, another one at each start, and never in the log.
func TestUser_SetupLink(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	first, log := i.greeting(t)
	link := setupLine.FindStringSubmatch(first)
	if link == nil || strings.Contains(log, "token=") {
		t.Fatalf("the first start prints\n%s\nand logs\n%s", first, log)
	}
	second, _ := i.greeting(t)
	again := setupLine.FindStringSubmatch(second)
	if again == nil || again[1][len(again[1])-43:] == link[1][len(link[1])-43:] {
		t.Errorf("the second start prints\n%s", second)
	}

	i.ok("user", "create", "--email", "ada@example.com", "--operator")
	if third, _ := i.greeting(t); strings.Contains(third, "dashboard/setup") {
		t.Errorf("with a user, a start prints\n%s", third)
	}
}

func TestUser_CreateResetList(t *testing.T) {
	t.Parallel()
	i := install(t, "public_url = \"https://otp.example.com\"\n")
	i.ok("migrate")
	if out := i.ok("user", "list"); !strings.Contains(out, "syssecure user create --email") {
		t.Errorf("an empty list says %q, want what to do", out)
	}
	var acme created
	i.json(&acme, "account", "create", "--name", "Acme", "--json")
	type shown struct {
		ID, Link, Email, Name string
		EndsAt                string `json:"ends_at"`
		Operator, Password    bool
		Accounts              []string
	}
	var made shown
	i.json(&made, "user", "create", "--email", "Ada@Example.com", "--name", "Ada", "--account", acme.ID, "--role", "owner", "--json")
	if !strings.HasPrefix(made.ID, "usr_") || made.EndsAt == "" ||
		!strings.HasPrefix(made.Link, "https://otp.example.com/dashboard/setup?token=") {
		t.Errorf("user create --json = %+v", made)
	}
	if out := i.ok("user", "create", "--email", "bob@example.com"); !strings.Contains(out, "may see nothing yet") {
		t.Errorf("a user who may see nothing: %s", out)
	}

	var all []shown
	i.json(&all, "user", "list", "--json")
	if len(all) != 2 || all[0].ID != made.ID || all[0].Email != "ada@example.com" || all[0].Operator || all[0].Password ||
		len(all[0].Accounts) != 1 || all[0].Accounts[0] != acme.ID {
		t.Errorf("user list --json = %+v", all)
	}
	if out := i.ok("user", "list"); !strings.Contains(out, "ada@example.com") || strings.Contains(out, "token=") {
		t.Errorf("user list:\n%s", out)
	}
	if out := i.ok("user", "disable", "ADA@example.com"); !strings.Contains(out, "cannot sign in") {
		t.Errorf("user disable: %s", out)
	}
	if out := i.ok("user", "list"); !strings.Contains(out, "DISABLED") {
		t.Errorf("user list:\n%s", out)
	}
	if out := i.ok("user", "enable", "ada@example.com"); !strings.Contains(out, "can sign in again") {
		t.Errorf("user enable: %s", out)
	}
	if out := i.ok("user", "reset", "ADA@example.com", "--second-factors"); !strings.Contains(out, "token=") {
		t.Errorf("user reset: %s", out)
	}
}

func TestUser_Errors(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	i.ok("migrate")
	i.ok("user", "create", "--email", "ada@example.com")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"the same address":     {[]string{"user", "create", "--email", "ADA@example.com"}, "already"},
		"no address":           {[]string{"user", "create", "--email", "ada"}, "e-mail address"},
		"a role alone":         {[]string{"user", "create", "--email", "b@example.com", "--role", "owner"}, "--account"},
		"an account alone":     {[]string{"user", "create", "--email", "b@example.com", "--account", "acct_1"}, "--role"},
		"a key as the account": {[]string{"user", "create", "--email", "b@example.com", "--account", "key_1", "--role", "owner"}, "not an account id"},
		"no such account": {
			[]string{"user", "create", "--email", "b@example.com", "--account", "acct_01KQ2M0MGVK7TVRSVPSN30HZVM", "--role", "owner"},
			"there is no account",
		},
		"a role that is no":  {[]string{"user", "create", "--email", "b@example.com", "--account", "acct_01KQ2M0MGVK7TVRSVPSN30HZVM", "--role", "boss"}, "owner, developer"},
		"disabling nobody":   {[]string{"user", "disable", "b@example.com"}, "syssecure user list"},
		"a reset of nobody":  {[]string{"user", "reset", "b@example.com"}, "syssecure user list"},
		"a reset of no name": {[]string{"user", "reset"}, "email"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := i.run(c.args...)
			if code == 0 || !strings.Contains(errs, c.want) {
				t.Errorf("exit %d, %q, %q; want an error with %q", code, out, errs, c.want)
			}
		})
	}
}
