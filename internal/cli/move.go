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
	From   string `required:"" help:"Where the data is: sqlite (the data folder's), postgres://…, or @FILE with such a URL, so that no password stands on the command line." placeholder:"DB"`
	To     string `required:"" help:"Where it shall be; the same forms." placeholder:"DB"`
	NoWait bool   `help:"End after the first copy when the server still runs on the old database, in place of waiting for its end."`
	verbosity
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
	moved, err := ops.Move{From: from, To: to, Wait: !c.NoWait, Tell: p.tell}.Run(e.ctx)
	p.end()
	if err != nil {
		return cutOff(e.ctx, err)
	}
	if c.JSON {
		return e.json(shownMove(moved))
	}

	return e.showMove(moved, to)
}

// databaseOf gives the configuration with another database.
func databaseOf(c *config.Config, flag, name string) (*config.Config, error) {
	other := *c
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
		return nil, fmt.Errorf("%s is no database: write sqlite, postgres://…, or @FILE with such a URL", flag)
	}

	return &other, nil
}

// cutOff explains an end by a signal.
func cutOff(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return errors.New("stopped; run the same command again to go on")
	}
	return err
}

func (e *env) showMove(m ops.Moved, to *config.Config) error {
	if m.Already {
		_, err := fmt.Fprintf(e.Out, "The data was moved to %s before; there is nothing to do.\n", install.Where(to))
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
		next = "take database out of the configuration"
	}
	_, err := fmt.Fprintf(e.Out, "The data is in %s now. The entries of %d account(s) add up to their balances.\nNext: %s, keep the master key %s, and start the server. "+
		"The old database is closed: no server starts on it by mistake.\n", install.Where(to), m.Accounts, next, to.MasterKeyFile)

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
