package cli

import (
	"errors"
	"fmt"

	"github.com/syssecure/syssecure/internal/app"
)

type migrateCmd struct{}

func (migrateCmd) Run(e *env) error {
	return e.with(func(b *app.Base) error {
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

type backupCmd struct {
	File string `arg:"" help:"Where to write the copy; it must not exist."`
}

func (c *backupCmd) Run(e *env) error {
	return e.with(func(b *app.Base) error {
		if err := b.Backup(e.ctx, c.File); err != nil {
			return err
		}
		_, err := fmt.Fprintf(e.Out, "The database was copied to %s. It is of no use without the master key %s: keep a copy of that in another place.\n",
			c.File, b.Config.MasterKeyFile)
		return err
	})
}
