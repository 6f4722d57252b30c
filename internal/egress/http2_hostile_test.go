package egress

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// hostile is a server that calls do for each connection after the TLS handshake.
func hostile(t *testing.T, do func(*http2.Framer)) (url string, made *atomic.Int32, c *Client) {
	t.Helper()
	cert := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(cert.Close)
	l, err := tls.Listen("tcp", "127.0.0.1:0",
		&tls.Config{Certificates: cert.TLS.Certificates, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = l.Close() })
	made = new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			made.Add(1)
			go serveHostile(conn, do)
		}
	}()

	c = localClient(t, Options{Timeout: 500 * time.Millisecond})
	trust(c, cert)

	return "https://" + l.Addr().String(), made, c
}

func serveHostile(conn net.Conn, do func(*http2.Framer)) {
	defer conn.Close()
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil || !bytes.Equal(preface, []byte(http2.ClientPreface)) {
		return
	}
	do(http2.NewFramer(conn, conn))
	_, _ = io.Copy(io.Discard, conn)
}

// TestHTTP2_Hostile: for any answer about streams, a post makes few connections, sends the request at most twice and
// ends in time.
func TestHTTP2_Hostile(t *testing.T) {
	t.Parallel()
	// requests answers each request on the connection by a frame.
	requests := func(seen *atomic.Int32, answer func(*http2.Framer, uint32)) func(*http2.Framer) {
		return func(f *http2.Framer) {
			_ = f.WriteSettings()
			for {
				frame, err := f.ReadFrame()
				if err != nil {
					return
				}

				if h, ok := frame.(*http2.HeadersFrame); ok {
					seen.Add(1)
					answer(f, h.StreamID)
				}
			}
		}
	}

	var seen [4]atomic.Int32
	for name, c := range map[string]struct {
		do   func(*http2.Framer)
		seen *atomic.Int32
	}{
		"no streams": {do: func(f *http2.Framer) {
			_ = f.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 0})
		}, seen: &seen[0]},
		"refused": {do: requests(&seen[1],
			func(f *http2.Framer, id uint32) { _ = f.WriteRSTStream(id, http2.ErrCodeRefusedStream) }), seen: &seen[1]},
		"going away": {do: requests(&seen[2],
			func(f *http2.Framer, _ uint32) { _ = f.WriteGoAway(0, http2.ErrCodeNo, nil) }), seen: &seen[2]},
		"protocol bad": {do: requests(&seen[3],
			func(f *http2.Framer, id uint32) { _ = f.WriteRSTStream(id, http2.ErrCodeProtocol) }), seen: &seen[3]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, made, p := hostile(t, c.do)
			const posts = 3
			for range posts {
				if r := p.Post(t.Context(), Request{URL: url, Body: []byte("{}")}); r.Status != 0 || r.Error == "" {
					t.Errorf("%+v", r)
				}
			}
			if n := made.Load(); n > 2*posts {
				t.Errorf("%d connections for %d posts", n, posts)
			}
			if n := c.seen.Load(); n > 2*posts {
				t.Errorf("%d requests for %d posts", n, posts)
			}
			t.Logf("%d connections, %d requests", made.Load(), c.seen.Load())
		})
	}
}
