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

// Backup copies one consistent state of the database to a new file while servers run. The file is an embedded database
// whichever database was copied, so a backup of one kind can be restored to the other. It gets its name only when it is
// complete and on disk.
func Backup(ctx context.Context, b *install.Base, file string, progress ProgressFunc) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s already exists, and a backup never overwrites a file: choose another name",
			file), err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(file), ".backup-")
	if err != nil {
		return fmt.Errorf("make the backup: %w", err)
	}

	defer os.RemoveAll(temp)
	part := filepath.Join(temp, "part")
	switch d := b.Backend.(type) {
	case *sqlite.Backend:
		err = backupFile(ctx, d, part, filepath.Join(b.Config.Data, install.DatabaseFile), progress)
	case *postgres.Backend:
		err = backupRows(ctx, d, part, progress)
	}
	if err != nil {
		return fmt.Errorf("make the backup: %w", err)
	}

	return putInPlace(part, file)
}

// backupRows copies every row of one state into a new file.
func backupRows(ctx context.Context, d *postgres.Backend, part string, progress ProgressFunc) error {
	progress.phase(phaseTables)
	to, err := sqlite.Open(part, d.Codec())
	if err != nil {
		return err
	}

	s := store.Open(to)
	err = d.Snapshot(ctx, func(r store.Reader) error {
		options := transfer.Options{Skip: notCopied, Progress: progress.walk("copying")}
		_, _, err := transfer.Sync(ctx, transfer.ViewOf(r), s, options)
		return err
	})

	return errors.Join(err, s.Close())
}

// backupFile lets SQLite copy the database, and measures the progress by the size of the file.
func backupFile(ctx context.Context, d *sqlite.Backend, part, from string, progress ProgressFunc) error {
	progress.report(Progress{Phase: "copying", Of: size(from), Unit: "bytes"})
	done := make(chan error, 1)
	go func() { done <- d.Backup(ctx, part) }()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			now := size(part)
			progress.report(Progress{Phase: "copying", Done: now, Of: now, Unit: "bytes"})
			return err
		case <-tick.C:
			now, of := size(part), size(from)
			progress.report(Progress{Phase: "copying", Done: now, Of: max(now, of), Unit: "bytes"})
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

// putInPlace gives a finished file its name once its content is on disk, and returns when the name is also on disk.
func putInPlace(part, file string) error {
	for _, step := range []func() error{
		func() error { return os.Chmod(part, 0o600) },
		func() error { return install.Flush(part) },
		func() error { return os.Rename(part, file) },
		func() error { return install.Flush(filepath.Dir(file)) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("finish %s: %w", file, err)
		}
	}

	return nil
}
