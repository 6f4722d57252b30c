package app_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/syssecure/syssecure/internal/app"
)

// TestTrustedPeer dials from several loopback addresses that stand for hosts of a network.
func TestTrustedPeer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		peer    string
		trusted []string
		want    bool
	}{
		"loopback":                     {"127.0.0.1:1", nil, true},
		"IPv6 loopback":                {"[::1]:1", nil, true},
		"mapped loopback":              {"[::ffff:127.0.0.1]:1", nil, true},
		"a stranger":                   {"198.51.100.7:1", []string{"203.0.113.5/32"}, false},
		"a stranger, no proxy":         {"198.51.100.7:1", nil, false},
		"the proxy":                    {"203.0.113.5:1", []string{"203.0.113.5/32"}, true},
		"the proxy, mapped":            {"[::ffff:203.0.113.5]:1", []string{"203.0.113.5/32"}, true},
		"in the proxy's range":         {"10.1.2.3:1", []string{"10.1.0.0/16"}, true},
		"outside the proxy's range":    {"10.2.2.3:1", []string{"10.1.0.0/16"}, false},
		"IPv6 proxy with a zone":       {"[fe80::1%eth0]:1", []string{"fe80::1/128"}, true},
		"another address of the range": {"[2001:db8::2]:1", []string{"2001:db8::1/128"}, false},
	} {
		var trusted []netip.Prefix
		for _, s := range c.trusted {
			trusted = append(trusted, netip.MustParsePrefix(s))
		}
		if got := app.TrustedPeer(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.peer)), trusted); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
