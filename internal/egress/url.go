package egress

import (
	"errors"
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
