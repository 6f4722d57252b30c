//go:build interop

package interop

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip"
	"github.com/syssecure/syssecure/internal/carrier/sip/speech"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/test/netns"
)

// phoneIP is where baresip listens: it takes no loopback address.
const phoneIP = "192.0.2.10"

// baresip is a phone that takes every call at once, speaks (a tone), and records what it hears.
type baresip struct {
	folder  string
	control net.Conn

	mu     sync.Mutex
	events []string
}

// startBaresip starts a phone whose owner says hello, and then listens.
func startBaresip(t *testing.T) *baresip {
	t.Helper()
	return startSpeaking(t, "0.5")
}

// startSpeaking starts a phone that speaks for so many seconds.
func startSpeaking(t *testing.T, seconds string) *baresip {
	t.Helper()
	b := &baresip{folder: t.TempDir()}
	tone := filepath.Join(b.folder, "tone.wav")
	if out, err := exec.Command("sox", "-n", "-r", "8000", "-c", "1", "-b", "16", tone, "synth", seconds, "sine", "440",
		"pad", "0", "60").CombinedOutput(); err != nil {
		t.Fatalf("sox: %v\n%s", err, out)
	}

	config := []string{
		"module_path /usr/lib/baresip/modules", "module g711.so", "module aufile.so", "module sndfile.so", "module account.so",
		"module_app menu.so", "module_app ctrl_tcp.so", "ctrl_tcp_listen 127.0.0.1:4444", "sip_listen " + phoneIP + ":5060",
		"net_interface " + phoneIP, "audio_source aufile," + tone, "snd_path " + b.folder, "sip_certificate " + certificateFile,
	}
	account := "<sip:+32470417417@" + phoneIP + ">;answermode=auto;regint=0;audio_codecs=pcma"
	for name, text := range map[string]string{"config": strings.Join(config, "\n"), "accounts": account} {
		if err := os.WriteFile(filepath.Join(b.folder, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	said := &syncBuffer{}
	cmd := exec.Command("baresip", "-f", b.folder, "-v")
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.folder, said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("baresip said:\n%s", tail(said.text()))
		}
	})
	waitFor(t, "baresip to start", func() bool { return strings.Contains(said.text(), "baresip is ready") })
	var err error
	if b.control, err = net.Dial("tcp", "127.0.0.1:4444"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.control.Close() })
	go b.read()

	return b
}

// read collects the names of baresip's events, which come as netstrings.
func (b *baresip) read() {
	for in := bufio.NewReader(b.control); ; {
		size, err := in.ReadString(':')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
		if err != nil {
			return
		}
		text := make([]byte, n+1)
		if _, err := io.ReadFull(in, text); err != nil {
			return
		}
		var e struct {
			Type  string
			Param string
		}
		if json.Unmarshal(text[:n], &e) == nil && e.Type != "" {
			b.mu.Lock()
			b.events = append(b.events, e.Type)
			b.mu.Unlock()
		}
	}
}

// saw counts the events of a name.
func (b *baresip) saw(name string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		if e == name {
			n++
		}
	}

	return n
}

func (b *baresip) command(t *testing.T, name, params string) {
	t.Helper()
	text, err := json.Marshal(map[string]string{"command": name, "params": params})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(b.control, "%d:%s,", len(text), text); err != nil {
		t.Fatal(err)
	}
}

// heard returns what baresip recorded of the other side in its newest call.
func (b *baresip) heard(t *testing.T) []int16 {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(b.folder, "dump-*dec.wav"))
	if err != nil || len(files) == 0 {
		t.Fatalf("baresip recorded nothing: %v", err)
	}
	out, err := exec.Command("sox", files[len(files)-1], "-t", "raw", "-r", "8000", "-c", "1", "-e", "signed", "-b", "16",
		"-L", "-").Output()
	if err != nil {
		t.Fatalf("sox: %v", err)
	}

	return samples(out)
}

// TestBaresip calls a phone that people use. It takes no loopback address, so it runs with us in a network namespace.
func TestBaresip(t *testing.T) {
	t.Parallel()
	needTool(t, "baresip", "apt-get install baresip-core")
	needTool(t, "sox", "apt-get install sox")
	if !inNamespace(t) {
		return
	}
	if err := netns.AddAddress(netip.MustParseAddr(phoneIP)); err != nil {
		t.Fatal(err)
	}

	library, err := speech.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("hears the code twice", func(t *testing.T) { hearsTwice(t, library) })
	t.Run("asks again", func(t *testing.T) { asksAgain(t, library) })
	t.Run("a voicemail", func(t *testing.T) {
		phone, receipts := startSpeaking(t, "60"), callBaresip(t, sip.UDP, "5060", "en")
		if r := <-receipts; r.Status != carrier.Failed || r.Reason != message.NoAnswer || r.CarrierCode != "voicemail" {
			t.Errorf("%+v", r)
		}
		phone.command(t, "hangup", "")
		waitFor(t, "the end of the call", func() bool { return phone.saw("CALL_CLOSED") == 1 })
	})
	t.Run("hangs up", func(t *testing.T) {
		phone, receipts := startBaresip(t), callBaresip(t, sip.UDP, "5060", "en")
		waitFor(t, "the call", func() bool { return phone.saw("CALL_ESTABLISHED") == 1 })
		phone.command(t, "hangup", "")
		if r := <-receipts; r.Status != carrier.Failed || r.Reason != message.NoAnswer {
			t.Errorf("%+v", r)
		}
	})
	for transport, port := range map[string]string{sip.TCP: "5060", sip.TLS: "5061"} {
		t.Run("over "+transport, func(t *testing.T) {
			phone, receipts := startBaresip(t), callBaresip(t, transport, port, "en")
			if r := <-receipts; r.Status != carrier.Delivered {
				t.Errorf("%+v", r)
			}
			phone.command(t, "hangup", "")
			waitFor(t, "the end of the call", func() bool { return phone.saw("CALL_CLOSED") == 1 })
			if got := digitsOf(phone.heard(t), library.Voice("en")); !strings.HasPrefix(got, baresipCode) {
				t.Errorf("heard %q, want %s", got, baresipCode)
			}
		})
	}
}

// baresipCode is what is said; the number ends with it.
const baresipCode = "417417"

func callBaresip(t *testing.T, transport, port, language string) chan carrier.Receipt {
	t.Helper()
	c, receipts := trunkOver(t, transport, phoneIP+":"+port, phoneIP+":0", 1)
	if r := call(t, c, baresipCode, language); r.Outcome != carrier.Accepted {
		t.Fatalf("%+v", r)
	}

	return receipts
}

func hearsTwice(t *testing.T, library *speech.Library) {
	phone, sound := startBaresip(t), captureSound(t)
	receipts := callBaresip(t, sip.UDP, "5060", "fr")
	if r := <-receipts; r.Status != carrier.Delivered {
		t.Errorf("%+v", r)
	}
	waitFor(t, "the end of the call", func() bool { return phone.saw("CALL_CLOSED") == 1 })
	if n := phone.saw("CALL_ESTABLISHED"); n != 1 {
		t.Errorf("%d calls established", n)
	}
	sound(t)
	if got := digitsOf(phone.heard(t), library.Voice("fr")); got != baresipCode+baresipCode {
		t.Errorf("heard %q, want %s twice", got, baresipCode)
	}
}

func asksAgain(t *testing.T, library *speech.Library) {
	phone, receipts := startBaresip(t), callBaresip(t, sip.UDP, "5060", "en")
	<-receipts // the code was said once
	phone.command(t, "sndcode", "1")
	waitLong(t, "the end of the call", func() bool { return phone.saw("CALL_CLOSED") == 1 })
	if got := digitsOf(phone.heard(t), library.Voice("en")); strings.Count(got, baresipCode) < 3 {
		t.Errorf("heard %q after the key 1, want %s more than twice", got, baresipCode)
	}
}

func waitLong(t *testing.T, what string, done func() bool) {
	t.Helper()
	for late := time.Now().Add(time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s did not happen in time", what)
		}
	}
}

// captureSound records SIP and RTP. The function that it returns has tshark read it: sound must have gone both ways, and
// no packet may be lost.
func captureSound(t *testing.T) func(t *testing.T) {
	t.Helper()
	needTool(t, "tcpdump", "apt-get install tcpdump")
	needTool(t, "tshark", "apt-get install tshark")
	file, stop := record(t, "udp")

	return func(t *testing.T) {
		t.Helper()
		stop()
		out, err := exec.Command("tshark", "-r", file, "-q", "-z", "rtp,streams").Output()
		if err != nil {
			t.Fatalf("tshark: %v", err)
		}
		t.Logf("%s", out)
		streams := 0
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "g711A") {
				streams++
				if !strings.Contains(line, " 0 (0.0%)") {
					t.Errorf("packets were lost: %s", line)
				}
			}
		}
		if streams != 2 {
			t.Errorf("%d streams of sound, want one each way", streams)
		}
	}
}
