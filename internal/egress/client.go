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

// Bounds of the connections that are kept between posts, and of an answer's head, early answers (1xx) included. An
// endpoint may be given 200 posts at once.
const (
	idleFor     = 30 * time.Second
	maxIdleHost = 256
	maxHead     = 64 << 10
)

// Of an answer so much is kept, and so much is read at most to use the connection again: a body without an end must not
// keep us.
const (
	KeptAnswer = 1 << 10
	readAnswer = 64 << 10
)

// Client posts to addresses that customers choose. It is safe for concurrent use.
type Client struct {
	guard     *guard
	plain     bool // some addresses are reached by plain HTTP
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
		Proxy:                  nil, // a proxy would dial for us, past the guard
		DialContext:            c.dialer.dialPlain,
		DialTLSContext:         c.dialer.dialTLS,
		DisableCompression:     true, // an answer is as long as it came over the wire
		MaxIdleConns:           o.Idle,
		MaxIdleConnsPerHost:    maxIdleHost,
		IdleConnTimeout:        idleFor,
		MaxResponseHeaderBytes: maxHead,
		Protocols:              &protocols,
		HTTP2: &http.HTTP2Config{
			MaxReceiveBufferPerConnection: 1 << 20,
			MaxReceiveBufferPerStream:     readAnswer,
			// Many posts share a connection, so one that has died must not cost each of them its whole time.
			SendPingTimeout:  5 * time.Second,
			PingTimeout:      5 * time.Second,
			WriteByteTimeout: 5 * time.Second,
		},
	}

	return c
}

// Close closes the connections that are kept between posts.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Request is one post of JSON.
type Request struct {
	URL    string
	Header [][2]string
	Body   []byte
}

// Response is how it ended. Error is from a closed list and empty when there was an answer: it is shown to the customer,
// and must not tell what lives behind a name that he chose.
type Response struct {
	Status     int
	RetryAfter string
	Body       []byte // its start
	Error      string
	Timeout    bool
}

// What can go wrong.
const (
	NotAllowed = "destination_not_allowed"
	TimedOut   = "timeout"
	NoName     = "dns_failed"
	BadTLS     = "tls_failed"
	NoAnswer   = "connection_failed"
	BadURL     = "invalid_url"
)

// Post sends the request and reads the answer's start. It follows no redirect. When a kept connection breaks before the
// answer begins, the request is sent once more, over another connection: the receiver knows repeats by their id.
func (c *Client) Post(ctx context.Context, r Request) Response {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	request, err := newRequest(withAttempt(ctx), r)
	if err != nil {
		return Response{Error: BadURL}
	}

	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return Response{Error: errorCode(err), Timeout: timedOut(err)}
	}
	defer func() { _ = response.Body.Close() }() // nothing of it is wanted any more

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
		request.Header[h[0]] = values[i : i+1 : i+1] // as it is written, and not in canonical case
	}

	// To net/http the presence of this key, which is not sent, means that a request may be repeated.
	request.Header["Idempotency-Key"] = []string{}
	if request.GetBody != nil {
		request.GetBody = onceMore(request.GetBody)
	}

	return request, nil
}

var errRepeated = errors.New("the connection broke again")

// onceMore lets a body be sent a second time, and no third: each of the connections that a server keeps open would be
// tried in turn otherwise, and each may have brought the request.
func onceMore(body func() (io.ReadCloser, error)) func() (io.ReadCloser, error) {
	repeated := false
	return func() (io.ReadCloser, error) {
		if repeated {
			return nil, errRepeated
		}
		repeated = true
		return body()
	}
}

// read takes what is wanted of an answer. Its status counts, whatever becomes of the rest.
func read(r *http.Response) Response {
	out := Response{Status: r.StatusCode, RetryAfter: r.Header.Get("Retry-After")}
	if r.StatusCode == http.StatusSwitchingProtocols {
		return out // what follows is no body
	}

	if r.StatusCode > 299 {
		var err error
		if out.Body, err = io.ReadAll(io.LimitReader(r.Body, KeptAnswer)); err != nil {
			return out
		}
	}
	if r.Body != http.NoBody {
		_, _ = io.CopyN(io.Discard, r.Body, readAnswer) // for the connection alone
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
	case errors.Is(err, ErrRefused):
		return NotAllowed
	case errors.As(err, &dns):
		return NoName
	case timedOut(err):
		return TimedOut
	case errors.As(err, &record), errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &host):
		return BadTLS
	}

	return NoAnswer
}

// CheckURL refuses at once what could never be called, with a sentence that says what to write. It proves nothing: the
// guard judges each dial.
func (c *Client) CheckURL(raw string) error {
	if err := CheckURL(raw); err != nil {
		return err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return err // CheckURL has parsed it
	}
	if u.Scheme == "http" && !c.plain {
		return errors.New("must begin with https://; plain HTTP is for ranges that the operator allows in [webhooks] allow_cidrs")
	}

	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil // a name: what it leads to is judged when it is dialled
	}
	if c.guard.check(netip.AddrPortFrom(ip, port(u)), u.Scheme == "https") != nil {
		return errors.New("leads to an address that is not called: it must be public, or in a range that the operator allows in [webhooks] allow_cidrs")
	}

	return nil
}
