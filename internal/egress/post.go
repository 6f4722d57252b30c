package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Poster posts to addresses that customers choose. It is safe for concurrent use.
type Poster struct {
	guard   *guard
	plain   bool
	timeout time.Duration
	dialer  net.Dialer
	roots   *x509.CertPool // nil = the system's
	idle    idle
}

// NewPoster makes a poster that reaches what the options allow.
func NewPoster(o Options) *Poster {
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	return &Poster{
		guard: newGuard(o), plain: len(o.Allow) > 0, timeout: o.Timeout,
		dialer: net.Dialer{Timeout: dialTime, Resolver: o.Resolver}, idle: idle{most: o.Idle},
	}
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

// Post sends the request once and reads the answer's start. A kept connection that turns out to be dead is replaced by a
// fresh one: the receiver knows repeats by their id.
func (p *Poster) Post(ctx context.Context, r Request) Response {
	to, err := parse(r.URL)
	if err != nil {
		return Response{Error: BadURL}
	}
	deadline := time.Now().Add(p.timeout)
	c := p.idle.take(ctx, to.place)
	for {
		kept := c != nil
		if !kept {
			if c, err = p.dial(ctx, to, deadline); err != nil {
				return Response{Error: why(err), Timeout: timedOut(err)}
			}
		}
		out, again, err := c.post(to, r, deadline)
		if again {
			p.idle.put(c)
		} else {
			c.close()
		}
		switch {
		case err == nil:
			return out
		case kept && !c.heard && !timedOut(err) && ctx.Err() == nil:
			c = nil
		default:
			return Response{Error: why(err), Timeout: timedOut(err)}
		}
	}
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
