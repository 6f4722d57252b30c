//go:build unix

package egress

import (
	"errors"
	"net"
	"syscall"
)

// quiet reports whether nothing came over a connection since its last answer. What comes unasked would be taken for the
// answer to the next post, which may be another account's; and an end that came is found without a request lost.
func quiet(raw net.Conn) bool {
	of, ok := raw.(syscall.Conn)
	if !ok {
		return true // no socket to look at
	}
	socket, err := of.SyscallConn()
	if err != nil {
		return false
	}
	var heard error
	err = socket.Control(func(fd uintptr) {
		var b [1]byte
		_, _, heard = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	return err == nil && errors.Is(heard, syscall.EAGAIN)
}
