package apptest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
)

// Kind is a carrier of the configuration that Kinds makes.
type Kind struct {
	Name string // of the carrier: its kind, with the profile behind it
	// Secrets are in no other carrier, nor anywhere else.
	Secrets []string

	settings string
}

// PublicURL is the public_url of Kinds.
const PublicURL = "https://otp.example.com"

// Kinds has a carrier of every kind, and of every profile of kind "http", whose provider is at host:port. secure: it speaks
// TLS.
func Kinds(addr string, secure bool) (kinds []Kind) {
	base, transport := "http://"+addr, "tcp"
	if secure {
		base, transport = "https://"+addr, "tls"
	}
	add := func(name, kind, settings string, secrets ...string) {
		one := Kind{Name: name, Secrets: secrets}
		one.settings = fmt.Sprintf("[[carrier]]\nname = %q\nkind = %q\nanswer_timeout = \"2s\"\n%s\n", name, kind, settings)
		for i, s := range secrets {
			one.settings = strings.ReplaceAll(one.settings, fmt.Sprintf("SECRET%d", i), s)
		}
		one.settings = strings.ReplaceAll(one.settings, "BASE", base)
		kinds = append(kinds, one)
	}

	const from, secret = "from = \"+15005550006\"\n", "= \"SECRET0\"\n"
	add("http", "http", "channel = \"sms\"\nurl = \"BASE/send\"\ntoken "+secret+from, "canary-http-1")
	for _, profile := range []string{"kannel", "africastalking", "msg91", "plivo"} {
		values := `values = ["username=me"]`
		if profile == "msg91" {
			values = `values = ["template=t"]`
		}
		add("http-"+profile, "http", "channel = \"sms\"\nprofile = \""+profile+"\"\napi_base = \"BASE\"\n"+values+"\n"+from+
			"token "+secret+"callback_token = \"SECRET1\"", "canary-"+profile+"-1", "canary-"+profile+"-2")
	}
	add("infobip", "infobip", from+"api_base = \"BASE\"\napi_key "+secret+"callback_token = \"SECRET1\"",
		"canary-infobip-1", "canary-infobip-2")
	add("sip", "sip", from+"server = \""+addr+"\"\ntransport = \""+transport+"\"\nlocal_addr = \"127.0.0.1:0\"\n"+
		"username = \"user\"\nmax_calls = 2\nrtp_ports = \"32000-32010\"\npassword "+secret, "canary-sip-1")
	add("smpp", "smpp", fmt.Sprintf("%saddr = %q\ntls = %t\nsystem_id = \"user\"\npassword %s", from, addr, secure, secret),
		"cnrysmpp")
	add("telegram", "telegram-gateway", "api_base = \"BASE\"\ntoken "+secret, "canary-telegram-1")
	add("telnyx", "telnyx", from+"api_base = \"BASE\"\npublic_key = \"e2q9FcGoT1Qe5yDdXCSBUIsz2Wc/CzVEpWfqiGxdeGc=\"\n"+
		"api_key "+secret, "canary-telnyx-1")
	account := from + "api_base = \"BASE\"\naccount_sid = \"AC00000000000000000000000000000001\"\nauth_token " + secret
	add("twilio", "twilio", account, "canary-twilio-1")
	add("twilio-voice", "twilio-voice", account, "canary-voice-1")
	add("vonage", "vonage", from+"api_base = \"BASE\"\napi_key = \"abcd1234\"\napi_secret "+secret+
		"signature_secret = \"SECRET1\"", "canary-vonage-1", "canary-vonage-2")
	add("whatsapp", "whatsapp", "api_base = \"BASE\"\nphone_number_id = \"106540352242922\"\ntemplate = \"code\"\n"+
		"access_token "+secret+"app_secret = \"SECRET1\"\nverify_token = \"SECRET2\"",
		"canary-whatsapp-1", "canary-whatsapp-2", "canary-whatsapp-3")

	return kinds
}

// WithKinds is Config with these carriers.
func WithKinds(t *testing.T, kinds []Kind) *config.Config {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "public_url = %q\n", PublicURL)
	for _, one := range kinds {
		text.WriteString(one.settings)
	}

	path := filepath.Join(t.TempDir(), "syssecure.toml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"SYSSECURE_LISTEN=127.0.0.1:0", "SYSSECURE_DATA=" + filepath.Join(t.TempDir(), "data")}
	c, err := app.LoadConfig(path, env)
	if err != nil {
		t.Fatal(err)
	}

	return c
}
