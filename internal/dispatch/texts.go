package dispatch

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// blocked reports whether a text must not be sent because its number has opted out since the request. Codes are sent in
// any case. It also stores in the contact that this account sends to it now, so that an answer finds the account.
func (d *Dispatcher) blocked(tx *store.Tx, m store.Message, now time.Time) (bool, error) {
	if m.Type != message.TextMessage {
		return false, nil
	}
	k := store.ContactKey(m.Account, m.Contact)
	if !tx.MayUse(k) {
		return false, store.Need(k)
	}

	c, known := store.Get[store.Contact](tx, k)
	if !known || !c.OptOut.At.IsZero() {
		return known, nil
	}

	if m.Current() < 0 && m.Mode == id.Live {
		c.LastSentVia = message.NoteSentVia(c.LastSentVia, m.FirstCarrier(), now)
		tx.Put(c)
	}

	return false, nil
}
