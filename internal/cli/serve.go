package cli

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/preflight"
	"github.com/syssecure/syssecure/internal/version"
)

type serveCmd struct{}

func (serveCmd) Run(e *env) error {
	// A hangup never ends the server, whenever it comes.
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	defer signal.Stop(reload)

	c, err := e.config()
	if err != nil {
		return err
	}

	log, done := e.log()
	defer done()
	for _, w := range preflight.Warnings(c, time.Now()) {
		log.Warn(w.String())
	}

	return app.Serve(e.ctx, c, app.Serving{
		Log: log, Version: version.String(), Reload: reload, Ready: func(a *app.App) { e.welcome(a, c) },
	})
}

// welcome says where the server is and, in a new installation, what to do next.
func (e *env) welcome(a *app.App, c *config.Config) {
	fmt.Fprintf(e.Out, "SysSecure %s listens on %s; its data is in %s\n", version.String(), baseURL(a, c), a.Base.Where())
	if a.Base.Fresh {
		fmt.Fprintln(e.Out, made(c))
		fmt.Fprintln(e.Out, "Next: syssecure account create --name Acme")
	}
	if len(c.Carriers) == 0 {
		fmt.Fprintln(e.Out, "No carrier is configured: sk_test_ keys work in the sandbox, live sends need a [[carrier]].")
	}
}

func baseURL(a *app.App, c *config.Config) string {
	scheme := "http://"
	if c.TLS.Enabled() {
		scheme = "https://"
	}
	return scheme + a.Addr().String()
}
