package idempotency

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/store"
)

// Once carries out a change that is one transaction, and its answer with it when the request has an Idempotency-Key: a
// repeat gets the first answer and changes nothing. A change that returns an error had no effect, and may be asked for
// again. change keeps the rules of a closure.
func Once[R any](ctx context.Context, s *store.Store, c account.Caller, i *Request, now time.Time, keys []store.Key,
	change func(*store.Tx) (R, error),
) (out R, answer *Answer, err error) {
	var none R
	var refused *fault.Fault
	err = s.Update(ctx, c.Account, i.Keys(c, keys), func(tx *store.Tx) (err error) {
		out, answer, refused = none, nil, nil
		if i != nil {
			if answer, refused, err = i.Replayed(tx, c, now); answer != nil || refused != nil || err != nil {
				return err
			}
		}
		if out, err = change(tx); err != nil {
			return err
		}
		answer = i.Answer(tx, c, now, out, nil)

		return nil
	})
	if err == nil && refused != nil {
		err = refused
	}
	if err != nil {
		return none, nil, err // what was decided was not stored
	}

	return out, answer, nil
}

// Steps is Once for a change of more than one transaction: the request is noted before it, and its answer stored behind
// it. A change that returns an error had no effect; one that a crash cut off is done again.
func Steps[R any](ctx context.Context, c account.Caller, i *Request, change func() (R, error)) (out R, answer *Answer, err error) {
	if answer, err = i.begin(ctx, c); answer != nil || err != nil {
		return out, answer, err
	}
	if out, err = change(); err != nil {
		i.forget(ctx, c)
		return out, nil, err
	}

	return out, i.Finish(ctx, c, out, nil), nil
}

// Once is the same for a change whose result only its answer shows.
func (s *Answers) Once(ctx context.Context, c account.Caller, idem *Request, keys []store.Key, change func(*store.Tx) (any, error)) (*Answer, error) {
	_, answer, err := Once(ctx, s.c.Store, c, idem, s.c.Now(), keys, change)
	return answer, err
}
