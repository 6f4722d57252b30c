//go:build !linux

package main

import (
	"errors"
	"net"
	"time"
)

func stampPackets(*net.UDPConn) error { return errors.New("times of packets need Linux") }

func kernelTime([]byte) (time.Time, bool) { return time.Time{}, false }
