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
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// scripted is a server that answers each request on a connection with the next of the answers. It counts connections,
// and reports when the client has closed one.
func scripted(t *testing.T, answers ...string) (url string, accepted *atomic.Int32, closed chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = l.Close() })
	accepted, closed = new(atomic.Int32), make(chan struct{}, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}

			accepted.Add(1)
			go func() {
				defer func() {
					_ = c.Close()
					closed <- struct{}{}
				}()

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

	return "http://" + l.Addr().String() + "/", accepted, closed
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

func TestPost_Responses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer string
		want   Response
		keeps  bool
	}{
		{name: "nothing in it", answer: fine, want: Response{Status: 200}, keeps: true},
		{
			name: "a length", answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", want: Response{Status: 200},
			keeps: true,
		},
		{name: "chunks", answer: "HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", want: Response{Status: 500, Body: []byte("abcde")}, keeps: true},
		{name: "no content", answer: "HTTP/1.1 204 No Content\r\n\r\n", want: Response{Status: 204}, keeps: true},
		{
			name:   "early hints",
			answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + fine,
			want:   Response{Status: 200}, keeps: true,
		},
		{
			name: "a Retry-After", answer: "HTTP/1.1 429 Slow\r\nretry-after: 9\r\nContent-Length: 0\r\n\r\n",
			want: Response{Status: 429, RetryAfter: "9", Body: []byte{}}, keeps: true,
		},
		{
			name: "another protocol", answer: "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
			want: Response{Status: 101},
		},
		{
			name: "Connection: close", answer: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
			want: Response{Status: 200},
		},
		{name: "an old version", answer: "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", want: Response{Status: 200}},
		{
			name: "more than was asked for", answer: fine + "HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n",
			want: Response{Status: 200},
		},
		{
			name:   "a long body",
			answer: "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("x", 200_000),
			want:   Response{Status: 200},
		},
		{
			name:   "a head without an end",
			answer: "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 100),
			want:   Response{Error: ConnectionFailed},
		},
		{
			name: "interim answers without an end", answer: strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 3000),
			want: Response{Error: ConnectionFailed},
		},
		{
			name: "two lengths", answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 7\r\n\r\n",
			want: Response{Error: ConnectionFailed},
		},
		{name: "no HTTP", answer: "SSH-2.0-OpenSSH_9.2\r\n\r\n", want: Response{Error: ConnectionFailed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url, accepted, closed := scripted(t, c.answer, c.answer)
			p := localClient(t, Options{})
			for n := range 2 {
				if n > 0 && !c.keeps {
					<-closed
				}
				r := p.Post(t.Context(), Request{URL: url, Body: []byte(`{}`)})
				if r.Status != c.want.Status || r.Error != c.want.Error || r.RetryAfter != c.want.RetryAfter ||
					!bytes.Equal(r.Body, c.want.Body) {
					t.Errorf("%+v, want %+v", r, c.want)
				}
			}
			if keeps := accepted.Load() == 1; keeps != c.keeps {
				t.Errorf("%d connections for two posts", accepted.Load())
			}
		})
	}
}

// TestPost_OnTheWire: net/http's server reads the same request, and no header can turn it into two.
func TestPost_OnTheWire(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		got <- r
	}))

	defer server.Close()
	p, long := localClient(t, Options{}), strings.Repeat("x", 100_000)
	for _, body := range []string{"", "{}", long} {
		r := p.Post(t.Context(),
			Request{
				URL: server.URL + "/a%20b?q=%0d%0a", Body: []byte(body),
				Header: [][2]string{{"x-one", "1"}, {"X-Two", "ü"}, {"User-Agent", "t"}},
			})
		if r.Status != 200 {
			t.Fatalf("%+v", r)
		}

		q := <-got
		b, _ := io.ReadAll(q.Body)
		if q.Method != http.MethodPost || q.RequestURI != "/a%20b?q=%0d%0a" || "http://"+q.Host != server.URL ||
			q.Header.Get("X-Two") != "ü" || string(b) != body ||
			q.ContentLength != int64(len(body)) || len(q.Header) != 4 {
			t.Errorf("received as %s %s %v with %d bytes", q.Method, q.RequestURI, q.Header, len(b))
		}
	}

	for _, h := range [][2]string{{"X-A", "1\r\nX-B: 2"}, {"X-A\r\nX-B", "1"}, {"X-A: 1", "2"}, {"X-A", "\x00"}} {
		if r := p.Post(t.Context(), Request{URL: server.URL, Header: [][2]string{h}}); r.Status != 0 || r.Error == "" {
			t.Errorf("%q was sent: %+v", h, r)
		}
	}
}

// TestPost_Certificates: a certificate must have the requested name and a trusted authority.
func TestPost_Certificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	p := localClient(t, Options{Allow: ranges("127.0.0.0/8")})
	if r := p.Post(t.Context(), Request{URL: server.URL}); r.Error != TLSFailed {
		t.Errorf("an unknown authority: %+v", r)
	}

	trust(p, server)
	for range 2 {
		if r := p.Post(t.Context(), Request{URL: server.URL}); r.Status != 404 {
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
	if r := p.Post(t.Context(), Request{URL: "https://" + l.Addr().String()}); r.Error != TLSFailed {
		t.Errorf("another name: %+v", r)
	}
}

// trust makes the client trust the server's certificate.
func trust(c *Client, server *httptest.Server) {
	c.dialer.roots = x509.NewCertPool()
	c.dialer.roots.AddCert(server.Certificate())
}

// forward forwards connections to another socket.
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

// TestPost_Canceled ends posts by their contexts, on a new connection and on an idle one.
func TestPost_Canceled(t *testing.T) {
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
	p := localClient(t, Options{Timeout: time.Minute})
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
		if r := <-ended; r.Status != 0 || r.Error != ConnectionFailed {
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

// TestClient_IdleConnections: after many concurrent posts, only the allowed number of idle connections stays open,
// until Close.
func TestClient_IdleConnections(t *testing.T) {
	t.Parallel()
	const posts, kept = 20, 5
	var together sync.WaitGroup
	together.Add(posts)
	closed := make(chan struct{}, posts)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		together.Done()
		together.Wait()
	}))

	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			closed <- struct{}{}
		}
	}

	server.Start()
	t.Cleanup(server.Close)
	p := localClient(t, Options{Idle: kept})

	var all sync.WaitGroup
	for range posts {
		all.Go(func() {
			if r := p.Post(t.Context(), Request{URL: server.URL}); r.Status != 200 {
				t.Errorf("%+v", r)
			}
		})
	}

	all.Wait()
	for range posts - kept {
		<-closed
	}
	if n := p.dialer.open.Load(); n != kept {
		t.Errorf("%d connections are open, want %d", n, kept)
	}

	p.Close()
	for range kept {
		<-closed
	}
}

// FuzzTarget: the request for any accepted URL is read as one request to that host and path.
func FuzzTarget(f *testing.F) {
	for _, s := range spellings() {
		f.Add("https://" + s + "/")
	}
	for _, s := range []string{
		"http://a/ b", "http://a?x y", "http://a\r\nX: 1/", "http://a:80:90/", "http://[fe80::1%25en0]:80/x",
		"http://a//b", "http://a/%0d%0a", "http://a#b",
	} {
		f.Add(s)
	}

	f.Fuzz(func(t *testing.T, raw string) {
		request, err := newRequest(t.Context(),
			Request{URL: raw, Body: []byte("body"), Header: [][2]string{{"X-A", "1"}, {"User-Agent", "t"}}})
		if err != nil {
			return
		}

		var b bytes.Buffer
		if err := request.Write(&b); err != nil {
			return // refused before anything is sent
		}

		in := bufio.NewReader(&b)
		r, err := http.ReadRequest(in)
		if err != nil {
			t.Fatalf("%q became %q: %v", raw, b.Bytes(), err)
		}

		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "body" || r.RequestURI != request.URL.RequestURI() || len(r.Header) != 3 ||
			in.Buffered() != 0 {
			t.Fatalf("%q became %q", raw, b.Bytes())
		}
	})
}
