package harness

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// connection is one of a client's to the scripted server.
type connection struct {
	server *server
	number int
	// tcp is below TLS, for faults that no TLS library would make.
	tcp net.Conn
	net.Conn
	in *bufio.Reader
	// tunnel is set when the client asked for one with CONNECT.
	tunnel bool
}

// errGone ends a connection that is of no more use.
var errGone = errors.New("the connection is over")

func (c *connection) run() {
	defer func() { _ = c.tcp.Close() }()
	for {
		r, err := c.read()
		if err != nil {
			return
		}
		if r == nil {
			continue
		}
		if c.answer(c.server.next(r)) != nil {
			return
		}
	}
}

// read returns the next whole request, or nil after one that opened a tunnel.
func (c *connection) read() (*request, error) {
	r, err := http.ReadRequest(c.in)
	if err != nil {
		if !errors.Is(err, io.EOF) && !isNetworkError(err) {
			c.server.fault(fmt.Sprintf("a request is no HTTP: %v", err))
		}
		return nil, err
	}

	if r.Method == http.MethodConnect {
		return nil, c.openTunnel()
	}
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return nil, err
		}
	}

	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	return newRequest(r, body, c.number, c.tunnel), nil
}

func isNetworkError(err error) bool {
	var network net.Error
	var record tls.RecordHeaderError
	return errors.As(err, &network) || errors.As(err, &record) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "tls:")
}

// openTunnel lets the client go on with TLS, as if it had reached the server that it named.
func (c *connection) openTunnel() error {
	config, err := c.server.tlsConfig()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return err
	}
	c.tunnel = true
	c.Conn = tls.Server(c.Conn, config)
	c.in = bufio.NewReader(c.Conn)
	return nil
}

// answer sends a scripted answer; an error ends the connection.
func (c *connection) answer(r *reply) error {
	if r.Fault == faultHang {
		c.wait(time.Hour)
		return errGone
	}

	if !c.wait(time.Duration(r.DelayMS) * time.Millisecond) {
		return errGone
	}
	if r.Fault != "" {
		return c.fail(r)
	}

	body := r.body()
	head := r.head(len(body))
	if r.BodyDelayMS == 0 {
		// In one piece, as servers do.
		head, body = append(head, body...), nil
	}

	if _, err := c.Write(head); err != nil {
		return err
	}
	if !c.wait(time.Duration(r.BodyDelayMS) * time.Millisecond) {
		return errGone
	}

	if _, err := c.Write(body); err != nil {
		return err
	}
	if r.Close {
		return errGone
	}

	return nil
}

// wait returns false at once when the client goes away, or when the case is over.
func (c *connection) wait(d time.Duration) bool {
	if d == 0 {
		return true
	}

	end := time.Now().Add(d)
	if err := c.SetReadDeadline(end); err != nil {
		return false
	}
	_, err := c.in.Peek(1)
	var network net.Error
	switch {
	case err == nil:
		// The client sends its next request already.
		<-time.After(time.Until(end))
	case !errors.As(err, &network) || !network.Timeout():
		return false
	}

	return c.SetReadDeadline(time.Time{}) == nil
}

// fail answers in a way that no server should.
func (c *connection) fail(r *reply) error {
	body := r.body()
	head := r.head(len(body))
	half := body[:len(body)/2]

	switch r.Fault {
	case faultReset:
		return c.reset()
	case faultResetHeaders:
		return c.sendAnd(head[:len(head)-4], c.reset)
	case faultResetBody:
		return c.sendAnd(append(head, half...), c.reset)
	case faultShortBody:
		return c.sendAnd(append(head, body...), nil)
	case faultShortChunks:
		chunk := fmt.Appendf(nil, "%x\r\n%s\r\n", len(half), half)
		return c.sendAnd(append(head, chunk...), nil)
	case faultGarbage:
		return c.sendAnd([]byte("this is no HTTP\r\n\r\n"), nil)
	}

	return errGone
}

// sendAnd sends bytes, and ends the connection by then, or by closing it.
func (c *connection) sendAnd(bytes []byte, then func() error) error {
	if _, err := c.Write(bytes); err != nil {
		return err
	}
	if then != nil {
		return then()
	}
	return errGone
}

// reset ends the connection with RST instead of FIN.
func (c *connection) reset() error {
	if tcp, ok := c.tcp.(*net.TCPConn); ok {
		if err := tcp.SetLinger(0); err != nil {
			return err
		}
	}
	return errGone
}
