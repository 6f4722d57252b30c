package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

func ranges(s ...string) (out []netip.Prefix) {
	for _, p := range s {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

var everything = ranges("0.0.0.0/0", "::/0")

var checks = []struct {
	name   string
	allow  []netip.Prefix
	deny   string
	secure bool
	at     string
	want   bool
}{
	{name: "public by TLS", secure: true, at: "93.184.215.14:443", want: true},
	{name: "public by TLS on any port", secure: true, at: "93.184.215.14:8443", want: true},
	{name: "public IPv6", secure: true, at: "[2606:2800:21f::1]:443", want: true},
	{name: "public mapped into IPv6", secure: true, at: "[::ffff:93.184.215.14]:443", want: true},
	{name: "public in plain", at: "93.184.215.14:80"},
	{name: "public in plain, allowed", allow: ranges("93.184.215.0/24"), at: "93.184.215.14:80", want: true},
	{name: "private", secure: true, at: "10.0.0.1:443"},
	{name: "private, allowed", allow: ranges("10.0.0.0/8"), secure: true, at: "10.0.0.1:443", want: true},
	{name: "private in plain, allowed", allow: ranges("10.0.0.0/8"), at: "10.0.0.1:80", want: true},
	{name: "private mapped into IPv6, allowed", allow: ranges("10.0.0.0/8"), at: "[::ffff:10.0.0.1]:80", want: true},
	{name: "range mapped into IPv6", allow: ranges("::ffff:10.0.0.0/104"), at: "10.0.0.1:80", want: true},
	{name: "range with host bits", allow: ranges("10.0.0.7/8"), at: "10.0.0.1:80", want: true},
	{name: "next to the range", allow: ranges("10.0.0.0/24"), secure: true, at: "10.0.1.1:443"},
	{name: "loopback, allowed", allow: ranges("127.0.0.0/8"), at: "127.0.0.1:9000", want: true},
	{name: "zone, allowed", allow: ranges("fe80::/10"), at: "[fe80::1%eth0]:80", want: true},
	{name: "metadata, all allowed", allow: everything, secure: true, at: "169.254.169.254:80"},
	{name: "metadata by IPv6, all allowed", allow: everything, secure: true, at: "[fd00:ec2::254]:80"},
	{
		name: "metadata mapped into IPv6, all allowed", allow: everything, secure: true,
		at: "[::ffff:169.254.169.254]:80",
	},
	{name: "metadata by NAT64, all allowed", allow: everything, secure: true, at: "[64:ff9b::a9fe:a9fe]:80"},
	{name: "metadata by 6to4, all allowed", allow: everything, secure: true, at: "[2002:a9fe:a9fe::1]:80"},
	{name: "metadata of containers, all allowed", allow: everything, at: "169.254.170.2:80"},
	{name: "wire server, nothing allowed", secure: true, at: "168.63.129.16:443"},
	{name: "unspecified, all allowed", allow: everything, secure: true, at: "0.0.0.0:80"},
	{name: "unspecified IPv6, all allowed", allow: everything, secure: true, at: "[::]:80"},
	{name: "multicast, all allowed", allow: everything, secure: true, at: "224.0.0.1:80"},
	{name: "broadcast, all allowed", allow: everything, secure: true, at: "255.255.255.255:80"},
	{name: "own socket", allow: everything, deny: "127.0.0.1:8080", at: "127.0.0.1:8080"},
	{name: "own socket mapped into IPv6", allow: everything, deny: "127.0.0.1:8080", at: "[::ffff:127.0.0.1]:8080"},
	{name: "own socket by NAT64", allow: everything, deny: "127.0.0.1:8080", at: "[64:ff9b::7f00:1]:8080"},
	{name: "own socket, other port", allow: everything, deny: "127.0.0.1:8080", at: "127.0.0.1:8081", want: true},
	{name: "own socket everywhere, by loopback", allow: everything, deny: "0.0.0.0:8080", at: "127.9.9.9:8080"},
	{name: "own socket everywhere, by IPv6", allow: everything, deny: "[::]:8080", at: "[::1]:8080"},
	{
		name: "own socket everywhere, another machine", allow: everything, deny: "[::]:8080", at: "192.0.2.77:8080",
		want: true,
	},
}

func TestGuard_Check(t *testing.T) {
	t.Parallel()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := Options{Allow: c.allow}
			if c.deny != "" {
				o.Deny = []netip.AddrPort{netip.MustParseAddrPort(c.deny)}
			}

			err := newGuard(o).check(netip.MustParseAddrPort(c.at), c.secure)
			if (err == nil) != c.want || (err != nil && !errors.Is(err, ErrNotAllowed)) {
				t.Errorf("got %v, want allowed = %v", err, c.want)
			}
		})
	}
}

// TestGuard_CheckDatabase: the database's socket is refused in every spelling, also when everything is allowed.
func TestGuard_CheckDatabase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		database string
		at       string
		want     bool // allowed
	}{
		"its address":                    {database: "192.0.2.5", at: "192.0.2.5:5432"},
		"mapped into IPv6":               {database: "192.0.2.5", at: "[::ffff:192.0.2.5]:5432"},
		"by NAT64":                       {database: "192.0.2.5", at: "[64:ff9b::192.0.2.5]:5432"},
		"by a local NAT64":               {database: "192.0.2.5", at: "[64:ff9b:1::192.0.2.5]:5432"},
		"translated":                     {database: "192.0.2.5", at: "[::ffff:0:192.0.2.5]:5432"},
		"by 6to4":                        {database: "192.0.2.5", at: "[2002:c000:205::1]:5432"},
		"compatible":                     {database: "192.0.2.5", at: "[::192.0.2.5]:5432"},
		"written by us in IPv6":          {database: "::ffff:192.0.2.5", at: "192.0.2.5:5432"},
		"with a zone":                    {database: "fe80::5%eth0", at: "[fe80::5%eth1]:5432"},
		"another port":                   {database: "192.0.2.5", at: "192.0.2.5:5433", want: true},
		"another machine":                {database: "192.0.2.5", at: "192.0.2.6:5432", want: true},
		"here, by IPv6":                  {database: "127.0.0.1", at: "[::1]:5432"},
		"here, by another loopback":      {database: "::1", at: "127.8.8.8:5432"},
		"here behind a Unix socket":      {database: "0.0.0.0", at: "127.0.0.1:5432"},
		"here, and another machine's":    {database: "127.0.0.1", at: "192.0.2.6:5432", want: true},
		"elsewhere, and this machine's":  {database: "192.0.2.5", at: "127.0.0.1:5432", want: true},
		"here, another port of loopback": {database: "0.0.0.0", at: "127.0.0.1:5433", want: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuard(Options{Allow: everything, Database: func(port uint16) []netip.Addr {
				if port != 5432 {
					return nil
				}
				return []netip.Addr{netip.MustParseAddr(c.database)}
			}})
			if err := g.check(netip.MustParseAddrPort(c.at), false); (err == nil) != c.want {
				t.Errorf("got %v, want allowed = %v", err, c.want)
			}
		})
	}
}

// TestPost_Spellings posts to inner addresses in every spelling, with a name server that resolves every name to
// loopback, and counts connections.
func TestPost_Spellings(t *testing.T) {
	t.Parallel()
	connections := new(atomic.Int32)
	v4, v6 := countingListener(t, "127.0.0.1:0", connections), countingListener(t, "[::1]:0", connections)
	p := NewClient(Options{Timeout: 5 * time.Second, Resolver: rebinding(t)})
	tried := 0
	for _, host := range spellings() {
		for _, scheme := range []string{"http", "https"} {
			for _, port := range []string{v4, v6} {
				if port == "" {
					continue
				}
				tried++
				r := p.Post(t.Context(), Request{URL: scheme + "://" + host + ":" + port + "/"})
				if r.Status != 0 || r.Error != NotAllowed && r.Error != DNSFailed && r.Error != InvalidURL {
					t.Errorf("%s://%s: %+v, want it refused", scheme, host, r)
				}
			}
		}
	}
	if n := connections.Load(); n != 0 || tried < 600 || len(spellings()) < 300 {
		t.Errorf("%d connections in %d tries", n, tried)
	}
}

// spellings lists hosts that mean an inner address to one resolver or another.
func spellings() []string {
	out := []string{
		"localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "127.1", "127.0.1", "0",
		"0x0", "0.0",
		"2130706433", "0x7f000001", "0x7f.1", "0x7F.0.0.1", "0177.0.0.1", "0177.1", "017700000001", "127.0.0.1.",
		"127.00.0.1",
		"127.0.0.01", "127.0.0.0x1", "127。0。0。1", "①②⑦.⓪.⓪.①", "127%2e0%2e0%2e1", "127.0.0.1%00", "0.0.0.0", "[::]",
		"[::1]",
		"[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
		"[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
		"[2002:7f00:1::]",
		"[2001::7f00:1]", "[fe80::1]", "[fe80::1%25lo]", "[::1%25lo]", "[fc00::1]", "[fd00::1]", "[fec0::1]",
		"[ff02::1]",
		"[ff01::1]", "[100::1]", "[2001:db8::1]", "[2001:10::1]", "[5f00::1]", "[::ffff:0:127.0.0.1]",
		"[::ffff:10.0.0.1]",
		"[::ffff:169.254.169.254]", "[fd00:ec2::254]", "[fd20:ce::254]", "user@127.0.0.1", "user:pass@localhost",
		"a@b@127.0.0.1",
		"127.0.0.1.nip.io", "localtest.me", "rebind.example.com", "metadata.google.internal", "instance-data",
		"kubernetes.default",
		"host.docker.internal", "ｌｏｃａｌｈｏｓｔ", "xn--localhost-", "2852039166", "0xa9fea9fe", "025177524776",
		"169.254.43518", "169.16689662",
		"300.0.0.1", "127.0.0.1:80@127.0.0.1",
	}

	for _, ip := range []string{
		"0.0.0.1", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.0.0.2",
		"127.255.255.254",
		"168.63.129.16", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1",
		"192.0.0.192",
		"192.0.2.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
		"239.255.255.250",
		"240.0.0.1", "255.255.255.255",
	} {
		out = append(out, ip, "[::ffff:"+ip+"]", "[64:ff9b::"+ip+"]")
		b := netip.MustParseAddr(ip).As4()
		n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		out = append(out, fmt.Sprint(n), fmt.Sprintf("%#x", n), fmt.Sprintf("%#o.%#o.%#o.%#o", b[0], b[1], b[2], b[3]),
			fmt.Sprintf("%#x.%#x.%d", b[0], b[1], int(b[2])<<8|int(b[3])),
			fmt.Sprintf("[::ffff:%x:%x]", n>>16, n&0xffff),
			fmt.Sprintf("[2002:%x:%x::1]", n>>16, n&0xffff), fmt.Sprintf("[::%x:%x]", n>>16, n&0xffff))
	}

	return out
}

func TestPost_OwnSocket(t *testing.T) {
	t.Parallel()
	connections := new(atomic.Int32)
	port := countingListener(t, "127.0.0.1:0", connections)
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, own := range []string{"127.0.0.1:" + port, "0.0.0.0:" + port, "[::]:" + port} {
		p := NewClient(Options{Allow: loopback, Deny: []netip.AddrPort{netip.MustParseAddrPort(own)}})
		if r := p.Post(t.Context(), Request{URL: "http://127.0.0.1:" + port}); r.Error != NotAllowed {
			t.Errorf("listening on %s: %+v, want it refused", own, r)
		}
	}
	if connections.Load() != 0 {
		t.Error("a connection was made")
	}
}

func TestPost_Allowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/followed", http.StatusFound)
			return
		}
		followed.Store(followed.Load() || r.URL.Path == "/followed")
		_, _ = io.WriteString(w, "0123456789")
	}))

	defer server.Close()
	p := localClient(t, Options{})
	if r := p.Post(t.Context(), Request{URL: server.URL}); r.Status != http.StatusOK {
		t.Errorf("got %+v", r)
	}
	if r := p.Post(t.Context(), Request{URL: server.URL + "/away"}); r.Status != http.StatusFound || followed.Load() {
		t.Errorf("redirect: %+v, followed %v", r, followed.Load())
	}
}

// countingListener counts connections and returns its port, or "" when the machine lacks the address family.
func countingListener(t *testing.T, addr string, n *atomic.Int32) string {
	t.Helper()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return ""
	}

	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			_ = conn.Close()
		}
	}()

	return fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
}

// rebinding is a resolver whose name server answers every question with loopback.
func rebinding(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = server.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply := inside(buffer[:n]); reply != nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	}()

	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func inside(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) == 0 {
		return nil
	}

	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 0}
	switch q.Type {
	case dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	case dnsmessage.TypeAAAA:
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: [16]byte{15: 1}}}}
	default: // there is no such record
	}

	reply, err := m.Pack()
	if err != nil {
		return nil
	}

	return reply
}
