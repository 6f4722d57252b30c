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

// Each way to make a file makes it whole, for its owner alone, and never replaces another.
func TestCreateWhole(t *testing.T) {
	t.Parallel()
	for name, create := range map[string]func(string, []byte) error{
		"unnamed": createUnnamed, "named": createNamed,
		"either": CreateWhole,
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
				t.Errorf("made again: %v, want fs.ErrExist", err)
			}

			text, err := os.ReadFile(path)
			info, statErr := os.Stat(path)
			if err := errors.Join(err, statErr); err != nil || string(text) != "one\n" || info.Mode().Perm() != 0o600 {
				t.Errorf("the file holds %q, %v", text, err)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

// What a killed process left of the key is removed by the next one, which makes its own.
func TestMasterKey_PartsAreRemoved(t *testing.T) {
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
			t.Errorf("there is %v, want the key alone", left)
		}
	}
}

// Processes that start at once agree on one key.
func TestMasterKey_MadeByMany(t *testing.T) {
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
			t.Errorf("two keys were made: %x and %x", keys[0], key)
		}
	}
}
