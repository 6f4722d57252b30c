// Package netns starts a test or a benchmark again in a network namespace that has only loopback, for peers that open
// ports on every interface and cannot be configured otherwise.
package netns

import (
	"context"
	"os"
	"os/exec"
)

// variable is set in the environment of the process in the namespace.
const variable = "NETNS_OF_A_TEST"

// Inside reports whether this process runs in the namespace.
func Inside() bool { return os.Getenv(variable) != "" }

// Again is this program with the arguments, in a namespace. Starting it needs root, or CAP_SYS_ADMIN, and Linux.
func Again(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), variable+"=1")
	separate(cmd)
	return cmd
}
