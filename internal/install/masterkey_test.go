package install

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Each way creates a complete file that only its owner can read, and never replaces another.
func TestCreateWhole(t *testing.T) {
	t.Parallel()
	for name, create := range map[string]func(string, []byte) error{
		"unnamed": createUnnamed,
		"named":   createNamed,
		"either":  CreateWhole,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "master.key")
			if err := create(path, []byte("one\n")); errors.Is(err, errors.ErrUnsupported) {
				t.Skip("this file system has no unnamed files")
			} else if err != nil {
				t.Fatal(err)
			}
			if err := create(path, []byte("two\n")); !errors.Is(err, fs.ErrExist) {
				t.Errorf("created again: %v, want fs.ErrExist", err)
			}

			text, err := os.ReadFile(path)
			info, statErr := os.Stat(path)
			if err := errors.Join(err, statErr); err != nil || string(text) != "one\n" || info.Mode().Perm() != 0o600 {
				t.Errorf("the file contains %q, %v", text, err)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("files left: %v", left)
			}
		})
	}
}

func TestMasterKey_RemovesPartsOfKilledProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "master.key")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}

	for _, half := range []string{"1", "2"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), partPrefix(path)+half), []byte("half a k"),
			0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := MasterKey(path, false); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 || left[0].Name() != "master.key" {
			t.Errorf("files left: %v, want only the key", left)
		}
	}
}

func TestMasterKey_ConcurrentProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "master.key")
	keys := make([][]byte, 20)
	var group sync.WaitGroup
	for i := range keys {
		group.Go(func() {
			key, err := MasterKey(path, false)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}

	group.Wait()

	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) {
			t.Errorf("two keys: %x and %x", keys[0], key)
		}
	}
}
