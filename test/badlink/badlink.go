// Package badlink implements a proxy for tests, between the server and a carrier or a database, whose faults can be
// changed while it is used.
//
// It knows no protocol. A fault applies to open connections, too, not only to new ones.
package badlink

import (
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Fault is a fault of a link. With the zero value the link works.
type Fault struct {
	Down    bool          // connections are refused, and open ones reset
	Stall   bool          // connections are accepted, and nothing passes
	Delay   time.Duration // of each piece, in both directions
	Rate    int           // bytes of answers per second; 0 = no limit
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

// New listens on a free port and forwards to the target: "tcp" and host:port, or "unix" and a socket.
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

// Set changes the fault. The address stays the same when the link goes down and comes back.
func (l *Link) Set(f Fault) error {
	l.mu.Lock()
	down := l.fault.Down
	l.fault = f
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()

	switch {
	case f.Down && !down:
		l.hangUp()
	case down && !f.Down:
		return l.listen(l.addr)
	}

	return nil
}

// Point forwards new connections to another target, and resets the open ones.
func (l *Link) Point(network, target string) {
	l.mu.Lock()
	l.network, l.target = network, target
	l.mu.Unlock()
	l.reset()
}

// Close ends the link and waits for its goroutines.
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

// reset resets the open connections, and wakes the pieces that wait.
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

// keep adds an open connection; false means that the link is down.
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
				wait = time.Hour // until the fault changes or the connection is reset
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
				continue // with the new fault
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

// state returns the current fault, and whether the connection is still open.
func (l *Link) state(c net.Conn) (f Fault, changed chan struct{}, kept bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, kept = l.open[c]
	return l.fault, l.changed, kept
}

// pause waits; false means that the fault has changed meanwhile.
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
