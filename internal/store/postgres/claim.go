package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrRunning says that another server works on the database.
var ErrRunning = errors.New("another syssecure serve works on this PostgreSQL database, and one at a time can: stop it first")

// claimSQL asks for the database. A server whose machine is gone loses its claim within seconds, not after the two hours
// that TCP takes by default.
const claimSQL = `SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;
	SELECT pg_try_advisory_lock(hashtext('syssecure serve'), hashtext(current_schema()))`

// Claim keeps a second server away from the database until release is called or this process ends: at its start it would
// take the messages that this one is sending for the leavings of a crash, and send them again.
func (b *Backend) Claim(ctx context.Context) (release func() error, err error) {
	pg, err := pgconn.ConnectConfig(ctx, b.config)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	got, err := one(ctx, pg, claimSQL)
	if err == nil && got != "t" {
		err = ErrRunning
	}
	if err != nil {
		return nil, errors.Join(err, pg.Close(ctx))
	}
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), connectWithin)
		defer cancel()
		// Whoever comes next need not wait until the server has noticed the end of the connection, which ends the claim, too.
		_, _ = pg.Exec(ctx, "SELECT pg_advisory_unlock_all()").ReadAll()
		_ = pg.Close(ctx) // it may have been lost before
		return nil
	}, nil
}
