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
	Tell  Tell
}

// Restored is what a restore did.
type Restored struct {
	restore.Counts
	Kept string // where the database is that was there before
}

// epochsAhead is how far the epoch of a restored copy is ahead: no server that ran since the backup had as many starts, so
// no row of any of them is taken for one's own.
const epochsAhead = 1_000_000

// Run restores. Whoever could serve the database finds it as it was before, or with the rule of restored copies applied
// (see package restore), and never in between.
func (r Restore) Run(ctx context.Context) (out Restored, err error) {
	c := r.Config
	if err := isBackup(r.File); err != nil {
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
	put := r.replaceFile
	if !c.Database.Empty() {
		put = r.replaceRows
	}

	temp, err := os.MkdirTemp(c.Data, ".restore-")
	if err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}

	defer os.RemoveAll(temp)
	copied := *c
	copied.Data, copied.Database = temp, config.Config{}.Database

	return out, put(ctx, &copied, &out)
}

// isBackup looks at a file before anything is done.
func isBackup(file string) error {
	found, err := isSQLite(file)
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	if !found {
		return fmt.Errorf("%s is no backup of SysSecure: syssecure backup makes one", file)
	}
	if size(file+"-wal") > 0 {
		return fmt.Errorf("%s is a database in use and no backup: %[1]s-wal holds a part of it; make a copy with syssecure backup", file)
	}

	return nil
}

// isSQLite tells whether a file begins as SQLite's do.
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

// prepare makes the copy that will be served: whole, of this installation's key, up to date, and with the rule applied.
func (r Restore) prepare(ctx context.Context, c *config.Config, out *Restored) (err error) {
	file := filepath.Join(c.Data, install.DatabaseFile)
	if err := r.copyTo(ctx, file); err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}

	d, err := sqlite.Open(file, install.NewCodec(slog.Default()))
	if err != nil {
		return fmt.Errorf("%s cannot be restored: %w", r.File, err)
	}

	r.Tell.step(Step{Phase: "checking"})
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
		err = fmt.Errorf("%s %w", r.File, errNoData)
	}
	if err != nil {
		return errors.Join(err, d.Close())
	}

	b, err := install.Unlock(ctx, c, d, there)
	if errors.Is(err, install.ErrWrongMasterKey) {
		return fmt.Errorf("%s was sealed with another master key than %s: put the key in its place that belongs to the backup", r.File, c.MasterKeyFile)
	}
	if err != nil {
		return err
	}
	out.Counts, err = applyRule(ctx, b, r.Tell)

	return errors.Join(err, b.Close())
}

// copyTo copies the backup, which is only read.
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
		r.Tell.step(Step{Phase: "reading", Done: done, Of: of, Unit: "bytes"})
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

// applyRule ends codes, parks what waits, and takes an epoch that nobody had.
func applyRule(ctx context.Context, b *install.Base, tell Tell) (restore.Counts, error) {
	epoch, err := install.AddEpochs(ctx, b.Store, epochsAhead)
	if err != nil {
		return restore.Counts{}, err
	}

	s := shell(b, epoch)
	s.Tell = func(n restore.Counts) { tell.codes(n.Scanned, max(n.Of, n.Scanned)) }
	n, err := s.Apply(ctx)
	if err == nil {
		tell.codes(n.Scanned, n.Scanned) // how many there would be was an estimate
	}

	return n, err
}

// codes is told of the codes that a restore looked at.
func (t Tell) codes(done, of int64) {
	t.step(Step{Phase: "ending codes and parking what waits", Done: done, Of: of, Unit: "codes"})
}

// shell gives the rules to a database that this process does not serve.
func shell(b *install.Base, epoch int64) restore.Shell {
	return restore.New(dispatch.New(dispatch.Config{
		Store: b.Store, Keys: b.Keys, Index: b.Index, Epoch: epoch, Now: b.Now, Log: slog.New(slog.DiscardHandler),
	}))
}

// replaceFile puts the prepared copy in the place of the embedded database.
func (r Restore) replaceFile(ctx context.Context, copied *config.Config, out *Restored) error {
	file := filepath.Join(r.Config.Data, install.DatabaseFile)
	free := size(file) == 0 || harmless(ctx, file)
	if !free && !r.Force {
		return fmt.Errorf("there is data in %s already: --force replaces it, and keeps what is there under another name", file)
	}
	if err := r.prepare(ctx, copied, out); err != nil {
		return err
	}

	if !free {
		out.Kept = file + ".before-restore-" + stamp()
		if err := keep(file, out.Kept); err != nil {
			return fmt.Errorf("keep the database that is there: %w", err)
		}
	}

	return putInPlace(filepath.Join(copied.Data, install.DatabaseFile), file)
}

// stamp tells files of different times apart.
func stamp() string { return time.Now().UTC().Format("20060102T150405.000") }

// harmless tells whether a database file has nothing to lose. One that cannot be read may have. To look brings the log into
// the file.
func harmless(ctx context.Context, file string) bool {
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

// keep gives a database another name. One without a log stays where it is until it is replaced, so that at no moment there
// is none. The log of one that cannot be read goes with it, and first: it must never lie beside the new one.
func keep(file, kept string) error {
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

// replaceRows puts the prepared copy into PostgreSQL. The database is closed from the first row to the last.
func (r Restore) replaceRows(ctx context.Context, copied *config.Config, out *Restored) (err error) {
	r.Tell.step(Step{Phase: making})
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
	half := there.Closed != nil && there.Closed.Why == install.ClosedRestoring
	if there.Accounts && !half && !r.Force {
		return fmt.Errorf("there is data in %s already: --force replaces it, and keeps what is there in a backup", install.Where(r.Config))
	}
	if err := r.prepare(ctx, copied, out); err != nil {
		return err
	}

	if there.Accounts && !half {
		out.Kept = filepath.Join(r.Config.Data, "before-restore-"+stamp()+".db")
		if err := Backup(ctx, to, out.Kept, r.Tell); err != nil {
			return err
		}
	}

	r.Tell.step(Step{Phase: making})
	if err := install.Prepare(ctx, r.Config, d); err != nil {
		return err
	}

	return r.fill(ctx, copied, to)
}

func (r Restore) fill(ctx context.Context, copied *config.Config, to *install.Base) (err error) {
	if err := install.CloseFor(ctx, to.Store, install.ClosedError{Why: install.ClosedRestoring, Other: r.File, At: to.Now()}); err != nil {
		return err
	}
	d, err := sqlite.Open(filepath.Join(copied.Data, install.DatabaseFile), to.Backend.Codec())
	if err != nil {
		return err
	}

	from := store.Open(d)
	defer func() { err = errors.Join(err, from.Close()) }()
	read, _, err := transfer.Sync(ctx, from.View, to.Store, transfer.Options{Skip: own, Tell: r.Tell.walk("writing")})
	if err != nil {
		return err
	}

	there, err := transfer.Sums(ctx, to.Store.View, transfer.Options{Skip: own, Tell: r.Tell.walk("comparing")})
	if err != nil {
		return err
	}
	if different := transfer.Differences(read, there); len(different) > 0 {
		return fmt.Errorf("what is in the database differs from the backup; please report this: %s", strings.Join(different, "; "))
	}

	return install.Reopen(ctx, to.Store)
}
