package app

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// connected is a socket with clients that the system has connected, and its address.
func connected(t *testing.T, clients int) (l *keptListener, addr string) {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if l, err = reuse(socket); err != nil {
		t.Fatal(err)
	}

	addr = socket.Addr().String()
	for range clients { // the system has connected them when Dial returns
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}

	return l, addr
}

// A socket that ends serves the clients that were connected before, and refuses those that come later.
func TestKeptListener_End(t *testing.T) {
	t.Parallel()
	const clients = 20
	l, addr := connected(t, clients)

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
	if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a later client: %v", err)
	}
}

// A server that gets to run only after the last call still accepts the clients that were connected by then.
func TestKeptListener_LateServer(t *testing.T) {
	t.Parallel()
	const clients = 3
	l, _ := connected(t, clients)

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

// A process that is being started holds a copy of every socket until it has its own program: a client that comes
// meanwhile is refused nonetheless.
func TestKeptListener_EndWithCopy(t *testing.T) {
	t.Parallel()
	tests := map[string]func(l *keptListener){
		"served": func(l *keptListener) {
			go func() { _, _ = l.Accept() }()
			l.end()
		},
		"server has ended": (*keptListener).end,
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, addr := connected(t, 0)
			same, err := l.File()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = same.Close() })

			end(l)
			if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("a later client: %v", err)
			}
		})
	}
}
