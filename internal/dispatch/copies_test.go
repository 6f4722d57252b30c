package dispatch_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// impatience is how long the carriers here wait for an answer.
const impatience = 100 * time.Millisecond

// statusOnly answers with a status and nothing else.
func statusOnly(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// hijacked takes the connection after the request was read.
func hijacked(do func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			do(conn)
			_ = conn.Close()
		}
	}
}

func hanging(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the client is gone
	<-r.Context().Done()
}

// gateways are what an HTTP gateway may answer, and how often it is given one code.
var gateways = map[string]struct {
	answer  http.HandlerFunc
	submits int64
}{
	"hangs":        {hanging, 2},
	"408":          {statusOnly(http.StatusRequestTimeout), 2},
	"504":          {statusOnly(http.StatusGatewayTimeout), 2},
	"599":          {statusOnly(599), 2},
	"cut":          {hijacked(func(net.Conn) {}), 2},
	"reset":        {hijacked(func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }), 2},
	"garbage":      {hijacked(func(c net.Conn) { _, _ = io.WriteString(c, "\x00\xff no answer\r\n\r\n") }), 2},
	"half a head":  {hijacked(func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 O") }), 2},
	"half a body":  {hijacked(func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"id\"") }), 1},
	"202, no body": {statusOnly(http.StatusAccepted), 1},
	"400":          {statusOnly(http.StatusBadRequest), 1},
	"422":          {statusOnly(http.StatusUnprocessableEntity), 1},
}

// newHTTP makes a carrier of kind "http" for a channel, and counts what its gateway is given.
func newHTTP(t *testing.T, channel message.Channel, answer http.HandlerFunc) (carrier.Carrier, *atomic.Int64) {
	t.Helper()
	var submits atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		submits.Add(1)
		answer(w, r)
	}))

	k, err := httpsms.New(httpsms.Config{
		Name: "gw", Channel: channel, URL: server.URL, Token: secret.NewString("token"),
		Receipts: true, Timeout: impatience,
	}, discard)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		k.Close()
		server.CloseClientConnections()
		server.Close()
	})

	return k, &submits
}

// TestCopies_HTTP: every outcome of a submit over HTTP, on every channel. A step is submitted twice at most, and never
// beyond the number's limits.
func TestCopies_HTTP(t *testing.T) {
	t.Parallel()
	for _, channel := range message.Channels {
		for name, c := range gateways {
			t.Run(channel.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				k, submits := newHTTP(t, channel, c.answer)
				w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{k}})
				send(t, w, testworld.To(phoneA, channel))
				pass(t, w, 6*time.Minute)
				if got := submits.Load(); got != c.submits {
					t.Errorf("%d submits, want %d", got, c.submits)
				}

				k, submits = newHTTP(t, channel, c.answer)
				w = testworld.New(t, testworld.Options{
					Carriers: []carrier.Carrier{k},
					Limits:   engine.Limits{SendsPerNumber: []guard.Rate{{N: 1, Per: time.Hour}}},
				})

				send(t, w, testworld.To(phoneA, channel))
				pass(t, w, 6*time.Minute)
				if got := submits.Load(); got != 1 {
					t.Errorf("%d submits to a number that may get one", got)
				}
			})
		}
	}
}

// TestCopies_SMPP does it over SMPP. An answer that comes late ends it.
func TestCopies_SMPP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		react   smsc.Reaction
		submits int64
		state   message.State
	}{
		"silent":         {smsc.Reaction{Silent: true}, 2, message.Failed},
		"dropped":        {smsc.Reaction{Drop: true}, 2, message.Failed},
		"refused":        {smsc.Reaction{Status: 0x0B}, 1, message.Failed},
		"a late OK":      {smsc.Reaction{}, 1, message.Sent},
		"a late refusal": {smsc.Reaction{Status: 0x0B}, 1, message.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var release sync.Once
			released := make(chan struct{})
			let := func() { release.Do(func() { close(released) }) }
			late := name == "a late OK" || name == "a late refusal"
			if late {
				c.react.Wait = func(done <-chan struct{}) {
					select {
					case <-released:
					case <-done:
					}
				}
			}

			centre, err := smsc.Start(smsc.Options{React: func(smsc.Submit) smsc.Reaction { return c.react }})
			if err != nil {
				t.Fatal(err)
			}

			t.Cleanup(func() { _ = centre.Close() })
			w := newSMPPWorld(t, centre.Addr())
			s, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil)
			if name != "refused" && err != nil {
				t.Fatal(err)
			}

			w.Settle()
			if late {
				let()
				for deadline := time.Now().Add(10 * time.Second); messageOf(t, w, s).Attempts[0].Progress == message.AttemptUnknown; {
					if time.Now().After(deadline) {
						t.Fatal("the late answer was not heard")
					}
				}
			}

			pass(t, w, 6*time.Minute)
			if got := centre.Submits(); got != c.submits {
				t.Errorf("%d submits, want %d", got, c.submits)
			}
			if s.OTP.ID.IsZero() {
				return // refused with 422
			}
			if m := messageOf(t, w, s); m.State != c.state {
				t.Errorf("the message is %v, want %v", m.State, c.state)
			}
		})
	}
}

// newSMPPWorld is a world whose SMS go to a message centre.
func newSMPPWorld(t *testing.T, addr string) *testworld.World {
	t.Helper()
	k, err := smpp.New(smpp.Config{
		Name: "smsc", Addr: addr, SystemID: "user", Password: secret.NewString("secret"), Receipts: true,
		ResponseTimeout: impatience,
	}, discard)
	if err != nil {
		t.Fatal(err)
	}

	w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{k}})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ran := make(chan error, 1)
	go func() { ran <- k.Run(ctx, w.Sink()) }()
	t.Cleanup(func() {
		stop()
		<-ran
	})

	return w
}
