package cli

import (
	"fmt"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
)

type serveCmd struct{}

func (serveCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	return app.Serve(e.ctx, c, e.log(), version(e.Version), func(a *app.App) { e.welcome(a, c) })
}

// welcome says where the server is and, in a new installation, what to do next.
func (e *env) welcome(a *app.App, c *config.Config) {
	fmt.Fprintf(e.Out, "SysSecure %s listens on %s; its data is in %s\n", version(e.Version), baseURL(a, c), a.Where())
	if a.Fresh {
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
