package app

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// lastCall is how long a socket that is about to close still accepts. The clients that are connected by then are served.
const lastCall = 20 * time.Millisecond

// keptListener is a socket that outlives the server that accepts from it: Close only ends accepting, and new clients
// wait.
type keptListener struct {
	*net.TCPListener
	ending atomic.Bool
	ended  chan struct{}
}

func (l *keptListener) Close() error {
	if err := l.SetDeadline(time.Now()); !errors.Is(err, net.ErrClosed) { // end may have closed it
		return err
	}
	return nil
}

// Accept closes the socket once the last call is over and no client waits. It does so itself, because a socket that is
// closed resets the connections that nobody has accepted.
func (l *keptListener) Accept() (net.Conn, error) {
	c, err := l.TCPListener.Accept()
	over := func() bool { return errors.Is(err, os.ErrDeadlineExceeded) && l.ending.Load() }
	for over() && l.waiting() { // this goroutine was late: after its deadline a socket is not even asked
		_ = l.SetDeadline(time.Now().Add(lastCall))
		c, err = l.TCPListener.Accept()
	}

	if over() {
		err = errors.Join(net.ErrClosed, l.shut())
		if l.ending.CompareAndSwap(true, false) {
			close(l.ended)
		}
	}

	return c, err
}

// waiting reports whether a client is connected that nobody has accepted.
func (l *keptListener) waiting() bool {
	raw, err := l.SyscallConn()
	if err != nil {
		return false
	}

	n := 0
	err = raw.Control(func(fd uintptr) {
		n, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	})

	return err == nil && n > 0
}

// end accepts the clients that are connected, and closes the socket: new clients are refused, and can try another
// server, instead of waiting on a socket that accepts no more.
func (l *keptListener) end() {
	l.ending.Store(true)
	_ = l.SetDeadline(time.Now().Add(lastCall)) // fails only when the socket is closed
	select {
	case <-l.ended:
	case <-time.After(time.Second): // the server does not accept: it is full, or has ended
		_ = l.shut()
	}
}

// shut closes the socket, and its copies too: a process that is being started holds one until it has its own program,
// and a socket that only its copies keep open still connects clients.
func (l *keptListener) shut() error {
	if raw, err := l.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = unix.Shutdown(int(fd), unix.SHUT_RDWR) })
	}
	return l.TCPListener.Close()
}

// reuse makes l ready for another server.
func reuse(l net.Listener) (*keptListener, error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, errors.New("the socket is not TCP")
	}
	return &keptListener{TCPListener: tcp, ended: make(chan struct{})}, tcp.SetDeadline(time.Time{})
}
