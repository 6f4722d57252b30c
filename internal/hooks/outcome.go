package hooks

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// outcome is how an attempt ended, which has to be stored.
type outcome struct {
	queue    *targetQueue
	delivery store.Delivery
	try      webhook.Try
	response webhook.Response
	jitter   float64
}

// failedFor is the outcome of a delivery that is never tried again, for a reason of ours.
func failedFor(q *targetQueue, d store.Delivery, t webhook.Try) outcome {
	return outcome{queue: q, delivery: d, try: t, response: webhook.Response{Status: 410}}
}

// storeLater has an outcome stored, together with those of the account that come meanwhile: a target that takes
// thousands a second costs a few transactions.
func (h *Hooks) storeLater(o outcome) {
	a := o.delivery.Account
	h.outcomes.Lock()
	defer h.outcomes.Unlock()

	list, writing := h.outcomes.by[a]
	h.outcomes.by[a] = append(list, o)
	if !writing {
		h.workers.Go(func() { h.writeOutcomes(a) })
	}
}

// outcomeBatch is how many outcomes one transaction stores. While they keep coming, the next waits a little for more: a
// commit costs as much as thirty outcomes. The first is stored without a pause.
const (
	outcomeBatch = 128
	outcomePause = 5 * time.Millisecond
)

// writeOutcomes stores the outcomes of an account until there are none.
func (h *Hooks) writeOutcomes(a id.Account) {
	for first := true; ; first = false {
		if !first {
			h.gatherOutcomes(a)
		}

		h.outcomes.Lock()
		list := h.outcomes.by[a]
		if len(list) == 0 {
			delete(h.outcomes.by, a)
			h.outcomes.Unlock()
			return
		}

		some := list[:min(len(list), outcomeBatch)]
		h.outcomes.by[a] = list[len(some):]
		h.outcomes.Unlock()

		h.retry("storing how deliveries ended", func() error { return h.storeOutcomes(a, some) })
		failpoint.Hit(failpoint.HookStored)
		h.outcomesStored(some...)
	}
}

// gatherOutcomes waits for more outcomes, unless there are none or enough.
func (h *Hooks) gatherOutcomes(a id.Account) {
	h.outcomes.Lock()
	n := len(h.outcomes.by[a])
	h.outcomes.Unlock()

	if n > 0 && n < outcomeBatch {
		select {
		case <-time.After(outcomePause):
		case <-h.workers.Stopping():
		}
	}
}

// storeOutcomes stores outcomes in one transaction. Only the owner of a row may: one that another run has taken over is
// not changed.
func (h *Hooks) storeOutcomes(a id.Account, list []outcome) error {
	now := h.Now()
	keys := make([]store.Key, len(list))
	for i, o := range list {
		keys[i] = o.delivery.Key()
	}

	return h.Store.Update(context.Background(), a, keys, func(tx *store.Tx) error {
		for i, o := range list {
			row, ok := store.GetSound[store.Delivery](tx, keys[i])
			if !ok || row.State != webhook.Waiting || row.Owner != o.delivery.Owner {
				continue
			}

			row.Delivery = row.Done(o.try, o.response, now, o.jitter)
			tx.Put(row)
			if !row.DueAt.IsZero() {
				tx.After(func() { h.Wake(refOf(row), row.DueAt) })
			}
		}

		return nil
	})
}
