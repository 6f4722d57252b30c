//go:build !linux

package netns

import (
	"errors"
	"net/netip"
	"os/exec"
)

var errLinux = errors.New("network namespaces need Linux")

func separate(cmd *exec.Cmd) { cmd.Err = errLinux }

// LoopbackUp brings loopback up, which is down in a new namespace.
func LoopbackUp() error { return errLinux }

// AddAddress gives loopback one more IPv4 address, for peers that do not listen on 127.0.0.1.
func AddAddress(netip.Addr) error { return errLinux }
