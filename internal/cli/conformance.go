package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/syssecure/syssecure/api"
	"github.com/syssecure/syssecure/internal/conformance"
)

type conformanceCmd struct {
	URL  string   `arg:"" help:"The server, such as http://127.0.0.1:8080."`
	Key  string   `help:"A test key with every scope (default: $SYSSECURE_API_KEY)." placeholder:"KEY"`
	Only []string `help:"Run only the files or scenarios that have this text in their names." placeholder:"TEXT"`
}

// Help implements kong.HelpProvider.
func (*conformanceCmd) Help() string { return "The scenarios run in the sandbox of the key's account." }

// errNotConforming ends a run that has printed what failed.
var errNotConforming = errors.New("the server does not conform")

func (c *conformanceCmd) Run(e *env) error {
	key := c.Key
	if key == "" {
		key = e.variable("SYSSECURE_API_KEY")
	}
	if key == "" {
		return errors.New("a test key is needed: set SYSSECURE_API_KEY, or give --key; syssecure key create " +
			"--account ID --mode test creates one")
	}

	runner, err := conformance.New(c.URL, key)
	if err != nil {
		return err
	}

	all, err := conformance.Load(api.Scenarios)
	if err != nil {
		return err
	}

	all = c.chosen(all)
	if len(all) == 0 {
		return fmt.Errorf("no scenario has %s in its name", strings.Join(c.Only, " or "))
	}

	failed := 0
	for i, s := range all {
		progress := fmt.Sprintf("[%*d/%d]", len(fmt.Sprint(len(all))), i+1, len(all))
		err := runner.Run(e.ctx, s)
		var failure *conformance.Failure
		var refused *conformance.KeyRefused
		switch {
		case errors.As(err, &refused):
			return refused
		case err == nil:
			fmt.Fprintf(e.Out, "%s ok    %s: %s\n", progress, s.File, s.Name)
		case errors.As(err, &failure):
			failed++
			fmt.Fprintf(e.Out, "%s FAIL  %s: %s\n", progress, s.File, s.Name)
			fmt.Fprintf(e.Out, "    %s\n", strings.ReplaceAll(err.Error(), "\n", "\n    "))
		default:
			// The server does not answer, so every other scenario would fail in the same way.
			return fmt.Errorf("%s: %s: %w", s.File, s.Name, err)
		}
	}

	fmt.Fprintf(e.Out, "%d of %d scenarios passed, %d failed\n", len(all)-failed, len(all), failed)
	if failed > 0 {
		return errNotConforming
	}

	return nil
}

// chosen are the scenarios that --only names.
func (c *conformanceCmd) chosen(all []conformance.Scenario) (out []conformance.Scenario) {
	for _, s := range all {
		take := len(c.Only) == 0
		for _, text := range c.Only {
			take = take || strings.Contains(s.File+": "+s.Name, text)
		}
		if take {
			out = append(out, s)
		}
	}

	return out
}

// variable is the value of an environment variable, or empty.
func (e *env) variable(name string) (value string) {
	for _, pair := range e.Env {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}
