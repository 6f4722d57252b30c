package harness

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/internal/loopback"
)

// addresses are those at which no request arrives. They are made when a case needs them.
type addresses struct {
	dead   func() (string, error)
	silent func() (string, error)

	mu   sync.Mutex
	held []io.Closer
}

// fillLimit is after how long a connection counts as not accepted.
const fillLimit = 150 * time.Millisecond

func newAddresses() *addresses {
	a := &addresses{}
	a.dead = sync.OnceValues(a.makeDead)
	a.silent = sync.OnceValues(a.makeSilent)
	return a
}

func (a *addresses) hold(c io.Closer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held = append(a.held, c)
}

func (a *addresses) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.held {
		// They were never used.
		_ = c.Close()
	}
}

// makeDead takes the port of one of our own connections: nothing listens there, and nobody else can.
func (a *addresses) makeDead() (string, error) {
	listener, err := loopback.Listen()
	if err != nil {
		return "", err
	}
	a.hold(listener)
	conn, err := loopback.Dial(listener.Addr(), fillLimit)
	if err != nil {
		return "", err
	}
	a.hold(conn)
	return "http://" + conn.LocalAddr().String(), nil
}

// makeSilent fills the queue of a listener that accepts nothing, so that the next client gets no answer at all.
func (a *addresses) makeSilent() (string, error) {
	listener, err := loopback.Listen()
	if err != nil {
		return "", err
	}

	a.hold(listener)
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		return "", err
	}
	var shrunk error
	if err := raw.Control(func(fd uintptr) { shrunk = syscall.Listen(int(fd), 0) }); err != nil || shrunk != nil {
		return "", errors.Join(err, shrunk)
	}

	const most = 64
	for range most {
		conn, err := loopback.Dial(listener.Addr(), fillLimit)
		var network net.Error
		if errors.As(err, &network) && network.Timeout() {
			return "http://" + listener.Addr().String(), nil
		}
		if err != nil {
			return "", err
		}
		a.hold(conn)
	}

	return "", errors.New("the queue of a listener does not fill up")
}
