// Package egress implements the HTTP client for addresses that customers choose: webhook endpoints. It posts, follows no
// redirect, uses no proxy and keeps no cookies.
//
// It must never reach inside: not this server, not its database, not a cloud's metadata, not the private network around
// it. So the address that is being dialled is judged, after every name was resolved, and no spelling, redirect or
// rebinding DNS answer makes a difference.
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

// ErrRefused is in the chain of every error about an address that this client does not call.
var ErrRefused = errors.New("this address is not called")

// Options says what the client may reach. The zero value reaches public addresses by HTTPS.
type Options struct {
	// Allow lists ranges that are reached although they are not public. Only these are reached by plain HTTP.
	Allow []netip.Prefix
	// Deny lists sockets that are refused even when their range is allowed: those that this server listens on, and the
	// database's. An unspecified address (0.0.0.0, ::) stands for every address of this machine.
	Deny []netip.AddrPort
	// Database gives the addresses at which the database listens on a port; it is asked at each dial, as they change. An
	// address of this machine, or an unspecified one, stands for every address of this machine. nil: there is none.
	Database func(port uint16) []netip.Addr
	// Timeout bounds a whole call, body included; 0 = 15 s.
	Timeout time.Duration
	// Posts is how many posts the caller has under way at most, and Idle how many connections are kept between posts;
	// 0 = 4096 and 2048. Together they bound the connections that are open.
	Posts, Idle int
	// Resolver looks names up; nil means the system's.
	Resolver *net.Resolver
}

// What holds when the options say nothing.
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

// metadata lists the addresses where clouds hand credentials to whoever asks, and wire servers beside them.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254"), // AWS, Google, Azure and others
	netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("169.254.170.23"), netip.MustParseAddr("fd00:ec2::23"), // AWS containers
	netip.MustParseAddr("fd20:ce::254"),                                      // Google
	netip.MustParseAddr("168.63.129.16"),                                     // Azure
	netip.MustParseAddr("100.100.100.200"),                                   // Alibaba
	netip.MustParseAddr("192.0.0.192"),                                       // Oracle
	netip.MustParseAddr("169.254.42.42"), netip.MustParseAddr("fd00:42::42"), // Scaleway
	netip.MustParseAddr("fe80::a9fe:a9fe"), // OpenStack
}

// check judges an address that is about to be dialled. Plain HTTP goes to allowed ranges only.
func (g *guard) check(at netip.AddrPort, secure bool) error {
	ip := at.Addr().Unmap().WithZone("")
	behind := embedded(ip)
	switch {
	case ip.IsUnspecified() || ip.IsMulticast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return fmt.Errorf("%w: %s is no host", ErrRefused, ip)
	case slices.Contains(metadata, ip) || slices.Contains(metadata, behind):
		return fmt.Errorf("%w: %s serves a cloud's metadata", ErrRefused, ip)
	case g.denied(ip, at.Port()) || behind.IsValid() && g.denied(behind, at.Port()):
		return fmt.Errorf("%w: %s is this server's own or its database's", ErrRefused, at)
	case slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(ip) }):
		return nil
	case !secure:
		return fmt.Errorf("%w: plain HTTP goes to allowed ranges only, and %s is in none", ErrRefused, ip)
	}
	if g.guardian.SafeAddr(ip) != nil {
		return fmt.Errorf("%w: %s is not public, and no allowed range has it", ErrRefused, ip)
	}

	return nil
}

func (g *guard) denied(ip netip.Addr, port uint16) bool {
	own := slices.ContainsFunc(g.sockets, func(s netip.AddrPort) bool {
		return s.Port() == port && (s.Addr() == ip || s.Addr().IsUnspecified() && ours(ip))
	})
	if own || g.database == nil {
		return own
	}

	return slices.ContainsFunc(g.database(port), func(a netip.Addr) bool {
		a = a.Unmap().WithZone("")
		return a == ip || (a.IsUnspecified() || ours(a)) && ours(ip)
	})
}

// embedded gives the IPv4 address that a translator would send an IPv6 packet to (RFC 6052 64:ff9b::/96, RFC 8215
// 64:ff9b:1::/48, RFC 2765 ::ffff:0:0:0/96, RFC 3056 2002::/16, and the old ::/96), or no address.
func embedded(ip netip.Addr) netip.Addr {
	b := ip.As16()
	switch {
	case ip.Is4():
		return netip.Addr{}
	case nat64.Contains(ip), localNAT64.Contains(ip), translated.Contains(ip), compatible.Contains(ip) && ip != netip.IPv6Loopback():
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

// ours reports whether this machine has the address. It asks each time, because addresses come and go; when the system
// does not say, every address counts as ours.
func ours(ip netip.Addr) bool {
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
