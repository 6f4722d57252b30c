// Package cli is the command line: it reads arguments, calls app, ops and admin, and prints for people or, with --json, for
// programs.
//
// It decides nothing. Every command stands alone: it works beside a running server, and says in its error what to do next.
// Only serve, demo, account create, migrate, move and restore make an installation where there is none.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/logs"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/version"
)

// IO is what a run of the program may touch besides its files.
type IO struct {
	Out, Err io.Writer
	Env      []string
}

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1
	exitInvalid = 2 // wrong arguments or configuration
)

type commands struct {
	Config string `help:"Configuration file; without it the one that SYSSECURE_CONFIG names, or syssecure.toml if it is there." placeholder:"FILE" short:"c"`

	Serve   serveCmd       `cmd:"" help:"Start the server. The first start makes the data folder and the master key."`
	Demo    demoCmd        `cmd:"" help:"Show the main job end to end in the sandbox: send with fallback, read the phone, verify; then stay up."`
	Account accountCmd     `cmd:"" help:"Create accounts, change their settings, add credits."`
	Key     keyCmd         `cmd:"" help:"Create, revoke and rotate API keys."`
	Listen  listenCmd      `cmd:"" help:"Bring the sandbox's webhooks to a server on this machine, signed, without a public address."`
	Migrate migrateCmd     `cmd:"" help:"Bring the database's schema up to date."`
	Nodes   nodesCmd       `cmd:"" help:"List the servers that work on this PostgreSQL database."`
	Conf    configCmd      `cmd:"" name:"config" help:"Look at the configuration."`
	Doctor  doctorCmd      `cmd:"" help:"Check the installation, and say how to fix each problem."`
	Backup  backupCmd      `cmd:"" help:"Copy the database to a file while the server runs. Keep the master key apart from it."`
	Restore restoreCmd     `cmd:"" help:"Make the database from a backup. All open codes end, and no waiting message is sent before you release it (--release)."`
	Move    moveCmd        `cmd:"" help:"Bring the data from the embedded database to PostgreSQL, or back."`
	Conform conformanceCmd `cmd:"" name:"conformance" help:"Run the scenarios of the API against a server, in its sandbox."`
	Version versionCmd     `cmd:"" help:"Print the version, and that of the numbering plans."`
}

// env is what commands are given.
type env struct {
	IO
	ctx  context.Context // of the whole run: a command's Run has no other argument that kong could give it
	file string
}

// Run carries out one command and returns the exit code.
func Run(ctx context.Context, args []string, in IO) int {
	var c commands
	exited, code := false, exitOK
	parser, err := kong.New(&c, kong.Name("syssecure"),
		kong.Description("A self-hosted server for one-time passwords and messages."),
		kong.Writers(in.Out, in.Err), kong.Exit(func(n int) { exited, code = true, n }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.WithHyphenPrefixedParameters(true))
	if err != nil {
		fmt.Fprintln(in.Err, "syssecure:", err)
		return exitFailed
	}

	command, err := parser.Parse(familiar(args))
	if exited {
		return code
	}

	if err != nil {
		fmt.Fprintf(in.Err, "syssecure: %v\n%s\n", err, helpOn(err))
		return exitInvalid
	}

	e := &env{ctx: ctx, IO: in, file: c.Config}
	if e.file == "" {
		e.file = e.variable("SYSSECURE_CONFIG")
	}

	return in.report(command.Run(e))
}

// familiar understands what people try at a program that they do not know.
func familiar(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case args[0] == "--version":
		return []string{"version"}
	}

	return args
}

// helpOn says where to find help on what was tried.
func helpOn(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil {
		if on := wrong.Context.Selected(); on != nil {
			return "Run syssecure " + on.Path() + " --help for what it takes."
		}
	}
	return "Run syssecure --help for the commands."
}

// report prints an error for people. A fault's sentence is enough; its code is for programs.
func (in IO) report(err error) int {
	var problems config.Problems
	var f *fault.Fault
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &problems):
		fmt.Fprintf(in.Err, "syssecure: the configuration has %d problem(s):\n%v\n", len(problems), problems)
		return exitInvalid
	case errors.As(err, &f):
		fmt.Fprintln(in.Err, "syssecure:", f.Message)
		for _, more := range f.Details.Errors[min(1, len(f.Details.Errors)):] { // the first is the message
			fmt.Fprintln(in.Err, "syssecure:", more.Message)
		}
		if cause := errors.Unwrap(f); cause != nil {
			fmt.Fprintln(in.Err, "  cause:", cause)
		}
	default:
		fmt.Fprintln(in.Err, "syssecure:", err)
	}

	return exitFailed
}

func (e *env) config() (*config.Config, error) { return app.LoadConfig(e.file, e.Env) }

// with runs fn on the installation, which must be there.
func (e *env) with(fn func(*install.Base) error) error { return e.within(install.OpenExisting, fn) }

// making runs fn on the installation, which is made when it is not there.
func (e *env) making(fn func(*install.Base) error) error {
	return e.within(install.Open, func(b *install.Base) error {
		if b.Fresh {
			fmt.Fprintln(e.Err, made(b.Config))
		}
		return fn(b)
	})
}

// made tells the operator of a new installation what to take care of.
func made(c *config.Config) string {
	return fmt.Sprintf("A new installation was made. Its master key is %s: keep a copy of it apart from your backups; without it "+
		"the database cannot be read.", c.MasterKeyFile)
}

func (e *env) within(open func(context.Context, *config.Config) (*install.Base, error), fn func(*install.Base) error) error {
	c, err := e.config()
	if err != nil {
		return err
	}

	base, err := open(e.ctx, c)
	if err != nil {
		return err
	}

	return errors.Join(fn(base), base.Close())
}

func (e *env) json(v any) error {
	enc := json.NewEncoder(e.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// log is a server's log, with what libraries write to the standard one. Before the program ends, done writes what is
// counted and not written yet.
func (e *env) log() (log *slog.Logger, done func()) {
	h := logs.Limit(slog.NewTextHandler(e.Err, nil))
	log = slog.New(h)
	giveBack := logs.TakeStandard(log)

	return log, func() {
		giveBack()
		h.Close()
	}
}

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintf(e.Out, "syssecure %s\nnumbering plans: libphonenumber %s\n", version.String(), phone.MetadataVersion())
	return err
}
