package dispatch

import (
	"context"
	"fmt"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// show puts a submit of the sandbox on its phone.
func (d *Dispatcher) show(ctx context.Context, m carrier.Message) error {
	k, _, ok := ParseRef(m.Ref)
	if !ok {
		return fmt.Errorf("%q is not a reference of the sandbox", m.Ref)
	}

	account, now := k.Account, d.Config.Now()
	row := store.Inbox{
		Account: account, ID: id.NewMessage(now), Contact: d.Query.Contact(id.Test, m.To),
		Channel: m.Channel, SandboxAt: now, Message: id.Message([]byte(k.ID)),
	}
	random := row.ID

	return d.Config.Store.Update(ctx, account, []store.Key{store.AccountKey(account)}, func(tx *store.Tx) error {
		row.At = query.Clock(tx, account, id.Test, now)
		// The inbox is ordered by ids, and hours of the sandbox may pass within a millisecond.
		row.ID = random.Ahead(row.At.Sub(now))
		row.Number = d.SealNumber(row.Key(), m.To)
		row.Body = d.Config.Keys.Seal([]byte(m.Body.Reveal()), row.Key().Location("body"))
		tx.Insert(row)
		return nil
	})
}
