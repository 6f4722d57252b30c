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

// Help implements kong.HelpProvider.
func (serveCmd) Help() string {
	return "The first start creates the data folder, the master key and the database."
}

func (serveCmd) Run(e *env) error {
	// From the first moment on, because SIGHUP would end the program.
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

	return app.Serve(e.ctx, c, app.ServeOptions{
		Log: log, Version: version.String(), Reload: reload, Ready: func(a *app.App) { e.welcome(a, c) },
	})
}

// welcome prints where the server listens and, in a new installation, what to do next.
func (e *env) welcome(a *app.App, c *config.Config) {
	fmt.Fprintf(e.Out, "SysSecure %s listens on %s; its data is in %s\n", version.String(), baseURL(a, c),
		a.Base.Where())
	if a.Base.Fresh {
		fmt.Fprintln(e.Out, createdText(c))
		fmt.Fprintln(e.Out, "Without the dashboard, begin with: syssecure account create --name Acme")
	}
	e.setup(a)
	if len(c.Carriers) == 0 {
		fmt.Fprintln(e.Out, "No carrier is configured: sk_test_ keys work in the sandbox, but live sends need a "+
			"[[carrier]].")
	}
}

func baseURL(a *app.App, c *config.Config) string {
	scheme := "http://"
	if c.TLS.Enabled() {
		scheme = "https://"
	}
	return scheme + a.Addr().String()
}
