// Package cli implements the command line: it reads arguments, calls app, ops and admin, and prints for people or, with
// --json, for programs.
//
// It decides nothing. Every command works on its own, also while a server runs, and its errors say what to do next.
// Only serve, demo, account create, migrate, move and restore create an installation where there is none.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/user"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/logs"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/version"
)

// IO is what a run of the program may use apart from files.
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
	Config string `short:"c" placeholder:"FILE" help:"Configuration (default: $SYSSECURE_CONFIG, else syssecure.toml)."`

	Serve   serveCmd       `cmd:"" help:"Start the server."`
	Demo    demoCmd        `cmd:"" help:"Send and verify a code in the sandbox, to see how it works."`
	Account accountCmd     `cmd:"" help:"Manage accounts, their settings and credits."`
	Key     keyCmd         `cmd:"" help:"Manage API keys."`
	User    userCmd        `cmd:"" help:"Manage the users of the dashboard."`
	Listen  listenCmd      `cmd:"" help:"Forward the sandbox's webhooks to a URL on this machine."`
	Migrate migrateCmd     `cmd:"" help:"Bring the database schema up to date."`
	Nodes   nodesCmd       `cmd:"" help:"List the servers that use this PostgreSQL database."`
	Carrs   carriersCmd    `cmd:"" help:"Show the live state of each carrier." name:"carriers"`
	Carrier carrierCmd     `cmd:"" help:"Test a carrier, pause it, or resume it."`
	Route   routeCmd       `cmd:"" help:"Explain over which carriers messages go."`
	Conf    configCmd      `cmd:"" help:"Check the configuration." name:"config"`
	Doctor  doctorCmd      `cmd:"" help:"Check the installation, and say how to fix each problem."`
	Backup  backupCmd      `cmd:"" help:"Copy the database to a file, also while a server runs."`
	Restore restoreCmd     `cmd:"" help:"Restore a backup, then release or discard what it parked."`
	Move    moveCmd        `cmd:"" help:"Move the data to PostgreSQL, or to the embedded database."`
	Docs    docsCmd        `cmd:"" help:"Export the documentation."`
	Conform conformanceCmd `cmd:"" help:"Test a server against the API's scenarios." name:"conformance"`
	Version versionCmd     `cmd:"" help:"Print the versions of the program and its numbering plans."`
}

// env is the environment of a command.
type env struct {
	IO
	ctx  context.Context // of the whole run; in a field because kong passes only one argument to a command's Run
	file string
}

// Run runs one command and returns the exit code.
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

	command, err := parser.Parse(normalize(args))
	if exited {
		return code
	}

	if err != nil {
		fmt.Fprintf(in.Err, "syssecure: %s\n%s\n", usageProblem(err), helpHint(err))
		return exitInvalid
	}

	e := &env{ctx: ctx, IO: in, file: c.Config}
	if e.file == "" {
		e.file = e.variable("SYSSECURE_CONFIG")
	}

	return in.report(command.Run(e))
}

// normalize accepts the usual ways to ask a program for help or its version.
func normalize(args []string) []string {
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

// usageProblem says in plain words what kong found wrong with the arguments.
func usageProblem(err error) string {
	var parse *kong.ParseError
	group := true // needs a subcommand
	if errors.As(err, &parse) && parse.Context != nil {
		command := parse.Context.Selected()
		group = command == nil || !command.Leaf()
	}

	text := err.Error()
	if rest, found := strings.CutPrefix(text, "unexpected argument "); found && group {
		name, _, _ := strings.Cut(rest, ", did you mean ")
		return fmt.Sprintf("unknown command %q%s", name, strings.TrimPrefix(rest, name))
	}
	if rest, found := strings.CutPrefix(text, "missing flags: "); found {
		return "missing flag " + rest
	}
	if rest, found := strings.CutPrefix(text, "expected "); found && group {
		return "missing subcommand: " + rest
	}
	if rest, found := strings.CutPrefix(text, `expected "`); found {
		return `missing argument "` + rest
	}

	return text
}

// helpHint names the help that fits wrong arguments.
func helpHint(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		if command := parse.Context.Selected(); command != nil {
			return "Run syssecure " + command.Path() + " --help for usage."
		}
	}
	return "Run syssecure --help to see the commands."
}

// report prints an error for people, and returns the exit code. The codes of faults are for programs, and not printed.
func (in IO) report(err error) int {
	var problems config.Problems
	var f *fault.Fault
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &problems):
		fmt.Fprintf(in.Err, "syssecure: the configuration has %s:\n%v\n", countOf(len(problems), "problem"), problems)
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

// open runs fn on an existing installation.
func (e *env) open(fn func(*install.Base) error) error { return e.openBy(install.OpenExisting, fn) }

// openOrCreate runs fn on the installation, and creates it first where there is none.
func (e *env) openOrCreate(fn func(*install.Base) error) error {
	return e.openBy(install.Open, func(b *install.Base) error {
		if b.Fresh {
			fmt.Fprintln(e.Err, createdText(b.Config))
		}
		return fn(b)
	})
}

// createdText is what the operator of a new installation must know.
func createdText(c *config.Config) string {
	return fmt.Sprintf("A new installation was created. Its master key is in %s. Keep a copy of it apart from your "+
		"backups: without the key, the database cannot be read.", c.MasterKeyFile)
}

type openFunc func(context.Context, *config.Config) (*install.Base, error)

func (e *env) openBy(open openFunc, fn func(*install.Base) error) error {
	c, err := e.config()
	if err != nil {
		return err
	}

	base, err := open(e.ctx, c)
	if err != nil {
		return err
	}
	e.ctx = byCommandLine(e.ctx)

	return errors.Join(fn(base), base.Close())
}

// byCommandLine is a context whose changes the audit log ascribes to the command line, and to the user of the operating
// system.
func byCommandLine(ctx context.Context) context.Context {
	actor := audit.Actor{Kind: audit.CommandLine}
	if u, err := user.Current(); err == nil {
		actor.Name = u.Username
	}
	return audit.By(ctx, actor)
}

func (e *env) json(v any) error {
	enc := json.NewEncoder(e.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// LogTo makes the process's log, which all commands but servers use. done must be called before the program ends.
func LogTo(w io.Writer) (done func()) {
	h := logs.Once(slog.NewTextHandler(w, nil))
	slog.SetDefault(slog.New(h))
	return h.Close
}

// log is a server's log, which also gets the lines that libraries write to the standard logger. done must be called
// before the program ends: it writes the counts of repeated lines.
func (e *env) log() (log *slog.Logger, done func()) {
	h := logs.Limit(slog.NewTextHandler(e.Err, nil))
	log = slog.New(h)
	restore := logs.RedirectStandard(log)

	return log, func() {
		restore()
		h.Close()
	}
}

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintf(e.Out, "syssecure %s\nnumbering plans: libphonenumber %s\n", version.String(),
		phone.MetadataVersion())
	return err
}
