package cli

import (
	"errors"
	"fmt"

	"github.com/syssecure/syssecure/internal/app"
)

type migrateCmd struct{}

func (migrateCmd) Run(e *env) error {
	return e.making(func(b *app.Base) error {
		_, err := fmt.Fprintf(e.Out, "The database in %s is up to date.\n", b.Where())
		return err
	})
}

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Report every problem of the configuration at once."`
}

type configCheckCmd struct{}

func (configCheckCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	if err := app.CheckConfig(c); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Out, "The configuration is good: %d carrier(s), %d route(s), %d price(s).\n", len(c.Carriers), len(c.Routes), len(c.Prices))
	return err
}

type doctorCmd struct{}

// errFindings makes doctor's exit code tell.
var errFindings = errors.New("something needs mending, see above")

func (doctorCmd) Run(e *env) error {
	return e.with(func(b *app.Base) error {
		checks := app.Examine(e.ctx, b)
		failed := false
		for _, c := range checks {
			mark := "ok  "
			if c.Problem != "" {
				mark, failed = "BAD ", true
			}
			fmt.Fprintf(e.Out, "%s %s\n", mark, c.Name)
			if c.Problem != "" {
				fmt.Fprintf(e.Out, "     %s\n", c.Problem)
			}
		}
		if failed {
			return errFindings
		}
		return nil
	})
}
