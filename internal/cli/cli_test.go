package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cli"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/version"
)

// installation is a folder with a configuration; run carries out commands on it.
type installation struct {
	t      *testing.T
	folder string
	config string
	env    []string
}

func install(t *testing.T, extra string) installation {
	t.Helper()
	folder := t.TempDir()
	i := installation{t: t, folder: folder, config: filepath.Join(folder, "syssecure.toml")}
	i.write(fmt.Sprintf("listen = \"127.0.0.1:0\"\ndata = %q\n%s", filepath.Join(folder, "data"), extra))
	return i
}

func (i installation) write(text string) {
	i.t.Helper()
	if err := os.WriteFile(i.config, []byte(text), 0o600); err != nil {
		i.t.Fatal(err)
	}
}

func (i installation) run(args ...string) (code int, out, errs string) {
	i.t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(context.Background(), append(args, "--config", i.config), cli.IO{Out: &o, Err: &e, Env: i.env})
	return code, o.String(), e.String()
}

// ok runs a command that has to succeed.
func (i installation) ok(args ...string) string {
	i.t.Helper()
	code, out, errs := i.run(args...)
	if code != 0 {
		i.t.Fatalf("syssecure %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

func (i installation) json(into any, args ...string) {
	i.t.Helper()
	if err := json.Unmarshal([]byte(i.ok(args...)), into); err != nil {
		i.t.Fatalf("%s --json: %v", args[0], err)
	}
}

// serve starts a server and returns its address and a function that stops it and checks that it ended well.
func (i installation) serve(t *testing.T) (base string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Run(ctx, []string{"serve", "--config", i.config}, cli.IO{Out: in, Err: &errs})
		in.Close()
	}()
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if err != nil {
		cancel()
		t.Fatalf("serve ended with %d: %s", <-ended, errs.String())
	}
	go io.Copy(io.Discard, out)
	base = regexp.MustCompile(`https?://[^;\s]+`).FindString(string(line[:n]))
	return base, func() {
		t.Helper()
		cancel()
		if code := <-ended; code != 0 {
			t.Errorf("serve ended with %d: %s", code, errs.String())
		}
	}
}

func call(t *testing.T, method, url, key, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

type created struct {
	ID, Name, Secret string
	Credits          int64
	CallbackSecret   string `json:"callback_secret"`
	TestSecret       string `json:"test_callback_secret"`
}

// TestCommands_FirstSteps is what a new operator does: account, key, server, send, verify, revoke, doctor, backup.
func TestCommands_FirstSteps(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	var account, key created
	i.json(&account, "account", "create", "--name", "Acme", "--credits", "100", "--json")
	if account.Name != "Acme" || account.Credits != 100 || !strings.HasPrefix(account.ID, "acct_") ||
		!strings.HasPrefix(account.CallbackSecret, "whsec_") ||
		!strings.HasPrefix(account.TestSecret, "whsec_") || account.TestSecret == account.CallbackSecret {
		t.Fatalf("account create = %+v", account)
	}
	i.json(&key, "key", "create", "--account", account.ID, "--mode", "test", "--json")
	if !strings.HasPrefix(key.Secret, "sk_test_") || !strings.HasPrefix(key.ID, "key_") {
		t.Fatalf("key create = %+v", key)
	}
	base, stop := i.serve(t)
	defer stop()
	status, answer := call(t, "POST", base+"/v2/otp/send", key.Secret, `{"to":"+15005550006","channels":["sms"]}`)
	var sent struct {
		OTPID string `json:"otp_id"`
	}
	if err := json.Unmarshal([]byte(answer), &sent); status != 200 || err != nil {
		t.Fatalf("send: %d %s", status, answer)
	}
	if status, answer = call(t, "POST", base+"/v2/otp/verify", key.Secret, `{"otp_id":"`+sent.OTPID+`","code":"000000"}`); status != 200 || !strings.Contains(answer, `"valid":true`) {
		t.Fatalf("verify: %d %s", status, answer)
	}

	// Commands take effect in the running server within a second.
	if out := i.ok("account", "credit", "--account", account.ID, "--credits", "-40", "--json"); !strings.Contains(out, `"credits":60`) {
		t.Errorf("account credit: %s", out)
	}
	if _, answer = call(t, "GET", base+"/v2/balance", key.Secret, ""); answer != "{\"credits\":1000000,\"held\":0}\n" {
		t.Errorf("balance: %s", answer)
	}
	i.ok("account", "set", "--account", account.ID, "name=Zenith", "origin=https://example.com")
	if out := i.ok("account", "set", "--account", account.ID, "spend_cap_countries=be=5,*=1", "spend_cap_hour=7", "credits_low=10"); !strings.Contains(out, `"spend_cap_countries":"*=1,BE=5"`) {
		t.Errorf("account set printed %s", out)
	}
	i.ok("account", "set", "--account", account.ID, "--mode", "live", "from=Live")
	if out := i.ok("account", "set", "--account", account.ID, "--mode", "test", "from=Test"); !strings.Contains(out, `"from":"Test"`) || strings.Contains(out, "Live") {
		t.Errorf("account set --mode test printed %s", out)
	}
	if out := i.ok("account", "set", "--account", account.ID, "help_text=x"); !strings.Contains(out, `"from":"Live"`) || !strings.Contains(out, `"from":"Test"`) {
		t.Errorf("account set without --mode printed %s", out)
	}
	eventually(t, "the new name in a text", func() bool {
		call(t, "POST", base+"/v2/otp/send", key.Secret, `{"to":"+32470123456","channels":["sms"]}`)
		_, inbox := call(t, "GET", base+"/v2/sandbox/messages?to=%2B32470123456&limit=1", key.Secret, "")
		return strings.Contains(inbox, "Zenith") && strings.Contains(inbox, "@example.com #000000")
	})
	var rotated created
	i.json(&rotated, "key", "rotate", key.ID, "--overlap", "0s", "--json")
	eventually(t, "the old key to end", func() bool {
		status, _ := call(t, "GET", base+"/v2/balance", key.Secret, "")
		return status == 401
	})
	if status, answer = call(t, "GET", base+"/v2/balance", rotated.Secret, ""); status != 200 {
		t.Errorf("the new key: %d %s", status, answer)
	}
	i.ok("key", "revoke", rotated.ID)
	eventually(t, "the revoked key to end", func() bool {
		status, _ := call(t, "GET", base+"/v2/balance", rotated.Secret, "")
		return status == 401
	})
	if out := i.ok("doctor"); strings.Contains(out, "FAIL") {
		t.Errorf("doctor: %s", out)
	}
	copied := filepath.Join(i.folder, "copy.db")
	i.ok("backup", copied)
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 || info.Size() < 4096 {
		t.Errorf("backup: %v, %v", info, err)
	}
	if code, _, errs := i.run("backup", copied); code == 0 {
		t.Errorf("a backup was overwritten: %s", errs)
	}
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		<-tick.C
	}
}

func TestInstallation_FileModes(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	i.ok("migrate")
	for name, want := range map[string]os.FileMode{
		"data": 0o700, "data/master.key": 0o600,
		"data/syssecure.db": 0o600,
	} {
		if info, err := os.Stat(filepath.Join(i.folder, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %04o", name, info, err, want)
		}
	}
}

func TestCommands_Errors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args  []string
		extra string
		code  int
		says  string
	}{
		"unknown command":      {[]string{"fly"}, "", 2, `unknown command "fly"`},
		"misspelled command":   {[]string{"accounts"}, "", 2, `unknown command "accounts", did you mean "account"?`},
		"no subcommand":        {[]string{"config"}, "", 2, `missing subcommand: "check"`},
		"no argument":          {[]string{"backup"}, "", 2, `missing argument "<file>"`},
		"missing flag":         {[]string{"account", "create"}, "", 2, "missing flag --name=NAME"},
		"bad mode":             {[]string{"key", "create", "--account", "x", "--mode", "prod"}, "", 2, `--mode: must be live or test, not "prod"`},
		"bad mode of settings": {[]string{"account", "set", "--account", "x", "--mode", "", "name=x"}, "", 2, `--mode: must be live or test, not ""`},
		"no mode":              {[]string{"key", "create", "--account", "x"}, "", 2, "--mode=live|test"},
		"bad account id": {
			[]string{"key", "create", "--account", "x", "--mode", "test"},
			"", 1,
			"begins with acct_",
		},
		"unknown account": {[]string{
			"key", "create", "--account", "acct_01HWXYZABC123DEF4560000000", "--mode",
			"test",
		}, "", 1, "there is no account acct_01HWXYZABC123DEF4560000000 in this installation; syssecure " +
			"account list"},
		"bad scope": {[]string{
			"key", "create", "--account", "acct_01HWXYZABC123DEF4560000000", "--mode",
			"test", "--scopes", "root",
		}, "", 1, "use send, verify, read, admin or operator"},
		"bad key id": {[]string{"key", "revoke", "x"}, "", 1, "8 characters"},
		"unknown key": {[]string{"key", "revoke", "key_12345678"}, "", 1, "there is no key key_12345678 in " +
			"this installation; syssecure key list"},
		"setting without value": {
			[]string{"account", "set", "--account", "acct_01HWXYZABC123DEF4560000000", "name"},
			"", 1, "key=value",
		},
		"control characters": {[]string{"account", "create", "--name", "Ac\x1b[2Jme"}, "", 1, `name "Ac\x1b[2Jme": must have 1 to 100 characters`},
		"two bad settings": {
			[]string{"account", "create", "--name", "", "--credits", "-1"},
			"", 1,
			"invisible characters\nsyssecure: credits must be",
		},
		"negative credits": {[]string{"account", "create", "--name", "x", "--credits", "-1"}, "", 1, "0 or more"},
		"all problems at once": {
			[]string{"config", "check"},
			"colour = 1\n[limits]\nsend_gaps = [\"soon\"]\n", 2,
			"2 problems",
		},
		"plain HTTP outside": {[]string{"config", "check"}, "", 2, "[tls] cert_file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := install(t, c.extra)
			if strings.HasPrefix(name, "unknown ") {
				i.ok("migrate")
			}
			if name == "plain HTTP outside" {
				i.write("listen = \"0.0.0.0:8080\"\n")
			}
			code, out, errs := i.run(c.args...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, want %d with %q\n%s%s", code, c.code, c.says, out, errs)
			}
		})
	}
}

func TestMasterKey_WrongOrMissing(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	i.ok("migrate")
	key := filepath.Join(i.folder, "data", "master.key")
	other := install(t, "")
	other.ok("migrate")
	swapped, err := os.ReadFile(filepath.Join(other.folder, "data", "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func() error
		says   string
	}{
		"of another database": {
			func() error { return os.WriteFile(key, swapped, 0o600) },
			"this database was created with a different master key",
		},
		"readable by others": {func() error { return os.Chmod(key, 0o644) }, "chmod 600"},
		"no key": {
			func() error { return os.WriteFile(key, []byte("hello"), 0o600) },
			"32 bytes in base64",
		},
		"missing": {func() error { return os.Remove(key) }, "put the key back"},
	} {
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		if code, out, _ := i.run("doctor"); code != 1 || !strings.Contains(out, c.says) {
			t.Errorf("%s: doctor ends with %d: %s", name, code, out)
		}
		if code, _, errs := i.run("account", "list"); code == 0 || !strings.Contains(errs, c.says) {
			t.Errorf("%s: account list ends with %d: %s", name, code, errs)
		}
		_ = os.Chmod(key, 0o600)
	}
}

func TestServe_FolderInUse(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	_, stop := i.serve(t)
	defer stop()
	if code, _, errs := i.run("serve"); code == 0 || !strings.Contains(errs, "another syssecure serve") {
		t.Errorf("a second server: exit %d: %s", code, errs)
	}
}

func TestDemo_PortInUse(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	i := install(t, "")
	i.write(fmt.Sprintf("listen = %q\ndata = %q\n", busy.Addr(), filepath.Join(i.folder, "data")))
	out := i.ok("demo", "--exit")
	for _, want := range []string{"is in use", `"channel": "sms"`, "now · sms", `"valid": true`, "curl"} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo does not show %q:\n%s", want, out)
		}
	}
}

// TestDemo_TouchesNoInstallation checks that the demo ignores the installation that the environment names.
func TestDemo_TouchesNoInstallation(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	env := []string{
		"SYSSECURE_LISTEN=127.0.0.1:0", "SYSSECURE_DATABASE=postgres://127.0.0.1:1/production",
		"SYSSECURE_DATA=/proc/none",
	}
	code := cli.Run(context.Background(), []string{"demo", "--exit"}, cli.IO{Out: &out, Err: &out, Env: env})
	if code != 0 || !strings.Contains(out.String(), `"valid": true`) {
		t.Errorf("exit %d:\n%s", code, out.String())
	}
}

func TestCommands_VersionAndHelp(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	if out := i.ok("version"); out != "syssecure "+version.String()+"\nnumbering plans: libphonenumber "+
		""+phone.MetadataVersion()+"\n" {
		t.Errorf("version: %q", out)
	}
	var out bytes.Buffer
	if code := cli.Run(context.Background(), nil, cli.IO{Out: &out, Err: &out}); code != 0 ||
		!strings.Contains(out.String(), "account create") {
		t.Errorf("no arguments: exit %d\n%s", code, out.String())
	}
}
