package engine

import (
	"context"
	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// Message is a message as its sender sees it.
type Message = query.Message

// messageFrom is a message of an Update.
func (e *Engine) messageFrom(tx *store.Tx, c account.Caller, m id.Message) (Message, error) {
	k := store.MessageKey(c.Account, m)
	if !tx.Has(k) {
		return Message{}, store.Need(k)
	}
	row, ok := store.Get[store.Message](tx, k)
	if !ok || row.Mode != c.Mode {
		return Message{}, fault.NoSuch("message")
	}
	return e.Open(row)
}

// CancelMessage calls off a text that waits for its time, and gives its credits back.
func (e *Engine) CancelMessage(ctx context.Context, c account.Caller, m id.Message, idem *Idempotent) (out Message, answer *Answer, err error) {
	k, real := store.MessageKey(c.Account, m), e.Now()
	keys := idem.keys(c, []store.Key{k, store.AccountKey(c.Account)})
	var refused *fault.Fault
	err = e.Store.Update(ctx, c.Account, keys, func(tx *store.Tx) (err error) {
		if answer, refused, err = e.replayed(tx, c, idem, real); answer != nil || refused != nil || err != nil {
			return err
		}
		if out, err = e.messageFrom(tx, c, m); err != nil {
			return err
		}
		if out.State != message.Scheduled {
			refused = fault.Invalid("message_id", "this message is %s; only a scheduled one can be canceled", out.State).WithReason("not_scheduled")
			return nil
		}
		if out.Message, _, err = e.Apply(tx, out.Message, query.Clock(tx, c.Account, c.Mode, real), message.Event{Kind: message.Cancel}); err != nil {
			return err
		}
		answer = idem.answer(tx, c, real, out, nil)
		return nil
	})
	if err == nil && refused != nil {
		err = refused
	}
	return out, answer, err
}
