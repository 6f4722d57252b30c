package ops

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/restore"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/transfer"
)

// Restore makes an installation's database from a backup.
type Restore struct {
	Config *config.Config
	File   string
	// Force lets it replace a database that has data; what was there is kept, see Restored.Kept.
	Force bool
	// SkipDamaged lets it restore a backup that has damaged rows. They stay as they are.
	SkipDamaged bool

	Progress ProgressFunc
}

// Restored is what a restore did.
type Restored struct {
	restore.Counts
	Damaged int64  // how many rows are damaged, and were left as they are
	Kept    string // where the replaced database is kept, if there was one
}

// epochsAhead is how far the epoch of a restored copy is ahead. Servers that ran since the backup cannot have used an
// epoch as high, so the copy's server never takes their rows for its own.
const epochsAhead = 1_000_000

// Run restores. A server that starts at any moment finds the database as it was before, or
// restored and made safe (see package restore), but nothing in between.
func (r Restore) Run(ctx context.Context) (out Restored, err error) {
	c := r.Config
	if err := checkBackup(r.File); err != nil {
		return out, err
	}
	if _, err := install.MasterKey(c.MasterKeyFile, true); err != nil {
		return out, err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return out, fmt.Errorf("make the data folder: %w", err)
	}

	unlock, err := install.LockData(c.Data)
	if err != nil {
		return out, err
	}

	defer func() { err = errors.Join(err, unlock()) }()
	replace := r.replaceFile
	if !c.Database.Empty() {
		replace = r.replaceRows
	}

	temp, err := os.MkdirTemp(c.Data, ".restore-")
	if err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}

	defer os.RemoveAll(temp)
	copied := *c
	copied.Data, copied.Database = temp, config.Config{}.Database

	return out, replace(ctx, &copied, &out)
}

// checkBackup rejects files that cannot be a backup before anything is done.
func checkBackup(file string) error {
	found, err := isSQLite(file)
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	if !found {
		return fmt.Errorf("%s is not a SysSecure backup: use a file made by syssecure backup", file)
	}
	if size(file+"-wal") > 0 {
		return fmt.Errorf("%s is a database in use, not a backup (%[1]s-wal has a part of its data): copy it with "+
			"syssecure backup, and restore that copy", file)
	}

	return nil
}

// isSQLite reports whether a file starts with SQLite's file header.
func isSQLite(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}

	defer func() { _ = f.Close() }() // it was read only
	head := make([]byte, 16)
	_, err = io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	}

	return bytes.Equal(head, []byte("SQLite format 3\x00")), err
}

// prepare makes the copy that will be served, once it is known to be undamaged and sealed with this installation's key:
// with the schema of this version, its codes ended, and its pending messages and deliveries parked.
func (r Restore) prepare(ctx context.Context, c *config.Config, out *Restored) (err error) {
	file := filepath.Join(c.Data, install.DatabaseFile)
	if err := r.copyTo(ctx, file); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}

	d, err := sqlite.Open(file, install.NewCodec(slog.Default()))
	if err != nil {
		return fmt.Errorf("%s cannot be restored: %w", r.File, err)
	}

	r.Progress.phase("checking")
	there, err := install.Inspect(ctx, d)
	var problems []string
	if err == nil {
		problems, err = d.Check(ctx)
	}

	switch {
	case err != nil:
		err = fmt.Errorf("%s is damaged: %w", r.File, err)
	case len(problems) > 0:
		err = fmt.Errorf("%s is damaged: %s", r.File, strings.Join(problems, "; "))
	case !there.Sealed():
		err = fmt.Errorf("%s contains no SysSecure data: use a file made by syssecure backup", r.File)
	}
	if err != nil {
		return errors.Join(err, d.Close())
	}

	b, err := install.Unlock(ctx, c, d, there)
	if errors.Is(err, install.ErrWrongMasterKey) {
		return fmt.Errorf("%s was sealed with a master key other than the one in %s: replace that file with the "+
			"master key that belongs to the backup", r.File, c.MasterKeyFile)
	}
	if err != nil {
		return err
	}
	if out.Damaged, err = mayRestore(ctx, b.Store, r.SkipDamaged, r.Progress); err != nil {
		err = fmt.Errorf("%s is damaged: %w", r.File, err)
	} else {
		out.Counts, err = makeSafe(ctx, b, r.Progress)
	}

	return errors.Join(err, b.Close())
}

// copyTo copies the backup to a new file.
func (r Restore) copyTo(ctx context.Context, file string) (err error) {
	from, err := os.Open(r.File)
	if err != nil {
		return err
	}

	defer func() { _ = from.Close() }() // it was read only
	to, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, to.Close()) }()
	of := size(r.File)
	for done := int64(0); ; {
		n, err := io.CopyN(to, from, 16<<20)
		done += n
		r.Progress.report(Progress{Phase: "reading", Done: done, Of: of, Unit: "bytes"})
		switch {
		case errors.Is(err, io.EOF):
			return ctx.Err()
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// makeSafe ends codes, parks pending messages and deliveries, and takes an epoch that no server has used.
func makeSafe(ctx context.Context, b *install.Base, progress ProgressFunc) (restore.Counts, error) {
	epoch, err := install.AddEpochs(ctx, b.Store, epochsAhead)
	if err != nil {
		return restore.Counts{}, err
	}

	r := restorer(b, epoch)
	r.Progress = func(n restore.Counts) { progress.codes(n.Scanned, max(n.Of, n.Scanned)) }
	n, err := r.Apply(ctx)
	if err == nil {
		progress.codes(n.Scanned, n.Scanned) // the number before was an estimate
	}

	return n, err
}

// codes reports how many codes a restore has read.
func (f ProgressFunc) codes(done, of int64) {
	f.report(Progress{Phase: "expiring pending codes and parking unsent messages", Done: done, Of: of, Unit: "codes"})
}

func restorer(b *install.Base, epoch int64) restore.Restorer {
	return restore.New(dispatch.New(dispatch.Config{
		Store: b.Store, Keys: b.Keys, Index: b.Index, Epoch: epoch, Now: b.Now, Log: slog.New(slog.DiscardHandler),
	}))
}

// replaceFile replaces the embedded database with the prepared copy.
func (r Restore) replaceFile(ctx context.Context, copied *config.Config, out *Restored) error {
	file := filepath.Join(r.Config.Data, install.DatabaseFile)
	free := size(file) == 0 || isEmpty(ctx, file)
	if !free && !r.Force {
		return fmt.Errorf("%s already contains data: use --force to replace it; the old data is kept under another name", file)
	}
	if err := r.prepare(ctx, copied, out); err != nil {
		return err
	}

	if !free {
		out.Kept = file + ".before-restore-" + stamp()
		if err := renameTo(file, out.Kept); err != nil {
			return fmt.Errorf("keep the old database: %w", err)
		}
	}

	return putInPlace(filepath.Join(copied.Data, install.DatabaseFile), file)
}

// stamp distinguishes files by their time.
func stamp() string { return time.Now().UTC().Format("20060102T150405.000") }

// isEmpty reports whether a database file has no accounts, so that nothing is lost with it. A file that cannot be read
// may have some. Reading it brings its write-ahead log into the file.
func isEmpty(ctx context.Context, file string) bool {
	if found, err := isSQLite(file); err != nil || !found {
		return false // SQLite would remove its log
	}
	d, err := sqlite.Open(file, install.NewCodec(slog.Default()))
	if err != nil {
		return false
	}
	there, err := install.Inspect(ctx, d)

	return errors.Join(err, d.Close()) == nil && !there.Accounts
}

// renameTo gives a database another name. A database without a write-ahead log also keeps its old name until it is
// replaced, so that there is one at every moment. Otherwise the log is renamed first, because SQLite must never find it
// next to the new database.
func renameTo(file, kept string) error {
	if size(file+"-wal") == 0 {
		if err := os.Link(file, kept); err == nil {
			return nil
		}
	}

	for _, part := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(file+part, kept+part); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}

	return nil
}

// replaceRows writes the prepared copy into PostgreSQL. The database is blocked from the first row to the last.
func (r Restore) replaceRows(ctx context.Context, copied *config.Config, out *Restored) (err error) {
	r.Progress.phase(phaseTables)
	d, there, err := install.OpenDatabase(ctx, r.Config, slog.Default())
	if err != nil {
		return err
	}

	to := &install.Base{Config: r.Config, Backend: d, Store: store.Open(d), Now: time.Now}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := to.ReadKeys(true); err != nil {
		return err
	}

	ctx, lost := context.WithCancelCause(ctx)
	defer func() { err = install.Cause(ctx, err); lost(nil) }()
	release, err := install.Hold(ctx, r.Config, d, lost)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, release()) }()
	partial := there.Blocked != nil && there.Blocked.Why == install.BlockedRestoring
	if there.Accounts && !partial && !r.Force {
		return fmt.Errorf("%s already contains data: use --force to replace it; the old data is kept in a backup",
			install.Where(r.Config))
	}
	if err := r.prepare(ctx, copied, out); err != nil {
		return err
	}

	if there.Accounts && !partial {
		out.Kept = filepath.Join(r.Config.Data, "before-restore-"+stamp()+".db")
		if err := Backup(ctx, to, out.Kept, r.Progress); err != nil {
			return err
		}
	}

	r.Progress.phase(phaseTables)
	if err := install.Prepare(ctx, r.Config, d); err != nil {
		return err
	}

	return r.fill(ctx, copied, to)
}

func (r Restore) fill(ctx context.Context, copied *config.Config, to *install.Base) (err error) {
	blocked := install.BlockedError{Why: install.BlockedRestoring, Other: r.File, At: to.Now()}
	if err := install.Block(ctx, to.Store, blocked); err != nil {
		return err
	}
	d, err := sqlite.Open(filepath.Join(copied.Data, install.DatabaseFile), to.Backend.Codec())
	if err != nil {
		return err
	}

	from := store.Open(d)
	defer func() { err = errors.Join(err, from.Close()) }()
	read, _, err := transfer.Sync(ctx, from.View, to.Store, transfer.Options{
		Skip:     notCopied,
		Progress: r.Progress.walk("writing"),
	})
	if err != nil {
		return err
	}

	there, err := transfer.Sums(ctx, to.Store.View, transfer.Options{
		Skip:     notCopied,
		Progress: r.Progress.walk("comparing"),
	})
	if err != nil {
		return err
	}
	if different := transfer.Differences(read, there); len(different) > 0 {
		return fmt.Errorf("the restored data differs from the backup; please report this bug: %s",
			strings.Join(different, "; "))
	}

	return install.Unblock(ctx, to.Store)
}
