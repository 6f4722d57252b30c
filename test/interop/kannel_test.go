//go:build interop

package interop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/test/netns"
)

// TestKannel tests our fake message centre, on which all the other tests rely, with a real client. bearerbox opens its
// admin port on every interface, so the test starts itself again in a network namespace that has only loopback.
func TestKannel(t *testing.T) {
	t.Parallel()
	needTool(t, "bearerbox", "apt-get install kannel")
	needTool(t, "smsbox", "apt-get install kannel")
	if inNamespace(t) {
		playKannel(t)
	}
}

// inNamespace starts this test again in a network namespace that has only loopback, and reports whether it runs there.
func inNamespace(t *testing.T) bool {
	t.Helper()
	if !netns.Inside() {
		out, err := netns.Again(t.Context(), "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m").CombinedOutput()
		need(t, "the right to make a network namespace", "run as root, in a container with CAP_SYS_ADMIN",
			!errors.Is(err, syscall.EPERM))
		t.Logf("in the namespace:\n%s", out)
		if err != nil {
			t.Fatal(err)
		}
		return false
	}
	if err := netns.LoopbackUp(); err != nil {
		t.Fatal(err)
	}

	return true
}

func playKannel(t *testing.T) {
	centre, err := smsc.Start(smsc.Options{
		SystemID: "kannel", Password: "secret", HexIDs: true, HexReceipts: true, Receipts: true, Keep: true,
		React: func(in smsc.Submit) smsc.Reaction {
			switch dest := in.SM.Dest.Addr; {
			case strings.HasSuffix(dest, "02"):
				return smsc.Reaction{Status: pdu.InvalidDestination}
			case strings.HasSuffix(dest, "04"):
				return smsc.Reaction{Receipts: []smsc.Receipt{{Stat: "UNDELIV", Err: "069"}}}
			}
			return smsc.Reaction{}
		},
	})
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = centre.Close() }()
	check := capture(t, centre.Addr())
	seen := make(chan url.Values, 100)
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.URL.Query() }))
	defer web.Close()
	stop := startKannel(t, centre.Addr(), web.URL+"/?kind=inbound&from=%p&to=%P&text=%a")
	waitFor(t, "kannel to bind", func() bool { return centre.Bound() == 1 })
	waitFor(t, "sendsms", func() bool { return sendsms(t, web.URL, "+32470123401", "735190 is your code") })
	sendsms(t, web.URL, "+32470123402", "rejected")
	sendsms(t, web.URL, "+32470123403", strings.Repeat("0123456789", 20))
	sendsms(t, web.URL, "+32470123404", "Ваш код 735190")
	expect(t, seen, map[string]bool{
		"+32470123401 8": true, "+32470123401 1": true, // accepted by the centre, then delivered
		"+32470123402 16": true,                         // rejected by the centre
		"+32470123403 8":  true, "+32470123403 1": true, // of two parts
		"+32470123404 8": true, "+32470123404 2": true, // could not be delivered
	})
	if status, err := centre.Inbound(t.Context(), "32470123401", "8080", "STOP"); err != nil || status != pdu.OK {
		t.Errorf("inbound: %v, %v", status, err)
	}

	expect(t, seen, map[string]bool{"inbound 32470123401 8080 STOP": true})
	texts := map[string]string{}
	for _, s := range centre.Submitted() {
		texts[s.SM.Dest.Addr] += s.Text()
	}

	for to, want := range map[string]string{
		"32470123401": "735190 is your code",
		"32470123403": strings.Repeat("0123456789", 20), "32470123404": "Ваш код 735190",
	} {
		if texts[to] != want {
			t.Errorf("%s: %q, want %q", to, texts[to], want)
		}
	}
	stop()
	waitFor(t, "kannel to unbind", func() bool { return centre.Bound() == 0 })
	check("0x00000009", "0x80000009", "0x00000004", "0x80000004", "0x00000005", "0x80000005", "0x00000006",
		"0x80000006")
}

// startKannel runs bearerbox and smsbox, which gets the address with each text from a phone; stop ends bearerbox gracefully.
func startKannel(t *testing.T, centre, get string) (stop func()) {
	t.Helper()
	dir := t.TempDir()
	host, port, err := net.SplitHostPort(centre)
	if err != nil {
		t.Fatal(err)
	}

	conf := filepath.Join(dir, "kannel.conf")
	text := fmt.Sprintf(kannelConf, dir, host, port, get)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}

	run := func(program string) *exec.Cmd {
		cmd := exec.Command(program, "-v", "1", conf)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}

		ended := make(chan struct{})
		go func() { defer close(ended); _ = cmd.Wait() }()
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			<-ended
			if t.Failed() {
				t.Logf("%s said:\n%s", program, said.String())
			}
		})

		return cmd
	}

	bearerbox := run("bearerbox")
	waitFor(t, "bearerbox", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:13001")
		if err != nil {
			return false
		}
		_ = c.Close()
		return true
	})
	run("smsbox")

	return func() { _ = bearerbox.Process.Signal(syscall.SIGTERM) }
}

// The ports are free, because no other program is in the namespace.
const kannelConf = `group = core
admin-port = 13000
admin-password = secret
smsbox-port = 13001
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
dlr-storage = internal
log-file = "%s/bearerbox.log"
log-level = 1

group = smsc
smsc = smpp
smsc-id = fake
host = "%s"
port = %s
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = ""
interface-version = 34

group = smsbox
bearerbox-host = "127.0.0.1"
sendsms-port = 13013
sendsms-interface = "127.0.0.1"
log-level = 1

group = sendsms-user
username = user
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "%s"
max-messages = 0
`

func sendsms(t *testing.T, web, to, text string) bool {
	t.Helper()
	q := url.Values{
		"username": {"user"}, "password": {"secret"}, "from": {"Acme"}, "to": {to}, "text": {text},
		"charset":  {"UTF-8"},
		"dlr-mask": {"31"}, "dlr-url": {web + "/?kind=receipt&type=%d&to=" + url.QueryEscape(to)},
	}

	for _, r := range text {
		if r > 0xFF {
			q.Set("coding", "2")
		}
	}

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		"http://127.0.0.1:13013/cgi-bin/sendsms?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}

	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()

	return answer.StatusCode == http.StatusAccepted
}

// expect reads callbacks until all the wanted ones have come.
func expect(t *testing.T, seen <-chan url.Values, want map[string]bool) {
	t.Helper()
	late := time.After(patience)
	for len(want) > 0 {
		select {
		case q := <-seen:
			key := q.Get("to") + " " + q.Get("type")
			if q.Get("kind") == "inbound" {
				key = "inbound " + strings.TrimPrefix(q.Get("from"), "+") + " " + q.Get("to") + " " + q.Get("text")
			}
			if delete(want, key); q.Get("type") == "" && q.Get("kind") == "receipt" {
				t.Errorf("kannel called %v", q)
			}
		case <-late:
			missing, _ := json.Marshal(want)
			t.Fatalf("kannel did not report %s", missing)
		}
	}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for late := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s did not happen in time", what)
		}
	}
}
