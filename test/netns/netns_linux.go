package netns

import (
	"fmt"
	"net/netip"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

func separate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
}

// LoopbackUp brings loopback up, which is down in a new namespace.
func LoopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}

	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}

	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}

	return nil
}

// AddAddress gives loopback one more IPv4 address, for peers that do not listen on 127.0.0.1.
func AddAddress(ip netip.Addr) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return fmt.Errorf("add %s to lo: %w", ip, err)
	}

	defer unix.Close(fd)
	alias, err := unix.NewIfreq("lo:1")
	if err != nil {
		return fmt.Errorf("add %s to lo: %w", ip, err)
	}

	if err := alias.SetInet4Addr(ip.AsSlice()); err != nil {
		return fmt.Errorf("add %s to lo: %w", ip, err)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFADDR, alias); err != nil {
		return fmt.Errorf("add %s to lo: %w", ip, err)
	}

	return nil
}
