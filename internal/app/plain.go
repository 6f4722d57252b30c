package app

import (
	"log/slog"
	"net"
	"net/netip"
)

// plainListener accepts only peers that may use plain HTTP: this machine and the proxies named in trusted_proxies.
// Other connections are closed before a byte is read, so that an API key sent in clear by mistake never works, and is
// noticed.
type plainListener struct {
	net.Listener
	trusted []netip.Prefix
	log     *slog.Logger
}

func (l plainListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil || TrustedPeer(c.RemoteAddr(), l.trusted) {
			return c, err
		}
		l.log.Warn("a connection without TLS was refused; use HTTPS, or name the proxy in trusted_proxies", "peer",
			c.RemoteAddr())
		_ = c.Close() // nothing was sent yet
	}
}

// TrustedPeer reports whether a peer may use plain HTTP.
func TrustedPeer(peer net.Addr, trusted []netip.Prefix) bool {
	tcp, ok := peer.(*net.TCPAddr)
	if !ok {
		return false
	}

	// The zone names an interface, and is not a part of the address that the operator wrote.
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	if ip.IsLoopback() {
		return true
	}

	for _, p := range trusted {
		if p.Contains(ip) {
			return true
		}
	}

	return false
}
