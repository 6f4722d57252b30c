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

// dialTime bounds connecting, and then the TLS handshake. Options.Timeout bounds the whole request.
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

// control checks the address of each attempt to connect, after names were resolved.
func (g *guard) control(secure bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || (network != "tcp4" && network != "tcp6") {
			return fmt.Errorf("%w: %s %s is not a TCP address", ErrNotAllowed, network, address)
		}
		return g.check(at, secure)
	}
}

// dialPlain connects without TLS.
func (d *dialer) dialPlain(ctx context.Context, _, address string) (net.Conn, error) {
	return d.dial(attempt(ctx), &d.plain, address)
}

// dialTLS connects with TLS.
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
		_ = raw.Close() // the handshake's error is returned
		return nil, err
	}

	return conn, nil
}

// dial connects and counts open connections. The transport bounds its idle HTTP/1.1 connections, but keeps an HTTP/2
// connection for each server, however many there are. So when more are open than can be busy and idle, dial closes the
// idle ones.
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

// counted is a connection that counts as open until it is closed.
type counted struct {
	net.Conn
	closed func()
}

// Close closes the connection.
func (c *counted) Close() error {
	c.closed()
	return c.Conn.Close()
}

// attemptKey is the key under which the context of a request holds itself.
type attemptKey struct{}

func withAttempt(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptKey{}, ctx)
}

// attempt returns the context of the request that a dial is for. The transport detaches dials from it, because the
// connection may serve a later request. That would leave a dial behind for each request to a server that answers on one
// connection and accepts no other.
func attempt(ctx context.Context) context.Context {
	if request, ok := ctx.Value(attemptKey{}).(context.Context); ok {
		return request
	}
	return ctx
}
