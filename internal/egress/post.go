package egress

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
)

// Poster posts to addresses that customers choose. It is safe for concurrent use.
type Poster struct {
	client *http.Client
	guard  *guard
	plain  bool
}

// NewPoster makes a poster that reaches what the options allow.
func NewPoster(o Options) *Poster {
	return &Poster{client: Client(o), guard: newGuard(o), plain: len(o.Allow) > 0}
}

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

// Of an answer so much is kept, and so much is read at most to use the connection again: a body without an end must not
// keep us.
const (
	KeptAnswer = 1 << 10
	readAnswer = 64 << 10
)

// Post sends the request once and reads the answer's start.
func (p *Poster) Post(ctx context.Context, r Request) Response {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Response{Error: BadURL}
	}
	for _, h := range r.Header {
		req.Header[h[0]] = []string{h[1]}
	}
	// An empty Idempotency-Key is not sent. It tells net/http that the post may be repeated on a fresh connection when a
	// kept one turns out to be dead: the receiver knows repeats by their id.
	req.Header["Idempotency-Key"] = []string{}
	resp, err := p.client.Do(req)
	if err != nil {
		return Response{Error: why(err), Timeout: timedOut(err)}
	}
	defer func() { _ = resp.Body.Close() }() // nothing of it is wanted any more
	out := Response{Status: resp.StatusCode, RetryAfter: resp.Header.Get("Retry-After")}
	if resp.StatusCode > 299 {
		out.Body, _, err = ReadBody(resp.Body, KeptAnswer)
		if err != nil {
			return out // the status has come, and is what counts
		}
	}
	_, _ = io.CopyN(io.Discard, resp.Body, readAnswer) // for the connection alone
	return out
}

func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}

func why(err error) string {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var parse *url.Error
	switch {
	case errors.Is(err, ErrRefused):
		return NotAllowed
	case errors.As(err, &dns):
		return NoName
	case timedOut(err):
		return TimedOut
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record), errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &host):
		return BadTLS
	case errors.As(err, &parse) && parse.Op == "parse":
		return BadURL
	}
	return NoAnswer
}

// CheckURL refuses at once what could never be called, with a sentence that says what to write. It proves nothing: the
// guard judges each dial.
func (p *Poster) CheckURL(raw string) error {
	if err := CheckURL(raw); err != nil {
		return err
	}
	u, err := url.Parse(raw)
	if err != nil {
		return err // CheckURL has parsed it
	}
	if u.Scheme == "http" && !p.plain {
		return errors.New("must begin with https://; plain HTTP is for ranges that the operator allows in [webhooks] allow_cidrs")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil // a name: what it leads to is judged when it is dialled
	}
	if p.guard.check(netip.AddrPortFrom(ip, port(u)), u.Scheme == "https") != nil {
		return errors.New("leads to an address that is not called: it must be public, or in a range that the operator allows in [webhooks] allow_cidrs")
	}
	return nil
}

func port(u *url.URL) uint16 {
	if n, err := netip.ParseAddrPort("0.0.0.0:" + u.Port()); err == nil {
		return n.Port()
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}
