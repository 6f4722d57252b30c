// Command withserver runs a command beside a real server in a temporary folder:
//
//	withserver -server ../../bin/syssecure -- python3 quickstart.py
//
// The command finds the server in SYSSECURE_BASE_URL, a key for the sandbox in SYSSECURE_API_KEY, a live key, whose
// messages reach nobody, in SYSSECURE_LIVE_API_KEY, the program in SYSSECURE_SERVER and its configuration in
// SYSSECURE_CONFIG. Its exit status is that of the command.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/syssecure/syssecure/sdk/conformance/server"
)

func main() {
	program := flag.String("server", "../../bin/syssecure", "the program")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: withserver [-server bin/syssecure] -- command…")
		os.Exit(2)
	}
	status, err := run(*program, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "withserver:", err)
		status = max(status, 1)
	}
	os.Exit(status)
}

// run returns the exit status of the command.
func run(program string, command []string) (status int, err error) {
	s, err := server.Start(context.Background(), program)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()

	c := exec.CommandContext(context.Background(), command[0], command[1:]...)
	c.Env = s.Environment()
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if err := c.Start(); err != nil {
		return 1, err
	}

	go func() {
		for received := range signals {
			// An error means that the command has ended already.
			_ = c.Process.Signal(received)
		}
	}()

	err = c.Wait()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		// A command that a signal ended has no status, which Go writes as -1.
		return max(ended.ExitCode(), 1), nil
	}

	return 0, err
}
