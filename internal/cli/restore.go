package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/restore"
)

type backupCmd struct {
	File string `arg:"" help:"Where to write the copy. The file must not exist yet."`
	verbosity
}

// Help implements kong.HelpProvider.
func (*backupCmd) Help() string {
	return "A backup can be restored only with the master key, which is not in it: keep a copy of the key in another " +
		"place."
}

func (c *backupCmd) Run(e *env) error {
	p := e.progress(c.verbosity)
	defer p.end() // also when the database cannot be opened
	p.update(ops.Opening)

	return e.open(func(b *install.Base) error {
		err := ops.Backup(e.ctx, b, c.File, p.update)
		p.end()
		if err != nil {
			return interrupted(e.ctx, err)
		}
		if c.JSON {
			return e.json(struct {
				Phase string `json:"phase"`
				File  string `json:"file"`
			}{"done", c.File})
		}
		_, err = fmt.Fprintf(e.Out, "The database was copied to %s. It cannot be restored without the master key in "+
			"%s: keep a copy of the key in another place.\n", c.File, b.Config.MasterKeyFile)

		return err
	})
}

type restoreCmd struct {
	File        string    `arg:"" optional:"" help:"The backup to restore."`
	Force       bool      `help:"Replace a database that has data. The old database is kept under another name."`
	SkipDamaged bool      `help:"Restore all other rows when some are damaged. The damaged ones stay as they are."`
	Apply       bool      `help:"Apply the rules for restored data to a database that you restored with other tools. Takes no file."`
	Release     bool      `help:"Send parked messages and deliveries: immediately if they are already due, otherwise when due."`
	Discard     bool      `help:"Cancel parked messages, which returns their credits, and fail parked deliveries."`
	Messages    bool      `help:"With --release or --discard: only messages."`
	Deliveries  bool      `help:"With --release or --discard: only webhook deliveries."`
	DueFrom     time.Time `help:"With --release or --discard: only what was due at or after TIME." placeholder:"TIME"`
	verbosity
}

// Help implements kong.HelpProvider.
func (*restoreCmd) Help() string {
	return "A backup is a snapshot of the past: messages that were pending then may have been sent since. So all " +
		"pending codes expire, and pending messages and webhook deliveries are parked until you decide: --release " +
		"sends them, --discard cancels them. A TIME is written as 2026-01-31T12:00:00Z."
}

// errOneAction rejects a restore with no action, or with several.
var errOneAction = errors.New("name a backup file, or give exactly one of --apply, --release and --discard")

// Validate is called by kong.
func (c *restoreCmd) Validate() error {
	actions := 0
	for _, given := range []bool{c.File != "", c.Apply, c.Release, c.Discard} {
		if given {
			actions++
		}
	}

	resolves := c.Release || c.Discard
	switch {
	case actions != 1:
		return errOneAction
	case !resolves && (c.Messages || c.Deliveries || !c.DueFrom.IsZero()):
		return errors.New("--messages, --deliveries and --due-from can only be used with --release or --discard")
	case resolves && c.SkipDamaged:
		return errors.New("--skip-damaged can only be used with a backup file or --apply")
	case c.Force && c.File == "":
		return errors.New("--force can only be used with a backup file")
	}

	return nil
}

func (c *restoreCmd) Run(e *env) error {
	if c.Release || c.Discard {
		return c.resolve(e)
	}
	conf, err := e.config()
	if err != nil {
		return err
	}

	p := e.progress(c.verbosity)
	var done ops.Restored
	if c.Apply {
		done, err = ops.MakeSafe(e.ctx, conf, c.SkipDamaged, p.update)
	} else {
		done, err = ops.Restore{
			Config: conf, File: c.File, Force: c.Force, SkipDamaged: c.SkipDamaged, Progress: p.update,
		}.Run(e.ctx)
	}

	p.end()
	if err != nil {
		return interrupted(e.ctx, err)
	}
	if c.JSON {
		return e.json(struct {
			shownCounts
			Sessions int64  `json:"sessions"`
			Damaged  int64  `json:"damaged_rows"`
			Kept     string `json:"kept,omitempty"`
		}{shownOf(done.Counts), done.Sessions, done.Damaged, done.Kept})
	}

	return c.show(e, done)
}

func (c *restoreCmd) show(e *env, done ops.Restored) error {
	if done.Kept != "" {
		fmt.Fprintf(e.Out, "The old database is kept in %s.\n", done.Kept)
	}
	fmt.Fprintf(e.Out, "%s codes expired, %s messages parked, %s webhook deliveries parked.\n",
		thousands(done.Codes), thousands(done.Messages), thousands(done.Deliveries))
	if done.Sessions > 0 {
		fmt.Fprintf(e.Out, "%s sessions and links of users were removed: everybody has to sign in again.\n",
			thousands(done.Sessions))
	}
	if done.Damaged > 0 {
		fmt.Fprintf(e.Out, "%s rows are damaged and stay as they are: syssecure doctor --rows lists them. When rows "+
			"were repaired, run syssecure restore --apply before the server starts, because messages among them are not "+
			"parked.\n", thousands(done.Damaged))
	}
	if done.Messages+done.Deliveries > 0 {
		fmt.Fprintln(e.Out, "Parked messages and deliveries are not sent until you decide: syssecure restore "+
			"--release sends them, syssecure restore --discard cancels them.")
	}
	_, err := fmt.Fprintln(e.Out, "Everything that changed after the backup is missing, such as opt-outs, revoked "+
		"keys, users and credits. Redo the changes that you know of, then start the server.")

	return err
}

func (c *restoreCmd) resolve(e *env) error {
	d := restore.Resolution{
		Send: c.Release, From: c.DueFrom,
		Messages: c.Messages || !c.Deliveries, Deliveries: c.Deliveries || !c.Messages,
	}
	p := e.progress(c.verbosity)
	defer p.end() // also when the database cannot be opened
	p.update(ops.Opening)

	return e.open(func(b *install.Base) error {
		n, err := ops.ResolveParked(e.ctx, b, d, p.update)
		p.end()
		if err != nil {
			return interrupted(e.ctx, err)
		}
		if c.JSON {
			return e.json(shownOf(n))
		}

		what := "discarded"
		if c.Release {
			what = "released"
		}
		_, err = fmt.Fprintf(e.Out, "%s messages and %s webhook deliveries were %s.\n",
			thousands(n.Messages), thousands(n.Deliveries), what)

		return err
	})
}

// shownCounts are counts for programs.
type shownCounts struct {
	Phase      string `json:"phase"`
	Codes      int64  `json:"codes"`
	Messages   int64  `json:"messages"`
	Deliveries int64  `json:"deliveries"`
}

func shownOf(n restore.Counts) shownCounts {
	return shownCounts{"done", n.Codes, n.Messages, n.Deliveries}
}
