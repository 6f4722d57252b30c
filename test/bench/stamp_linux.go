package main

import (
	"encoding/binary"
	"errors"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// stampPackets has the kernel say when each packet came, and gives a socket room for those that wait.
func stampPackets(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 16<<20) // needs root
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})

	return errors.Join(err, failed)
}

// kernelTime reads SCM_TIMESTAMPNS.
func kernelTime(extra []byte) (time.Time, bool) {
	parts, err := unix.ParseSocketControlMessage(extra)
	if err != nil {
		return time.Time{}, false
	}
	for _, part := range parts {
		if part.Header.Level == unix.SOL_SOCKET && part.Header.Type == unix.SCM_TIMESTAMPNS && len(part.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(part.Data)), int64(binary.NativeEndian.Uint64(part.Data[8:]))), true
		}
	}

	return time.Time{}, false
}
