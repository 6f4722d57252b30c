//go:build interop

package interop

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// trunk makes a carrier of kind "sip" that calls an address, and returns its receipts.
func trunk(t *testing.T, addr string, calls int) (carrier.Carrier, chan carrier.Receipt) {
	t.Helper()
	return trunkOver(t, sip.UDP, addr, "127.0.0.1:0", calls)
}

// trunkOver calls over a transport from a local address.
func trunkOver(t *testing.T, transport, addr, local string, calls int) (carrier.Carrier, chan carrier.Receipt) {
	t.Helper()
	config := sip.Factory.NewSettings().(*sip.Config)
	low := 20000 + 2*rand.IntN(5000) // tests that run at once may choose the same ports, so there are more than one needs
	config.Server, config.LocalAddr, config.MaxCalls, config.Transport = addr, local, calls, transport
	config.RTPPorts = fmt.Sprintf("%d-%d", low, low+200+4*calls)
	config.Username, config.Password, config.RingTimeout = "user", secret.NewString("secret"), 5*time.Second
	common := carrier.Common{Name: "trunk", From: "+3221234567", Receipts: true, AnswerTimeout: 5 * time.Second}
	made, err := config.Make(common, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}

	receipts := make(chan carrier.Receipt, calls)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- made.(carrier.Runner).Run(ctx, carrier.Sink{
			Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) { receipts <- r; return true, nil },
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})

	return made, receipts
}

// call sends until the socket is open.
func call(t *testing.T, c carrier.Carrier, code, locale string) (r carrier.Result) {
	t.Helper()
	waitFor(t, "the SIP socket to open", func() bool {
		r = c.Send(t.Context(), carrier.Message{
			Ref: "msg_" + code, Channel: message.Voice, To: phone.Number("+32470" + code), Code: secret.NewString(code),
			Locale: locale,
		})
		return r.CarrierCode != "connect"
	})

	return r
}

// TestSIPp_Transports calls over TCP and TLS, with and without a password. SIPp as Debian builds it has no TLS, so Go's own
// stands in front of it; TestBaresip has a phone that speaks TLS itself.
func TestSIPp_Transports(t *testing.T) {
	t.Parallel()
	for transport, scenarios := range map[string][]string{
		sip.TCP: {"ask401", "busy", "hangup"}, sip.TLS: {"ask407", "busy", "hangup"},
	} {
		for _, scenario := range scenarios {
			t.Run(transport+"/"+scenario, func(t *testing.T) {
				t.Parallel()
				addr, wait := sippBehind(t, transport, scenario)
				made, receipts := trunkOver(t, transport, addr, "127.0.0.1:0", 1)
				got := call(t, made, "417", "en")
				if scenario == "busy" {
					if got.Outcome != carrier.Rejected || got.Reason != "busy" {
						t.Errorf("%+v", got)
					}
					wait()
					return
				}

				if got.Outcome != carrier.Accepted {
					t.Fatalf("%+v", got)
				}
				want := carrier.Delivered
				if scenario == "hangup" {
					want = carrier.Failed
				}
				if r := <-receipts; r.Status != want {
					t.Errorf("%+v", r)
				}
				wait()
			})
		}
	}
}

// sippBehind runs SIPp over TCP, for TLS behind a listener that passes its bytes on.
func sippBehind(t *testing.T, transport, scenario string) (addr string, wait func()) {
	t.Helper()
	e := listen(t)
	if transport == sip.TCP {
		return sippOver(t, "t1", "", scenario, 1, e)
	}

	l := tlsListener(t, certificateFile)
	inner, wait := sippOver(t, "t1", "sip:"+l.Addr().String()+";transport=tls", scenario, 1, e)
	go func() {
		for {
			outside, err := l.Accept()
			if err != nil {
				return
			}
			go pass(outside, inner)
		}
	}()

	return l.Addr().String(), wait
}

// pass connects two sides until one closes.
func pass(outside net.Conn, inner string) {
	defer outside.Close()
	inside, err := net.Dial("tcp", inner)
	if err != nil {
		return
	}
	defer inside.Close()
	go func() {
		_, _ = io.Copy(inside, outside)
		_ = inside.Close()
	}()
	_, _ = io.Copy(outside, inside)
}

// TestTrunk_WrongCertificate: nothing of a call leaves when the certificate is not that of the trunk, and the command that
// tests a carrier says so.
func TestTrunk_WrongCertificate(t *testing.T) {
	t.Parallel()
	l := tlsListener(t, otherFile)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()

	made, _ := trunkOver(t, sip.TLS, l.Addr().String(), "127.0.0.1:0", 1)
	waitFor(t, "an attempt to connect", func() bool {
		r := made.Send(t.Context(), carrier.Message{
			Ref: "msg_417", Channel: message.Voice, To: "+32470417417", Code: secret.NewString("417"), Locale: "en",
		})
		if r.Outcome != carrier.Retry || r.CarrierCode != "connect" {
			t.Fatalf("%+v, want that the next carrier takes the code at once", r)
		}
		return strings.Contains(r.Cause, "is not for 127.0.0.1")
	})
	checks := made.(carrier.Tester).Test(t.Context())
	last := checks[len(checks)-1]
	if last.Name != carrier.CheckCertificate || !strings.Contains(last.Problem, "is not for 127.0.0.1") {
		t.Errorf("%+v", checks)
	}
}
