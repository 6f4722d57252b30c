// Package badlink is a network that fails on purpose: a proxy between the server and a carrier or a database, whose faults
// are switched while it is used.
//
// It knows no protocol and is used by tests alone. Its one hard idea is that a fault holds for connections that are open
// already, too: a link does not wait with breaking until somebody dials.
package badlink

import (
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Fault is what is wrong with a link; the zero value is nothing.
type Fault struct {
	Down    bool          // connections are refused, and open ones reset
	Stall   bool          // connections are taken, and nothing passes
	Delay   time.Duration // each piece of either direction comes later by this
	Rate    int           // bytes a second of answers; 0 = all at once
	Reset   int           // a connection is reset after so many bytes of answers
	Limit   int           // a connection is closed after so many bytes of answers
	Garbage bool          // answers are random bytes
}

// Link is a proxy.
type Link struct {
	network, target string
	addr            string

	mu       sync.Mutex
	listener net.Listener
	fault    Fault
	changed  chan struct{} // closed when the fault changes
	random   *rand.Rand
	open     map[net.Conn]struct{}
	ended    bool
	all      sync.WaitGroup
}

// New listens on a port of its own and passes on to the target: "tcp" and host:port, or "unix" and a socket.
func New(network, target string, seed uint64) (*Link, error) {
	l := &Link{
		network: network, target: target, changed: make(chan struct{}), random: rand.New(rand.NewPCG(seed, 4)),
		open: map[net.Conn]struct{}{},
	}
	if err := l.listen("127.0.0.1:0"); err != nil {
		return nil, err
	}

	return l, nil
}

// Addr is where the link listens; it never changes.
func (l *Link) Addr() string { return l.addr }

// Set changes what is wrong. Going down and coming back keep the address.
func (l *Link) Set(f Fault) error {
	l.mu.Lock()
	was := l.fault.Down
	l.fault = f
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	switch {
	case f.Down && !was:
		l.hangUp()
	case was && !f.Down:
		return l.listen(l.addr)
	}

	return nil
}

// Point leads new connections to another target, and resets those that are open.
func (l *Link) Point(network, target string) {
	l.mu.Lock()
	l.network, l.target = network, target
	l.mu.Unlock()
	l.reset()
}

// Close ends the link and returns when nothing of it is left.
func (l *Link) Close() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.hangUp()
	l.all.Wait()
}

func (l *Link) listen(addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	l.listener, l.addr = listener, listener.Addr().String()
	l.all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			l.all.Go(func() { l.serve(c.(*net.TCPConn)) })
		}
	})

	return nil
}

func (l *Link) hangUp() {
	l.mu.Lock()
	_ = l.listener.Close() // closing twice does no harm
	l.mu.Unlock()
	l.reset()
}

// reset breaks what is open; pieces that wait are woken to see that.
func (l *Link) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	for c := range l.open {
		abort(c)
	}
	clear(l.open)
}

// abort closes a connection so that the other side sees a reset.
func abort(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

// keep notes an open connection; false = the link is down.
func (l *Link) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.fault.Down {
		return false
	}
	l.open[c] = struct{}{}
	return true
}

func (l *Link) serve(client *net.TCPConn) {
	l.mu.Lock()
	network, target := l.network, l.target
	l.mu.Unlock()
	server, err := net.Dial(network, target)
	if err != nil {
		abort(client)
		return
	}

	kept := l.keep(client) && l.keep(server)
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, c := range []net.Conn{client, server} {
			delete(l.open, c)
			_ = c.Close()
		}
	}()

	if !kept {
		abort(client)
		return
	}

	asked := make(chan struct{})
	go func() {
		defer close(asked)
		l.pass(server, client, false)
		_ = server.Close()
		_ = client.Close()
	}()

	l.pass(client, server, true)
	_ = server.Close()
	_ = client.Close()
	<-asked
}

// pass copies one direction until it ends.
func (l *Link) pass(to, from net.Conn, answers bool) {
	buffer, passed := make([]byte, 32<<10), 0
	for {
		n, err := from.Read(buffer)
		for piece := buffer[:n]; len(piece) > 0; {
			fault, changed, kept := l.state(to)
			if !kept {
				return
			}

			size, wait := len(piece), fault.Delay
			switch {
			case fault.Down:
				abort(to)
				return
			case fault.Stall:
				wait = time.Hour // until it changes; a reset wakes it, too
			case answers && fault.Reset > 0 && passed >= fault.Reset:
				abort(to)
				return
			case answers && fault.Limit > 0 && passed >= fault.Limit:
				return
			case answers && fault.Rate > 0:
				size = min(size, max(1, fault.Rate/10))
				wait = time.Duration(size) * time.Second / time.Duration(fault.Rate)
			}
			if answers && fault.Reset+fault.Limit > 0 {
				size = min(size, fault.Reset+fault.Limit-passed)
			}
			if !pause(wait, changed) {
				continue // with what holds now
			}
			if answers && fault.Garbage {
				l.scramble(piece[:size])
			}
			if _, err := to.Write(piece[:size]); err != nil {
				return
			}
			passed += size
			piece = piece[size:]
		}
		if err != nil {
			return
		}
	}
}

// state tells what holds now, and whether the connection is still kept.
func (l *Link) state(c net.Conn) (f Fault, changed chan struct{}, kept bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, kept = l.open[c]
	return l.fault, l.changed, kept
}

// pause waits; false = the fault changed before.
func pause(wait time.Duration, changed chan struct{}) bool {
	if wait == 0 {
		return true
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-changed:
		return false
	}
}

func (l *Link) scramble(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range b {
		b[i] = byte(l.random.Uint32())
	}
}
