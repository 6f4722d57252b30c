// Command syssecure is a self-hosted server for one-time passwords and messages.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/syssecure/syssecure/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	done := cli.LogTo(os.Stderr)
	code := cli.Run(ctx, os.Args[1:], cli.IO{Out: os.Stdout, Err: os.Stderr, Env: os.Environ()})
	done()
	os.Exit(code)
}
