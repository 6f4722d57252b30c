//go:build !linux

package install

import "errors"

// createUnnamed needs Linux.
func createUnnamed(string, []byte) error { return errors.ErrUnsupported }
