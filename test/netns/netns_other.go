//go:build !linux

package netns

import (
	"errors"
	"os/exec"
)

var errLinux = errors.New("network namespaces need Linux")

func separate(cmd *exec.Cmd) { cmd.Err = errLinux }

// LoopbackUp brings loopback up, which is down in a new namespace.
func LoopbackUp() error { return errLinux }
