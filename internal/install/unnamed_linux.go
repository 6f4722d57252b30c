package install

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/syssecure/syssecure/internal/failpoint"
)

// createUnnamed is CreateWhole with a file that has no name until it is complete, so a kill leaves nothing. The error
// is errors.ErrUnsupported when the file system has no such files.
func createUnnamed(path string, content []byte) error {
	fd, err := unix.Open(filepath.Dir(path), unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return errors.ErrUnsupported
	}

	f := os.NewFile(uintptr(fd), path)
	defer func() { _ = f.Close() }() // it is synced

	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return err
	}

	failpoint.Hit(failpoint.FileWritten)
	// open(2): this is how a file of O_TMPFILE gets a name without CAP_DAC_READ_SEARCH.
	err = unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
	switch {
	case errors.Is(err, unix.ENOENT): // /proc is not mounted
		return errors.ErrUnsupported
	case err != nil:
		return err // an EEXIST is fs.ErrExist
	}
	failpoint.Hit(failpoint.FileNamed)

	return Flush(filepath.Dir(path))
}
