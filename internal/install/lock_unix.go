//go:build unix

package install

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrRunning says that another server uses the data folder.
var ErrRunning = errors.New("another syssecure serve uses this data folder: " +
	"stop it first, or give this one another folder")

const (
	lockFile = "lock"
	// A lock that is held is tried again so often, after such pauses.
	lockTries = 5
	lockPause = 20 * time.Millisecond
)

// LockData keeps other servers away from the folder. The lock ends with the process, however that ends.
func LockData(folder string) (release func() error, err error) {
	f, err := os.OpenFile(filepath.Join(folder, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}

	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	tick := time.NewTicker(lockPause)
	defer tick.Stop()
	for tries := 0; errors.Is(err, syscall.EWOULDBLOCK) && tries < lockTries; tries++ {
		<-tick.C // ServerRuns may hold it for a moment
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(ErrRunning, f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the data folder: %w", err), f.Close())
	}

	return func() error {
		// Close alone is not enough: a program that is being started may hold a copy of the file for a moment.
		return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
	}, nil
}
