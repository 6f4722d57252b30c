package engine

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/store"
)

// noteOfPerson makes what inserts the audit row of a person's change to a code, a text or the sandbox, within its
// transaction. Changes of programs, which would drown all others, have none.
func noteOfPerson(
	ctx context.Context, c account.Caller, now time.Time, action, object string, changes ...store.Change,
) func(*store.Tx) {
	if audit.ActorOf(ctx).Kind != audit.User {
		return func(*store.Tx) {}
	}
	row := audit.Note(ctx, now, c.Account, c.Mode, action, object, changes...)

	return func(tx *store.Tx) { tx.Insert(row) }
}
