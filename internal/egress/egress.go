// Package egress implements the HTTP client for webhook endpoints, whose URLs customers choose. It posts, follows no
// redirects, uses no proxy and keeps no cookies.
//
// It must never reach this server, its database, a cloud's metadata or the private network around it. So it checks each
// address that is dialled, after names were resolved, which no spelling, redirect or rebinding DNS answer can avoid.
package egress

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"code.dny.dev/ssrf"
)

// ErrNotAllowed is wrapped by every error about an address that the client must not call.
var ErrNotAllowed = errors.New("this address is not allowed")

// Options says what the client may reach. The zero value allows public addresses over HTTPS.
type Options struct {
	// Allow lists ranges that are allowed although they are not public. Only these are allowed over plain HTTP.
	Allow []netip.Prefix
	// Deny lists sockets that are never allowed: those that this server listens on, and the database's. An unspecified
	// address (0.0.0.0, ::) means every address of this machine.
	Deny []netip.AddrPort
	// Database returns the addresses at which the database listens on a port. It is called for each dial, because they
	// change. An unspecified address or one of this machine means every address of this machine. nil = no database.
	Database func(port uint16) []netip.Addr
	// Timeout bounds a whole request, body included; 0 = 15 s.
	Timeout time.Duration
	// Posts is how many requests the caller has in flight at most, and Idle bounds the idle connections; 0 = 4096 and
	// 2048. Together they bound the open connections.
	Posts, Idle int
	// Resolver resolves names; nil = the system's.
	Resolver *net.Resolver
}

// The defaults of Options.
const (
	defaultTimeout = 15 * time.Second
	defaultPosts   = 4096
	defaultIdle    = 2048
)

type guard struct {
	allow    []netip.Prefix
	sockets  []netip.AddrPort
	database func(port uint16) []netip.Addr
	guardian *ssrf.Guardian
}

func newGuard(o Options) *guard {
	g := &guard{guardian: ssrf.New(ssrf.WithAnyPort()), database: o.Database}
	for _, p := range o.Allow {
		// A range written as ::ffff:10.0.0.0/104 means the IPv4 range.
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		g.allow = append(g.allow, p.Masked())
	}

	for _, s := range o.Deny {
		g.sockets = append(g.sockets, netip.AddrPortFrom(s.Addr().Unmap().WithZone(""), s.Port()))
	}

	return g
}

// metadata lists the addresses where clouds serve credentials without authentication, and Azure's wire server.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254"), // AWS, Google, Azure and others
	// AWS containers
	netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("169.254.170.23"), netip.MustParseAddr("fd00:ec2::23"),
	netip.MustParseAddr("fd20:ce::254"),                                      // Google
	netip.MustParseAddr("168.63.129.16"),                                     // Azure
	netip.MustParseAddr("100.100.100.200"),                                   // Alibaba
	netip.MustParseAddr("192.0.0.192"),                                       // Oracle
	netip.MustParseAddr("169.254.42.42"), netip.MustParseAddr("fd00:42::42"), // Scaleway
	netip.MustParseAddr("fe80::a9fe:a9fe"), // OpenStack
}

// check decides whether an address may be dialled. Plain HTTP is for allowed ranges only.
func (g *guard) check(at netip.AddrPort, secure bool) error {
	ip := at.Addr().Unmap().WithZone("")
	inner := embedded(ip)
	switch {
	case ip.IsUnspecified() || ip.IsMulticast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return fmt.Errorf("%w: %s is not the address of a host", ErrNotAllowed, ip)
	case slices.Contains(metadata, ip) || slices.Contains(metadata, inner):
		return fmt.Errorf("%w: %s serves a cloud's metadata", ErrNotAllowed, ip)
	case g.denied(ip, at.Port()) || inner.IsValid() && g.denied(inner, at.Port()):
		return fmt.Errorf("%w: %s belongs to this server or its database", ErrNotAllowed, at)
	case slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(ip) }):
		return nil
	case !secure:
		return fmt.Errorf("%w: plain HTTP is for allowed ranges only, and %s is in none", ErrNotAllowed, ip)
	}
	if g.guardian.SafeAddr(ip) != nil {
		return fmt.Errorf("%w: %s is not public and in no allowed range", ErrNotAllowed, ip)
	}

	return nil
}

func (g *guard) denied(ip netip.Addr, port uint16) bool {
	own := slices.ContainsFunc(g.sockets, func(s netip.AddrPort) bool {
		return s.Port() == port && (s.Addr() == ip || s.Addr().IsUnspecified() && isLocal(ip))
	})
	if own || g.database == nil {
		return own
	}

	return slices.ContainsFunc(g.database(port), func(a netip.Addr) bool {
		a = a.Unmap().WithZone("")
		return a == ip || (a.IsUnspecified() || isLocal(a)) && isLocal(ip)
	})
}

// embedded is the IPv4 address to which a translator would send an IPv6 packet (RFC 6052 64:ff9b::/96, RFC 8215
// 64:ff9b:1::/48, RFC 2765 ::ffff:0:0:0/96, RFC 3056 2002::/16, and the old ::/96), or the zero address.
func embedded(ip netip.Addr) netip.Addr {
	b := ip.As16()
	switch {
	case ip.Is4():
		return netip.Addr{}
	case nat64.Contains(ip), localNAT64.Contains(ip), translated.Contains(ip),
		compatible.Contains(ip) && ip != netip.IPv6Loopback():
		return netip.AddrFrom4([4]byte(b[12:]))
	case b[0] == 0x20 && b[1] == 0x02:
		return netip.AddrFrom4([4]byte(b[2:6]))
	}

	return netip.Addr{}
}

var (
	nat64      = netip.MustParsePrefix("64:ff9b::/96")
	localNAT64 = netip.MustParsePrefix("64:ff9b:1::/48")
	translated = netip.MustParsePrefix("::ffff:0:0:0/96")
	compatible = netip.MustParsePrefix("::/96")
)

// isLocal reports whether the address is this machine's. It asks the system each time, because addresses change; when
// the system fails to answer, every address counts as local.
func isLocal(ip netip.Addr) bool {
	if ip.IsLoopback() {
		return true
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}

	return slices.ContainsFunc(all, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr().Unmap().WithZone("") == ip
	})
}
