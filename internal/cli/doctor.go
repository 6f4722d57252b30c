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
	_, err = fmt.Fprintf(e.Out, "The configuration is valid: %d carrier(s), %d route(s), %d price(s).\n",
		len(c.Carriers), len(c.Routes), len(c.Prices))

	return err
}

type doctorCmd struct {
	JSON  bool `name:"json" help:"Print JSON: an array. --rows first prints a line for each step and damaged row."`
	Rows  bool `help:"Also check every row of every table, which may take minutes. Works while a server runs."`
	Quiet bool `short:"q" help:"Print no progress of --rows."`
}

// shownCheck is a check for programs.
type shownCheck struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
	Note    string `json:"note,omitempty"`
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
		shown = append(shown, shownCheck{one.Name, one.Problem == "", one.Problem, one.Note})
	}

	if c.JSON {
		err = e.json(shown)
	} else {
		e.showChecks(shown)
	}
	if problems > 0 {
		return errors.Join(err, fmt.Errorf("%d problem(s) found", problems))
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
		if !c.OK {
			result = "BAD "
		} else if c.Note != "" {
			name += ": " + c.Note
		}

		fmt.Fprintf(e.Out, "%s %s\n", result, name)
		for line := range strings.Lines(c.Problem) {
			fmt.Fprintf(e.Out, "     %s\n", strings.TrimRight(line, "\n"))
		}
	}
}
