package install

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/secret"
)

// MasterKey reads the key, or creates one when there is none and no database needs it (used).
func MasterKey(path string, used bool) ([]byte, error) {
	key, err := ReadMasterKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			removeParts(path)
		}
		return key, err
	}
	if used {
		return nil, LostMasterKey(path)
	}

	// Another process may have been faster, and have removed this one's temporary file.
	err = newMasterKey(path)
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	removeParts(path)

	return ReadMasterKey(path) // another process may have created it
}

// LostMasterKey is the error for a key that is missing although its database exists.
func LostMasterKey(path string) error {
	return fmt.Errorf("the master key %s is missing, and the database cannot be read without it: "+
		"put the key back from your backup", path)
}

// ReadMasterKey reads the key. The error is fs.ErrNotExist when there is no file.
func ReadMasterKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}

	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the master key %s can be read by others (mode %04o): run chmod 600 %[1]s", path,
			info.Mode().Perm())
	}

	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != secret.KeySize {
		return nil, fmt.Errorf("%s is not a master key: it must be %d bytes in base64", path, secret.KeySize)
	}

	return key, nil
}

// newMasterKey writes a new key. It never replaces another: then the error is fs.ErrExist.
func newMasterKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the master key: %w", err)
	}

	text := base64.StdEncoding.EncodeToString(secret.NewMasterKey()) + "\n"
	if err := CreateWhole(path, []byte(text)); err != nil {
		return fmt.Errorf("write the master key: %w", err)
	}

	return nil
}

// CreateWhole creates a file (mode 0600) that gets its name when its content is on disk, so that a kill or a power loss
// leaves the whole file or none. It never replaces a file: then the error is fs.ErrExist.
func CreateWhole(path string, content []byte) error {
	if err := createUnnamed(path, content); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}

	return createNamed(path, content)
}

// createNamed writes a file under a temporary name first. removeParts removes those that a kill leaves.
func createNamed(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), partPrefix(path)+"*")
	if err != nil {
		return err
	}

	defer os.Remove(f.Name())

	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}

	failpoint.Hit(failpoint.FileWritten)
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}

	failpoint.Hit(failpoint.FileNamed)

	// A power loss may undo a name whose folder was not synced.
	return Flush(filepath.Dir(path))
}

// partPrefix begins the temporary names of createNamed.
func partPrefix(path string) string { return "." + filepath.Base(path) + "-part-" }

// removeParts removes the temporary files of processes that were killed, when the file itself exists. A process that is
// still writing one will find the file instead.
func removeParts(path string) {
	parts, _ := filepath.Glob(filepath.Join(filepath.Dir(path), partPrefix(path)+"*"))
	for _, part := range parts {
		os.Remove(part)
	}
}

// Flush syncs a file, or the names in a folder, to disk.
func Flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
