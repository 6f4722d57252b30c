package cli_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
)

// carrierLine is the line of a carrier in a table.
func carrierLine(out, name string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, name+" ") {
			return strings.Join(strings.Fields(line), " ")
		}
	}
	return ""
}

// carrierSite is an installation with an SMPP carrier "centre", and behind it a gateway "gw".
func carrierSite(t *testing.T) (i installation, centre *smsc.Server, gateway *carriertest.Gateway) {
	t.Helper()
	centre, err := smsc.Start(smsc.Options{SystemID: "user", Password: "secret", Receipts: true, Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err = carriertest.StartGateway(carriertest.GatewayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gateway.Close(); _ = centre.Close() })

	return install(t, fmt.Sprintf(`
[[carrier]]
name = "centre"
kind = "smpp"
addr = %q
system_id = "user"
password = "secret"
connections = 2
rate = 100
from = "Acme"

[[carrier]]
name = "gw"
kind = "http"
channel = "sms"
url = %q
token = "t"
receipts = false
from = "Acme"
`, centre.Addr(), gateway.URL())), centre, gateway
}

// TestCarriers: the command says what each carrier does, also beside a server, and when none runs.
func TestCarriers(t *testing.T) {
	t.Parallel()
	i, centre, _ := carrierSite(t)
	i.ok("migrate")
	out := i.ok("carriers")
	if !strings.Contains(out, "No server is running") || !strings.HasPrefix(carrierLine(out, "centre"), "centre smpp sms stopped") {
		t.Errorf("before the first start: %q", out)
	}

	_, stop := i.serve(t)
	eventually(t, "bound", func() bool {
		out = i.ok("carriers")
		return carrierLine(out, "centre") == "centre smpp sms ok 2 of 2 0 0 0/s of 100 -"
	})
	if line := carrierLine(out, "gw"); line != "gw http sms ok - 0 0 0/s -" {
		t.Errorf("gw: %q", line)
	}
	if doctor := i.ok("doctor"); !strings.Contains(doctor, "centre ok, 2 of 2 sessions bound, 0 in flight, 0 queued") {
		t.Errorf("doctor: %s", doctor)
	}

	_ = centre.Close()
	eventually(t, "down", func() bool {
		out = i.ok("carriers")
		return strings.HasPrefix(carrierLine(out, "centre"), "centre smpp sms failing 0 of 2") &&
			strings.Contains(out, "check addr")
	})
	if code, doctor, _ := i.run("doctor"); code != 1 || !strings.Contains(doctor, "centre has 0 of 2 sessions bound: ") {
		t.Errorf("doctor: %d %s", code, doctor)
	}

	stop()
	if out := i.ok("carriers"); !strings.Contains(out, "No server is running") {
		t.Errorf("after the server has ended: %q", out)
	}
}

// TestCarrier_Pause: a pause holds within a second and over a restart, and its lines are in the log.
func TestCarrier_Pause(t *testing.T) {
	t.Parallel()
	i, centre, gateway := carrierSite(t)
	var account, key created
	i.json(&account, "account", "create", "--name", "Acme", "--json")
	i.json(&key, "key", "create", "--account", account.ID, "--mode", "live", "--json")
	if code, _, errs := i.run("carrier", "pause", "none"); code != 1 || !strings.Contains(errs, "has centre, gw") {
		t.Errorf("%d %q", code, errs)
	}

	base, stop := i.serve(t)
	sent := 0
	send := func() (overCentre, overGateway int) {
		t.Helper()
		sent++
		before := [2]int{len(centre.Submitted()), len(gateway.Submitted())}
		body := fmt.Sprintf(`{"to":"+3247000%04d","channels":["sms"]}`, sent)
		if status, answer := call(t, "POST", base+"/v2/otp/send", key.Secret, body); status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		return len(centre.Submitted()) - before[0], len(gateway.Submitted()) - before[1]
	}
	eventually(t, "bound", func() bool { return centre.Bound() == 2 })
	if a, b := send(); a != 1 || b != 0 {
		t.Errorf("at first: %d and %d submits", a, b)
	}

	if out := i.ok("carrier", "pause", "centre"); !strings.Contains(out, "centre is paused") {
		t.Errorf("%q", out)
	}
	eventually(t, "paused", func() bool { a, b := send(); return a == 0 && b == 1 })
	if out := i.ok("carrier", "pause", "centre"); !strings.Contains(out, "already paused") {
		t.Errorf("%q", out)
	}
	eventually(t, "shown", func() bool {
		return strings.HasPrefix(carrierLine(i.ok("carriers"), "centre"), "centre smpp sms paused 2 of 2")
	})

	stop()
	base, stop = i.serve(t)
	defer stop()
	if a, b := send(); a != 0 || b != 1 {
		t.Errorf("after a restart: %d and %d submits", a, b)
	}
	i.ok("carrier", "resume", "centre")
	eventually(t, "bound", func() bool { return centre.Bound() == 2 })
	eventually(t, "resumed", func() bool { a, b := send(); return a == 1 && b == 0 })
}

// TestCarrier_Test: the checks name what is wrong, and a text brings its receipt, with a server and without.
func TestCarrier_Test(t *testing.T) {
	t.Parallel()
	i, centre, gateway := carrierSite(t)
	i.ok("migrate")
	for name, want := range map[string][]string{
		"centre": {"ok   connection: ", "ok   credentials: the message centre accepts the bind as transceiver", "unbind"},
		"gw":     {"ok   connection: ", "ok   credentials: the gateway documents no request"},
	} {
		for _, out := range []string{i.ok("carrier", "test", name), i.ok("carrier", "test", name, "--json")} {
			for _, part := range want {
				if !strings.Contains(out, part) && !strings.HasPrefix(out, "[") {
					t.Errorf("%s: %q is not in %q", name, part, out)
				}
			}
		}
	}

	send := []string{"carrier", "test", "centre", "--to", "+32470000001"}
	if out := i.ok(send...); !strings.Contains(out, "ok   message: ") || !strings.Contains(out, "ok   receipt: it says that") {
		t.Errorf("without a server: %q", out)
	}
	if out := i.ok("carrier", "test", "gw", "--to", "+32470000001"); !strings.Contains(out, "receipts = false") {
		t.Errorf("%q", out)
	}
	if code, _, errs := i.run("carrier", "test", "gw", "--to", "+3247"); code != 1 || errs == "" {
		t.Errorf("%d %q", code, errs)
	}

	_, stop := i.serve(t)
	defer stop()
	if out := i.ok(send...); !strings.Contains(out, "ok   receipt: it says that") {
		t.Errorf("with a server: %q", out)
	}
	if a, b := len(centre.Submitted()), len(gateway.Submitted()); a != 2 || b != 1 {
		t.Errorf("%d and %d texts", a, b)
	}
}

// TestCarrier_TestProblems: each problem is named by the check that found it, with what to change.
func TestCarrier_TestProblems(t *testing.T) {
	t.Parallel()
	secured := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secured.Close)
	certificate := secured.TLS.Certificates[0]
	centre, err := smsc.Start(smsc.Options{SystemID: "user", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	securedCentre, err := smsc.Start(smsc.Options{TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = centre.Close(), securedCentre.Close() })

	smppCarrier := func(addr, more string) string {
		return fmt.Sprintf("[[carrier]]\nname = \"c\"\nkind = \"smpp\"\naddr = %q\nsystem_id = \"user\"\n"+
			"password = \"wrong\"\nfrom = \"A\"\n%s\n", addr, more)
	}
	httpCarrier := func(url string) string {
		return fmt.Sprintf("[[carrier]]\nname = \"c\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\ntoken = \"t\"\n", url)
	}
	for name, c := range map[string]struct{ config, want string }{
		"wrong password":      {smppCarrier(centre.Addr(), ""), "FAIL credentials\n     the message centre rejects the bind"},
		"nobody listens":      {smppCarrier("127.0.0.1:1", ""), "FAIL connection\n     no connection to 127.0.0.1:1"},
		"no TLS at a centre":  {smppCarrier(centre.Addr(), "tls = true"), "FAIL connection\n"},
		"a centre's issuer":   {smppCarrier(securedCentre.Addr(), "tls = true"), "FAIL certificate\n     the certificate of"},
		"a gateway's issuer":  {httpCarrier(secured.URL), "FAIL certificate\n     the certificate of the other side was issued"},
		"no gateway listens":  {httpCarrier("http://127.0.0.1:1/"), "FAIL connection\n     the gateway cannot be reached"},
		"no TLS at a gateway": {httpCarrier("https://" + centre.Addr()), "FAIL connection\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := install(t, c.config).run("carrier", "test", "c")
			if code != 1 || !strings.Contains(out, c.want) || !strings.Contains(errs, "c has a problem") {
				t.Errorf("%d %q %q", code, out, errs)
			}
			if strings.Contains(out, "wrong") {
				t.Errorf("a secret: %q", out)
			}
		})
	}
}

// TestDoctor_Certificate: a carrier whose certificate is wrong is named so while a server runs.
func TestDoctor_Certificate(t *testing.T) {
	t.Parallel()
	secured := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secured.Close)
	centre, err := smsc.Start(smsc.Options{TLS: &tls.Config{Certificates: secured.TLS.Certificates}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = centre.Close() })

	i := install(t, fmt.Sprintf("[[carrier]]\nname = \"c\"\nkind = \"smpp\"\naddr = %q\ntls = true\nsystem_id = \"user\"\n"+
		"from = \"A\"\n", centre.Addr()))
	_, stop := i.serve(t)
	defer stop()
	eventually(t, "the certificate", func() bool {
		_, out, _ := i.run("doctor")
		return strings.Contains(out, "c has 0 of 1 sessions bound: the certificate of the other side was issued")
	})
}
