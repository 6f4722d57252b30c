package setting

import (
	"net"
	"net/url"
	"strconv"
)

// HostPort returns the host of "host:port", and whether s is one: with a port in digits. The host may be empty.
func HostPort(s string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", false
	}
	_, err = strconv.ParseUint(port, 10, 16)

	return host, err == nil
}

// WebAddress reports whether s is an http or https URL with a host and without a user.
func WebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}
