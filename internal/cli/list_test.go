package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/version"
)

type listedKey struct {
	ID, Account, Mode, Status string
	Scopes                    []string
	ExpiresAt                 string `json:"expires_at"`
	RevokedAt                 string `json:"revoked_at"`
}

func TestAccountList(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	i.ok("migrate")
	if out := i.ok("account", "list"); !strings.Contains(out, "syssecure account create --name") {
		t.Errorf("an empty list says %q, want what to do", out)
	}
	if out := i.ok("account", "list", "--json"); out != "[]\n" {
		t.Errorf("an empty list as JSON is %q, want []", out)
	}

	var acme, zenith created
	i.json(&acme, "account", "create", "--name", "Acme", "--credits", "100", "--json")
	i.json(&zenith, "account", "create", "--name", "Zenith", "--json")
	var all []created
	i.json(&all, "account", "list", "--json")
	if len(all) != 2 || all[0].ID != acme.ID || all[0].Credits != 100 || all[1].ID != zenith.ID {
		t.Errorf("account list --json = %+v", all)
	}

	out := i.ok("account", "list")
	for _, want := range []string{"ACCOUNT", acme.ID, "Acme", zenith.ID} {
		if !strings.Contains(out, want) {
			t.Errorf("account list lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "whsec_") {
		t.Errorf("account list prints a secret: %q", out)
	}
}

func TestAccountShow(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	var account, key created
	i.json(&account, "account", "create", "--name", "Acme", "--credits", "100", "--json")
	if out := i.ok("account", "show", account.ID); !strings.Contains(out, "syssecure key create --account "+
		""+account.ID) {
		t.Errorf("an account without keys says %q, want what to do", out)
	}

	i.json(&key, "key", "create", "--account", account.ID, "--mode", "live", "--json")
	i.ok("account", "set", "--account", account.ID, "origin=example.com")

	out := i.ok("account", "show", account.ID)
	for _, want := range []string{
		account.ID, "Acme", "100", "origin", "example.com", key.ID,
		"send,verify,read,admin", "active",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("account show lacks %q:\n%s", want, out)
		}
	}

	asJSON := i.ok("account", "show", account.ID, "--json")
	var shown struct {
		ID       string
		Credits  int64
		Settings map[string]any
		Keys     []listedKey
	}
	if err := json.Unmarshal([]byte(asJSON), &shown); err != nil || shown.ID != account.ID || shown.Credits != 100 ||
		len(shown.Settings) == 0 || len(shown.Keys) != 1 || shown.Keys[0].ID != key.ID {
		t.Errorf("account show --json = %s, %v", asJSON, err)
	}

	for _, text := range []string{out, asJSON} {
		if strings.Contains(text, key.Secret) || strings.Contains(text, "whsec_") || strings.Contains(text,
			"sk_live_") {
			t.Errorf("a secret is shown: %s", text)
		}
	}

	for name, id := range map[string]string{
		"there is no account":    "acct_01HWXYZABC123DEF4560000000",
		"syssecure account list": "acme",
	} {
		if code, _, errs := i.run("account", "show", id); code != 1 || !strings.Contains(errs, name) {
			t.Errorf("account show %s: exit %d: %s", id, code, errs)
		}
	}
}

func TestKeyList(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	var acme, zenith, first, second created
	i.json(&acme, "account", "create", "--name", "Acme", "--json")
	i.json(&zenith, "account", "create", "--name", "Zenith", "--json")
	if out := i.ok("key", "list", "--account", acme.ID); !strings.Contains(out,
		"syssecure key create --account "+acme.ID) {
		t.Errorf("an empty list says %q, want what to do", out)
	}
	if out := i.ok("key", "list", "--json"); out != "[]\n" {
		t.Errorf("an empty list as JSON is %q, want []", out)
	}

	i.json(&first, "key", "create", "--account", acme.ID, "--mode", "test", "--json")
	i.json(&second, "key", "create", "--account", zenith.ID, "--mode", "live", "--scopes", "send,operator", "--json")
	i.ok("key", "revoke", first.ID)
	i.ok("key", "rotate", second.ID)
	var all, of []listedKey
	i.json(&all, "key", "list", "--json")
	i.json(&of, "key", "list", "--account", acme.ID, "--json")
	if len(all) != 3 || len(of) != 1 || of[0].ID != first.ID || of[0].Status != "revoked" ||
		of[0].RevokedAt == "" || of[0].Mode != "test" {
		t.Errorf("key list --json = %+v, of one account %+v", all, of)
	}
	if k := all[1]; k.ID != second.ID || k.Account != zenith.ID || k.Status != "expiring" || k.ExpiresAt == "" ||
		strings.Join(k.Scopes, ",") != "send,operator" {
		t.Errorf("the rotated key is %+v", k)
	}
	if out := i.ok("key", "list"); !strings.Contains(out, first.ID) || strings.Contains(out, "sk_") ||
		strings.Contains(out, second.Secret[16:]) {
		t.Errorf("key list:\n%s", out)
	}
	if code, _, errs := i.run("key", "list", "--account", "acct_01HWXYZABC123DEF4560000000"); code != 1 ||
		!strings.Contains(errs, "there is no account") {
		t.Errorf("key list of no account: exit %d: %s", code, errs)
	}
}

func TestKeyCreate_Scopes(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	var account created
	i.json(&account, "account", "create", "--name", "Acme", "--json")
	create := []string{"key", "create", "--account", account.ID, "--mode", "test", "--json"}
	for name, c := range map[string]struct {
		args []string
		want string // the scopes, or what the refusal says
		code int
	}{
		"absent":        {args: nil, want: "send,verify,read,admin"},
		"some":          {args: []string{"--scopes", "send, verify"}, want: "send,verify"},
		"given twice":   {args: []string{"--scopes", "send", "--scopes=read"}, want: "send,read"},
		"for operators": {args: []string{"--scopes", "read,operator"}, want: "read,operator"},
		"empty":         {args: []string{"--scopes", ""}, want: "--scopes is empty", code: 1},
		"empty by sign": {args: []string{"--scopes="}, want: "--scopes is empty", code: 1},
		"only commas":   {args: []string{"--scopes", " ,, "}, want: "--scopes is empty", code: 1},
		"unknown":       {args: []string{"--scopes", "send,root"}, want: `"root" is not a scope`, code: 1},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := i.run(append(create, c.args...)...)
			if code != c.code || code != 0 && !strings.Contains(errs, c.want) {
				t.Fatalf("exit %d: %s%s; want %d with %q", code, out, errs, c.code, c.want)
			}
			if code != 0 {
				return
			}

			var made created
			var all []listedKey
			if err := json.Unmarshal([]byte(out), &made); err != nil {
				t.Fatal(err)
			}

			i.json(&all, "key", "list", "--json")
			for _, k := range all {
				if got := strings.Join(k.Scopes, ","); k.ID == made.ID && got != c.want {
					t.Errorf("the key may %s, want %s", got, c.want)
				}
			}
		})
	}
}

// TestCommands_Usage checks that errors name the nearest word, and the help to read.
func TestCommands_Usage(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{args: []string{"acount", "list"}, code: 2, says: []string{`did you mean "account"`, "syssecure --help"}},
		{args: []string{"account", "lits"}, code: 2, says: []string{`"list"`, "syssecure account --help"}},
		{args: []string{"account", "create", "--nme", "x"}, code: 2, says: []string{
			`did you mean "--name"`,
			"syssecure account create --help",
		}},
		{args: []string{"account"}, code: 2, says: []string{`"create"`, "syssecure account --help"}},
		{args: []string{"backup"}, code: 2, says: []string{"<file>", "syssecure backup --help"}},
		{args: []string{"help", "key", "create"}, says: []string{"--scopes", "operator"}},
		{args: []string{"help"}, says: []string{"account list", "doctor"}},
		{args: []string{"--version"}, says: []string{"syssecure " + version.String()}},
	} {
		code, out, errs := i.run(c.args...)
		for _, want := range c.says {
			if code != c.code || !strings.Contains(out+errs, want) {
				t.Errorf("%v: exit %d, want %d with %q:\n%s%s", c.args, code, c.code, want, out, errs)
			}
		}
	}
}
