//go:build interop

package interop

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
)

const javaFolder = "java/target/dependency"

// needJava skips the test without a JDK and the programs of java/pom.xml.
func needJava(t *testing.T) (classes string) {
	t.Helper()
	needTool(t, "java", "apt-get install openjdk-17-jdk-headless")
	_, err := os.Stat(javaFolder)
	need(t, "jSMPP and Cloudhopper", "mvn -B -q -f test/interop/java/pom.xml dependency:copy-dependencies", err == nil)

	return filepath.Join(javaFolder, "*")
}

// startCloudhopper runs java/Centre.java.
func startCloudhopper(t *testing.T, arg string) *peer {
	t.Helper()
	return startPeer(t, "java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", needJava(t), "java/Centre.java", arg)
}

// TestCloudhopper_LongTexts sends and receives texts of several parts in every form. Cloudhopper, with a codec that no fake
// was modelled on, takes ours apart and makes its own.
func TestCloudhopper_LongTexts(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 20)
	for long, want := range map[string][]string{
		smpp.LongUDH: {"udh 1/2", "udh 2/2"}, smpp.LongSAR: {"sar 1/2", "sar 2/2"}, smpp.LongPayload: {"payload"},
	} {
		t.Run(long, func(t *testing.T) {
			t.Parallel()
			centre := startCloudhopper(t, "hex")
			check := capture(t, centre.addr)
			c := startClient(t, smpp.Config{Addr: centre.addr, Window: 5, Long: long})
			if ids := c.accepted(t, "+32470123412", text); len(ids) != len(want) {
				t.Errorf("ids %q, want %d", ids, len(want))
			}

			whole := ""
			for _, part := range want {
				e := centre.find(t, part, func(e event) bool { return e.Event == "submit" && e.Part == part })
				whole += e.Text
			}
			if whole != text {
				t.Errorf("Cloudhopper read %q", whole)
			}

			c.accepted(t, "+32470123425", "answers in three parts with UDH")
			c.inbound(t, "+32470123425", strings.Repeat("0123456789", 40))
			c.accepted(t, "+32470123426", "answers in two parts with SAR")
			c.inbound(t, "+32470123426", "Ваш код не подошёл")
			c.stop()
			centre.find(t, "unbind", named("unbind"))
			check("0x00000009", "0x80000009", "0x00000004", "0x80000004", "0x00000005", "0x80000005")
		})
	}
}

func (c *client) inbound(t *testing.T, from, text string) {
	t.Helper()
	select {
	case m := <-c.inbounds:
		if m.From != from || m.To != "8080" || m.Body.Reveal() != text {
			t.Errorf("%q from %s to %s, want %q from %s", m.Body.Reveal(), m.From, m.To, text, from)
		}
	case <-time.After(patience):
		t.Fatalf("no text from %s", from)
	}
}

// startSimulator runs jSMPP's own simulator of a message centre as it is shipped. It takes the user "user" with a password,
// sends a text when a link is bound, and a receipt a second after each submit, with the id in decimal.
func startSimulator(t *testing.T, password string) (addr string, said *syncBuffer) {
	t.Helper()
	classes := needJava(t)
	port := strconv.Itoa(freeTCPPort(t))
	said = &syncBuffer{}
	cmd := exec.Command("java", "-Djsmpp.simulator.port="+port, "-Djsmpp.client.systemId=user",
		"-Djsmpp.client.password="+password, "-Dorg.slf4j.simpleLogger.log.org.jsmpp.examples=debug", "-cp", classes,
		"org.jsmpp.examples.SMPPServerSimulator")
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("jSMPP said:\n%s", tail(said.text()))
		}
	})
	waitFor(t, "jSMPP to listen", func() bool { return strings.Contains(said.text(), "Listening on port") })

	return net.JoinHostPort("127.0.0.1", port), said
}

func freeTCPPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()

	return l.Addr().(*net.TCPAddr).Port
}

// TestSimulator_jSMPP: a centre that none of the fakes was modelled on, and whose behaviour is not ours.
func TestSimulator_jSMPP(t *testing.T) {
	t.Parallel()
	for _, long := range []string{smpp.LongUDH, smpp.LongSAR} {
		t.Run(long, func(t *testing.T) {
			t.Parallel()
			addr, said := startSimulator(t, "secret")
			check := capture(t, addr)
			c := startClient(t, smpp.Config{
				Addr: addr, Window: 5, ReceiptID: smpp.IDDecToHex, Long: long, EnquireLink: time.Second,
			})
			select {
			case m := <-c.inbounds:
				if m.From != "+555" || m.To != "+12345" || m.Body.Reveal() != "Hello World" {
					t.Errorf("%q from %s to %s", m.Body.Reveal(), m.From, m.To)
				}
			case <-time.After(patience):
				t.Fatal("no text from jSMPP")
			}

			ids := c.accepted(t, "+32470123401", "735190")
			ids = append(ids, c.accepted(t, "+32470123402", strings.Repeat("0123456789", 20))...)
			if len(ids) != 3 {
				t.Errorf("ids %q of one and two parts", ids)
			}
			waited := map[string]bool{}
			for _, id := range ids {
				waited[strings.ToLower(id)] = true
			}
			for range ids {
				select {
				case r := <-c.receipts:
					if r.Status != carrier.Delivered || !waited[strings.ToLower(r.ID)] {
						t.Errorf("receipt %+v; ids %v", r, waited)
					}
					delete(waited, strings.ToLower(r.ID))
				case <-time.After(patience):
					t.Fatalf("no receipts for %v", waited)
				}
			}
			if !strings.Contains(said.text(), "submit_sm '735190'") {
				t.Errorf("jSMPP did not read the text")
			}

			check("0x00000015", "0x80000015")
			c.stop()
		})
	}
}

func TestSimulator_jSMPP_WrongPassword(t *testing.T) {
	t.Parallel()
	addr, _ := startSimulator(t, "another")
	wrongPassword(t, &peer{addr: addr})
}
