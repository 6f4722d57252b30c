package webcall

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const secretBody = `{"code":"735190"}`

// serve answers one connection with what write does, after the request was read.
func serve(t *testing.T, write func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		var open []net.Conn // a connection that nothing refers to is closed with the garbage
		defer func() {
			for _, conn := range open {
				_ = conn.Close()
			}
		}()
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open = append(open, conn)
			_, _ = conn.Read(make([]byte, 4096))
			write(conn)
		}
	}()

	return "http://" + listener.Addr().String()
}

func post(t *testing.T, c *Client, target string) (Answer, *Failure) {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}

	call := c.Call(to, http.Header{"Content-Type": {"application/json"}})
	call.Out.WriteString(secretBody)
	answer, failure := c.Do(t.Context(), call)
	answer.Body = []byte(string(answer.Body)) // kept beyond Release
	c.Release(call)

	return answer, failure
}

func TestDo_Failures(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close()

	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	reset := func(c net.Conn) {
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}
	quote := func(c net.Conn) {
		_, _ = io.WriteString(c, "you sent 735190\r\n\r\n")
		_ = c.Close()
	}

	for name, c := range map[string]struct {
		target string
		want   Failure // without Cause
	}{
		"connection refused":         {target: "http://" + free.Addr().String()},
		"unknown host":               {target: "http://gateway.invalid/"},
		"no TLS":                     {target: "https" + strings.TrimPrefix(plain.URL, "http")},
		"reset":                      {target: serve(t, reset), want: Failure{Sent: true}},
		"an answer that is not HTTP": {target: serve(t, quote), want: Failure{Sent: true}},
		"silence":                    {target: serve(t, func(net.Conn) {}), want: Failure{Sent: true, TimeOut: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := 20 * time.Second
			if c.want.TimeOut {
				timeout = 100 * time.Millisecond
			}
			client := New(timeout, 2)
			defer client.Close()

			_, got := post(t, client, c.target)
			if got == nil || got.Sent != c.want.Sent || got.TimeOut != c.want.TimeOut {
				t.Fatalf("got %+v, want %+v", got, c.want)
			}
			if got.Cause == "" || strings.Contains(got.Cause, "735190") {
				t.Errorf("the cause is %q", got.Cause)
			}
		})
	}
}

func TestDo_Answers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		case "/large":
			_, _ = io.WriteString(w, strings.Repeat("x", MaxAnswer+1))
		case "/short":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "part")
		default:
			_, _ = w.Write(body)
		}
	}))
	defer server.Close()

	client := New(20*time.Second, 2)
	defer client.Close()
	for path, want := range map[string]Answer{
		"/echo":  {Status: 200, Body: []byte(secretBody)},
		"/moved": {Status: 307, Body: []byte{}},
		"/large": {Status: 200},
		"/short": {Status: 200},
	} {
		for range 3 { // buffers are used again
			got, failure := post(t, client, server.URL+path)
			if failure != nil || got.Status != want.Status || string(got.Body) != string(want.Body) {
				t.Errorf("%s: got %d %q, %+v", path, got.Status, got.Body, failure)
			}
		}
	}
}

// A caller that gave up while the provider reads may have sent the request.
func TestDo_CanceledWhileSending(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	target := serve(t, func(net.Conn) { cancel() })
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}

	client := New(20*time.Second, 1)
	defer client.Close()
	call := client.Call(to, http.Header{})
	call.Out.WriteString(secretBody)
	if _, got := client.Do(ctx, call); got == nil || !got.Sent || got.TimeOut {
		t.Errorf("got %+v, want sent and not timed out", got)
	}
}

// net/http repeats a GET over another connection when the first was closed without an answer, but the first may have been
// carried out: some providers send a message by GET.
func TestDo_GetIsNotRepeated(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()

	answer := []byte("HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\n0")
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				// The first request of a connection is answered, the second only read.
				for i := range 2 {
					if _, err := conn.Read(make([]byte, 4096)); err != nil {
						return
					}
					requests.Add(1)
					if i == 0 {
						_, _ = conn.Write(answer)
					}
				}
			}()
		}
	}()

	c := New(5*time.Second, 1)
	defer c.Close()
	to := &url.URL{Scheme: "http", Host: listener.Addr().String(), Path: "/", RawQuery: "text=735190"}
	get := func() (Answer, *Failure) {
		call := c.Call(to, http.Header{})
		defer c.Release(call)
		call.Method = http.MethodGet
		return c.Do(t.Context(), call)
	}

	if a, failure := get(); failure != nil || a.Status != http.StatusAccepted {
		t.Fatalf("%+v %+v", a, failure)
	}
	if a, failure := get(); failure == nil || !failure.Sent {
		t.Errorf("%+v %+v, want no answer to a request that may have been sent", a, failure)
	}
	if n := requests.Load(); n != 2 {
		t.Errorf("%d requests arrived, want 2", n)
	}
}

// An answer whose body breaks off keeps its status, and differs from a whole one.
func TestDo_BreaksOff(t *testing.T) {
	t.Parallel()
	for text, broken := range map[string]bool{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}":                                  false,
		"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{}":                                 true,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n":                true,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n":       false,
		"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + strings.Repeat("x", MaxAnswer+1): false,
	} {
		target := serve(t, func(c net.Conn) {
			_, _ = io.WriteString(c, text)
			_ = c.Close()
		})
		answer, failure := post(t, New(time.Minute, 1), target)
		if failure != nil || answer.Status != 200 || answer.Broken != broken {
			t.Errorf("%.60q: %+v, broken %v", text, failure, answer.Broken)
		}
	}
}
