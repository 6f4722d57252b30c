package egress

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// http2Server supports HTTP/2 and counts connections.
func http2Server(t *testing.T, answer http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	made := new(atomic.Int32)
	server := httptest.NewUnstartedServer(answer)
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			made.Add(1)
		}
	}

	server.StartTLS()
	t.Cleanup(server.Close)

	return server, made
}

// TestHTTP2_OneConnection: posts to a server that speaks HTTP/2 share a connection, and one that hangs or drips delays
// no other.
func TestHTTP2_OneConnection(t *testing.T) {
	t.Parallel()
	asked, leave := make(chan struct{}), make(chan struct{})
	server, made := http2Server(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		switch {
		case r.URL.Path == "/hang":
			asked <- struct{}{}
			<-leave
		case r.URL.Path == "/drip":
			asked <- struct{}{}
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				select {
				case <-leave:
					return
				case <-time.After(time.Millisecond):
				}
			}
		case r.ProtoMajor != 2 || string(b) != "{}" || r.Header.Get("Webhook-Id") != "evt_1" ||
			r.Header.Get("Idempotency-Key") != "" ||
			r.Header.Get("Accept-Encoding") != "":
			w.WriteHeader(http.StatusBadRequest)
		}
	})

	p := localClient(t, Options{Timeout: time.Minute})
	trust(p, server)
	post := func(ctx context.Context, path string) Response {
		return p.Post(ctx, Request{
			URL: server.URL + path, Body: []byte("{}"), Header: [][2]string{{"webhook-id", "evt_1"}},
		})
	}
	if r := post(t.Context(), "/"); r.Status != 200 {
		t.Fatalf("%+v", r)
	}

	ctx, cancel := context.WithCancel(t.Context())
	var slow sync.WaitGroup
	for _, path := range []string{"/hang", "/drip"} {
		slow.Go(func() { post(ctx, path) })
		<-asked
	}

	for range 20 {
		if r := post(t.Context(), "/"); r.Status != 200 {
			t.Errorf("next to slow ones: %+v", r)
		}
	}

	cancel()
	slow.Wait()
	close(leave)

	if n := made.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// TestHTTP2_Answers: what a server sends is bounded as over HTTP/1.1.
func TestHTTP2_Answers(t *testing.T) {
	t.Parallel()
	server, _ := http2Server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "9")
		switch r.URL.Path {
		case "/head":
			for n := range 100 {
				w.Header().Set(fmt.Sprintf("X-%d", n), strings.Repeat("a", 1000))
			}
		case "/early":
			w.Header().Set("Link", strings.Repeat("a", 100))
			for range 2000 {
				w.WriteHeader(http.StatusEarlyHints)
			}
		case "/body":
			w.WriteHeader(http.StatusServiceUnavailable)
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("x", maxDrain)); err != nil {
					return
				}
			}
		case "/away":
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}
	})

	p := localClient(t, Options{})
	trust(p, server)
	for path, want := range map[string]Response{
		"/":      {Status: 200},
		"/head":  {Error: ConnectionFailed},
		"/early": {Error: ConnectionFailed},
		"/body":  {Status: 503, Body: make([]byte, KeptAnswer)},
		"/away":  {Status: 307},
	} {
		r := p.Post(t.Context(), Request{URL: server.URL + path, Body: []byte("{}")})
		if r.Status != want.Status || r.Error != want.Error || len(r.Body) != len(want.Body) || r.Status > 0 &&
			r.RetryAfter != "9" {
			t.Errorf("%s: %d %q %q with %d bytes", path, r.Status, r.Error, r.RetryAfter, len(r.Body))
		}
	}
}

// TestHTTP2_Guarded: the guard also checks connections that the transport makes for HTTP/2.
func TestHTTP2_Guarded(t *testing.T) {
	t.Parallel()
	server, made := http2Server(t, func(http.ResponseWriter, *http.Request) {})
	p := NewClient(Options{})
	trust(p, server)
	for range 3 {
		if r := p.Post(t.Context(), Request{URL: server.URL}); r.Error != NotAllowed {
			t.Errorf("%+v", r)
		}
	}
	if n := made.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// TestHTTP2_ManyServers: the transport keeps an HTTP/2 connection to every server; idle ones are closed above the
// bound.
func TestHTTP2_ManyServers(t *testing.T) {
	t.Parallel()
	server, _ := http2Server(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	p := localClient(t, Options{Posts: 2, Idle: 3, Resolver: rebinding(t)})
	trust(p, server)
	for n := range 30 {
		if r := p.Post(t.Context(), Request{URL: fmt.Sprintf("https://a%d.example.com:%s", n, port)}); r.Status != 200 {
			t.Fatalf("%+v", r)
		}
		if open := p.dialer.open.Load(); open > 6 {
			t.Fatalf("%d connections are open", open)
		}
	}
}
