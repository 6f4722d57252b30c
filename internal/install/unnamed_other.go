//go:build !linux

package install

import "errors"

// createUnnamed is not to be had here.
func createUnnamed(string, []byte) error { return errors.ErrUnsupported }
