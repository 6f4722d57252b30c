// Package peer finds the address of the client of a request: that of the connection, or what a trusted proxy says.
package peer

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Address is the client's address. X-Forwarded-For counts only when the connection comes from a proxy of the list. It is
// read from its end, and the first address that is no such proxy is the client's: what stands before it could have been
// written by anyone. The zero address means that the connection has none.
func Address(r *http.Request, proxies []netip.Prefix) netip.Addr {
	client := parse(r.RemoteAddr)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusted(client, proxies); i-- {
		hop := parse(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			break
		}
		client = hop
	}

	return client
}

// parse reads an address, with or without a port.
func parse(text string) netip.Addr {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}

	return addr.Unmap().WithZone("")
}

func trusted(addr netip.Addr, proxies []netip.Prefix) bool {
	for _, p := range proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
