//go:build interop

package interop

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/speech"
	"github.com/syssecure/syssecure/internal/message"
)

// freePort is a UDP port of loopback that nobody uses now.
func freePort(t *testing.T) int {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()

	return conn.LocalAddr().(*net.UDPAddr).Port
}

// ear keeps the sound of calls, by SSRC and sequence number.
type ear struct {
	conn *net.UDPConn
	mu   sync.Mutex
	said map[uint32]map[uint16][]byte
}

func listen(t *testing.T) *ear {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadBuffer(4 << 20)
	e := &ear{conn: conn, said: map[uint32]map[uint16][]byte{}}
	var reading sync.WaitGroup
	reading.Go(e.read)
	t.Cleanup(func() { _ = conn.Close(); reading.Wait() })

	return e
}

func (e *ear) read() {
	for buffer := make([]byte, 2048); ; {
		n, err := e.conn.Read(buffer)
		if err != nil {
			return
		}
		var p rtp.Packet
		if p.Unmarshal(bytes.Clone(buffer[:n])) != nil || p.PayloadType != 8 {
			continue
		}
		e.mu.Lock()
		if e.said[p.SSRC] == nil {
			e.said[p.SSRC] = map[uint16][]byte{}
		}
		e.said[p.SSRC][p.SequenceNumber] = p.Payload
		e.mu.Unlock()
	}
}

// recordings are the sounds of all calls as linear samples, decoded by sox.
func (e *ear) recordings(t *testing.T) (all [][]int16) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, packets := range e.said {
		first := uint16(0)
		for n := range packets {
			if _, before := packets[n-1]; !before {
				first = n
			}
		}
		var coded []byte
		for n := first; len(packets[n]) > 0; n++ {
			coded = append(coded, packets[n]...)
		}
		if want := len(packets) * 160; len(coded) != want {
			t.Errorf("%d of %d samples arrived", len(coded), want)
		}
		all = append(all, decode(t, coded))
	}

	return all
}

func decode(t *testing.T, coded []byte) []int16 {
	t.Helper()
	raw := []string{"-t", "raw", "-r", "8000", "-c", "1", "-e"}
	args := slices.Concat(raw, []string{"a-law", "-"}, raw, []string{"signed", "-b", "16", "-L", "-"})
	cmd := exec.Command("sox", args...)
	cmd.Stdin = bytes.NewReader(coded)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("sox: %v", err)
	}

	return samples(out)
}

// samples reads linear samples of 16 bits, the low byte first.
func samples(raw []byte) []int16 {
	out := make([]int16, len(raw)/2)
	for i := range out {
		out[i] = int16(uint16(raw[2*i]) | uint16(raw[2*i+1])<<8)
	}

	return out
}

// likeness is the normalised cross-correlation of a recording with a prompt that begins at its start.
func likeness(recording, prompt []int16) float64 {
	if len(recording) < len(prompt) {
		return 0
	}
	var both, one, other float64
	for i, p := range prompt {
		a, b := float64(recording[i]), float64(p)
		both, one, other = both+a*b, one+a*a, other+b*b
	}
	if one == 0 || other == 0 || both < 0 {
		return 0
	}

	return both * both / (one * other)
}

// digitsOf finds the digits in a recording: at each sample that begins a sound, the prompt that is most like it.
func digitsOf(recording []int16, v *speech.Voice) string {
	var prompts [10][]int16
	for digit, coded := range v.Digits {
		prompts[digit] = speech.Linear(coded)
	}

	var found strings.Builder
	for at, quiet := 0, 0; at < len(recording); at++ {
		if size := recording[at]; size > -20 && size < 20 {
			quiet++
			continue
		}
		if quiet >= 2000 { // a quarter of a second, which no prompt is silent for
			best, by := -1, 0.8
			for digit, prompt := range prompts {
				for lag := max(0, at-200); lag <= at; lag++ {
					if l := likeness(recording[lag:], prompt); l > by {
						best, by = digit, l
					}
				}
			}
			if best >= 0 {
				found.WriteString(strconv.Itoa(best))
			}
		}
		quiet = 0
	}

	return found.String()
}

// sipp runs a scenario for so many calls and returns its address. wait waits until it ends, and fails when a call did not go
// as the scenario says.
func sipp(t *testing.T, scenario string, calls int, e *ear) (addr string, wait func()) {
	t.Helper()
	return sippOver(t, "u1", "", scenario, calls, e)
}

// sippOver runs SIPp with one of its transports; contact is the address that it names, empty = its own.
func sippOver(t *testing.T, transport, contact, scenario string, calls int, e *ear) (addr string, wait func()) {
	t.Helper()
	needTool(t, "sipp", "apt-get install sip-tester")
	needTool(t, "sox", "apt-get install sox")
	port, media, network := freePort(t), freePort(t)&^1, "udp"
	if transport != "u1" {
		port, network = freeTCPPort(t), "tcp"
	}
	file, err := filepath.Abs("sipp/" + scenario + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	addr = "127.0.0.1:" + strconv.Itoa(port)
	if contact == "" {
		contact = "sip:" + addr
	}
	args := []string{
		"-sf", file, "-t", transport, "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-mi", "127.0.0.1", "-mp", strconv.Itoa(media),
		"-m", strconv.Itoa(calls), "-nostdin", "-timeout", "120s", "-timeout_error", "-trace_err", "-key", "ear",
		strconv.Itoa(e.conn.LocalAddr().(*net.UDPAddr).Port), "-key", "contact", contact,
	}
	cmd := exec.Command("sipp", args...)
	cmd.Dir = t.TempDir()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	waitFor(t, "sipp to listen", func() bool { return len(ended) > 0 || listens(t, network, port) })

	return addr, func() {
		t.Helper()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("sipp %s: %v\n%s", scenario, err, tail(said.String()))
			}
		case <-time.After(2 * time.Minute):
			t.Errorf("sipp %s does not end", scenario)
		}
	}
}

// listens reports whether a program has a port, as the kernel's table says it: a probe could take the port from it.
func listens(t *testing.T, network string, port int) bool {
	t.Helper()
	table, err := os.ReadFile("/proc/net/" + network)
	if err != nil {
		t.Fatal(err)
	}
	state := map[string]string{"udp": "07", "tcp": "0A"}[network]
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) > 3 && strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) && fields[3] == state {
			return true
		}
	}

	return false
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

// TestSIPp_Digits: 20 calls in each of three languages at once. Every digit is found again in what SIPp's phone heard.
func TestSIPp_Digits(t *testing.T) {
	t.Parallel()
	const calls = 20
	library, err := speech.Open("")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"en", "fr", "ar"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			e := listen(t)
			addr, wait := sipp(t, "answer", calls, e)
			c, receipts := trunk(t, addr, calls)
			want := map[string]bool{}
			var sending sync.WaitGroup
			for n := range calls {
				code := fmt.Sprintf("%06d", 50_000*n+rand.IntN(50_000))
				want[code+code] = true // it is said twice
				sending.Go(func() {
					if r := call(t, c, code, language); r.Outcome != carrier.Accepted {
						t.Errorf("%s: %+v", code, r)
					}
				})
			}

			sending.Wait()
			wait()
			for range calls {
				if r := <-receipts; r.Status != carrier.Delivered {
					t.Errorf("%+v", r)
				}
			}
			right := 0
			for _, recording := range e.recordings(t) {
				heard := digitsOf(recording, library.Voice(language))
				if !want[heard] {
					t.Errorf("heard %q, which is no code that was sent", heard)
					continue
				}
				delete(want, heard)
				right++
			}
			t.Logf("%s: %d of %d calls with all digits in their order", language, right, calls)
			if right != calls {
				t.Errorf("%d of %d", right, calls)
			}
		})
	}
}

func TestSIPp_Outcomes(t *testing.T) {
	t.Parallel()
	for scenario, c := range map[string]struct {
		want    carrier.Outcome
		reason  message.Reason
		receipt carrier.Status
	}{
		"ask401":  {want: carrier.Accepted, receipt: carrier.Delivered},
		"ask407":  {want: carrier.Accepted, receipt: carrier.Delivered},
		"ring":    {want: carrier.Rejected, reason: message.NoAnswer},
		"busy":    {want: carrier.Rejected, reason: message.Busy},
		"decline": {want: carrier.Rejected, reason: message.CarrierRejected},
		"hangup":  {want: carrier.Accepted, receipt: carrier.Failed},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			addr, wait := sipp(t, scenario, 1, listen(t))
			made, receipts := trunk(t, addr, 1)
			if got := call(t, made, "417", "en"); got.Outcome != c.want || got.Reason != c.reason {
				t.Fatalf("%+v", got)
			}
			if c.want == carrier.Accepted {
				if r := <-receipts; r.Status != c.receipt {
					t.Errorf("%+v", r)
				}
			}
			wait()
		})
	}
}

// TestSIPp_Key: the key 1, from SIPp's own recording, has the code said again.
func TestSIPp_Key(t *testing.T) {
	t.Parallel()
	addr, wait := sipp(t, "press", 1, listen(t))
	made, _ := trunk(t, addr, 1)
	begun := time.Now()
	if got := call(t, made, "1", "en"); got.Outcome != carrier.Accepted {
		t.Fatalf("%+v", got)
	}
	wait()
	if lasted := time.Since(begun); lasted < 18*time.Second {
		t.Errorf("the call lasted %v, so the code was not said again", lasted)
	}
}
