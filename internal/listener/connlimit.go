package listener

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// ConnLimit bounds the connections of a server, so that file descriptors are left for its database, carriers and
// webhooks. At the bound, a new connection replaces the one that has been idle for longest; a request in progress is
// never cut off. It is safe for concurrent use.
type ConnLimit struct {
	most int

	mu       sync.Mutex
	n        int
	idle     *list.List // of net.Conn, the longest idle first
	elements map[net.Conn]*list.Element
}

// NewConnLimit allows most connections.
func NewConnLimit(most int) *ConnLimit {
	return &ConnLimit{most: most, idle: list.New(), elements: map[net.Conn]*list.Element{}}
}

// Listen wraps a listener of plain sockets; other wrappers, such as TLS, go around it.
func (c *ConnLimit) Listen(l net.Listener) net.Listener { return limitedListener{l, c} }

// Watch makes a server report which of its connections are idle.
func (c *ConnLimit) Watch(s *http.Server) {
	before := s.ConnState
	s.ConnState = func(conn net.Conn, state http.ConnState) {
		if before != nil {
			before(conn, state)
		}
		c.note(conn, state)
	}
}

func (c *ConnLimit) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.elements[conn]; ok {
		c.idle.Remove(e)
		delete(c.elements, conn)
	}
	if state == http.StateNew || state == http.StateIdle {
		c.elements[conn] = c.idle.PushBack(conn)
	}
}

// enter counts a new connection. At the bound it returns the idle connection to close; ok is false when none is idle.
func (c *ConnLimit) enter() (replaced net.Conn, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n >= c.most {
		first := c.idle.Front()
		if first == nil {
			return nil, false
		}
		replaced = first.Value.(net.Conn)
		c.idle.Remove(first)
		delete(c.elements, replaced)
	}
	c.n++

	return replaced, true
}

func (c *ConnLimit) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n--
}

type limitedListener struct {
	net.Listener
	limit *ConnLimit
}

func (l limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}

		replaced, ok := l.limit.enter()
		if replaced != nil {
			_ = replaced.Close() // it has no request
		}
		if ok {
			return &countedConn{Conn: conn, leave: sync.OnceFunc(l.limit.leave)}, nil
		}
		_ = conn.Close() // nothing was read from it yet
	}
}

// countedConn is a connection that is counted.
type countedConn struct {
	net.Conn
	leave func()
}

func (g *countedConn) Close() error {
	g.leave()
	return g.Conn.Close()
}
