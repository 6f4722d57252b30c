package egress

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// MaxURL is the longest address that is taken, in bytes.
const MaxURL = 2048

// CheckURL refuses what is no address of a web server; the error is the rest of a sentence that begins with the field's
// name. Whether an address may be called is decided when it is dialled, after its name was resolved.
func CheckURL(s string) error {
	if len(s) > MaxURL {
		return errors.New("may have 2048 bytes at most")
	}
	u, err := url.Parse(s)
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7F })
	switch {
	case err != nil || !plain || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return errors.New("must be an absolute URL such as https://example.com/status, with other characters than ASCII escaped")
	case u.User != nil:
		return errors.New("must not hold a user name or password; the signature proves who calls")
	case strings.Contains(s, "#"):
		return errors.New("must not have a fragment; remove what follows the #")
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return errors.New("must have a port between 1 and 65535, or none")
		}
	}
	return nil
}

// place is where connections lead. The schemes are kept apart, because they are dialled under different rules.
type place struct {
	secure bool
	addr   string // host:port
}

// target is an address that can be posted to.
type target struct {
	place
	name string // of the host, for its certificate
	host string // as the request names it
	path string
}

var errURL = errors.New("no address of a web server")

// parse reads an address. What CheckURL would refuse is taken here, unless no request could be written for it: the guard
// judges the dial.
func parse(raw string) (*target, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	strange := func(r rune) bool { return r <= ' ' || r >= 0x7F }
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(raw, strange) {
		return nil, errURL
	}
	t := &target{place: place{secure: u.Scheme == "https"}, name: u.Hostname(), host: withoutZone(u.Host), path: u.RequestURI()}
	number := u.Port()
	if number == "" {
		number = strconv.Itoa(int(port(u)))
	}
	t.addr = net.JoinHostPort(t.name, number)
	return t, nil
}

// withoutZone takes the zone off an IPv6 address: it means something on this machine only.
func withoutZone(host string) string {
	before, zone, _ := strings.Cut(host, "%")
	if end := strings.IndexByte(zone, ']'); end >= 0 {
		return before + zone[end:]
	}
	return before
}

func port(u *url.URL) uint16 {
	if n, err := netip.ParseAddrPort("0.0.0.0:" + u.Port()); err == nil {
		return n.Port()
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}
