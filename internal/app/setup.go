package app

import (
	"cmp"
	"context"
	"net"
	"net/url"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/people"
)

// Origin is where browsers open the pages of a server with this configuration.
func Origin(c *config.Config) string { return cmp.Or(c.PublicURL, localAddress(c)) }

// Origin is where browsers open the pages of this server. The system chose its port when the configured one is 0.
func (a *App) Origin() string {
	c := a.Base.Config
	address, err := url.Parse(localAddress(c))
	if c.PublicURL != "" || err != nil || address.Port() != "0" {
		return Origin(c)
	}
	_, port, err := net.SplitHostPort(a.socket.Addr().String())
	if err != nil {
		return Origin(c)
	}
	address.Host = net.JoinHostPort(address.Hostname(), port)

	return address.String()
}

// Setup makes the link for the first user, see people.Setup.
func (a *App) Setup(ctx context.Context) (people.Link, bool, error) { return a.people.Setup(ctx) }
