package janitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// eventBatch is how many events one transaction removes, with their deliveries.
const eventBatch = 100

// RemoveEvents removes events that are older than webhook.Keep, with their deliveries. An event's id begins with its
// time, so the oldest are found without another index.
func (j *Janitor) RemoveEvents(ctx context.Context) error {
	var errs []error
	err := j.Store.EachAccount(ctx, func(a store.Account) error {
		before := j.Store.UnrotatedBefore(j.Now().Add(-webhook.Keep))
		for _, mode := range []id.Mode{id.Live, id.Test} {
			if err := j.removeEvents(ctx, a.ID, mode, before); err != nil {
				errs = append(errs, fmt.Errorf("account %s: %w", a.ID, err))
			}
		}
		return nil
	})

	return errors.Join(append(errs, err)...)
}

func (j *Janitor) removeEvents(ctx context.Context, of id.Account, mode id.Mode, before time.Time) error {
	end := id.EventAt(before, [10]byte{})
	for ctx.Err() == nil {
		var old []store.Event
		err := j.Store.View(ctx, func(v store.Reader) (err error) {
			old, err = v.Events(of, mode, id.Event{}, end, false, eventBatch)
			return err
		})
		if err != nil {
			return err
		}

		var keys []store.Key
		for _, e := range old {
			keys = append(append(keys, e.Key()), deliveriesOf(e)...)
		}
		if err := j.remove(ctx, of, keys, nil); err != nil || len(old) < eventBatch {
			return err
		}
	}

	return nil
}
