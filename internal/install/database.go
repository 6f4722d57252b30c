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

// Database is the database of an installation.
type Database interface {
	store.Backend
	// Codec returns the database's codec. It is locked until the master key is read.
	Codec() *store.Codec
	// Check returns the problems of the database.
	Check(ctx context.Context) (problems []string, err error)
	// Missing lists the tables and indexes of the schema that the database lacks.
	Missing(ctx context.Context) ([]store.Part, error)
}

// NewCodec makes a locked codec that logs damaged rows.
func NewCodec(log *slog.Logger) *store.Codec {
	return store.NewCodec(func(damage *store.DamagedError) {
		log.Error("a row is damaged; only what needs it fails",
			"table", damage.Key.Table.String(), "row", damage.Key.Text(), "cause", damage.Reason)
	})
}

// OpenDatabase opens the database of the configuration, and creates or migrates its schema. It returns what the
// database contains.
func OpenDatabase(ctx context.Context, c *config.Config, log *slog.Logger) (d Database, there Contents, err error) {
	if url := c.Database.Reveal(); url != "" {
		d, err = postgres.Open(ctx, url, NewCodec(log))
	} else {
		d, err = sqlite.Open(DatabasePath(c), NewCodec(log))
	}

	return opened(ctx, d, err)
}

// CheckDatabase checks what the configuration says about its database, without connecting to it.
func CheckDatabase(c *config.Config) error {
	if c.Database.Empty() {
		return nil
	}
	return postgres.CheckURL(c.Database.Reveal())
}

// OpenExistingDatabase opens the database of an installation, and creates nothing. A database in which nothing was ever
// sealed counts as missing: its installation was not completed.
func OpenExistingDatabase(ctx context.Context, c *config.Config) (d Database, there Contents, err error) {
	if url := c.Database.Reveal(); url != "" {
		d, err = postgres.OpenExisting(ctx, url, NewCodec(slog.Default()))
	} else {
		d, err = sqlite.OpenExisting(DatabasePath(c), NewCodec(slog.Default()))
	}

	if d, there, err = opened(ctx, d, err); err == nil && there.lostIndexKey() {
		return nil, there, errors.Join(ErrLostIndexKey, d.Close())
	}
	if err == nil && !there.Sealed() && there.Blocked == nil {
		err = errors.Join(store.ErrEmpty, d.Close())
	}
	if errors.Is(err, store.ErrEmpty) {
		return nil, there, noInstallation(c)
	}

	return d, there, err
}

// DatabasePath is the path of the embedded database.
func DatabasePath(c *config.Config) string { return filepath.Join(c.Data, DatabaseFile) }

// opened inspects a database that was opened. When it fails, it closes the database.
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

// Remote reports whether the data is in PostgreSQL.
func (b *Base) Remote() bool { return !b.Config.Database.Empty() }

// UnreadableFrames counts the entries of the embedded database's journal that could not be read. They are kept.
func (b *Base) UnreadableFrames(ctx context.Context) (int64, error) {
	if f, ok := b.Backend.(*sqlite.Backend); ok {
		return f.UnreadableFrames(ctx)
	}
	return 0, nil
}

// Hold keeps every server away from a database: by its list of nodes in PostgreSQL, or by the lock of its folder.
// lost is called when the hold is lost: then the command must not continue.
func Hold(
	ctx context.Context, c *config.Config, d Database, lost context.CancelCauseFunc,
) (release func() error, err error) {
	if p, ok := d.(*postgres.Backend); ok {
		return p.Reserve(ctx, lost)
	}
	return LockData(c.Data)
}

// Prepare creates the days of a database into which rows of another one are copied.
func Prepare(ctx context.Context, c *config.Config, d Database) error {
	p, ok := d.(*postgres.Backend)
	if !ok {
		return nil
	}
	return p.Prepare(ctx, time.Now(), store.Retention{Messages: c.Retention.Messages, Events: webhook.Keep})
}

// Cause returns why a hold ended a command, instead of "context canceled".
func Cause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(cause, ctx.Err()) {
		return cause
	}
	return err
}

// IsRunning reports whether Hold failed because a server uses the database.
func IsRunning(err error) bool {
	return errors.Is(err, ErrRunning) || errors.Is(err, postgres.ErrRunning)
}

// Where is the location of the data, without a password.
func (b *Base) Where() string {
	if b.Remote() {
		return "PostgreSQL"
	}
	return b.Config.Data
}
