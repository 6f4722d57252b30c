package cli_test

import (
	"fmt"
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
