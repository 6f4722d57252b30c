package engine

import (
	"context"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/store"
)

// Once carries out a change that is one transaction, under an Idempotency-Key: the change and its answer are stored
// together, so that a repeat finds both or neither. change returns what the answer is rendered from. Without a key it is
// the change alone, and there is no stored answer.
func (e *Engine) Once(ctx context.Context, c account.Caller, idem *Idempotent, keys []store.Key, change func(*store.Tx) (any, error)) (answer *Answer, err error) {
	real := e.Now()
	var refused *fault.Fault
	err = e.Store.Update(ctx, c.Account, idem.keys(c, keys), func(tx *store.Tx) (err error) {
		if answer, refused, err = e.replayed(tx, c, idem, real); answer != nil || refused != nil || err != nil {
			return err
		}
		result, err := change(tx)
		if err != nil {
			return err
		}
		answer = idem.answer(tx, c, real, result, nil)
		return nil
	})
	if err == nil && refused != nil {
		err = refused
	}
	return answer, err
}
