package app

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/docs"
)

// newPages makes what the server shows to people: the documentation.
func (a *App) newPages() map[string]http.Handler {
	c := a.Base.Config
	pages := map[string]http.Handler{}
	written := docs.New(docs.Config{PublicURL: c.PublicURL, Local: localAddress(c), Ready: a.ready})
	for _, pattern := range docs.Patterns {
		pages["GET "+pattern] = written
	}

	return pages
}

// localAddress is where the server can be called from its own machine.
func localAddress(c *config.Config) string {
	scheme := "http://"
	if c.TLS.Enabled() {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return ""
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = "localhost"
	}

	return scheme + net.JoinHostPort(host, port)
}
