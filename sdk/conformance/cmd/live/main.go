// Command live tries one SDK, through its driver, against the real server. See README.md of the module.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/syssecure/syssecure/sdk/conformance/harness"
	"github.com/syssecure/syssecure/sdk/conformance/live"
)

func main() {
	program := flag.String("server", "../../bin/syssecure", "the server's program")
	driver := flag.String("driver", "", "how to start the driver, as a shell would")
	mode := flag.String("mode", "sync", "which client the driver uses: sync or async")
	root := flag.String("root", ".", "the folder that holds operations.json")
	verbose := flag.Bool("v", false, "print each check, not only those that fail")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	passed, err := run(ctx, live.Options{Program: *program, Driver: *driver, Mode: *mode}, *root, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
	}
	if err != nil || !passed {
		os.Exit(1)
	}
}

func run(ctx context.Context, o live.Options, root string, verbose bool) (passed bool, err error) {
	if o.Driver == "" {
		return false, errors.New("-driver is missing, such as -driver \"python3 ../python/conformance/driver.py\"")
	}
	if o.Methods, err = harness.Methods(root); err != nil {
		return false, err
	}
	report := &harness.Report{Verbose: verbose, Out: os.Stdout}
	err = live.Run(ctx, o, report)
	return report.Close(), err
}
