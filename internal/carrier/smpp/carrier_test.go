package smpp_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

const patience = 20 * time.Second

func otp() carrier.Message {
	return carrier.Message{
		Ref: "r1", Channel: message.SMS, To: phone.Number("+32470123456"),
		Body: secret.NewString("735190 is your code"), Validity: 10 * time.Minute,
	}
}

// send retries while there is no link, as the dispatcher does.
func send(tb testing.TB, c *smpp.Carrier, m carrier.Message) carrier.Result {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		r := c.Send(ctx, m)
		if r.Outcome != carrier.Retry || r.CarrierCode != "" || ctx.Err() != nil {
			return r
		}
	}
}

func TestSend_StatusOutcomes(t *testing.T) {
	t.Parallel()
	var status atomic.Uint32
	centre := startCentre(t, smsc.Options{React: func(smsc.Submit) smsc.Reaction {
		return smsc.Reaction{Status: pdu.Status(status.Load())}
	}})

	c := startCarrier(t, smpp.Config{Addr: centre.Addr()}, carrier.Sink{})
	for s, want := range map[pdu.Status]carrier.Result{
		0x0b:  {Outcome: carrier.Rejected, Reason: message.InvalidDestination, CarrierCode: "0x0000000b"},
		0x0a:  {Outcome: carrier.Rejected, Reason: message.SenderNotAllowed, CarrierCode: "0x0000000a"},
		0x08:  {Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x00000008"},
		0x45:  {Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x00000045"},
		0x64:  {Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x00000064"},
		0xff:  {Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x000000ff"},
		0x04:  {Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x00000004"},
		0x401: {Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "0x00000401"},
		0x65:  {Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "0x00000065"},
		0x62:  {Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "0x00000062"},
		0xc4:  {Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "0x000000c4"},
	} {
		status.Store(uint32(s))
		if got := send(t, c, otp()); got.Outcome != want.Outcome || got.Reason != want.Reason ||
			got.CarrierCode != want.CarrierCode {
			t.Errorf("%v: %+v, want %+v", s, got, want)
		}
	}
}

func TestSend_Fields(t *testing.T) {
	t.Parallel()
	centre := startCentre(t, smsc.Options{Keep: true, HexIDs: true})
	c := startCarrier(t, smpp.Config{Addr: centre.Addr(), From: "Acme", Receipts: true}, carrier.Sink{})
	if got := send(t, c, otp()); got.Outcome != carrier.Accepted || len(got.IDs) != 1 || got.IDs[0] != "3d36a155" {
		t.Fatalf("%+v", got)
	}

	m := otp()
	m.From, m.Body, m.Validity = "8080", secret.NewString("код 735190"), 0
	send(t, c, m)
	got := centre.Submitted()
	first, second := got[0].SM, got[1].SM
	if first.Source != (pdu.Address{TON: 5, Addr: "Acme"}) ||
		first.Dest != (pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}) ||
		first.ValidityPeriod != "000000001000000R" || first.RegisteredDelivery != 1 || first.DataCoding != 0 ||
		first.TLVs != nil {
		t.Errorf("source %v, dest %v, validity %q, registered %d, coding %d, TLVs %v", first.Source, first.Dest,
			first.ValidityPeriod, first.RegisteredDelivery, first.DataCoding, first.TLVs)
	}
	if second.Source != (pdu.Address{TON: 3, Addr: "8080"}) || second.DataCoding != 8 || second.ValidityPeriod != "" ||
		got[1].Text() != "код 735190" {
		t.Errorf("source %v, coding %d, validity %q, %q",
			second.Source, second.DataCoding, second.ValidityPeriod, got[1].Text())
	}
}

func TestWindow_LostLink(t *testing.T) {
	t.Parallel()
	const window, messages = 8, 40
	full := make(chan struct{})
	var mu sync.Mutex
	seen := map[string]int{}
	centre := startCentre(t, smsc.Options{React: func(in smsc.Submit) smsc.Reaction {
		mu.Lock()
		defer mu.Unlock()
		seen[in.SM.Dest.Addr]++
		if in.N == window {
			close(full)
		}
		return smsc.Reaction{Silent: in.N <= window}
	}})

	c := startCarrier(t, smpp.Config{Addr: centre.Addr(), Window: window}, carrier.Sink{})
	var all sync.WaitGroup
	results := make([]carrier.Result, messages)
	for i := range messages {
		m := otp()
		m.To = phone.Number("+3247012" + string(rune('A'+i)))
		all.Go(func() { results[i] = send(t, c, m) })
	}

	<-full
	if n := centre.Submits(); n != window {
		t.Errorf("%d submits are in flight, the window is %d", n, window)
	}

	centre.DropLinks()
	all.Wait()
	unknown := 0
	for _, r := range results {
		switch r.Outcome {
		case carrier.Unknown:
			unknown++
		case carrier.Accepted:
		default:
			t.Errorf("%+v", r)
		}
	}
	if unknown != window {
		t.Errorf("%d are unknown, %d were in flight", unknown, window)
	}

	for to, n := range seen {
		if n != 1 {
			t.Errorf("%s was submitted %d times", to, n)
		}
	}
}

func TestSend_LongMessageOutcomes(t *testing.T) {
	t.Parallel()
	long := otp()
	long.Body = secret.NewString(strings.Repeat("0123456789", 40))
	for name, c := range map[string]struct {
		reject  int64 // this submit and those after it
		want    carrier.Outcome
		submits int64
	}{
		"all accepted":   {reject: 99, want: carrier.Accepted, submits: 3},
		"first rejected": {reject: 1, want: carrier.Rejected, submits: 1},
		"last rejected":  {reject: 3, want: carrier.Rejected, submits: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			centre := startCentre(t, smsc.Options{React: func(in smsc.Submit) smsc.Reaction {
				if in.N >= c.reject {
					return smsc.Reaction{Status: pdu.InvalidDestination}
				}
				return smsc.Reaction{}
			}})

			s := startCarrier(t, smpp.Config{Addr: centre.Addr()}, carrier.Sink{})
			got := send(t, s, long)
			if got.Outcome != c.want || centre.Submits() != c.submits ||
				c.want == carrier.Accepted && len(got.IDs) != 3 {
				t.Errorf("%+v after %d submits", got, centre.Submits())
			}
		})
	}
}

func TestSend_ThrottledUntilDeadline(t *testing.T) {
	t.Parallel()
	centre := startCentre(t, smsc.Options{React: func(smsc.Submit) smsc.Reaction {
		return smsc.Reaction{Status: pdu.QueueFull}
	}})
	c := startCarrier(t, smpp.Config{Addr: centre.Addr()}, carrier.Sink{})
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	got := c.Send(ctx, otp())
	if got.Outcome != carrier.Retry || got.CarrierCode != "0x00000014" || got.RetryAfter <= 0 || centre.Submits() < 1 {
		t.Errorf("%+v after %d submits", got, centre.Submits())
	}
}

func TestReceipt_Sink(t *testing.T) {
	t.Parallel()
	receipts := make(chan carrier.Receipt, 8)
	centre := startCentre(t, smsc.Options{HexIDs: true, React: func(smsc.Submit) smsc.Reaction {
		return smsc.Reaction{Receipts: []smsc.Receipt{
			{Stat: "DELIVRD", Before: true},
			{Stat: "ENROUTE"},
			{Stat: "DELIVRD", NoTLV: true},
			{Stat: "UNDELIV", Err: "069", Delay: time.Millisecond},
		}}
	}})

	sink := carrier.Sink{Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) {
		receipts <- r
		return true, nil
	}}
	c := startCarrier(t, smpp.Config{Addr: centre.Addr(), Receipts: true, ReceiptID: smpp.IDDecToHex}, sink)
	got := send(t, c, otp())
	count := map[carrier.Status]int{}
	for range 4 {
		r := <-receipts
		if len(got.IDs) != 1 || r.ID != got.IDs[0] {
			t.Errorf("receipt for %q, answer %q", r.ID, got.IDs)
		}
		count[r.Status]++
	}
	if count[carrier.Delivered] != 2 || count[carrier.Buffered] != 1 || count[carrier.Failed] != 1 {
		t.Errorf("%v", count)
	}
}

func TestInbound_JoinsParts(t *testing.T) {
	t.Parallel()
	texts := make(chan carrier.Inbound, 8)
	centre := startCentre(t, smsc.Options{})
	c := startCarrier(t, smpp.Config{Addr: centre.Addr()},
		carrier.Sink{Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) {
			texts <- m
			return true, nil
		}})
	send(t, c, otp())
	from, to := pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}, pdu.Address{TON: 3, Addr: "8080"}
	for _, p := range []pdu.PDU{
		{Command: pdu.DeliverSM, Body: &pdu.SM{
			Source: from, Dest: to, ESMClass: 0x40, DataCoding: 8,
			ShortMessage: []byte("\x05\x00\x03\x09\x02\x02\xde\x00"),
		}},
		{Command: pdu.DeliverSM, Body: &pdu.SM{
			Source: from, Dest: to, ESMClass: 0x40, DataCoding: 8,
			ShortMessage: []byte("\x05\x00\x03\x09\x02\x01\x00A\xd8\x3d"),
		}},
		{Command: pdu.DataSM, Body: &pdu.DataMessage{
			Source: from, Dest: to, DataCoding: 3,
			TLVs: []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: []byte("arr\xeat")}},
		}},
	} {
		if status, err := centre.Request(t.Context(), p); err != nil || status != pdu.OK {
			t.Fatal(status, err)
		}
	}

	for _, want := range []string{"A😀", "arrêt"} {
		if m := <-texts; m.Body.Reveal() != want || m.From != "+32470123456" || m.To != "8080" ||
			m.Carrier != "smsc-1" {
			t.Errorf("%q from %s to %s over %s", m.Body.Reveal(), m.From, m.To, m.Carrier)
		}
	}
}

func TestBind_RejectionAdvice(t *testing.T) {
	t.Parallel()
	centre := startCentre(t, smsc.Options{SystemID: "user", Password: "other"})
	lines := make(chan string, 16)
	log := slog.New(slog.NewTextHandler(writer(func(b []byte) { lines <- string(b) }), nil))
	c, err := smpp.New(smpp.Config{
		Name: "smsc-1", Addr: centre.Addr(), SystemID: "user",
		Password: secret.NewString("hunter22"),
	}, log)
	if err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = c.Run(ctx, carrier.Sink{}) }()
	line := <-lines
	cancel()
	<-done
	if !strings.Contains(line, "check system_id and password") || !strings.Contains(line, "ESME_RINVPASWD") ||
		strings.Contains(line, "hunter22") {
		t.Errorf("logged %s", line)
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(bytes.Clone(b)); return len(b), nil }

func TestLink_TLS(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smsc"}, DNSNames: []string{"smsc.example"},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}

	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}

	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}

	certificates := []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	centre := startCentre(t, smsc.Options{TLS: &tls.Config{Certificates: certificates}})
	good := startCarrier(t, smpp.Config{Addr: centre.Addr(), TLS: true, CAFile: ca, ServerName: "smsc.example"},
		carrier.Sink{})
	if got := send(t, good, otp()); got.Outcome != carrier.Accepted {
		t.Errorf("%+v", got)
	}

	for name, c := range map[string]smpp.Config{
		"another name":      {Addr: centre.Addr(), TLS: true, CAFile: ca},
		"an unknown issuer": {Addr: centre.Addr(), TLS: true, ServerName: "smsc.example"},
	} {
		if got := startCarrier(t, c, carrier.Sink{}).Send(t.Context(), otp()); got.Outcome != carrier.Retry {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestConfig_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	_, err := smpp.New(smpp.Config{
		Name: "smsc-1", Addr: "nowhere", Password: secret.NewString(strings.Repeat("too long a password", 14)),
		SystemType: strings.Repeat("t", 256),
		Window:     5000, Connections: -1, Rate: -1, ReceiptID: "octal", Long: "short", From: "Café", EnquireLink: -1,
		ServiceType: "service", AddressRange: strings.Repeat("3", 41), Bind: "receiver",
	}, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal("no error")
	}

	for _, key := range []string{
		"addr", "system_id", "password", "system_type", "window", "connections", "rate",
		"receipt_id", "long", "enquire_link", "from", "service_type", "address_range", "bind",
	} {
		if !strings.Contains(err.Error(), `"smsc-1": `+key) {
			t.Errorf("%s is not mentioned in:\n%v", key, err)
		}
	}
	if strings.Contains(err.Error(), "too long a password") {
		t.Error("the error holds the password")
	}
	if _, err := smpp.New(smpp.Config{Name: "x", Addr: "h:1", SystemID: "u", TLS: true, CAFile: "/nonexistent"},
		slog.New(slog.DiscardHandler)); err == nil {
		t.Error("no error for a CA file that does not exist")
	}
}

func TestSink_SlowDelaysNoAnswer(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	centre := startCentre(t, smsc.Options{Receipts: true})
	c := startCarrier(t, smpp.Config{Addr: centre.Addr(), Receipts: true, Window: 100},
		carrier.Sink{Receipt: func(context.Context, carrier.Receipt) (bool, error) { <-release; return true, nil }})
	const maxHandling = 1024
	for range maxHandling + 1 {
		if got := send(t, c, otp()); got.Outcome != carrier.Accepted {
			t.Fatalf("%+v", got)
		}
	}

	// This is one more than may wait, so the message centre is asked to repeat it.
	status, err := centre.SendReceipt(t.Context(), "1", smsc.Receipt{Stat: "DELIVRD"})
	if err != nil || status != pdu.TemporaryReceiverError {
		t.Errorf("%v, %v", status, err)
	}

	close(release)
	if got := send(t, c, otp()); got.Outcome != carrier.Accepted {
		t.Errorf("%+v", got)
	}
}
