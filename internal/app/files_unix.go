//go:build unix

package app

import "syscall"

// openFiles is how many files the process may have open. Go has raised the limit to the highest that it may have
// already.
func openFiles() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return minFiles
	}
	return int(min(r.Cur, 1<<20))
}
