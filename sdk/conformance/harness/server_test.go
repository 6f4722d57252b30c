package harness

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// scripted starts a server that gives one answer.
func scripted(t *testing.T, withTLS bool, reply string) *server {
	t.Helper()
	s, err := startServer(&authority{folder: t.TempDir()}, withTLS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	c, err := places{}.script([]byte(`{"server": [{"reply": ` + reply + `}]}`))
	if err != nil {
		t.Fatal(err)
	}
	s.start(c)
	return s
}

// raw sends one request, and returns everything that comes back until the connection ends.
func raw(t *testing.T, s *server) (string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	return string(got), err
}

func TestReply_OnTheWire(t *testing.T) {
	const body = `{"id":"never whole"}`
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n"
	for _, row := range []struct {
		name, reply, want string
		reset             bool
	}{
		{"ordinary", `{"text": "hi", "close": true}`, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false},
		{"status", `{"status": 204, "close": true}`, "HTTP/1.1 204 No Content\r\n\r\n", false},
		{
			"a header less", `{"json": {"a": 1}, "close": true, "headers": {"content-type": null}}`,
			"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\": 1}", false,
		},
		{"base64", `{"base64": "AP8=", "close": true}`, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\x00\xff", false},
		{
			"repeat", `{"repeat": {"text": "ab", "times": 2}, "close": true}`,
			"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabab", false,
		},
		{
			"delays", `{"text": "hi", "delay_ms": 1, "body_delay_ms": 1, "close": true}`,
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false,
		},
		{"reset", `{"fault": "reset"}`, "", true},
		{"reset_headers", `{"fault": "reset_headers"}`, "HTTP/1.1 200 OK\r\nContent-Length: 20", true},
		{"reset_body", `{"fault": "reset_body"}`, head + "\r\n" + body[:10], true},
		{"short_body", `{"fault": "short_body"}`, "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n" + body, false},
		{
			"short_chunks", `{"fault": "short_chunks"}`,
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n" + body[:10] + "\r\n", false,
		},
		{"empty", `{"fault": "empty"}`, "", false},
		{"garbage", `{"fault": "garbage"}`, "this is no HTTP\r\n\r\n", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := raw(t, scripted(t, false, row.reply))
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if errors.Is(err, syscall.ECONNRESET) != row.reset {
				t.Errorf("error %v, want a reset: %t", err, row.reset)
			}
		})
	}
}

func TestReply_Gzip(t *testing.T) {
	got, _ := raw(t, scripted(t, false, `{"text": "hi", "gzip": true, "close": true}`))
	_, body, _ := strings.Cut(got, "\r\n\r\n")
	if !strings.Contains(got, "\r\nContent-Encoding: gzip\r\n") {
		t.Errorf("no Content-Encoding: %q", got)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unpacked); string(text) != "hi" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestReply_HangsUntilTheClientGoes(t *testing.T) {
	s := scripted(t, false, `{"fault": "hang"}`)
	conn, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}

	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}

	if got, err := io.ReadAll(conn); len(got) > 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if faults := s.finish(); len(faults) > 0 {
		t.Error(faults)
	}
}

// proxied reports whether a request reached the server as a proxy, once directly and once through a tunnel.
func TestServer_IsAProxy(t *testing.T) {
	for _, row := range []struct{ name, url string }{
		{"an absolute URL", "http://api.example/v2/x?a=1"},
		{"a tunnel", "https://127.0.0.1:1/v2/x?a=1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := scripted(t, true, `{"text": "hi"}`)
			s.script.Server[0].Expect = expect{Method: "GET", Path: "/v2/x", Proxied: new(bool)}
			*s.script.Server[0].Expect.Proxied = true

			proxy := &url.URL{Scheme: "http", Host: s.listener.Addr().String()}
			client := &http.Client{Transport: &http.Transport{
				Proxy: http.ProxyURL(proxy), TLSClientConfig: trust(t, s.authority),
			}}
			response, err := client.Get(row.url)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if faults := s.finish(); len(faults) > 0 {
				t.Error(faults)
			}
		})
	}
}

func trust(t *testing.T, a *authority) *tls.Config {
	t.Helper()
	if _, err := a.certificate(); err != nil {
		t.Fatal(err)
	}
	encoded, err := os.ReadFile(a.file())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(encoded) {
		t.Fatal("the authority's file holds no certificate")
	}
	return &tls.Config{RootCAs: pool}
}

func TestAddresses(t *testing.T) {
	a := newAddresses()
	t.Cleanup(a.close)
	for _, row := range []struct {
		name    string
		makeURL func() (string, error)
		want    func(error) bool
	}{
		{"dead", a.dead, func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }},
		{"silent", a.silent, func(err error) bool {
			var network net.Error
			return errors.As(err, &network) && network.Timeout()
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			address, err := row.makeURL()
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.DialTimeout("tcp", strings.TrimPrefix(address, "http://"), 50*time.Millisecond)
			if err == nil {
				conn.Close()
			}
			if !row.want(err) {
				t.Errorf("error %v", err)
			}
		})
	}
}
