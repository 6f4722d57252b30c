package inbound

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/optout/keyword"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// receiveFor stores in one transaction what a message changes for an account: what its keyword changes, or the text and
// its event. known is false when there is no such account.
func (h *Handler) receiveFor(ctx context.Context, a id.Account, m received) (known bool, err error) {
	contact := h.dispatch.Query.Contact(m.mode, m.from)
	keys := []store.Key{store.ContactKey(a, contact), store.AccountKey(a)}
	seen := h.seenRow(m)
	if m.deduplicated() {
		keys = append(keys, seen.Key())
	}

	var stored bool
	err = h.dispatch.Config.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
		stored = false
		var owner store.Account
		if owner, known = store.Get[store.Account](tx, store.AccountKey(a)); !known {
			return nil
		}

		if m.deduplicated() {
			if _, repeated := store.Get[store.Ref](tx, seen.Key()); repeated {
				return nil
			}
			tx.Put(seen)
		}

		row, exists := store.Get[store.Contact](tx, keys[0])
		if !exists {
			row = store.Contact{Account: a, ID: contact, Mode: m.mode, Number: h.dispatch.SealNumber(keys[0], m.from)}
		}

		// The account knows the phone by the form of the number that it sent to.
		from, err := h.dispatch.Query.Number(row.Key(), row.Number)
		if err != nil {
			return err
		}

		now := query.Clock(tx, a, m.mode, m.at)
		if stored = m.isText(row); stored {
			h.store(tx, row, from, m, now)
		}
		if row, changed := h.handleKeyword(tx, owner, row, from, m, now); changed {
			tx.Put(row)
		}

		return nil
	})
	if err == nil && stored {
		h.keepBound(ctx, accountMode{a, m.mode})
	}

	return known, err
}

// isText reports whether the message is stored with an event: any message but keywords that opt out or in. An everyday
// answer such as "yes" is a text unless the phone has opted out.
func (m received) isText(c store.Contact) bool {
	switch {
	case m.allAccounts:
		return false
	case m.Kind == keyword.Start && m.Everyday:
		return c.OptOut.At.IsZero()
	}
	return m.Kind == keyword.None || m.Kind == keyword.Help
}

func (h *Handler) handleKeyword(
	tx *store.Tx, owner store.Account, row store.Contact, from phone.Number, m received, now time.Time,
) (store.Contact, bool) {
	if m.Kind == keyword.None {
		return row, false
	}
	word := optout.Keyword{Match: m.Match, From: from, To: m.To, Carrier: m.Carrier}
	if !m.allAccounts {
		word.Reply = m.reply
	}

	return h.optOuts.Handle(tx, owner, row, word, now)
}

// store writes the text and its event.
func (h *Handler) store(tx *store.Tx, c store.Contact, from phone.Number, m received, now time.Time) {
	row := store.Inbound{
		Account: c.Account, ID: m.id, Mode: m.mode, Contact: c.ID, Carrier: m.Carrier,
		Channel: h.dispatch.ChannelOf(m.Carrier), To: h.destination(m), At: now, StoredAt: m.at,
	}
	if m.mode == id.Test {
		row.ID = row.ID.Ahead(now.Sub(m.at))
	}

	row.Number = h.dispatch.SealNumber(row.Key(), from)
	row.Body = h.dispatch.Config.Keys.Seal([]byte(m.Body.Reveal()), row.Key().Location("body"))
	tx.Insert(row)

	if !h.dispatch.HasSubscribers(c.Account, m.mode) {
		return
	}

	body := m.Body.Reveal()
	p := webhook.Payload{
		Event: webhook.MessageReceived, InboundID: row.ID.String(), Channel: row.Channel.String(), From: from.E164(),
		To: new(row.To), Text: &body,
	}
	p.At(now)
	h.dispatch.Enqueue(tx, outbox.Event{Account: c.Account, Mode: m.mode, Subject: row.ID[:], Payload: p}, now)
}

// destination is what the phone wrote to, in E.164 form if it is a number, else as the carrier reports it.
func (h *Handler) destination(m received) string {
	if numbers := h.dispatch.Config.Numbers.ReadSender(m.To, m.Country, false); len(numbers) > 0 {
		return numbers[0].E164()
	}
	return m.To
}

// deduplicated reports whether the message is ignored when the carrier sends it again. Stop is not, as it is better
// carried out twice than missed.
func (m received) deduplicated() bool { return m.ID != "" && m.Kind != keyword.Stop && !m.allAccounts }

// seenRow is the row by which a repeated message is recognized. It is in the table of carriers' ids, under a name that
// no carrier has. Sender and text are part of its key, because some gateways give the same id to everything.
func (h *Handler) seenRow(m received) store.Ref {
	mac := h.dispatch.Config.Keys.RequestMAC(
		[]byte("inbound"), []byte(m.Carrier), []byte(m.ID), []byte(m.From), []byte(m.Body.Reveal()))
	return store.Ref{Carrier: m.Carrier + "/inbound", ID: hex.EncodeToString(mac[:16]), CreatedAt: m.at}
}

// accountMode identifies a list of texts.
type accountMode struct {
	account id.Account
	mode    id.Mode
}

// checkEvery is after how many texts the bound is checked. Counting each time would cost more than storing.
func checkEvery(bound int) int { return max(1, bound/1000) }

// dropBatch is how many rows one transaction removes.
const dropBatch = 200

// keepBound removes the oldest texts beyond the bound, after the first text of a run and then after every checkEvery
// texts. If that fails, a later text tries again: this one is stored.
func (h *Handler) keepBound(ctx context.Context, l accountMode) {
	h.mu.Lock()
	n, known := h.sinceCheck[l]
	due := !known || n+1 >= checkEvery(h.bound)
	h.sinceCheck[l] = n + 1
	if due {
		h.sinceCheck[l] = 0
	}

	h.mu.Unlock()

	for pass := (store.Pass[store.Key]{}); due && ctx.Err() == nil; {
		n, err := h.dropOldest(ctx, l, &pass)
		if err != nil && ctx.Err() == nil {
			h.dispatch.Config.Log.Warn("the oldest inbound texts could not be removed; it is tried again",
				"account", l.account, "error", err)
		}
		due = err == nil && n == dropBatch
	}
}

// dropOldest removes a batch of the texts beyond the bound, and returns how many.
func (h *Handler) dropOldest(ctx context.Context, l accountMode, pass *store.Pass[store.Key]) (n int, err error) {
	var keys []store.Key
	err = h.dispatch.Config.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = pass.Page(dropBatch, func(most int) ([]store.Key, error) {
			return v.InboundBeyond(l.account, l.mode, h.bound, most)
		})
		return err
	})
	if err != nil || len(keys) == 0 {
		return 0, err
	}

	return len(keys), h.dispatch.Config.Store.Update(ctx, l.account, keys, func(tx *store.Tx) error {
		for _, k := range keys {
			tx.Delete(k)
		}
		return nil
	})
}
