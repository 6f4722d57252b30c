package app

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/dashboard"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/docs"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/peer"
	"github.com/syssecure/syssecure/internal/people"
)

// newPages makes what the server shows to people: the documentation and the dashboard.
func (a *App) newPages(epoch int64) (map[string]http.Handler, error) {
	c := a.Base.Config
	a.people = people.New(people.Config{
		Store: a.Base.Store, Keys: a.Base.Keys, Admin: a.Base.Admin, Now: a.dispatcher.Clock.Now, Log: a.log,
		Origin: a.Origin,
	})
	screens, err := dashboard.New(screen.Verbs{
		People: a.people, Admin: a.Base.Admin, Engine: a.engine, Query: a.dispatcher.Query, Hooks: a.hooks,
		OptOuts: optout.New(a.dispatcher), Now: a.dispatcher.Clock.Now, Log: a.log, PublicURL: c.PublicURL,
		Local: a.Origin(), Answers: a.answers(epoch), Instance: a.instance(a.Base.Now(), epoch),
		OTPBody: httpapi.OTPBody, MessageBody: httpapi.MessageBody,
		Address: func(r *http.Request) string { return peer.Address(r, c.TrustedProxies).String() },
	})
	if err != nil {
		return nil, err
	}
	a.endStreams = screens.Close

	pages := map[string]http.Handler{}
	written := docs.New(docs.Config{PublicURL: c.PublicURL, Local: a.Origin(), Ready: a.ready})
	for _, pattern := range docs.Patterns {
		pages["GET "+pattern] = written
	}
	for _, pattern := range dashboard.Patterns {
		pages[pattern] = screens
	}

	return pages, nil
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
