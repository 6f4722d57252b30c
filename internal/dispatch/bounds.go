package dispatch

import "github.com/syssecure/syssecure/internal/store"

// unschedule gives back the place that a message took among those that wait for their time.
func unschedule(tx *store.Tx, m store.Message) error {
	k := store.CountsKey(m.Account, m.Mode)
	if !tx.Has(k) {
		return store.Need(k)
	}

	c := store.CountsOf(tx, m.Account, m.Mode)
	c.Counts = c.RemoveScheduled()
	tx.Put(c)

	return nil
}
