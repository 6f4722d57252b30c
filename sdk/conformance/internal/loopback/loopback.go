// Package loopback listens and dials on this machine, for tests that nobody else may reach.
package loopback

import (
	"context"
	"net"
	"time"
)

// Listen listens on a free port.
func Listen() (net.Listener, error) { return ListenOn("127.0.0.1:0") }

// ListenOn listens on an address.
func ListenOn(address string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
}

// Dial connects to a listener within a time.
func Dial(to net.Addr, limit time.Duration) (net.Conn, error) {
	return (&net.Dialer{Timeout: limit}).DialContext(context.Background(), to.Network(), to.String())
}
