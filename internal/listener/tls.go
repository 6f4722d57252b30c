package listener

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// handshakeTime bounds the TLS handshake, as long as the head of a request.
const handshakeTime = 5 * time.Second

// TLS wraps a listener whose connections speak TLS. It accepts connections after their handshake: with HTTP/2 as the
// *tls.Conn that net/http needs, others as connections of this package. Use Serve with it, not ServeTLS.
func TLS(l net.Listener, config *tls.Config, refuse Refusal, log *slog.Logger) net.Listener {
	return &secure{
		Listener: l, config: config.Clone(), refuse: refuse, log: log, ready: make(chan accepted),
		done: make(chan struct{}),
	}
}

type secure struct {
	net.Listener
	config *tls.Config
	refuse Refusal
	log    *slog.Logger

	ready chan accepted
	done  chan struct{}
	close sync.Once

	mu        sync.Mutex
	accepting bool
}

type accepted struct {
	net.Conn
	err error
}

// Accept returns the next connection whose handshake has ended. A slow handshake does not delay other connections.
func (l *secure) Accept() (net.Conn, error) {
	l.mu.Lock()
	if !l.accepting {
		l.accepting = true
		go l.accept()
	}

	l.mu.Unlock()

	select {
	case a := <-l.ready:
		return a.Conn, a.err
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// accept runs until the first error; the next call of Accept starts it again.
func (l *secure) accept() {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.mu.Lock()
			l.accepting = false
			l.mu.Unlock()
			l.deliver(accepted{err: err})
			return
		}
		go l.handshake(c)
	}
}

func (l *secure) deliver(a accepted) {
	select {
	case l.ready <- a:
	case <-l.done:
		if a.Conn != nil {
			_ = a.Conn.Close() // the server is being stopped
		}
	}
}

func (l *secure) handshake(c net.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	t := tls.Server(c, l.config)
	if err := t.HandshakeContext(ctx); err != nil {
		l.log.Debug("a TLS handshake failed", "peer", c.RemoteAddr(), "error", err)
		l.answerPlainHTTP(err)
		_ = c.Close() // there is no session to end
		return
	}

	switch t.ConnectionState().NegotiatedProtocol {
	case "h2":
		l.deliver(accepted{Conn: t})
	case "", "http/1.1":
		l.deliver(accepted{Conn: &secureConn{newConn(t, l.refuse), t}})
	default:
		_ = t.Close() // acme-tls/1 ends with the handshake
	}
}

// answerPlainHTTP answers a client that speaks HTTP without TLS.
func (l *secure) answerPlainHTTP(err error) {
	var record tls.RecordHeaderError
	if !errors.As(err, &record) || record.Conn == nil {
		return
	}

	switch string(record.RecordHeader[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "PATCH", "DELET":
		c := &conn{Conn: record.Conn}
		c.refused.Store(true)
		_ = c.SetWriteDeadline(time.Now().Add(handshakeTime))
		_, _ = record.Conn.Write(answer(http.StatusBadRequest, plainOnTLS, l.refuse)) // the client may be gone
		_ = c.Close()
	}
}

// Close stops accepting. Connections that were accepted stay open.
func (l *secure) Close() error {
	l.close.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// secureConn shows net/http the state of its TLS.
type secureConn struct {
	*conn
	tls *tls.Conn
}

// ConnectionState returns what the handshake negotiated.
func (c *secureConn) ConnectionState() tls.ConnectionState { return c.tls.ConnectionState() }
