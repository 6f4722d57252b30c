// Command syssecure is a self-hosted server for one-time passwords and messages.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/syssecure/syssecure/internal/cli"
	"github.com/syssecure/syssecure/internal/logs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := logs.Once(slog.NewTextHandler(os.Stderr, nil)) // of commands; servers make their own
	slog.SetDefault(slog.New(log))
	code := cli.Run(ctx, os.Args[1:], cli.IO{Out: os.Stdout, Err: os.Stderr, Env: os.Environ()})
	log.Close()
	os.Exit(code)
}
