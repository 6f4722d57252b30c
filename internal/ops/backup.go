package ops

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/transfer"
)

// Backup copies the database to a new file, in one consistent state, while servers go on. The file is the embedded
// database's on both databases, so that what was backed up from one can be restored to the other. It has its name only
// when it is whole and on disk.
func Backup(ctx context.Context, b *install.Base, file string, tell Tell) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s exists: a backup replaces no file, give it another name", file), err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(file), ".backup-")
	if err != nil {
		return fmt.Errorf("make the backup: %w", err)
	}

	defer os.RemoveAll(temp)
	part := filepath.Join(temp, "part")
	switch d := b.Backend.(type) {
	case *sqlite.Backend:
		err = backupFile(ctx, d, part, filepath.Join(b.Config.Data, install.DatabaseFile), tell)
	case *postgres.Backend:
		err = backupRows(ctx, d, part, tell)
	}
	if err != nil {
		return fmt.Errorf("make the backup: %w", err)
	}

	return putInPlace(part, file)
}

// backupRows copies every row of one state into a new file.
func backupRows(ctx context.Context, d *postgres.Backend, part string, tell Tell) error {
	tell.step(Step{Phase: making})
	to, err := sqlite.Open(part, d.Codec())
	if err != nil {
		return err
	}

	s := store.Open(to)
	err = d.Snapshot(ctx, func(r store.Reader) error {
		_, _, err := transfer.Sync(ctx, transfer.Fixed(r), s, transfer.Options{Skip: own, Tell: tell.walk("copying")})
		return err
	})

	return errors.Join(err, s.Close())
}

// backupFile lets SQLite copy itself, and tells how far it is by the size of what is there.
func backupFile(ctx context.Context, d *sqlite.Backend, part, from string, tell Tell) error {
	tell.step(Step{Phase: "copying", Of: size(from), Unit: "bytes"})
	done := make(chan error, 1)
	go func() { done <- d.Backup(ctx, part) }()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			now := size(part)
			tell.step(Step{Phase: "copying", Done: now, Of: now, Unit: "bytes"})
			return err
		case <-tick.C:
			now, of := size(part), size(from)
			tell.step(Step{Phase: "copying", Done: now, Of: max(now, of), Unit: "bytes"})
		}
	}
}

func size(file string) int64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return info.Size()
}

// putInPlace gives a finished file its name, once its content and then its name are on disk.
func putInPlace(part, file string) error {
	for _, on := range []func() error{
		func() error { return os.Chmod(part, 0o600) },
		func() error { return install.Flush(part) },
		func() error { return os.Rename(part, file) },
		func() error { return install.Flush(filepath.Dir(file)) },
	} {
		if err := on(); err != nil {
			return fmt.Errorf("put %s in its place: %w", file, err)
		}
	}

	return nil
}
