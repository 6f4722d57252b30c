package app

import (
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
)

// network hands out connections that seem to come from its peers, in order.
type network struct {
	net.Listener
	peers []string
	far   []net.Conn
}

type from struct {
	net.Conn
	peer net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.peer }

func (n *network) Accept() (net.Conn, error) {
	if len(n.peers) == 0 {
		return nil, net.ErrClosed
	}
	near, far := net.Pipe()
	peer := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(n.peers[0]))
	n.peers, n.far = n.peers[1:], append(n.far, far)
	return from{near, peer}, nil
}

func TestPlainListener_UntrustedPeer(t *testing.T) {
	t.Parallel()
	n := &network{peers: []string{"198.51.100.7:1", "203.0.113.5:2", "198.51.100.8:3"}}
	l := plainListener{
		n,
		[]netip.Prefix{netip.MustParsePrefix("203.0.113.5/32")},
		slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	c, err := l.Accept()
	if err != nil || c.RemoteAddr().String() != "203.0.113.5:2" {
		t.Fatalf("accepted %v, %v; want the proxy", c, err)
	}
	if _, err := n.far[0].Write([]byte("GET")); err == nil {
		t.Error("a stranger's bytes were taken")
	}
	if c, err := l.Accept(); err == nil {
		t.Errorf("accepted %v", c.RemoteAddr())
	}
}
