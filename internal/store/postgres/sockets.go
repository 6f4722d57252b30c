package postgres

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Names of servers are looked up again after a while. The timeout is short, since callers wait.
const (
	resolveEvery   = 30 * time.Second
	resolveTimeout = 2 * time.Second
)

// maxSockets bounds how many addresses are remembered.
const maxSockets = 256

// sockets remembers where the database listens.
type sockets struct {
	mu    sync.Mutex
	seen  map[netip.AddrPort]bool // by connections that were made
	named map[netip.AddrPort]bool // by the names of the configuration
	until time.Time               // when names are looked up again
}

// thisMachine means every address of this machine: a server with a Unix socket usually listens on TCP, too.
var thisMachine = netip.IPv4Unspecified()

// Addresses returns the known addresses where the database listens on a TCP port: those of its names, those of
// connections, and those that servers behind a pooler reported. The unspecified address means every address of this
// machine.
func (b *Backend) Addresses(port uint16) (all []netip.Addr) {
	b.sockets.mu.Lock()
	defer b.sockets.mu.Unlock()
	if b.sockets.uses(port) || namesPort(b.config, port) {
		b.sockets.resolve(b.config)
	}

	for _, known := range []map[netip.AddrPort]bool{b.sockets.seen, b.sockets.named} {
		for at := range known {
			if at.Port() == port {
				all = append(all, at.Addr())
			}
		}
	}

	return all
}

func (s *sockets) uses(port uint16) bool {
	for at := range s.seen {
		if at.Port() == port {
			return true
		}
	}
	return false
}

// server is a server that a URL names.
type server struct {
	host string
	port uint16
}

func serversOf(c *pgconn.Config) []server {
	all := []server{{c.Host, c.Port}}
	for _, f := range c.Fallbacks {
		all = append(all, server{f.Host, f.Port})
	}
	return all
}

func namesPort(c *pgconn.Config, port uint16) bool {
	for _, s := range serversOf(c) {
		if s.port == port {
			return true
		}
	}
	return false
}

// resolve finds the addresses of the servers that the URL names. A name that cannot be resolved now keeps its addresses.
func (s *sockets) resolve(c *pgconn.Config) {
	if time.Now().Before(s.until) {
		return
	}
	s.until = time.Now().Add(resolveEvery)
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()

	found, whole := map[netip.AddrPort]bool{}, true
	for _, one := range serversOf(c) {
		if strings.HasPrefix(one.host, "/") || strings.HasPrefix(one.host, "@") {
			found[netip.AddrPortFrom(thisMachine, one.port)] = true
			continue
		}

		addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", one.host)
		whole = whole && err == nil
		for _, a := range addresses {
			found[netip.AddrPortFrom(a.Unmap().WithZone(""), one.port)] = true
		}
	}
	if !whole {
		for at := range s.named {
			found[at] = true
		}
	}
	s.named = found
}

// connected notes the address of a connection. reported is what the server says: its address, which is empty for a Unix
// socket, and its port.
func (s *sockets) connected(to net.Addr, reported []string) {
	port, _ := strconv.ParseUint(reported[1], 10, 16)
	all := []netip.AddrPort{}
	if at, err := netip.ParseAddrPort(to.String()); err == nil {
		all = append(all, at, netip.AddrPortFrom(at.Addr(), uint16(port)))
	} else {
		all = append(all, netip.AddrPortFrom(thisMachine, uint16(port)))
	}
	if ip, err := netip.ParseAddr(reported[0]); err == nil {
		all = append(all, netip.AddrPortFrom(ip, uint16(port)))
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil || len(s.seen) > maxSockets {
		s.seen = map[netip.AddrPort]bool{}
	}
	for _, at := range all {
		s.seen[netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())] = true
	}
}
