package app

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// A socket that ends serves the clients that were connected before, and refuses those that come later.
func TestKeptListener_End(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := reuse(socket)
	if err != nil {
		t.Fatal(err)
	}

	const clients = 20
	for range clients { // the system has connected them when Dial returns
		c, err := net.Dial("tcp", socket.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}

	accepted := make(chan int)
	go func() {
		n := 0
		for {
			c, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				accepted <- n
				return
			}
			_ = c.Close()
			n++
		}
	}()
	l.end()
	if err := l.Close(); err != nil {
		t.Errorf("closed after its end: %v", err)
	}

	if n := <-accepted; n != clients {
		t.Errorf("%d of %d clients were accepted", n, clients)
	}
	if _, err := net.Dial("tcp", socket.Addr().String()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a later client: %v", err)
	}
}

// A server that gets to run only after the last call still accepts the clients that were connected by then.
func TestKeptListener_LateServer(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := reuse(socket)
	if err != nil {
		t.Fatal(err)
	}

	const clients = 3
	for range clients {
		c, err := net.Dial("tcp", socket.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}

	l.ending.Store(true)
	if err := l.SetDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	for n := range clients {
		c, err := l.Accept()
		if err != nil {
			t.Fatalf("client %d: %v", n, err)
		}
		_ = c.Close()
	}
	if err := l.SetDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the last client: %v", err)
	}
}
