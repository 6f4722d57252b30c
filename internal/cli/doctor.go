package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/preflight"
)

type migrateCmd struct{}

func (migrateCmd) Run(e *env) error {
	return e.openOrCreate(func(b *install.Base) error {
		_, err := fmt.Fprintf(e.Out, "The database in %s is up to date.\n", b.Where())
		return err
	})
}

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Report all problems of the configuration."`
}

type configCheckCmd struct{}

func (configCheckCmd) Run(e *env) error {
	c, err := e.config()
	if err != nil {
		return err
	}
	if err := preflight.Check(c); err != nil {
		return err
	}

	for _, w := range preflight.Warnings(c, time.Now()) {
		fmt.Fprintf(e.Out, "warning: %s\n", w)
	}
	_, err = fmt.Fprintf(e.Out, "The configuration is valid: %s, %s, %s, %s.\n", countOf(len(c.Carriers), "carrier"),
		countOf(len(c.Routes), "route"), countOf(len(c.Prices), "price"), countOf(len(c.Costs), "cost"))

	return err
}

type doctorCmd struct {
	JSON  bool `name:"json" help:"Print a JSON array of checks. With --rows, JSON lines for progress and damaged rows come first."`
	Rows  bool `help:"Also check every row of every table. This may take minutes; the server can keep running."`
	Quiet bool `short:"q" help:"Don't show progress with --rows."`
}

// shownCheck is a check for programs.
type shownCheck struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
	Note    string `json:"note,omitempty"`
	skipped bool
}

func (c *doctorCmd) Run(e *env) error {
	checks, err := e.diagnose()
	if none := (*install.NoInstallationError)(nil); c.JSON && errors.As(err, &none) {
		return errors.Join(err, e.json([]shownCheck{{Name: "installation", Problem: err.Error()}}))
	}
	if err == nil && c.Rows {
		checks = append(checks, c.checkRows(e))
	}
	if err != nil {
		return err
	}

	shown, problems := []shownCheck{}, 0
	for _, one := range checks {
		if one.Problem != "" {
			problems++
		}
		shown = append(shown, shownCheck{one.Name, one.Problem == "", one.Problem, one.Note, one.Skipped})
	}

	if c.JSON {
		err = e.json(shown)
	} else {
		e.showChecks(shown)
	}
	if problems > 0 {
		return errors.Join(err, fmt.Errorf("%s found", countOf(problems, "problem")))
	}

	return err
}

// checkRows checks every row, and prints damaged ones immediately, because there may be millions.
func (c *doctorCmd) checkRows(e *env) ops.Check {
	conf, err := e.config()
	if err != nil {
		return ops.Check{Name: "rows", Problem: err.Error()}
	}

	progress := e.progress(verbosity{JSON: c.JSON, Quiet: c.Quiet})
	defer progress.end()

	return ops.CheckRows(e.ctx, conf, progress.update, func(row ops.DamagedRow) {
		if c.JSON {
			_ = e.json(row) // a reader that is gone does not stop the command
			return
		}
		progress.end()
		fmt.Fprintf(e.Out, "damaged: table %s, account %s, row %s: %s\n", row.Table,
			cmp.Or(row.Account, "none"), cmp.Or(row.Key, "of the account"), row.Reason)
	})
}

// diagnose runs all checks, or only that of the configuration when it cannot be read.
func (e *env) diagnose() ([]ops.Check, error) {
	conf, err := e.config()
	if err != nil {
		return []ops.Check{{Name: "configuration", Problem: err.Error()}}, nil
	}

	return ops.Diagnose(e.ctx, conf)
}

func (e *env) showChecks(checks []shownCheck) {
	for _, c := range checks {
		result, name := "ok  ", c.Name
		switch {
		case !c.OK:
			result = "FAIL"
		case c.skipped:
			result = "-   "
		}
		if c.OK && c.Note != "" {
			name += ": " + c.Note
		}

		fmt.Fprintf(e.Out, "%s %s\n", result, name)
		for line := range strings.Lines(c.Problem) {
			fmt.Fprintf(e.Out, "     %s\n", strings.TrimRight(line, "\n"))
		}
	}
}
