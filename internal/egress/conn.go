package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Bounds of a connection. A whole call is bounded by Options.Timeout.
const (
	dialTime  = 10 * time.Second // to connect, and then to agree on TLS
	maxHead   = 64 << 10
	maxEarly  = 5 // answers 1xx before the one that counts
	maxKeptIO = 16 << 10
)

// conn is a connection with what it needs for one post after another. One goroutine at a time uses it; between two posts it
// is in idle.
type conn struct {
	net.Conn // plain TCP, or TLS over raw
	raw      net.Conn
	to       place
	in       *bufio.Reader
	out      []byte
	left     int  // of what may be read for an answer's head
	heard    bool // something came of the present answer
	since    time.Time
	bound    context.Context // ends the connection when it ends
	unbind   func() bool
}

// dial makes a connection. The guard looks at the address of each try, after names were resolved.
func (p *Poster) dial(ctx context.Context, to *target, deadline time.Time) (*conn, error) {
	d := p.dialer
	d.Deadline = deadline
	d.Control = func(network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || (network != "tcp4" && network != "tcp6") {
			return fmt.Errorf("%w: %s %s is no TCP address", ErrRefused, network, address)
		}
		return p.guard.check(at, to.secure)
	}
	raw, err := d.DialContext(ctx, "tcp", to.addr)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, raw: raw, to: to.place}
	c.bind(ctx)
	if to.secure {
		t := tls.Client(raw, &tls.Config{ServerName: to.name, RootCAs: p.roots, NextProtos: []string{"http/1.1"}})
		if soon := time.Now().Add(dialTime); soon.Before(deadline) {
			err = raw.SetDeadline(soon)
		} else {
			err = raw.SetDeadline(deadline)
		}
		if err := errors.Join(err, t.HandshakeContext(ctx)); err != nil {
			c.close()
			return nil, err
		}
		c.Conn = t
	}
	c.in = bufio.NewReader(c)
	return c, nil
}

// bind makes the connection end with ctx. Calls have few contexts, and most connections keep theirs: it costs nothing then.
// It is false when the connection has ended already.
func (c *conn) bind(ctx context.Context) bool {
	if c.bound == ctx {
		return ctx.Err() == nil
	}
	if c.unbind != nil && !c.unbind() {
		return false
	}
	// Closed, and not by a deadline, which the next post would move.
	c.bound, c.unbind = ctx, context.AfterFunc(ctx, func() { _ = c.raw.Close() })
	return true
}

func (c *conn) close() {
	c.unbind()
	_ = c.Conn.Close() // nothing of it is wanted any more
}

// Read reads for the head and body of an answer; a head without an end must not keep us.
func (c *conn) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, errLongHead
	}
	n, err := c.Conn.Read(b[:min(len(b), c.left)])
	c.left -= n
	c.heard = c.heard || n > 0
	return n, err
}

var errLongHead = errors.New("the answer's head is longer than 64 KB")

// post writes the request and reads the answer's start. again says that the connection can be used for another; err that
// no status came.
func (c *conn) post(to *target, r Request, deadline time.Time) (out Response, again bool, err error) {
	c.heard, c.left = false, maxHead
	if err := c.SetDeadline(deadline); err != nil {
		return out, false, err
	}
	if c.out, err = appendRequest(c.out[:0], to, r); err != nil {
		return out, false, err
	}
	_, err = c.Write(c.out)
	if cap(c.out) > maxKeptIO {
		c.out = nil
	}
	if err != nil {
		return out, false, err
	}
	if _, err := c.in.Peek(1); err != nil {
		return out, false, err
	}
	if status, length, ok := plainSuccess(c.in.Peek(c.in.Buffered())); ok {
		c.left = length + maxHead
		_, err := c.in.Discard(length)
		return Response{Status: status}, err == nil && c.in.Buffered() == 0, nil
	}
	return c.hear()
}

// hear reads an answer of whatever kind.
func (c *conn) hear() (out Response, again bool, err error) {
	resp, err := c.answer()
	if err != nil {
		return out, false, err
	}
	defer func() { _ = resp.Body.Close() }() // nothing of it is wanted any more
	c.left = readAnswer + maxHead
	out = Response{Status: resp.StatusCode, RetryAfter: resp.Header.Get("Retry-After")}
	if resp.StatusCode > 299 {
		if out.Body, err = io.ReadAll(io.LimitReader(resp.Body, KeptAnswer)); err != nil {
			return out, false, nil // the status has come, and is what counts
		}
	}
	_, err = io.CopyN(io.Discard, resp.Body, readAnswer) // for the connection alone
	again = errors.Is(err, io.EOF) && !resp.Close && resp.StatusCode != http.StatusSwitchingProtocols && c.in.Buffered() == 0
	return out, again, nil
}

// appendRequest writes a request: all of it at once, since a small packet costs as much as a large one.
func appendRequest(b []byte, to *target, r Request) ([]byte, error) {
	b = append(append(append(b, "POST "...), to.path...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, to.host...), "\r\nContent-Length: "...)
	b = append(strconv.AppendInt(b, int64(len(r.Body)), 10), "\r\n"...)
	for _, h := range r.Header {
		if strings.ContainsAny(h[0], "\r\n: ") || strings.ContainsAny(h[1], "\r\n\x00") {
			return b, fmt.Errorf("header %q cannot be sent", h[0])
		}
		b = append(append(append(append(b, h[0]...), ": "...), h[1]...), "\r\n"...)
	}
	return append(append(b, "\r\n"...), r.Body...), nil
}

// asked tells net/http what an answer is to.
var asked = &http.Request{Method: http.MethodPost}

// answer reads the head of an answer.
func (c *conn) answer() (*http.Response, error) {
	for range maxEarly {
		resp, err := http.ReadResponse(c.in, asked)
		if err != nil || resp.StatusCode > 199 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, err
		}
	}
	return nil, errors.New("too many answers before the one that counts")
}
