// Package listener implements connections that make net/http's server keep to the API's contract. Requests that the
// server refuses by itself, in plain text and without a request id, are answered in the published shape, and requests
// with ambiguous framing, which the server would hide from handlers, are refused. It also bounds the number of
// connections.
//
// A connection watches the bytes that pass through it without copying them, and replaces only writes that no handler
// made.
package listener

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Refusal makes the answer to a request that reaches no handler: the JSON body and the request's id. The message is for
// people.
type Refusal func(status int, message string) (body []byte, requestID string)

// LargeHead is the message for a request with too large a head.
const LargeHead = "the request line and headers are larger than 16 KB; send smaller headers"

// message describes a request that net/http refuses; reason is net/http's own, if any.
func message(status int, reason string) string {
	switch status {
	case http.StatusRequestHeaderFieldsTooLarge:
		return LargeHead
	case http.StatusNotImplemented:
		return "this transfer coding is not supported; send Content-Length, or Transfer-Encoding: chunked"
	case http.StatusHTTPVersionNotSupported:
		return "this version of HTTP is not supported; use HTTP/1.1 or HTTP/2"
	case http.StatusExpectationFailed:
		return "the only supported expectation is 100-continue; leave the header Expect out"
	}
	if reason == "" {
		return "the request is not valid HTTP"
	}

	return "the request is not valid HTTP: " + reason
}

// plainOnTLS is the message for plain HTTP on a port that speaks HTTPS.
const plainOnTLS = "this port speaks HTTPS; use https:// in the URL, " +
	"and rotate your API key if this request contained it"

// Plain wraps a listener whose connections speak HTTP without TLS.
func Plain(l net.Listener, refuse Refusal) net.Listener { return plain{l, refuse} }

type plain struct {
	net.Listener
	refuse Refusal
}

func (l plain) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(c, l.refuse), nil
}

// Configure prepares a server for connections of this package. Its handler must be set.
func Configure(s *http.Server, refuse Refusal) {
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if w, ok := c.(watched); ok {
			return context.WithValue(ctx, connKey{}, w.watch())
		}
		return ctx
	}

	s.ConnState = func(c net.Conn, state http.ConnState) {
		// StateIdle follows each answer. StateActive is no help: it is not reported for a request that was read
		// together with the one before.
		if w, ok := c.(watched); ok && state == http.StateIdle {
			w.watch().unhandled = true
		}
	}
	s.Handler = handler{s.Handler, refuse}
}

// handler wraps a server's handler, and notes on the connection that writes are now the handler's.
type handler struct {
	next   http.Handler
	refuse Refusal
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, ok := r.Context().Value(connKey{}).(*conn)
	if !ok || !c.begin(r) {
		h.next.ServeHTTP(w, r)
		return
	}

	body, id := h.refuse(http.StatusBadRequest,
		"the request has both Content-Length and Transfer-Encoding; send only one of them")
	header := w.Header()
	header["Content-Type"], header["Cache-Control"] = []string{"application/json"}, []string{"no-store"}
	header["X-Content-Type-Options"], header["X-Request-Id"] = []string{"nosniff"}, []string{id}
	header["Connection"] = []string{"close"}
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body) // the client is gone
}

// begin notes that a handler runs. It reports whether the request has both Content-Length and Transfer-Encoding, of
// which net/http shows handlers only the second. Two servers that disagree on which one counts can be made to see
// different requests (RFC 9112, 6.3), so such a request is refused and its connection closed.
func (c *conn) begin(r *http.Request) (ambiguous bool) {
	c.unhandled = false

	c.mu.Lock()
	defer c.mu.Unlock()
	c.served++
	return c.frames.ambiguous(c.served) || c.served > c.frames.heads && len(r.TransferEncoding) > 0
}

type connKey struct{}

// watched is a connection of this package, with TLS or without.
type watched interface{ watch() *conn }

// conn is a connection that speaks HTTP/1.
type conn struct {
	net.Conn
	refuse Refusal

	// unhandled is true while no handler runs: writes are net/http's own. Only the server's goroutine for the
	// connection changes it.
	unhandled bool
	refused   atomic.Bool

	mu     sync.Mutex // net/http reads ahead while a handler runs
	frames framing
	served int
}

func newConn(c net.Conn, refuse Refusal) *conn {
	return &conn{Conn: c, refuse: refuse, unhandled: true}
}

func (c *conn) watch() *conn { return c }

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.mu.Lock()
		c.frames.feed(b[:n])
		c.mu.Unlock()
	}
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	if !c.unhandled {
		return c.Conn.Write(b)
	}
	status, reason, ok := statusLine(b)
	if !ok || status < http.StatusBadRequest {
		return c.Conn.Write(b) // 100 Continue
	}

	c.refused.Store(true)
	if _, err := c.Conn.Write(answer(status, message(status, reason), c.refuse)); err != nil {
		return 0, err
	}

	return len(b), nil
}

// statusLine reads the first line of an answer: "HTTP/1.1 400 Bad Request: missing required Host header".
func statusLine(b []byte) (status int, reason string, ok bool) {
	line, _, found := bytes.Cut(b, []byte("\r\n"))
	line, isHTTP := bytes.CutPrefix(line, []byte("HTTP/1."))
	if !found || !isHTTP || len(line) < len("1 400") || line[1] != ' ' {
		return 0, "", false
	}
	status, err := strconv.Atoi(string(line[2:5]))
	_, after, _ := bytes.Cut(line, []byte(": "))

	return status, string(after), err == nil
}

// answer is a complete HTTP answer, after which the connection closes.
func answer(status int, message string, refuse Refusal) []byte {
	body, id := refuse(status, message)
	b := make([]byte, 0, 512+len(body))
	b = append(b, "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(status)...)
	b = append(b, "\r\nDate: "...)
	b = time.Now().UTC().AppendFormat(b, http.TimeFormat)
	b = append(b, "\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"+
		"X-Content-Type-Options: nosniff\r\nX-Request-Id: "...)
	b = append(b, id...)
	b = append(b, "\r\nConnection: close\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	b = append(b, "\r\n\r\n"...)

	return append(b, body...)
}

// How much of a refused request is still read, and for how long: closing a connection with unread bytes resets it, and
// the client could lose the answer.
const (
	drainBytes = 256 << 10
	drainTime  = 500 * time.Millisecond
)

func (c *conn) Close() error {
	if c.refused.Swap(false) {
		if c.CloseWrite() == nil && c.Conn.SetReadDeadline(time.Now().Add(drainTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.Conn, drainBytes) // an error means that there is no more to read
		}
	}
	return c.Conn.Close()
}

// CloseWrite implements what net/http calls for requests that it does not read to the end.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}
