package listener

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// patience bounds waits for events that must happen.
const patience = 20 * time.Second

func limitedServer(t *testing.T, most int, handler http.HandlerFunc) (addr string, limit *ConnLimit) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	limit = NewConnLimit(most)
	s := &http.Server{Handler: handler, ReadHeaderTimeout: patience}
	limit.Watch(s)
	go func() { _ = s.Serve(limit.Listen(l)) }()
	t.Cleanup(func() { _ = s.Close() })

	return l.Addr().String(), limit
}

// ask sends a request and reads the head of the answer; an error is a connection that was closed.
func ask(c net.Conn) error {
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return err
	}
	_ = c.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 512)
	n, err := c.Read(b)
	if err == nil && !strings.HasPrefix(string(b[:n]), "HTTP/1.1 200") {
		err = io.ErrUnexpectedEOF
	}

	return err
}

// TestConnLimit_ReplacesIdle: each new connection replaces the oldest idle one.
func TestConnLimit_ReplacesIdle(t *testing.T) {
	t.Parallel()
	addr, limit := limitedServer(t, 4, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	var conns []net.Conn
	for range 100 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}

		defer c.Close()
		conns = append(conns, c)
		if err := ask(c); err != nil {
			t.Fatalf("connection %d: %v", len(conns), err)
		}
	}

	limit.mu.Lock()
	n := limit.n
	limit.mu.Unlock()
	if n > 4 {
		t.Errorf("%d connections, 4 are allowed", n)
	}
	if err := ask(conns[99]); err != nil {
		t.Errorf("the newest was closed: %v", err)
	}
	if err := ask(conns[0]); err == nil {
		t.Error("the oldest is still open")
	}
}

// TestConnLimit_KeepsBusy: requests in progress are not cut off; a new connection is closed instead.
func TestConnLimit_KeepsBusy(t *testing.T) {
	t.Parallel()
	hold, begun := make(chan struct{}), make(chan struct{}, 2)
	addr, _ := limitedServer(t, 2, func(w http.ResponseWriter, _ *http.Request) {
		begun <- struct{}{}
		<-hold
		w.WriteHeader(http.StatusOK)
	})

	answers := make(chan error, 2)
	for range 2 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go func() { answers <- ask(c) }()
		<-begun
	}

	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}

	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a third connection stays open: %v", err)
	}

	close(hold)
	for range 2 {
		if err := <-answers; err != nil {
			t.Errorf("a request in progress was cut off: %v", err)
		}
	}
}
