package egress

import (
	"errors"
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

var errURL = errors.New("not an address of a web server")

// checkTarget refuses addresses that no request can be written for. What CheckURL would refuse is taken otherwise: the
// guard judges the dial.
func checkTarget(u *url.URL, raw string) error {
	strange := func(r rune) bool { return r <= ' ' || r >= 0x7F }
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(raw, strange) {
		return errURL
	}
	return nil
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
