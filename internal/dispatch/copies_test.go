package dispatch_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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

// impatience is how long the carriers of these tests wait for an answer that does not come, and patience for one that
// does: a busy machine may take long to give it, and a wait that ends too early makes a copy.
const (
	impatience = 100 * time.Millisecond
	patience   = time.Minute
)

// statusOnly answers with a status and nothing else.
func statusOnly(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// hijacked takes over the connection after the request was read.
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
	_, _ = io.Copy(io.Discard, r.Body) // so that the server notices when the client is gone
	<-r.Context().Done()
}

const hangs = "hangs"

// gateways are answers of an HTTP gateway, and how often it gets a code then.
var gateways = map[string]struct {
	answer  http.HandlerFunc
	submits int64
}{
	hangs:          {hanging, 2},
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

// newHTTP makes a carrier of kind "http" for a channel, and counts the submits to its gateway.
func newHTTP(
	t *testing.T, channel message.Channel, wait time.Duration, answer http.HandlerFunc,
) (carrier.Carrier, *atomic.Int64) {
	t.Helper()
	var submits atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		submits.Add(1)
		answer(w, r)
	}))

	k, err := httpsms.New(httpsms.Config{
		Name: "gw", Channel: channel, URL: server.URL, Token: secret.NewString("token"),
		Receipts: true, Timeout: wait,
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

// Every outcome over HTTP, on every channel: a step is submitted at most twice, and never beyond the number's limits.
func TestCopies_HTTP(t *testing.T) {
	t.Parallel()
	for _, channel := range message.Channels {
		for name, c := range gateways {
			t.Run(channel.String()+" "+name, func(t *testing.T) {
				t.Parallel()
				wait := patience
				if name == hangs {
					wait = impatience
				}
				k, submits := newHTTP(t, channel, wait, c.answer)
				w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{k}})
				send(t, w, testworld.To(phoneA, channel))
				pass(t, w, 6*time.Minute)
				if got := submits.Load(); got != c.submits {
					t.Errorf("%d submits, want %d", got, c.submits)
				}

				k, submits = newHTTP(t, channel, wait, c.answer)
				w = testworld.New(t, testworld.Options{
					Carriers: []carrier.Carrier{k},
					Limits:   engine.Limits{SendsPerNumber: []guard.Rate{{N: 1, Per: time.Hour}}},
				})

				send(t, w, testworld.To(phoneA, channel))
				pass(t, w, 6*time.Minute)
				if got := submits.Load(); got != 1 {
					t.Errorf("%d submits to a number with a limit of one", got)
				}
			})
		}
	}
}

// Every outcome over SMPP. No copy follows a late answer.
func TestCopies_SMPP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		react   smsc.Reaction
		late    bool // the answer comes after its timeout
		submits int64
		state   message.State
	}{
		"silent":        {react: smsc.Reaction{Silent: true}, submits: 2, state: message.Failed},
		"dropped":       {react: smsc.Reaction{Drop: true}, submits: 2, state: message.Failed},
		"rejected":      {react: smsc.Reaction{Status: 0x0B}, submits: 1, state: message.Failed},
		"accepted late": {react: smsc.Reaction{}, late: true, submits: 1, state: message.Sent},
		"rejected late": {react: smsc.Reaction{Status: 0x0B}, late: true, submits: 1, state: message.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			released := make(chan struct{})
			if c.late {
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
			if name != "rejected" && err != nil {
				t.Fatal(err)
			}

			w.Settle()
			if c.late {
				close(released)
				for deadline := time.Now().Add(time.Minute); ; {
					if messageOf(t, w, s).Attempts[0].Progress != message.AttemptUnknown {
						break
					}
					if time.Now().After(deadline) {
						t.Fatal("the late answer was not stored")
					}
				}
			}

			pass(t, w, 6*time.Minute)
			if got := centre.Submits(); got != c.submits {
				t.Errorf("%d submits, want %d", got, c.submits)
			}
			if s.OTP.ID.IsZero() {
				return // answered with 422
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
