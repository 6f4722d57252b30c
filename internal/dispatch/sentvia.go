package dispatch

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// noteFallback stores in the contact the carrier of a step, if it is not the one that the send stored. Only a fallback
// has this extra write.
func noteFallback(tx *store.Tx, m store.Message, before message.Message, now time.Time) error {
	if m.Mode != id.Live || len(m.Attempts) == len(before.Attempts) {
		return nil
	}
	over := m.StepOf(m.Current()).Carrier
	if over == before.FirstCarrier() {
		return nil
	}

	k := store.ContactKey(m.Account, m.Contact)
	if !tx.MayUse(k) {
		return store.Need(k)
	}

	if c, ok := store.Get[store.Contact](tx, k); ok {
		c.LastSentVia = message.NoteSentVia(c.LastSentVia, over, now)
		tx.Put(c)
	}

	return nil
}
