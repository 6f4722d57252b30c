// Command conformance tests one SDK against the cases, through its driver. See README.md of the module.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/syssecure/syssecure/sdk/conformance/harness"
)

type options struct {
	driver, mode, root, openapi, junit string

	only          *regexp.Regexp
	list, verbose bool
}

func main() {
	o, err := parse()
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	passed, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
	}
	if err != nil || !passed {
		os.Exit(1)
	}
}

func parse() (*options, error) {
	o := &options{}
	flag.StringVar(&o.driver, "driver", "", "how to start the driver, as a shell would")
	flag.StringVar(&o.mode, "mode", "sync", "which client the driver uses: sync or async")
	run := flag.String("run", "", "only the cases whose id matches this regular expression")
	flag.StringVar(&o.root, "root", ".", "the folder that holds cases, vectors and operations.json")
	flag.StringVar(&o.openapi, "openapi", "../../api/openapi.json", "the document that describe is compared with")
	flag.StringVar(&o.junit, "junit", "", "also write a JUnit report to this file")
	flag.BoolVar(&o.list, "list", false, "print the ids of the cases")
	flag.BoolVar(&o.verbose, "v", false, "print each case, not only those that fail")
	flag.Parse()

	var err error
	if o.only, err = regexp.Compile(*run); err != nil {
		return nil, fmt.Errorf("-run: %w", err)
	}

	if flag.NArg() > 0 {
		return nil, fmt.Errorf("there is an argument besides the flags: %s (quote the command of -driver)", flag.Arg(0))
	}
	if o.driver == "" && !o.list {
		return nil, errors.New("-driver is missing, such as -driver \"python3 ../python/conformance/driver.py\"")
	}

	return o, nil
}

// run returns whether all cases passed.
func run(ctx context.Context, o *options) (bool, error) {
	cases, err := harness.LoadCases(o.root)
	if err != nil {
		return false, err
	}

	operations, err := harness.LoadOperations(o.root, o.openapi)
	if err != nil {
		return false, err
	}
	if o.list {
		list(o, cases, operations)
		return true, nil
	}

	runner, err := harness.NewRunner(ctx, o.driver, o.mode)
	if err != nil {
		return false, err
	}

	hello := runner.Hello()
	report := &harness.Report{Verbose: o.verbose, Out: os.Stdout}
	for _, result := range runner.Describe(operations, o.only) {
		report.Add(result)
	}
	for _, c := range cases {
		if ctx.Err() == nil && o.only.MatchString(c.ID) {
			report.Add(runner.Run(c))
		}
	}

	if ctx.Err() != nil {
		runner.Close()
		return false, errors.New("interrupted")
	}
	report.Add(runner.Close())

	if o.junit != "" {
		if err := report.WriteJUnit(o.junit, hello.SDK+" "+o.mode); err != nil {
			return false, err
		}
	}

	return report.Close(), nil
}

func list(o *options, cases []harness.Case, operations harness.Operations) {
	ids := operations.IDs()
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	for _, id := range ids {
		if o.only.MatchString(id) {
			fmt.Fprintln(os.Stdout, id)
		}
	}
}
