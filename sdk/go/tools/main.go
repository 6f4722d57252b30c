// Command tools builds the package and tries it as its users do. The Makefile calls it.
//
//	tools pack DIST          writes the module's zip file into DIST
//	tools quickstart DIST    runs the quickstart with the module in DIST
//	tools readme DIST        runs every block of README.md with it, and the examples
//	tools bench DIST         measures what the package costs
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	steps := map[string]func(ctx context.Context, dist string) error{
		"pack": pack, "quickstart": quickstart, "readme": readme, "bench": bench,
	}
	if len(os.Args) != 3 || steps[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: tools pack|quickstart|readme|bench DIST")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := steps[os.Args[1]](ctx, os.Args[2])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
