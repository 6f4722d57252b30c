package install

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/sqlite"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Database is what an installation stores in.
type Database interface {
	store.Backend
	// Codec turns rows into records. It is locked until the master key is read.
	Codec() *store.Codec
	// Check returns what is wrong with the database, nothing when all is well.
	Check(ctx context.Context) (problems []string, err error)
}

// NewCodec makes a locked codec that logs damaged rows.
func NewCodec(log *slog.Logger) *store.Codec {
	return store.NewCodec(func(damage *store.DamagedError) {
		log.Error("a row is damaged; what needs it fails, and nothing else", "table", damage.Key.Table.String(), "row", damage.Key.Text(), "cause", damage.Reason)
	})
}

// OpenDatabase opens what the configuration names and brings its schema up to date; an empty database gets one. It tells
// what is in it.
func OpenDatabase(ctx context.Context, c *config.Config, log *slog.Logger) (d Database, there Contents, err error) {
	if url := c.Database.Reveal(); url != "" {
		d, err = postgres.Open(ctx, url, NewCodec(log))
	} else {
		d, err = sqlite.Open(DatabasePath(c), NewCodec(log))
	}

	return opened(ctx, d, err)
}

// CheckDatabase tells what is wrong with what the configuration says of its database, which is not connected to.
func CheckDatabase(c *config.Config) error {
	if c.Database.Empty() {
		return nil
	}
	return postgres.CheckURL(c.Database.Reveal())
}

// OpenExistingDatabase opens the database of an installation. It makes nothing: where nothing was ever sealed there is no
// installation, but at most the beginning of one.
func OpenExistingDatabase(ctx context.Context, c *config.Config) (d Database, there Contents, err error) {
	if url := c.Database.Reveal(); url != "" {
		d, err = postgres.OpenExisting(ctx, url, NewCodec(slog.Default()))
	} else {
		d, err = sqlite.OpenExisting(DatabasePath(c), NewCodec(slog.Default()))
	}

	if d, there, err = opened(ctx, d, err); err == nil && !there.Sealed() && there.Closed == nil {
		err = errors.Join(store.ErrEmpty, d.Close())
	}
	if errors.Is(err, store.ErrEmpty) {
		return nil, there, noInstallation(c)
	}

	return d, there, err
}

// DatabasePath is where the embedded database lies.
func DatabasePath(c *config.Config) string { return filepath.Join(c.Data, DatabaseFile) }

// opened looks at a database that was opened, or closes it.
func opened(ctx context.Context, d Database, err error) (Database, Contents, error) {
	if err != nil {
		return nil, Contents{}, err
	}

	there, err := Inspect(ctx, d)
	if err != nil {
		return nil, there, errors.Join(err, d.Close())
	}

	return d, there, nil
}

// Remote tells whether the data is in PostgreSQL.
func (b *Base) Remote() bool { return !b.Config.Database.Empty() }

// UnreadJournal counts the entries of the embedded database's journal that could not be read, and are kept.
func (b *Base) UnreadJournal(ctx context.Context) (int64, error) {
	if f, ok := b.Backend.(*sqlite.Backend); ok {
		return f.Unread(ctx)
	}
	return 0, nil
}

// Hold keeps every server away from a database: by its list of nodes in PostgreSQL, or by the lock of its folder.
// lost is called when the hold was lost: the command must not go on.
func Hold(ctx context.Context, c *config.Config, d Database, lost context.CancelCauseFunc) (release func() error, err error) {
	if p, ok := d.(*postgres.Backend); ok {
		return p.Hold(ctx, lost)
	}
	return LockData(c.Data)
}

// Prepare makes room in a database that rows of another one come to.
func Prepare(ctx context.Context, c *config.Config, d Database) error {
	p, ok := d.(*postgres.Backend)
	if !ok {
		return nil
	}
	return p.Prepare(ctx, time.Now(), store.Keep{Messages: c.Retention.Messages, Events: webhook.Keep})
}

// Cause says why a command was ended by its hold, in place of "context canceled".
func Cause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); err != nil && why != nil && !errors.Is(why, ctx.Err()) {
		return why
	}
	return err
}

// IsRunning tells whether Hold failed because a server works on the database.
func IsRunning(err error) bool {
	return errors.Is(err, ErrRunning) || errors.Is(err, postgres.ErrRunning)
}

// Where says where the data is, without a password.
func (b *Base) Where() string {
	if b.Remote() {
		return "PostgreSQL"
	}
	return b.Config.Data
}
