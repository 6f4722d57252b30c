package egress

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

func localClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.Allow == nil {
		o.Allow = ranges("127.0.0.1/32")
	}
	p := NewClient(o)
	t.Cleanup(p.Close)
	return p
}

func TestPost(t *testing.T) {
	t.Parallel()
	var got http.Header
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r.Header, string(b)
		w.Header().Set("Retry-After", "7")
		if r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusTooManyRequests)
		}
		_, _ = io.WriteString(w, strings.Repeat("x", 3*maxDrain))
	}))

	defer server.Close()
	p := localClient(t, Options{})
	r := p.Post(t.Context(), Request{URL: server.URL, Body: []byte(`{}`), Header: [][2]string{{"webhook-id", "evt_1"}}})
	if r.Status != 200 || r.Body != nil || r.Error != "" || body != `{}` || got.Get("Webhook-Id") != "evt_1" ||
		got.Get("Idempotency-Key") != "" {
		t.Errorf("%+v, the server saw %q %v", r, body, got)
	}
	if r = p.Post(t.Context(), Request{URL: server.URL + "/bad"}); r.Status != 429 || r.RetryAfter != "7" ||
		len(r.Body) != KeptAnswer {
		t.Errorf("a refusal: %d, %q, %d bytes", r.Status, r.RetryAfter, len(r.Body))
	}
}

// TestPost_Redirects: no redirect is followed.
func TestPost_Redirects(t *testing.T) {
	t.Parallel()
	connections := new(atomic.Int32)
	port := countingListener(t, "127.0.0.2:0", connections)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var status int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.Header().Set("Location", "http://"+r.URL.Query().Get("to"))
		w.WriteHeader(status)
	}))

	defer server.Close()
	p := localClient(t, Options{Allow: ranges("127.0.0.0/8")})
	for status := 300; status <= 308; status++ {
		for _, to := range []string{
			"127.0.0.2:" + port + "/", "169.254.169.254/latest/meta-data", server.Listener.Addr().String() + "/200",
		} {
			r := p.Post(t.Context(), Request{URL: fmt.Sprintf("%s/%d?to=%s", server.URL, status, to)})
			if r.Status != status || r.Error != "" {
				t.Errorf("%d to %s: %+v", status, to, r)
			}
		}
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
}

// TestPost_Rebinding: a name whose addresses change is checked each time it is dialled.
func TestPost_Rebinding(t *testing.T) {
	t.Parallel()
	connections := new(atomic.Int32)
	port := countingListener(t, "127.0.0.1:0", connections)
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = server.Close() })
	var asked atomic.Int32
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply := changing(buffer[:n], asked.Add(1)); reply != nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	}()

	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}

	p := NewClient(Options{Resolver: resolver, Timeout: 5 * time.Second})
	for range 50 {
		for _, scheme := range []string{"https", "http"} {
			r := p.Post(t.Context(), Request{URL: scheme + "://rebind.example.com:" + port})
			if r.Error != NotAllowed || r.Status != 0 {
				t.Errorf("%s: %+v", scheme, r)
			}
		}
	}
	if connections.Load() != 0 || asked.Load() < 50 {
		t.Errorf("%d connections after %d questions", connections.Load(), asked.Load())
	}
}

// changing answers with two addresses of the private network, and every other time with this machine's.
func changing(query []byte, n int32) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) == 0 {
		return nil
	}

	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	list := [][4]byte{{10, 1, 2, 3}, {192, 168, 7, 7}}
	if n%2 == 0 {
		list = [][4]byte{{127, 0, 0, 1}, {169, 254, 169, 254}}
	}

	for _, a := range list {
		if q.Type == dnsmessage.TypeA {
			m.Answers = append(m.Answers,
				dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: a},
				})
		}
	}
	reply, _ := m.Pack()

	return reply
}

// TestPost_ErrorCodes: errors are codes that reveal nothing about the network.
func TestPost_ErrorCodes(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	defer tls.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	leave := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-leave:
		case <-r.Context().Done():
		}
	}))

	defer hangs.Close()
	defer close(leave)
	p, hasty := localClient(t, Options{}), localClient(t, Options{Timeout: 50 * time.Millisecond})
	for _, c := range []struct {
		p       *Client
		url     string
		want    string
		timeout bool
	}{
		{p: p, url: closed.URL, want: ConnectionFailed},
		{p: p, url: tls.URL, want: TLSFailed},
		{p: p, url: "https" + strings.TrimPrefix(plain.URL, "http"), want: TLSFailed},
		{p: hasty, url: hangs.URL, want: TimedOut, timeout: true},
		{p: p, url: "http://10.0.0.1/", want: NotAllowed},
		{p: p, url: "http://nothing.invalid/", want: DNSFailed},
		{p: p, url: "http://[::1", want: InvalidURL},
		{p: p, url: "http://127.0.0.1:99999/", want: ConnectionFailed},
	} {
		if r := c.p.Post(t.Context(), Request{URL: c.url}); r.Error != c.want || r.Timeout != c.timeout ||
			r.Status != 0 {
			t.Errorf("%s: %+v, want %s", c.url, r, c.want)
		}
	}
}

// TestPost_DeadConnection: an idle connection that the server has closed is replaced by a new one.
func TestPost_DeadConnection(t *testing.T) {
	t.Parallel()
	var served atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		served.Add(1)
		// Close the connection after the response, as servers do with idle connections.
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = buf.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		_ = buf.Flush()
		_ = conn.Close()
	}))

	defer server.Close()
	p := localClient(t, Options{})
	for n := range 20 {
		if r := p.Post(t.Context(), Request{URL: server.URL, Body: []byte(`{}`)}); r.Status != 200 {
			t.Fatalf("post %d: %+v", n, r)
		}
	}
	if served.Load() != 20 {
		t.Errorf("served %d", served.Load())
	}
}

// TestPost_Repeated: when a server closes an idle connection without a response, the request is sent once more, but not
// over each idle connection.
func TestPost_Repeated(t *testing.T) {
	t.Parallel()
	const kept = 8
	var together sync.WaitGroup
	together.Add(kept)
	var received atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/" {
			together.Done()
			together.Wait()
			return
		}
		received.Add(1)
		panic(http.ErrAbortHandler)
	}))

	defer server.Close()
	p := localClient(t, Options{})

	var posts sync.WaitGroup
	for range kept {
		posts.Go(func() {
			if r := p.Post(t.Context(), Request{URL: server.URL, Body: []byte(`{}`)}); r.Status != 200 {
				t.Errorf("%+v", r)
			}
		})
	}

	posts.Wait()

	if r := p.Post(t.Context(), Request{URL: server.URL + "/break", Body: []byte(`{}`)}); r.Error != ConnectionFailed {
		t.Errorf("%+v", r)
	}
	if n := received.Load(); n != 2 {
		t.Errorf("the request was received %d times, want twice", n)
	}
}

// TestPost_NoProxy: proxies of the environment are ignored, because they would bypass the guard.
func TestPost_NoProxy(t *testing.T) {
	connections := new(atomic.Int32)
	port := countingListener(t, "127.0.0.1:0", connections)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, "http://127.0.0.1:"+port)
	}

	for _, to := range []string{"http://10.0.0.1/", "https://10.0.0.1/", "http://169.254.169.254/"} {
		if r := NewClient(Options{}).Post(t.Context(), Request{URL: to}); r.Error != NotAllowed {
			t.Errorf("%s: %+v", to, r)
		}
	}
	if connections.Load() != 0 {
		t.Error("the proxy was called")
	}
}

func TestClient_CheckURL(t *testing.T) {
	t.Parallel()
	own := netip.MustParseAddrPort("127.0.0.1:8080")
	strict, inside := NewClient(Options{}),
		NewClient(Options{Allow: ranges("127.0.0.0/8"), Deny: []netip.AddrPort{own}})
	for _, c := range []struct {
		p    *Client
		url  string
		want string
	}{
		{p: strict, url: "https://example.com/hook?a=b"},
		{p: strict, url: "https://example.com:8443"},
		{p: strict, url: "https://93.184.215.14/"},
		{p: strict, url: "http://example.com", want: "https://"},
		{p: strict, url: "https://127.0.0.1", want: "must lead to a public address"},
		{p: strict, url: "https://[::ffff:10.0.0.1]", want: "must lead to a public address"},
		{p: inside, url: "http://127.0.0.1:9000/hook"},
		{p: inside, url: "http://127.0.0.1:8080/hook", want: "must lead to a public address"},
		{p: inside, url: "http://example.com"}, // names are checked when they are dialled
		{p: inside, url: "http://10.0.0.1", want: "must lead to a public address"},
		{p: strict, url: "javascript:alert(1)", want: "URL"},
		{p: strict, url: "https://exa mple.com", want: "URL"},
		{p: strict, url: "//example.com", want: "https://"},
		{p: strict, want: "URL"},
	} {
		err := c.p.CheckURL(c.url)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.url, err, c.want)
		}
	}
}

func FuzzClientCheckURL(f *testing.F) {
	for _, s := range spellings() {
		f.Add("https://" + s + "/")
	}
	p := NewClient(Options{})
	f.Fuzz(func(t *testing.T, raw string) {
		if p.CheckURL(raw) != nil {
			return
		}
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "https" || u.User != nil {
			t.Fatalf("%q was accepted", raw)
		}
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && (ip.Unmap().IsLoopback() || ip.Unmap().IsPrivate()) {
			t.Fatalf("%q was accepted", raw)
		}
	})
}
