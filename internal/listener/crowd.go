package listener

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// ConnLimit bounds how many connections a server has at once, so that they leave files for its database, its carriers and its
// posts. At the bound a new connection takes the place of the one that waits longest for a request; one that is being
// answered is never cut off. It is safe for concurrent use.
type ConnLimit struct {
	most int

	mu      sync.Mutex
	n       int
	waiting *list.List // of net.Conn, the longest first
	places  map[net.Conn]*list.Element
}

// NewConnLimit makes a bound of so many connections.
func NewConnLimit(most int) *ConnLimit {
	return &ConnLimit{most: most, waiting: list.New(), places: map[net.Conn]*list.Element{}}
}

// Listen wraps a listener of plain sockets: whatever else wraps its connections stands above.
func (c *ConnLimit) Listen(l net.Listener) net.Listener { return crowded{l, c} }

// Watch has a server tell which of its connections wait for a request.
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
	if e, ok := c.places[conn]; ok {
		c.waiting.Remove(e)
		delete(c.places, conn)
	}
	if state == http.StateNew || state == http.StateIdle {
		c.places[conn] = c.waiting.PushBack(conn)
	}
}

// enter counts a new connection. When there is no room, it returns the one that has to go for it; false says that the new
// one has to.
func (c *ConnLimit) enter() (leaves net.Conn, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n >= c.most {
		first := c.waiting.Front()
		if first == nil {
			return nil, false
		}
		leaves = first.Value.(net.Conn)
		c.waiting.Remove(first)
		delete(c.places, leaves)
	}
	c.n++

	return leaves, true
}

func (c *ConnLimit) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n--
}

type crowded struct {
	net.Listener
	crowd *ConnLimit
}

func (l crowded) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}

		leaves, ok := l.crowd.enter()
		if leaves != nil {
			_ = leaves.Close() // it is asked nothing
		}
		if ok {
			return &guest{Conn: conn, leave: sync.OnceFunc(l.crowd.leave)}, nil
		}
		_ = conn.Close() // nothing was said yet
	}
}

// guest is a connection that is counted.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}
