package egress

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// dialTime is how long it may take to connect, and then to agree on TLS. A whole post is bounded by Options.Timeout.
const dialTime = 10 * time.Second

// dialer makes every connection of a client.
type dialer struct {
	plain, secure net.Dialer
	roots         *x509.CertPool // nil = the system's

	open      atomic.Int64
	most      int64
	closeIdle func()
}

func newDialer(g *guard, o Options, closeIdle func()) *dialer {
	d := &dialer{closeIdle: closeIdle, most: int64(cmp.Or(o.Posts, defaultPosts) + o.Idle)}
	d.plain = net.Dialer{Timeout: dialTime, Resolver: o.Resolver, Control: g.control(false)}
	d.secure = net.Dialer{Timeout: dialTime, Resolver: o.Resolver, Control: g.control(true)}

	return d
}

// control judges the address of each try to connect, after names were resolved.
func (g *guard) control(secure bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || (network != "tcp4" && network != "tcp6") {
			return fmt.Errorf("%w: %s %s is no TCP address", ErrRefused, network, address)
		}
		return g.check(at, secure)
	}
}

// dialPlain connects for plain HTTP.
func (d *dialer) dialPlain(ctx context.Context, _, address string) (net.Conn, error) {
	return d.dial(attempt(ctx), &d.plain, address)
}

// dialTLS connects for HTTPS.
func (d *dialer) dialTLS(ctx context.Context, _, address string) (net.Conn, error) {
	ctx = attempt(ctx)
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}

	raw, err := d.dial(ctx, &d.secure, address)
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn := tls.Client(raw, &tls.Config{ServerName: host, RootCAs: d.roots, NextProtos: []string{"h2", "http/1.1"}})
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // the handshake's error is what counts
		return nil, err
	}

	return conn, nil
}

// dial connects and counts what is open. The transport bounds the HTTP/1.1 connections that it keeps, but of HTTP/2 it
// keeps one for each server, however many servers there are. So when more are open than can be at work and kept, it closes
// those that are not at work.
func (d *dialer) dial(ctx context.Context, by *net.Dialer, address string) (net.Conn, error) {
	c, err := by.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	if d.open.Add(1) > d.most {
		d.closeIdle()
	}

	return &counted{Conn: c, closed: sync.OnceFunc(func() { d.open.Add(-1) })}, nil
}

// counted is a connection that is counted while it is open.
type counted struct {
	net.Conn
	closed func()
}

// Close closes the connection.
func (c *counted) Close() error {
	c.closed()
	return c.Conn.Close()
}

// attemptKey is where the context of a post holds itself.
type attemptKey struct{}

func withAttempt(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptKey{}, ctx)
}

// attempt gives the context of the post that a dial is for. The transport takes its end away, because the connection may
// serve a later post. We keep it: beside a server that answers over one connection and accepts no other, each post would
// leave a dial behind, and there would be more of these than posts under way.
func attempt(ctx context.Context) context.Context {
	if own, ok := ctx.Value(attemptKey{}).(context.Context); ok {
		return own
	}
	return ctx
}
