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
	File string `arg:"" help:"Where to write the copy; it must not exist."`
	verbosity
}

func (c *backupCmd) Run(e *env) error {
	p := e.progress(c.verbosity)
	defer p.end() // also when the database cannot be opened
	p.tell(ops.Opening)

	return e.with(func(b *install.Base) error {
		err := ops.Backup(e.ctx, b, c.File, p.tell)
		p.end()
		if err != nil {
			return cutOff(e.ctx, err)
		}
		if c.JSON {
			return e.json(struct {
				Phase string `json:"phase"`
				File  string `json:"file"`
			}{"done", c.File})
		}
		_, err = fmt.Fprintf(e.Out, "The database was copied to %s. It is of no use without the master key %s: keep a copy of that in another place.\n",
			c.File, b.Config.MasterKeyFile)

		return err
	})
}

type restoreCmd struct {
	File       string    `arg:"" optional:"" help:"The backup to make the database from."`
	Force      bool      `help:"Replace a database that has data; what was there is kept."`
	Apply      bool      `help:"Instead of a file: end the codes and park what waits in a database that was brought back by other means."`
	Release    bool      `help:"Send what a restore parked: at once what is due, the rest at its time."`
	Discard    bool      `help:"Call off what a restore parked: messages are canceled and give their credits back, deliveries count as failed."`
	Messages   bool      `help:"With --release or --discard: the messages alone."`
	Deliveries bool      `help:"With --release or --discard: the webhook deliveries alone."`
	DueFrom    time.Time `help:"With --release or --discard: only what was due at this time or later, such as 2026-11-23T12:00:00Z." placeholder:"TIME"`
	verbosity
}

// errWhichRestore is told of a restore that says not what, or too much.
var errWhichRestore = errors.New("say one thing: the backup's file, --apply, --release or --discard")

// Validate is called by kong.
func (c *restoreCmd) Validate() error {
	said := 0
	for _, on := range []bool{c.File != "", c.Apply, c.Release, c.Discard} {
		if on {
			said++
		}
	}

	decides := c.Release || c.Discard
	switch {
	case said != 1:
		return errWhichRestore
	case !decides && (c.Messages || c.Deliveries || !c.DueFrom.IsZero()):
		return errors.New("--messages, --deliveries and --due-from go with --release or --discard")
	case c.Force && c.File == "":
		return errors.New("--force goes with the backup's file")
	}

	return nil
}

func (c *restoreCmd) Run(e *env) error {
	if c.Release || c.Discard {
		return c.decide(e)
	}
	conf, err := e.config()
	if err != nil {
		return err
	}

	p := e.progress(c.verbosity)
	var done ops.Restored
	if c.Apply {
		done.Counts, err = ops.ApplyRule(e.ctx, conf, p.tell)
	} else {
		done, err = ops.Restore{Config: conf, File: c.File, Force: c.Force, Tell: p.tell}.Run(e.ctx)
	}

	p.end()
	if err != nil {
		return cutOff(e.ctx, err)
	}
	if c.JSON {
		return e.json(struct {
			shownCounts
			Kept string `json:"kept,omitempty"`
		}{shownOf(done.Counts), done.Kept})
	}

	return c.show(e, done)
}

func (c *restoreCmd) show(e *env, done ops.Restored) error {
	if done.Kept != "" {
		fmt.Fprintf(e.Out, "The database that was there is kept in %s.\n", done.Kept)
	}
	fmt.Fprintf(e.Out, "%s codes ended, %s messages parked, %s webhook deliveries parked.\n",
		thousands(done.Codes), thousands(done.Messages), thousands(done.Deliveries))
	if done.Messages+done.Deliveries > 0 {
		fmt.Fprintln(e.Out, "Nothing of it is sent until you say so: syssecure restore --release sends it, syssecure restore --discard calls it off.")
	}
	_, err := fmt.Fprintln(e.Out, "What happened after the copy was made is not in it: opt-outs, revoked keys, credits. Repeat by hand what you know of, then start the server.")

	return err
}

func (c *restoreCmd) decide(e *env) error {
	d := restore.Decision{Send: c.Release, From: c.DueFrom, Messages: c.Messages || !c.Deliveries, Deliveries: c.Deliveries || !c.Messages}
	p := e.progress(c.verbosity)
	defer p.end() // also when the database cannot be opened
	p.tell(ops.Opening)

	return e.with(func(b *install.Base) error {
		n, err := ops.Decide(e.ctx, b, d, p.tell)
		p.end()
		if err != nil {
			return cutOff(e.ctx, err)
		}
		if c.JSON {
			return e.json(shownOf(n))
		}

		what := "called off"
		if c.Release {
			what = "released"
		}
		_, err = fmt.Fprintf(e.Out, "%s messages and %s webhook deliveries were %s.\n", thousands(n.Messages), thousands(n.Deliveries), what)

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
