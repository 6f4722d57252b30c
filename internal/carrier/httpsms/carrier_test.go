package httpsms

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

const token = "t0ken"

func newCarrier(t testing.TB, c Config) *Carrier {
	t.Helper()
	c.Name, c.Channel, c.Token = "any-http", message.SMS, secret.NewString(token)
	made, err := New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)

	return made
}

func testMessage() carrier.Message {
	return carrier.Message{
		Ref: "msg_1", Channel: message.SMS, To: "+32470000001", Body: secret.NewString(`735190 <is> "your" code`),
	}
}

func TestCarrier_Suite(t *testing.T) {
	t.Parallel()
	spoken := carriertest.PlainDialect(token)
	carriertest.RunWeb(t, "any-http", spoken, func(t *testing.T, base, _ string) carriertest.WebCarrier {
		return newCarrier(t, Config{URL: base + "/", From: "Acme", Receipts: true})
	})
}

func TestSend_Request(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, `{"id":"x1"}`)
	}))

	defer server.Close()
	c := newCarrier(t, Config{URL: server.URL + "/send?account=7", From: "Acme"})
	if r := c.Send(t.Context(), testMessage()); r.Outcome != carrier.Accepted || r.IDs[0] != "x1" {
		t.Fatalf("got %+v", r)
	}

	var fields map[string]string
	if err := json.Unmarshal(body, &fields); err != nil {
		t.Fatalf("body %s: %v", body, err)
	}

	want := map[string]string{
		"id": "msg_1", "channel": "sms", "to": "+32470000001", "from": "Acme", "body": `735190 <is> "your" code`,
	}
	for key, value := range want {
		if fields[key] != value {
			t.Errorf("%s is %q, want %q", key, fields[key], value)
		}
	}
	if len(fields) != len(want) || got.Method != http.MethodPost || got.RequestURI != "/send?account=7" ||
		got.Header.Get("Authorization") != "Bearer "+token || got.Header.Get("Content-Type") != "application/json" ||
		got.ContentLength != int64(len(body)) {
		t.Errorf("request %s %s %v with %d fields", got.Method, got.RequestURI, got.Header, len(fields))
	}
}

func TestSend_Redirect(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Error("the redirect was followed")
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))

	defer server.Close()
	c := newCarrier(t, Config{URL: server.URL})
	if r := c.Send(t.Context(), testMessage()); r.Outcome != carrier.Retry || r.CarrierCode != "HTTP 307" {
		t.Errorf("got %+v, want retry", r)
	}
}

func TestSend_NotSent(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	free := closed.Addr().String()
	_ = closed.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for name, target := range map[string]string{
		"connection refused": "http://" + free,
		"unknown host":       "http://gateway.invalid/",
		"no TLS":             "https" + strings.TrimPrefix(plain.URL, "http"),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if r := newCarrier(t, Config{URL: target}).Send(ctx, testMessage()); r.Outcome != carrier.Retry {
				t.Errorf("got %+v, want retry", r)
			}
		})
	}
}

func TestSend_Timeout(t *testing.T) {
	t.Parallel()
	g, err := carriertest.StartGateway(carriertest.GatewayOptions{Token: token})
	if err != nil {
		t.Fatal(err)
	}

	defer g.Close()
	g.Script(carriertest.Silent)
	r := newCarrier(t, Config{URL: g.URL(), Timeout: 200 * time.Millisecond}).Send(t.Context(), testMessage())
	if r.Outcome != carrier.Unknown || r.Reason != message.CarrierTimeout {
		t.Errorf("got %+v, want unknown, carrier_timeout", r)
	}
}

func TestSend_Throttled(t *testing.T) {
	t.Parallel()
	g, err := carriertest.StartGateway(carriertest.GatewayOptions{Token: token})
	if err != nil {
		t.Fatal(err)
	}

	defer g.Close()
	g.Script(carriertest.Throttle)
	c := newCarrier(t, Config{URL: g.URL()})
	if r := c.Send(t.Context(), testMessage()); r.Outcome != carrier.Retry || r.RetryAfter != time.Second || !r.Throttled {
		t.Fatalf("got %+v, want throttled, retry after 1s", r)
	}
}

func TestCarrier_Limits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config Config
		nodes  int
		want   carrier.Limits
	}{
		"by default":           {want: carrier.Limits{InFlight: 256}},
		"as configured":        {config: Config{Rate: 10, MaxInFlight: 7}, want: carrier.Limits{InFlight: 7, Rate: 10}},
		"shared by four nodes": {config: Config{Rate: 10}, nodes: 4, want: carrier.Limits{InFlight: 256, Rate: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.URL = "http://127.0.0.1:1/"
			k := newCarrier(t, c.config)
			if c.nodes > 0 {
				k.Share(func(total int) int { return total / c.nodes })
			}
			if got := k.Limits(); got != c.want {
				t.Errorf("limits %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestLog_HoldsNoMessage: the gateway quotes the message where an error of the transport would repeat it.
func TestLog_HoldsNoMessage(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, "you sent 735190 to +32470000001\r\n\r\n")
		_ = conn.Close()
	}()

	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config := Config{Name: "a", Channel: message.SMS, URL: "http://" + listener.Addr().String()}
	config.Token = secret.NewString(token)
	c, err := New(config, log)
	if err != nil {
		t.Fatal(err)
	}

	defer c.Close()
	r := c.Send(t.Context(), testMessage())
	if r.Outcome != carrier.Unknown {
		t.Errorf("got %+v, want unknown", r)
	}

	text := out.String() + r.Cause
	if r.Cause == "" || strings.Contains(text, "735190") || strings.Contains(text, "+32470000001") ||
		strings.Contains(text, token) {
		t.Errorf("cause and log: %s", text)
	}
}

func TestNew_Rejects(t *testing.T) {
	t.Parallel()
	good := Config{Name: "a", Channel: message.SMS, URL: "https://example.com/", Token: secret.NewString(token)}
	for name, spoil := range map[string]func(*Config){
		"no url":         func(c *Config) { c.URL = "" },
		"relative url":   func(c *Config) { c.URL = "/send" },
		"other scheme":   func(c *Config) { c.URL = "ftp://example.com/" },
		"unreadable url": func(c *Config) { c.URL = "http://a b/" },
		"user in url":    func(c *Config) { c.URL = "http://u:p@example.com/" },
		"no token":       func(c *Config) { c.Token = secret.String{} },
		"no channel":     func(c *Config) { c.Channel = 0 },
	} {
		bad := good
		spoil(&bad)
		if _, err := New(bad, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "u:p") {
			t.Errorf("%s: the error quotes a password: %v", name, err)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	g, err := carriertest.StartGateway(carriertest.GatewayOptions{Token: token, Forget: true})
	if err != nil {
		b.Fatal(err)
	}

	defer g.Close()
	c := newCarrier(b, Config{URL: g.URL()})
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if r := c.Send(context.Background(), testMessage()); r.Outcome != carrier.Accepted {
				b.Fatalf("got %+v", r)
			}
		}
	})
}
