// Package netns lets a test or a benchmark start itself again in a network namespace that has nothing but loopback: for
// peers that open ports on every interface and cannot be told otherwise.
package netns

import (
	"context"
	"os"
	"os/exec"
)

// mark is set in the environment of the process in the namespace.
const mark = "NETNS_OF_A_TEST"

// Inside reports whether this process is the one in the namespace.
func Inside() bool { return os.Getenv(mark) != "" }

// Again is this program with the arguments, in a namespace. Starting it needs root, or CAP_SYS_ADMIN, and Linux.
func Again(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), mark+"=1")
	separate(cmd)
	return cmd
}
