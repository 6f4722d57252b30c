package egress

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// scripted is a server that answers each request on a connection with the next of the answers, and then closes. What it
// was sent comes out of the channel, one request at a time.
func scripted(t *testing.T, answers ...string) (url string, accepted *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	accepted = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for _, a := range answers {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					if _, err := io.WriteString(c, a); err != nil {
						return
					}
				}
				// Reading on until the other side closes: closing first could cut the answer off.
				_, _ = io.Copy(io.Discard, in)
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/", accepted
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer string
		want   Response
		keeps  bool
	}{
		{"nothing in it", fine, Response{Status: 200}, true},
		{"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Response{Status: 200}, true},
		{"chunks", "HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", Response{Status: 500, Body: []byte("abcde")}, true},
		{"no content", "HTTP/1.1 204 No Content\r\n\r\n", Response{Status: 204}, true},
		{"early hints", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + fine, Response{Status: 200}, true},
		{"asked to wait", "HTTP/1.1 429 Slow\r\nretry-after: 9\r\nContent-Length: 0\r\n\r\n", Response{Status: 429, RetryAfter: "9", Body: []byte{}}, true},
		{"another protocol", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", Response{Status: 101}, false},
		{"says that it closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", Response{Status: 200}, false},
		{"an old version", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", Response{Status: 200}, false},
		{"more than was asked for", fine + "HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n", Response{Status: 200}, false},
		{"a long body", "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("x", 200_000), Response{Status: 200}, false},
		{"a head without an end", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 100), Response{Error: NoAnswer}, false},
		{"interim answers without an end", strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100), Response{Error: NoAnswer}, false},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 7\r\n\r\n", Response{Error: NoAnswer}, false},
		{"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Response{Error: NoAnswer}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url, accepted := scripted(t, c.answer, c.answer)
			p := localPoster(t, Options{})
			for range 2 {
				r := p.Post(t.Context(), Request{URL: url, Body: []byte(`{}`)})
				if r.Status != c.want.Status || r.Error != c.want.Error || r.RetryAfter != c.want.RetryAfter || !bytes.Equal(r.Body, c.want.Body) {
					t.Errorf("%+v, want %+v", r, c.want)
				}
			}
			if keeps := accepted.Load() == 1; keeps != c.keeps {
				t.Errorf("%d connections for two posts", accepted.Load())
			}
		})
	}
}

// TestRequestsOnTheWire: a request is what net/http reads as the same request, and no header can make it two.
func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		got <- r
	}))
	defer server.Close()
	p, long := localPoster(t, Options{}), strings.Repeat("x", 100_000)
	for _, body := range []string{"", "{}", long} {
		r := p.Post(t.Context(), Request{URL: server.URL + "/a%20b?q=%0d%0a", Body: []byte(body), Header: [][2]string{{"X-One", "1"}, {"X-Two", "ü"}}})
		if r.Status != 200 {
			t.Fatalf("%+v", r)
		}
		q := <-got
		b, _ := io.ReadAll(q.Body)
		if q.Method != http.MethodPost || q.RequestURI != "/a%20b?q=%0d%0a" || "http://"+q.Host != server.URL || q.Header.Get("X-Two") != "ü" || string(b) != body ||
			q.ContentLength != int64(len(body)) || len(q.Header) != 3 {
			t.Errorf("arrived as %s %s %v with %d bytes", q.Method, q.RequestURI, q.Header, len(b))
		}
	}
	for _, h := range [][2]string{{"X-A", "1\r\nX-B: 2"}, {"X-A\r\nX-B", "1"}, {"X-A: 1", "2"}, {"X-A", "\x00"}} {
		if r := p.Post(t.Context(), Request{URL: server.URL, Header: [][2]string{h}}); r.Status != 0 || r.Error == "" {
			t.Errorf("%q was sent: %+v", h, r)
		}
	}
}

// TestCertificates: a server has to have the name that was asked for, by an authority that is trusted.
func TestCertificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			w.WriteHeader(http.StatusHTTPVersionNotSupported)
		}
	}))
	defer server.Close()
	p := localPoster(t, Options{Allow: ranges("127.0.0.0/8")})
	if r := p.Post(t.Context(), Request{URL: server.URL}); r.Error != BadTLS {
		t.Errorf("an unknown authority: %+v", r)
	}
	p.roots = x509.NewCertPool()
	p.roots.AddCert(server.Certificate())
	for range 2 {
		if r := p.Post(t.Context(), Request{URL: server.URL}); r.Status != 200 {
			t.Errorf("the right name: %+v", r)
		}
	}
	other := netip.MustParseAddrPort(server.Listener.Addr().String()).Port()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("127.0.0.2 is missing")
	}
	defer l.Close()
	forward(t, l, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), other).String())
	if r := p.Post(t.Context(), Request{URL: "https://" + l.Addr().String()}); r.Error != BadTLS {
		t.Errorf("another name: %+v", r)
	}
}

// forward carries connections on to another socket.
func forward(t *testing.T, l net.Listener, to string) {
	t.Helper()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			d, err := net.Dial("tcp", to)
			if err != nil {
				_ = c.Close()
				return
			}
			go func() { _, _ = io.Copy(d, c); _ = d.Close() }()
			go func() { _, _ = io.Copy(c, d); _ = c.Close() }()
		}
	}()
}

// TestAPostEndsWithItsContext, on a fresh connection and on a kept one; and a context that ended long ago takes no
// connection from another.
func TestAPostEndsWithItsContext(t *testing.T) {
	t.Parallel()
	asked, leave := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			asked <- struct{}{}
			<-leave
		}
	}))
	defer server.Close()
	defer close(leave)
	p := localPoster(t, Options{Timeout: time.Minute})
	for _, kept := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		if kept {
			if r := p.Post(t.Context(), Request{URL: server.URL}); r.Status != 200 {
				t.Fatalf("%+v", r)
			}
		}
		ended := make(chan Response)
		go func() { ended <- p.Post(ctx, Request{URL: server.URL + "/hang"}) }()
		<-asked
		cancel()
		if r := <-ended; r.Status != 0 || r.Error != NoAnswer {
			t.Errorf("kept %v: %+v", kept, r)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if r := p.Post(ctx, Request{URL: server.URL}); r.Status != 200 {
		t.Errorf("%+v", r)
	}
	cancel()
	if r := p.Post(ctx, Request{URL: server.URL}); r.Status != 0 {
		t.Errorf("after its context: %+v", r)
	}
	if r := p.Post(t.Context(), Request{URL: server.URL}); r.Status != 200 {
		t.Errorf("another's: %+v", r)
	}
}

// TestIdleConnections are few, and not for ever.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	var i idle
	var closed atomic.Int32
	fresh := func(addr string) *conn {
		ours, theirs := net.Pipe()
		go func() {
			_, _ = io.Copy(io.Discard, theirs)
			closed.Add(1)
		}()
		c := &conn{Conn: ours, raw: ours, to: place{addr: addr}}
		c.bind(t.Context())
		return c
	}
	for range maxIdleHost + 3 {
		i.put(fresh("one"))
	}
	if len(i.lines[place{addr: "one"}]) != maxIdleHost || i.n != maxIdleHost {
		t.Errorf("%d kept for one host", i.n)
	}
	if c := i.take(t.Context(), place{secure: true, addr: "one"}); c != nil {
		t.Error("the other scheme's connection was given")
	}
	last := fresh("two")
	i.put(fresh("two"))
	i.put(last)
	if c := i.take(t.Context(), place{addr: "two"}); c != last {
		t.Error("not the one that was used last")
	}
	i.put(last)
	i.lines[place{addr: "two"}][1].since = time.Now().Add(-idleFor)
	if c := i.take(t.Context(), place{addr: "two"}); c == nil || c == last {
		t.Error("one that waited too long was given")
	}
	i.drop(time.Now().Add(time.Second))
	if i.n != 0 || len(i.lines) != 0 || i.timer != nil {
		t.Errorf("%d kept in %d places", i.n, len(i.lines))
	}
}

// FuzzParse: whatever address is taken, its request is read as one request to that host and path.
func FuzzParse(f *testing.F) {
	for _, s := range spellings() {
		f.Add("https://" + s + "/")
	}
	for _, s := range []string{"http://a/ b", "http://a?x y", "http://a\r\nX: 1/", "http://a:80:90/", "http://[fe80::1%25en0]:80/x", "http://a//b", "http://a/%0d%0a", "http://a#b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		to, err := parse(raw)
		if err != nil {
			return
		}
		b, err := appendRequest(nil, to, Request{URL: raw, Body: []byte("body"), Header: [][2]string{{"X-A", "1"}}})
		if err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(bytes.NewReader(b))
		r, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("%q became %q: %v", raw, b, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "body" || r.RequestURI != to.path || r.Host != to.host || len(r.Header) != 2 || in.Buffered() != 0 {
			t.Fatalf("%q became %q", raw, b)
		}
	})
}

// What a server says late and unasked is nobody's answer: the next post, which may be another account's, gets a connection of
// its own.
func TestLateAnswersAreNobodys(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	late, said := make(chan struct{}), make(chan struct{})
	go func() {
		for first := true; ; first = false {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			_, _ = io.WriteString(c, fine)
			if first {
				<-late
				_, _ = io.WriteString(c, "HTTP/1.1 500 Late\r\nContent-Length: 6\r\n\r\nsecret")
				close(said)
			}
		}
	}()
	p := NewPoster(Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	post := func() Response {
		return p.Post(t.Context(), Request{URL: "http://" + l.Addr().String() + "/"})
	}
	if r := post(); r.Status != 200 {
		t.Fatalf("the first post: %+v", r)
	}
	close(late)
	<-said
	if r := post(); r.Status != 200 {
		t.Errorf("the second post: %+v", r)
	}
}
