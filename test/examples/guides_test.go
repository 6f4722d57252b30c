package examples

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// block is a fenced block of a page: its language, what else is written behind the fence, and its content.
type block struct {
	language, note, text string
	line                 int
}

var fence = regexp.MustCompile("(?ms)^```([a-z]+)([^\n]*)\n(.*?)^```$")

// blocksOf are the blocks of a page.
func blocksOf(t *testing.T, file string) (out []block) {
	t.Helper()
	text := []byte(read(t, file))
	for _, m := range fence.FindAllSubmatchIndex(text, -1) {
		out = append(out, block{
			language: string(text[m[2]:m[3]]), note: strings.TrimSpace(string(text[m[4]:m[5]])),
			text: string(text[m[6]:m[7]]), line: 1 + strings.Count(string(text[:m[0]]), "\n"),
		})
	}

	return out
}

// guidePages are the pages whose commands are run.
func guidePages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(root, "docs", "guides", "*.md"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no guides were found: %v", err)
	}
	return append(all, filepath.Join(root, "docs", "gateway.md"))
}

// checkOnly is the note of a block of commands that cannot run in a test, because they need root or a second machine.
const checkOnly = "check"

// TestGuides_Blocks checks what a reader copies: configurations pass config check, JSON is JSON, and every command of
// SysSecure exists with the flags that it is given.
func TestGuides_Blocks(t *testing.T) {
	t.Parallel()
	folder := clone(t)
	help := helps(t, folder)
	for _, page := range everyGuide(t) {
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			for _, b := range blocksOf(t, page) {
				switch b.language {
				case "toml":
					checkConfig(t, folder, b)
				case "json":
					if !json.Valid([]byte(b.text)) {
						t.Errorf("line %d: this is not JSON:\n%s", b.line, b.text)
					}
				case "sh":
					checkCommands(t, help, b)
				}
				if b.note != "" && (b.language != "sh" || b.note != checkOnly) {
					t.Errorf("line %d: unknown note %q behind the fence", b.line, b.note)
				}
			}
		})
	}
}

// checkConfig passes a configuration to config check. The folder and the key are replaced, because those of the page
// do not exist here.
func checkConfig(t *testing.T, folder string, b block) {
	t.Helper()
	data := t.TempDir()
	file := filepath.Join(data, "syssecure.toml")
	if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, folder, "bin/syssecure config check --config "+file, "SYSSECURE_DATA="+filepath.Join(data, "data"))
	if err != nil {
		t.Errorf("line %d: %v\n%s\n%s", b.line, err, out, b.text)
	}
}

// helps returns what --help says of a command, "account create".
func helps(t *testing.T, folder string) func(command string) (string, bool) {
	t.Helper()
	program, seen := filepath.Join(folder, "bin", "syssecure"), map[string]string{}
	return func(command string) (string, bool) {
		if _, known := seen[command]; !known {
			out, err := exec.Command(program, append(strings.Fields(command), "--help")...).CombinedOutput()
			if err != nil {
				out = nil
			}
			seen[command] = string(out)
		}
		return seen[command], seen[command] != ""
	}
}

var (
	invoked = regexp.MustCompile(`(?m)(?:^|[;|&(]) *(?:[A-Z_]+=\S+ )*(?:\S*/)?syssecure ((?:[a-z]+ ?)+)([^|;)#\n]*)`)
	flag    = regexp.MustCompile(`(?:^|\s)(--[a-z-]+)`)
)

// checkCommands checks the commands of SysSecure in a block against the command line's help.
func checkCommands(t *testing.T, help func(string) (string, bool), b block) {
	t.Helper()
	text := strings.NewReplacer("\\\n", " ", "sudo -u syssecure ", "").Replace(b.text)
	for _, m := range invoked.FindAllStringSubmatch(text, -1) {
		words := strings.Fields(m[1])
		command := words[0]
		if text, ok := help(command); len(words) > 1 && (!ok || strings.Contains(text, "Commands:")) {
			command += " " + words[1]
		}
		text, ok := help(command)
		if !ok || strings.Contains(text, "Commands:") {
			t.Errorf("line %d: there is no command syssecure %s", b.line, command)
			continue
		}
		for _, f := range flag.FindAllStringSubmatch(m[2], -1) {
			if !strings.Contains(text, f[1]) {
				t.Errorf("line %d: syssecure %s has no flag %s", b.line, command, f[1])
			}
		}
	}
}

// guide is how the commands of a page are run, and what they must print.
type guide struct {
	config string // what the server's configuration has besides its address and folder; empty = the page's carriers
	before func(t *testing.T, w *world)
	empty  bool // the page itself makes the installation and starts the server
	wants  []string
}

// world is what surrounds the commands of a page: an installation with an account and keys, a running server, and a
// provider whose requests it keeps.
type world struct {
	folder, base, account, live, test, key string
	provider                               *httptest.Server
	replace                                []string // pairs
	env                                    []string
}

// guides are the pages whose commands run, by name. A page with a block of commands must be among them.
var guides = map[string]guide{
	"first-code": {empty: true, before: calls("SYSSECURE_CARRIER_WHATSAPP_API_BASE"), wants: []string{`"valid":true`, `"status":"sent"`, `"status":"verified"`}},
	"smpp":       {before: centre, wants: []string{"accepts the bind as transceiver", "was delivered", "message_id"}},
	"webhooks":   {config: "[webhooks]\nallow_cidrs = [\"127.0.0.0/8\"]\n", before: receiver, wants: []string{`"delivered":true`}},
	"nodes": {
		config: "database = \"" + postgresURL + "\"\n", before: database,
		wants: []string{"configuration is valid", "ok   integrity of the database", "alive"},
	},
	"keys":    {config: oneGateway, wants: []string{"configuration is valid", "send,verify", "expired"}},
	"people":  {wants: []string{"Created user usr_", "ada@example.com", "/dashboard/setup?token=", `"link":"http`}},
	"backup":  {config: oneGateway, wants: []string{"syssecure-20", "The database was", "ok   rows of accounts"}},
	"gateway": {before: gateway, wants: []string{"was delivered", `"status":"`, "gateway"}},
	"migrate-twilio": {
		before: calls("SYSSECURE_CARRIER_TWILIO_API_BASE"), wants: []string{`"valid":true`},
	},
	"migrate-vonage": {
		before: calls("SYSSECURE_CARRIER_VONAGE_API_BASE"), wants: []string{`"valid":true`, "order-4711"},
	},
	"migrate-otpgateway": {wants: []string{`"valid":true`}},
	"go-live":            {config: oneGateway, wants: []string{"configuration is valid", "ok   ", `"otp_id"`, "gateway"}},
}

// oneGateway is a carrier for SMS, whose provider is the test's.
const oneGateway = `[[carrier]]
name = "gateway"
kind = "http"
channel = "sms"
url = "http://provider.example/"
token = "a long random text"
receipts = false
`

// calls makes a carrier call the test's provider; key is the variable of its address.
func calls(key string) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) { w.env = append(w.env, key+"="+w.provider.URL) }
}

// TestGuides_Run runs the commands of each guide, from its first to its last, in one shell.
func TestGuides_Run(t *testing.T) {
	t.Parallel()
	program(t, "curl")
	for _, page := range guidePages(t) {
		name := strings.TrimSuffix(filepath.Base(page), ".md")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script, carriers := "", ""
			for _, b := range blocksOf(t, page) {
				switch {
				case b.language == "sh" && b.note == "":
					script += b.text
				case b.language == "toml" && strings.Contains(b.text, "[[carrier]]") && (name != "gateway" || carriers == ""):
					carriers += b.text
				}
			}
			g, known := guides[name]
			g.config = cmp.Or(g.config, carriers)
			if known != (script != "") {
				t.Fatalf("its commands are run: %v, but it has some: %v", known, script != "")
			}
			if known {
				g.run(t, script)
			}
		})
	}
}

// strict makes a script end at the first command or request that fails, and end what it started with it.
const strict = `set -eu
trap 'echo "failed: $BASH_COMMAND"' ERR
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
curl() { command curl --fail-with-body --max-time 30 "$@"; }
export PATH="$PWD/bin:$PATH" SYSSECURE_CONFIG="${SYSSECURE_CONFIG:-$PWD/syssecure.toml}"
`

// ready waits for the server.
const ready = `for i in {1..300}; do curl -so /dev/null "$BASE/readyz" && break; sleep 0.1; done
`

func (g guide) run(t *testing.T, script string) {
	t.Helper()
	w := &world{folder: clone(t), base: "http://127.0.0.1:" + freePort(t)}
	w.provider = httptest.NewServer(http.HandlerFunc(w.provide))
	t.Cleanup(w.provider.Close)
	if g.before != nil {
		g.before(t, w)
	}

	config := fmt.Sprintf("listen = %q\ndata = %q\n", strings.TrimPrefix(w.base, "http://"), filepath.Join(w.folder, "data"))
	w.write(t, "syssecure.toml", config+strings.NewReplacer(append(w.replace, "http://provider.example", w.provider.URL)...).
		Replace(g.config))
	if !g.empty {
		w.open(t)
	}

	w.replace = append(w.replace, "https://otp.example.com", w.base, "CODE=482913", "CODE=$(cat phone)",
		"http://127.0.0.1:8080", w.base, "127.0.0.1:8080", strings.TrimPrefix(w.base, "http://"))
	if !g.empty {
		w.replace = append(w.replace, "sk_live_…", w.live, "sk_test_…", w.test, "acct_…", w.account, "key_…", w.key)
	}

	text, err := run(t, w.folder, strict+strings.NewReplacer(w.replace...).Replace(script), append(w.env, "BASE="+w.base)...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	t.Log(text)
	for _, want := range g.wants {
		if !strings.Contains(text, want) {
			t.Errorf("the commands do not print %q:\n%s", want, text)
		}
	}
}

func (w *world) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// open makes an account with keys, and starts a server.
func (w *world) open(t *testing.T) {
	t.Helper()
	var account, live, test struct{ ID, Secret string }
	w.ask(t, &account, "account create --name Acme --credits 1000 --json")
	w.ask(t, &live, "key create --mode live --json --account "+account.ID)
	w.ask(t, &test, "key create --mode test --json --account "+account.ID)
	w.account, w.live, w.test, w.key = account.ID, live.Secret, test.Secret, live.ID

	serve := command(t, w.folder, strict+"exec syssecure serve", w.env...)
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serve.Cancel(); _ = serve.Wait() })
	if text, err := run(t, w.folder, strict+ready, append(w.env, "BASE="+w.base)...); err != nil {
		t.Fatalf("the server is not ready: %v\n%s", err, text)
	}
}

// ask runs a command that prints JSON.
func (w *world) ask(t *testing.T, to any, command string) {
	t.Helper()
	text, err := run(t, w.folder, strict+"syssecure 2>errors "+command, w.env...)
	if err != nil || json.Unmarshal([]byte(text), to) != nil {
		t.Fatalf("%s: %v\n%s", command, err, text)
	}
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// provide is a provider of any kind: it accepts every message, and keeps the code of the last one in the file phone.
func (w *world) provide(out http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if code := sixDigits.Find(body); code != nil && r.Method == http.MethodPost {
		_ = os.WriteFile(filepath.Join(w.folder, "phone"), code, 0o600)
	}
	out.Header().Set("Content-Type", "application/json")
	fmt.Fprint(out, `{"id": "gw-1", "sid": "SM1", "message-count": "1",
		"messages": [{"id": "wamid.1", "message-id": "VM1", "status": "0"}]}`)
}

// gateway brings the gateway of the page, and gives it a free port.
func gateway(t *testing.T, w *world) {
	t.Helper()
	program(t, "python3")
	w.write(t, "examples/gateway.py", read(t, filepath.Join(root, "examples", "gateway.py")))
	port := freePort(t)
	w.replace = append(w.replace, "127.0.0.1:9911", "127.0.0.1:"+port, "gateway.py 9911", "gateway.py "+port,
		"curl -s -o /dev/null http://127.0.0.1:9911", "command curl -s -o /dev/null http://127.0.0.1:"+port)
}

// centre starts a message centre, whose address replaces that of the page.
func centre(t *testing.T, w *world) {
	t.Helper()
	s, err := smsc.Start(smsc.Options{Receipts: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.replace = append(w.replace, "smpp.carrier.example:2775", s.Addr())
}

// receiver saves the receiver of the page, and gives it a free port.
func receiver(t *testing.T, w *world) {
	t.Helper()
	program(t, "python3")
	for _, b := range blocksOf(t, filepath.Join(root, "docs", "guides", "webhooks.md")) {
		if b.language == "python" {
			w.write(t, "receiver.py", b.text)
		}
	}
	port := freePort(t)
	w.replace = append(w.replace, "https://hooks.example.com", "http://127.0.0.1:"+port, "receiver.py 3000", "receiver.py "+port)
}

// postgresURL is the URL of the pages.
const postgresURL = "postgres://syssecure:password@db.internal:5432/syssecure?sslmode=verify-full"

// database starts PostgreSQL, whose URL replaces that of the page.
func database(t *testing.T, w *world) {
	t.Helper()
	durable := pgtest.StartWith(t, pgtest.Options{Durable: true})
	w.replace = append(w.replace, postgresURL, durable.URL(), "127.0.0.1:8181", "127.0.0.1:"+freePort(t))
}
