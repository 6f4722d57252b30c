package idempotency

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/store"
)

// Once runs a change in one transaction, which also stores the answer when the request has an Idempotency-Key: a repeat
// gets the first answer and changes nothing. A change that returns an error has no effect, and a repeat runs it again.
// change is a closure of Store.Update and may run more than once.
func Once[R any](ctx context.Context, s *store.Store, c account.Caller, r *Request, now time.Time, keys []store.Key,
	change func(*store.Tx) (R, error),
) (out R, answer *Answer, err error) {
	var none R
	var refused *fault.Fault
	err = s.Update(ctx, c.Account, r.Keys(c, keys), func(tx *store.Tx) (err error) {
		out, answer, refused = none, nil, nil
		if r != nil {
			if answer, refused, err = r.Replayed(tx, c, now); answer != nil || refused != nil || err != nil {
				return err
			}
		}
		if out, err = change(tx); err != nil {
			return err
		}
		answer = r.Answer(tx, c, now, out, nil)

		return nil
	})
	if err == nil && refused != nil {
		err = refused
	}
	if err != nil {
		return none, nil, err // nothing was stored
	}

	return out, answer, nil
}

// Steps is Once for a change of more than one transaction: the request is stored before it, and its answer after it. A
// change that returns an error must have had no effect; one that a crash cut off is run again.
func Steps[R any](ctx context.Context, c account.Caller, r *Request,
	change func() (R, error),
) (out R, answer *Answer, err error) {
	if answer, err = r.begin(ctx, c); answer != nil || err != nil {
		return out, answer, err
	}
	if out, err = change(); err != nil {
		r.forget(ctx, c)
		return out, nil, err
	}

	return out, r.Finish(ctx, c, out, nil), nil
}

// Once is the function Once for a change of which the caller needs only the answer.
func (s *Answers) Once(ctx context.Context, c account.Caller, idem *Request, keys []store.Key,
	change func(*store.Tx) (any, error),
) (*Answer, error) {
	_, answer, err := Once(ctx, s.c.Store, c, idem, s.c.Now(), keys, change)
	return answer, err
}
