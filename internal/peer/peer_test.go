package peer_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/syssecure/syssecure/internal/peer"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                       {remote: "192.0.2.7:5000", want: "192.0.2.7"},
		"IPv6 with a zone":               {remote: "[fe80::1%eth0]:5000", want: "fe80::1"},
		"mapped":                         {remote: "[::ffff:192.0.2.7]:5000", want: "192.0.2.7"},
		"a stranger names another":       {remote: "192.0.2.7:5000", forwarded: []string{"198.51.100.1"}, want: "192.0.2.7"},
		"a proxy":                        {remote: "10.0.0.2:80", forwarded: []string{"198.51.100.1"}, want: "198.51.100.1"},
		"what the client wrote before":   {remote: "10.0.0.2:80", forwarded: []string{"1.1.1.1, 198.51.100.1"}, want: "198.51.100.1"},
		"two proxies, two headers":       {remote: "10.0.0.2:80", forwarded: []string{"198.51.100.1", "10.0.0.3"}, want: "198.51.100.1"},
		"an IPv6 proxy, client and port": {remote: "[fd00::1]:80", forwarded: []string{"[2001:db8::1]:99"}, want: "2001:db8::1"},
		"garbage":                        {remote: "10.0.0.2:80", forwarded: []string{"198.51.100.1, unknown"}, want: "10.0.0.2"},
		"only proxies":                   {remote: "10.0.0.2:80", forwarded: []string{"10.0.0.9"}, want: "10.0.0.9"},
		"no header":                      {remote: "10.0.0.2:80", want: "10.0.0.2"},
		"a socket without address":       {remote: "@", want: "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
			if got := peer.Address(r, proxies).String(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
