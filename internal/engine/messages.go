package engine

import (
	"context"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// Message is a message as its sender sees it.
type Message = query.Message

// messageFrom reads a message in an Update.
func messageFrom(q *query.Query, tx *store.Tx, c account.Caller, m id.Message) (Message, error) {
	k := store.MessageKey(c.Account, m)
	if !tx.MayUse(k) {
		return Message{}, store.Need(k)
	}

	row, ok := store.Get[store.Message](tx, k)
	if !ok || row.Mode != c.Mode {
		return Message{}, fault.NoSuch("message")
	}

	return q.Open(row)
}

// CancelMessage cancels a text that is scheduled, or parked after a restore, and releases its credits.
func (e *Engine) CancelMessage(ctx context.Context, c account.Caller, m id.Message,
	idem *idempotency.Request,
) (out Message, answer *idempotency.Answer, err error) {
	now := e.dispatch.Clock.Now()
	note := noteOfPerson(ctx, c, now, audit.MessageCanceled, m.String())
	keys := []store.Key{store.MessageKey(c.Account, m), store.AccountKey(c.Account), store.CountsKey(c.Account, c.Mode)}
	return idempotency.Once(ctx, e.store, c, idem, now, keys, func(tx *store.Tx) (Message, error) {
		out, err := messageFrom(e.query, tx, c, m)
		if err != nil {
			return Message{}, err
		}
		if out.State != message.Scheduled && !out.Parked() {
			return Message{}, fault.Invalid("message_id", "this message is %s; only a scheduled one can be canceled",
				out.State).WithReason("not_scheduled")
		}

		at := query.Clock(tx, c.Account, c.Mode, now)
		out.Message, _, err = e.dispatch.Apply(tx, out.Message, at, message.Input{Kind: message.Cancel})
		note(tx)

		return out, err
	})
}
