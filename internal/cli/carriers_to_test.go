package cli_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// phones answers as Meta, Telegram and Twilio do, and keeps the bodies of what it was sent.
type phones struct {
	*httptest.Server
	mu     sync.Mutex
	bodies map[string]string // by the last part of the path
}

func startPhones(t *testing.T) *phones {
	t.Helper()
	p := &phones{bodies: map[string]string{}}
	answers := map[string]string{
		"messages":                                `{"messages":[{"id":"wamid.1"}]}`,
		"106540352242922":                         `{"id":"106540352242922"}`,
		"checkSendAbility":                        `{"ok":true,"result":{"request_id":"7"}}`,
		"sendVerificationMessage":                 `{"ok":true,"result":{"request_id":"7"}}`,
		"checkVerificationStatus":                 `{"ok":true,"result":{"request_id":"7","delivery_status":{"status":"read"}}}`,
		"Calls.json":                              `{"sid":"CA1"}`,
		"IncomingPhoneNumbers.json":               `{"incoming_phone_numbers":[{"capabilities":{"voice":true}}]}`,
		"AC00000000000000000000000000000001.json": `{"status":"active"}`,
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.bodies[name] = string(body)
		p.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if name == "Calls.json" {
			w.WriteHeader(http.StatusCreated)
		}
		answer := answers[name]
		if strings.Contains(string(body), `"request_id":"0"`) { // the question of the check
			answer = `{"ok":false,"error":"REQUEST_ID_INVALID"}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(p.Close)

	return p
}

func (p *phones) body(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bodies[name]
}

// TestCarrier_TestTo: a test message goes over every channel, with a code that opens nothing. Telegram's receipt is asked for.
func TestCarrier_TestTo(t *testing.T) {
	t.Parallel()
	p := startPhones(t)
	i := install(t, fmt.Sprintf(`
public_url = "http://otp.example.com"

[[carrier]]
name = "wa"
kind = "whatsapp"
api_base = %[1]q
phone_number_id = "106540352242922"
access_token = "a"
app_secret = "b"
verify_token = "c"
template = "code"
receipts = false

[[carrier]]
name = "tg"
kind = "telegram-gateway"
api_base = %[1]q
token = "d"

[[carrier]]
name = "calls"
kind = "twilio-voice"
api_base = %[1]q
account_sid = "AC00000000000000000000000000000001"
auth_token = "e"
from = "+15005550006"
receipts = false
`, p.URL))
	i.ok("migrate")
	for name, c := range map[string]struct{ request, code, receipt string }{
		"wa":    {"messages", "000000", "receipts = false"},
		"tg":    {"sendVerificationMessage", `"code":"000000"`, "it says that the message was delivered"},
		"calls": {"Calls.json", "0%2C+0%2C+0%2C+0%2C+0%2C+0", "receipts = false"},
	} {
		out := i.ok("carrier", "test", name, "--to", "+32470000001")
		if !strings.Contains(out, "ok   message: ") || !strings.Contains(out, c.receipt) {
			t.Errorf("%s: %q", name, out)
		}
		if got := p.body(c.request); !strings.Contains(got, c.code) {
			t.Errorf("%s: the provider got %q", name, got)
		}
	}
}

// TestCarrier_TestBesideServer: a trunk is checked although a server has the port of local_addr.
func TestCarrier_TestBesideServer(t *testing.T) {
	t.Parallel()
	trunk, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own, err := net.ListenPacket("udp", "127.0.0.1:0") // stands for the server's
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = trunk.Close(), own.Close() })
	go func() {
		for buffer := make([]byte, 4096); ; {
			n, from, err := trunk.ReadFrom(buffer)
			if err != nil {
				return
			}
			answer := []string{"SIP/2.0 200 OK"} // with the headers of the request that an answer needs
			for line := range strings.SplitSeq(string(buffer[:n]), "\r\n") {
				for _, name := range []string{"Via:", "From:", "To:", "Call-ID:", "CSeq:"} {
					if strings.HasPrefix(line, name) {
						answer = append(answer, line)
					}
				}
			}
			answer = append(answer, "Content-Length: 0", "", "")
			_, _ = trunk.WriteTo([]byte(strings.Join(answer, "\r\n")), from)
		}
	}()

	i := install(t, fmt.Sprintf("[[carrier]]\nname = \"trunk\"\nkind = \"sip\"\nserver = %q\nlocal_addr = %q\nfrom = \"+3221234567\"\n",
		trunk.LocalAddr(), own.LocalAddr()))
	if out := i.ok("carrier", "test", "trunk"); !strings.Contains(out, "the trunk answers this server (SIP 200)") {
		t.Errorf("%q", out)
	}
}
