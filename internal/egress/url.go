package egress

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// MaxURL is the longest URL that is accepted, in bytes.
const MaxURL = 2048

// CheckURL refuses what is not the URL of a web server. The error continues a sentence that begins with the field's
// name. Whether its address is allowed is decided when it is dialled, after its name was resolved.
func CheckURL(s string) error {
	if len(s) > MaxURL {
		return errors.New("must have at most 2048 bytes")
	}
	u, err := url.Parse(s)
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7F })
	switch {
	case err != nil || !plain || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return errors.New("must be an absolute URL such as https://example.com/status, " +
			"with non-ASCII characters escaped")
	case u.User != nil:
		return errors.New("must not contain a user name or password; verify the signature of requests instead")
	case strings.Contains(s, "#"):
		return errors.New("must not have a fragment; remove the # and what follows it")
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return errors.New("must have a port from 1 to 65535, or none")
		}
	}

	return nil
}

var errURL = errors.New("not the URL of a web server")

// checkTarget refuses URLs for which no request can be written. It is less strict than CheckURL, because the guard
// checks the dial.
func checkTarget(u *url.URL, raw string) error {
	strange := func(r rune) bool { return r <= ' ' || r >= 0x7F }
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		strings.ContainsFunc(raw, strange) {
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
