package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/secret"
)

type moveCmd struct {
	From   string `required:"" help:"The database that has the data." placeholder:"DB"`
	To     string `required:"" help:"The database that the data is moved to." placeholder:"DB"`
	NoWait bool   `help:"If a server is still running after the first copy, exit instead of waiting for it to stop."`
	verbosity
}

// Help implements kong.HelpProvider.
func (*moveCmd) Help() string {
	return "A DB is sqlite for the embedded database in the data folder, a URL such as postgres://…, or @FILE, where " +
		"FILE contains such a URL; this keeps the password off the command line.\n\nA server may run during the " +
		"first copy. The move then waits until you stop it, copies what has changed, and compares both databases."
}

func (c *moveCmd) Run(e *env) error {
	conf, err := e.config()
	if err != nil {
		return err
	}

	from, err := databaseOf(conf, "--from", c.From)
	if err != nil {
		return err
	}

	to, err := databaseOf(conf, "--to", c.To)
	if err != nil {
		return err
	}

	p := e.progress(c.verbosity)
	moved, err := ops.Move{From: from, To: to, Wait: !c.NoWait, Progress: p.update}.Run(e.ctx)
	p.end()
	if err != nil {
		return interrupted(e.ctx, err)
	}
	if c.JSON {
		return e.json(shownMove(moved))
	}

	return e.showMove(moved, to)
}

// databaseOf is the configuration with another database.
func databaseOf(c *config.Config, flag, name string) (*config.Config, error) {
	other, given := *c, name
	if file, ok := strings.CutPrefix(name, "@"); ok {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		name = strings.TrimSpace(string(text))
	}

	switch {
	case name == "sqlite":
		other.Database = secret.String{}
	case strings.HasPrefix(name, "postgres://"), strings.HasPrefix(name, "postgresql://"):
		other.Database = secret.NewString(name)
	default:
		return nil, fmt.Errorf("%s: %q is not a database: use sqlite, postgres://…, or @FILE, where FILE contains "+
			"such a URL", flag, given)
	}

	return &other, nil
}

// interrupted explains an error that was caused by a signal.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return errors.New("interrupted; run the same command again to continue")
	}
	return err
}

func (e *env) showMove(m ops.Moved, to *config.Config) error {
	if m.Already {
		_, err := fmt.Fprintf(e.Out, "The data was already moved to %s; there is nothing to do.\n", install.Where(to))
		return err
	}

	fmt.Fprintf(e.Out, "%-12s %15s  %s\n", "table", "rows", "digest, the same on both sides")
	for _, s := range m.Sums {
		if s.Rows > 0 {
			fmt.Fprintf(e.Out, "%-12s %15s  %s\n", s.Table, thousands(s.Rows), s)
		}
	}

	next := `set database = "postgres://…" (or database_file) in the configuration`
	if to.Database.Empty() {
		next = `remove the setting "database" from the configuration`
	}
	_, err := fmt.Fprintf(e.Out, "The data is now in %s. The ledger entries of %s add up to the balances.\n"+
		"Next: %s, keep the master key in %s, and start the server. The old database is blocked, so that no "+
		"server starts on it by mistake.\n",
		install.Where(to), countOf(m.Accounts, "account"), next, to.MasterKeyFile)

	return err
}

type shownSum struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	Digest string `json:"digest"`
}

// shownMove is a move for programs.
func shownMove(m ops.Moved) any {
	out := struct {
		Phase    string     `json:"phase"`
		Already  bool       `json:"moved_before"`
		Written  int64      `json:"written"`
		Removed  int64      `json:"removed"`
		Accounts int        `json:"accounts"`
		Tables   []shownSum `json:"tables"`
	}{"done", m.Already, m.Changes.Written, m.Changes.Removed, m.Accounts, []shownSum{}}

	for _, s := range m.Sums {
		out.Tables = append(out.Tables, shownSum{s.Table.String(), s.Rows, s.String()})
	}

	return out
}
