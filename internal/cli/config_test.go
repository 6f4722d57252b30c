package cli_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/syssecure/syssecure/internal/cli"
)

// tempFile writes a file and gives its name.
func tempFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return name
}

const someSMSC = "[[carrier]]\nname = \"a\"\nkind = \"smpp\"\naddr = \"127.0.0.1:2775\"\n"

// badConfigs are configurations that keep a server from starting.
var badConfigs = map[string]struct {
	conf func(t *testing.T) string // a whole configuration
	says []string
}{
	"certificate missing": {
		conf: func(t *testing.T) string {
			return "[tls]\ncert_file = \"/none/cert.pem\"\nkey_file = \"/none/key.pem\"\n"
		},
		says: []string{"syssecure.toml:2: tls.cert_file", "/none/cert.pem"},
	},
	"key missing": {
		conf: func(t *testing.T) string {
			return fmt.Sprintf("[tls]\ncert_file = %q\nkey_file = \"/none/key.pem\"\n", tempFile(t, "x", 0o600))
		},
		says: []string{"syssecure.toml:3: tls.key_file", "/none/key.pem"},
	},
	"not a certificate": {
		conf: func(t *testing.T) string {
			return fmt.Sprintf("[tls]\ncert_file = %q\nkey_file = %[1]q\n", tempFile(t, "hello", 0o600))
		},
		says: []string{"tls.cert_file", "PEM"},
	},
	"not an address of this machine": {
		conf: func(t *testing.T) string { return "listen = \"192.0.2.7:8080\"\ntrusted_proxies = [\"192.0.2.1\"]\n" },
		says: []string{"syssecure.toml:1: listen", "not an address of this machine"},
	},
	"plain HTTP off loopback": {
		conf: func(t *testing.T) string { return "listen = \"0.0.0.0:8080\"\n" },
		says: []string{"syssecure.toml:1: listen", "trusted_proxies"},
	},
	"data is a file": {
		conf: func(t *testing.T) string { return fmt.Sprintf("data = %q\n", tempFile(t, "", 0o600)) },
		says: []string{"syssecure.toml:1: data", "is a file"},
	},
	"data below a file": {
		conf: func(t *testing.T) string { return fmt.Sprintf("data = %q\n", tempFile(t, "", 0o600)+"/data") },
		says: []string{"syssecure.toml:1: data", "not a directory"},
	},
	"master key for everybody": {
		conf: func(t *testing.T) string { return fmt.Sprintf("master_key_file = %q\n", tempFile(t, "x", 0o644)) },
		says: []string{"syssecure.toml:1: ", "chmod 600"},
	},
	"no master key": {
		conf: func(t *testing.T) string { return fmt.Sprintf("master_key_file = %q\n", tempFile(t, "hello", 0o600)) },
		says: []string{"32 bytes in base64"},
	},
	"secret without a file": {
		conf: func(t *testing.T) string { return someSMSC + "system_id = \"a\"\npassword_file = \"/none\"\n" },
		says: []string{"syssecure.toml:6: carrier \"a\": password_file cannot be read"},
	},
	"system_id too long": {
		conf: func(t *testing.T) string { return someSMSC + "system_id = \"a-system-id-far-too-long\"\n" },
		says: []string{"syssecure.toml:5: carrier \"a\": system_id"},
	},
	"a parameter that PostgreSQL has not": {
		conf: func(t *testing.T) string { return "database = \"postgres://u:hush@h/db?sslmode=sometimes\"\n" },
		says: []string{"syssecure.toml:1: database", "sslmode"},
	},
	"a root certificate that is missing": {
		conf: func(t *testing.T) string {
			return "database = \"postgres://u:hush@h/db?sslmode=verify-full&sslrootcert=/none.pem\"\n"
		},
		says: []string{"syssecure.toml:1: database", "/none.pem"},
	},
	"data is a link to nowhere": {
		conf: func(t *testing.T) string {
			link := filepath.Join(t.TempDir(), "data")
			if err := os.Symlink("/none/at/all", link); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("data = %q\n", link)
		},
		says: []string{"syssecure.toml:1: data", "symbolic link"},
	},
	"a master key that is lost": {
		conf: func(t *testing.T) string {
			made := install(t, "")
			made.ok("account", "create", "--name", "Acme")
			if err := os.Remove(filepath.Join(made.folder, "data", "master.key")); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("data = %q\n", filepath.Join(made.folder, "data"))
		},
		says: []string{"master.key is missing", "put the key back"},
	},
	"several": {
		conf: func(t *testing.T) string {
			return fmt.Sprintf("listen = \"192.0.2.7:8080\"\ntrusted_proxies = [\"192.0.2.1\"]\ndata = %q\n",
				tempFile(t,
					"", 0o600))
		},
		says: []string{"2 problems", "syssecure.toml:1:", "syssecure.toml:3:"},
	},
}

// TestConfigCheck_SameErrorsAsServe: config check reports the errors of serve in the same words, and creates
// nothing.
func TestConfigCheck_SameErrorsAsServe(t *testing.T) {
	t.Parallel()
	for name, c := range badConfigs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := install(t, "")
			conf := c.conf(t)
			if !strings.Contains(conf, "data = ") {
				i.env = []string{"SYSSECURE_DATA=" + filepath.Join(i.folder, "data")}
			}

			i.write(conf)

			code, _, checked := i.run("config", "check")
			serveCode, _, served := i.run("serve")
			if code != 2 || serveCode != 2 || checked != served {
				t.Errorf("config check ends with %d, serve with %d\n%s%s", code, serveCode, checked, served)
			}

			for _, want := range c.says {
				if !strings.Contains(checked, want) {
					t.Errorf("it lacks %q:\n%s", want, checked)
				}
			}
			if strings.Contains(checked, "hush") {
				t.Errorf("a password is shown: %s", checked)
			}
		})
	}
}

// TestConfigCheck_CreatesNothing: a good configuration is called good, and nothing is there afterwards that was not
// before.
func TestConfigCheck_CreatesNothing(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	if out := i.ok("config", "check"); !strings.Contains(out, "The configuration is valid") {
		t.Errorf("config check says %q", out)
	}
	if left, err := os.ReadDir(i.folder); err != nil || len(left) != 1 {
		t.Errorf("there is %v, %v; want the configuration alone", left, err)
	}
}

// TestConfigCheck_WhileServing checks that a port in use is not a problem of the configuration.
func TestConfigCheck_WhileServing(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	defer busy.Close()
	i := install(t, "")
	i.write(fmt.Sprintf("listen = %q\ndata = %q\n", busy.Addr(), filepath.Join(i.folder, "data")))
	i.ok("config", "check")

	code, _, errs := i.run("serve")
	for _, want := range []string{busy.Addr().String() + " is in use", "SYSSECURE_LISTEN"} {
		if code != 1 || !strings.Contains(errs, want) {
			t.Errorf("serve on a busy port ends with %d, want 1 with %q: %s", code, want, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(i.folder, "data")); err == nil {
		t.Error("serve on a busy port makes an installation before it fails")
	}
}

// TestServe_Hangup: SIGHUP does not end a server, with certificate files or without.
func TestServe_Hangup(t *testing.T) {
	i := install(t, "")
	base, stop := i.serve(t)
	defer stop()
	for range 3 {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		if status, answer := call(t, "GET", base+"/readyz", "", ""); status != 200 {
			t.Errorf("after SIGHUP /readyz is %d %s", status, answer)
		}
	}
}

// TestConfigCheck_Variables checks that variables of the SDKs are ignored, and that a mistyped one gets a suggestion.
func TestConfigCheck_Variables(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	i.env = []string{
		"SYSSECURE_API_KEY=sk_test_x", "SYSSECURE_BASE_URL=http://127.0.0.1:1",
		"SYSSECURE_WEBHOOK_SECRET=whsec_x",
	}

	i.ok("config", "check")
	i.env = append(i.env, "SYSSECURE_LISTN=127.0.0.1:1")
	if code, _, errs := i.run("config", "check"); code != 2 || !strings.Contains(errs, `did you mean "SYSSECURE_LISTEN"`) {
		t.Errorf("a mistyped variable: exit %d: %s", code, errs)
	}

	var out strings.Builder
	if code := cli.Run(context.Background(), []string{"config", "check"}, cli.IO{Out: &out, Err: &out, Env: []string{
		"SYSSECURE_CONFIG=" + filepath.Join(i.folder, "none.toml"),
	}}); code != 1 || !strings.Contains(out.String(), "none.toml") {
		t.Errorf("SYSSECURE_CONFIG is ignored: exit %d: %s", code, out.String())
	}
}
