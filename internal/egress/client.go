package egress

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Bounds of idle connections, and of a response's head including early responses (1xx). An endpoint can have 200
// requests in flight.
const (
	idleTime    = 30 * time.Second
	maxIdleHost = 256
	maxHead     = 64 << 10
)

// How much of a response is kept, and how much is read at most to use its connection again: a body may have no end.
const (
	KeptAnswer = 1 << 10
	maxDrain   = 64 << 10
)

// Client posts to addresses that customers choose. It is safe for concurrent use.
type Client struct {
	guard     *guard
	plain     bool // whether plain HTTP is allowed for some addresses
	timeout   time.Duration
	dialer    *dialer
	transport *http.Transport
}

// NewClient makes a client that reaches what the options allow.
func NewClient(o Options) *Client {
	o.Idle = cmp.Or(o.Idle, defaultIdle)
	g := newGuard(o)
	c := &Client{guard: g, plain: len(o.Allow) > 0, timeout: cmp.Or(o.Timeout, defaultTimeout)}
	c.dialer = newDialer(g, o, func() { c.transport.CloseIdleConnections() })

	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	c.transport = &http.Transport{
		Proxy:                  nil, // a proxy would bypass the guard
		DialContext:            c.dialer.dialPlain,
		DialTLSContext:         c.dialer.dialTLS,
		DisableCompression:     true, // a bound on bytes must count those on the wire
		MaxIdleConns:           o.Idle,
		MaxIdleConnsPerHost:    maxIdleHost,
		IdleConnTimeout:        idleTime,
		MaxResponseHeaderBytes: maxHead,
		Protocols:              &protocols,
		HTTP2: &http.HTTP2Config{
			MaxReceiveBufferPerConnection: 1 << 20,
			MaxReceiveBufferPerStream:     maxDrain,
			// Many requests share a connection, so a dead one is found before all of them time out.
			SendPingTimeout:  5 * time.Second,
			PingTimeout:      5 * time.Second,
			WriteByteTimeout: 5 * time.Second,
		},
	}

	return c
}

// Close closes the idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Request is one post of JSON.
type Request struct {
	URL    string
	Header [][2]string
	Body   []byte
}

// Response is the outcome. Error is one of the constants below, or empty when there was a response. Customers see it,
// so it must not reveal what is behind a name that they chose.
type Response struct {
	Status     int
	RetryAfter string
	Body       []byte // the first KeptAnswer bytes, unless the status is 2xx
	Error      string
	Timeout    bool
}

// The values of Response.Error.
const (
	NotAllowed       = "destination_not_allowed"
	TimedOut         = "timeout"
	DNSFailed        = "dns_failed"
	TLSFailed        = "tls_failed"
	ConnectionFailed = "connection_failed"
	InvalidURL       = "invalid_url"
)

// Post sends the request and reads the beginning of the response. It follows no redirect. When an idle connection
// breaks before the response begins, the request is sent once more over another connection; receivers recognize repeats
// by their id.
func (c *Client) Post(ctx context.Context, r Request) Response {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	request, err := newRequest(withAttempt(ctx), r)
	if err != nil {
		return Response{Error: InvalidURL}
	}

	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return Response{Error: errorCode(err), Timeout: timedOut(err)}
	}
	defer func() { _ = response.Body.Close() }() // the rest is not needed

	return read(response)
}

func newRequest(ctx context.Context, r Request) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	if err := checkTarget(request.URL, r.URL); err != nil {
		return nil, err
	}

	values := make([]string, len(r.Header))
	for i, h := range r.Header {
		values[i] = h[1]
		request.Header[h[0]] = values[i : i+1 : i+1] // keeps the name's case
	}

	// With this key, which is not sent, net/http may repeat the request.
	request.Header["Idempotency-Key"] = []string{}
	if request.GetBody != nil {
		request.GetBody = bodyTwice(request.GetBody)
	}

	return request, nil
}

var errRepeated = errors.New("the connection broke again")

// bodyTwice lets a body be sent twice but not more: net/http would try each idle connection in turn, and the server may
// have received the request on each.
func bodyTwice(body func() (io.ReadCloser, error)) func() (io.ReadCloser, error) {
	repeated := false
	return func() (io.ReadCloser, error) {
		if repeated {
			return nil, errRepeated
		}
		repeated = true
		return body()
	}
}

// read reads a response. Its status counts even when reading the body fails.
func read(r *http.Response) Response {
	out := Response{Status: r.StatusCode, RetryAfter: r.Header.Get("Retry-After")}
	if r.StatusCode == http.StatusSwitchingProtocols {
		return out // there is no body
	}

	if r.StatusCode > 299 {
		var err error
		if out.Body, err = io.ReadAll(io.LimitReader(r.Body, KeptAnswer)); err != nil {
			return out
		}
	}
	if r.Body != http.NoBody {
		_, _ = io.CopyN(io.Discard, r.Body, maxDrain) // only to use the connection again
	}

	return out
}

func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

func errorCode(err error) string {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	switch {
	case errors.Is(err, ErrNotAllowed):
		return NotAllowed
	case errors.As(err, &dns):
		return DNSFailed
	case timedOut(err):
		return TimedOut
	case errors.As(err, &record), errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &host):
		return TLSFailed
	}

	return ConnectionFailed
}

// CheckURL refuses URLs that can never be called; the error says what to write. It is only an early check: the guard
// checks each dial.
func (c *Client) CheckURL(raw string) error {
	if err := CheckURL(raw); err != nil {
		return err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return err // impossible, CheckURL parsed it
	}
	if u.Scheme == "http" && !c.plain {
		return errors.New("must begin with https://; plain HTTP is " +
			"only for ranges that the operator allows in [webhooks] allow_cidrs")
	}

	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil // a name: its address is checked when it is dialled
	}
	if c.guard.check(netip.AddrPortFrom(ip, port(u)), u.Scheme == "https") != nil {
		return errors.New("must lead to a public address, " +
			"or to one in a range that the operator allows in [webhooks] allow_cidrs")
	}

	return nil
}
