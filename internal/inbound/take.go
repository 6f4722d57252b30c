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

// take stores a message for one account: what its keyword changes, and the text with its event, in one transaction. known is
// false when there is no such account.
func (h *Handler) take(ctx context.Context, a id.Account, t text) (known bool, err error) {
	contact := h.dispatch.Query.Contact(t.mode, t.from)
	keys := []store.Key{store.ContactKey(a, contact), store.AccountKey(a)}
	seen := h.seenKey(t)
	if t.canRepeat() {
		keys = append(keys, seen.Key())
	}

	var stored bool
	err = h.dispatch.Config.Store.Update(ctx, a, keys, func(tx *store.Tx) error {
		stored = false
		var owner store.Account
		if owner, known = store.Get[store.Account](tx, store.AccountKey(a)); !known {
			return nil
		}

		if t.canRepeat() {
			if _, again := store.Get[store.Ref](tx, seen.Key()); again {
				return nil
			}
			tx.Put(seen)
		}

		row, wroteTo := store.Get[store.Contact](tx, keys[0])
		if !wroteTo {
			row = store.Contact{Account: a, ID: contact, Mode: t.mode, Number: h.dispatch.SealNumber(keys[0], t.from)}
		}

		// The account knows the phone by the number that it wrote to.
		from, err := h.dispatch.Query.Number(row.Key(), row.Number)
		if err != nil {
			return err
		}

		now := query.Clock(tx, a, t.mode, t.at)
		if stored = t.isText(row); stored {
			h.store(tx, row, from, t, now)
		}
		if row, changed := h.handle(tx, owner, row, from, t, now); changed {
			tx.Put(row)
		}

		return nil
	})
	if err == nil && stored {
		h.keepBound(ctx, list{a, t.mode})
	}

	return known, err
}

// isText tells whether the message is kept and told of: anything but words that opt out or in. An everyday answer such as
// "yes" opts nobody in who has not opted out.
func (t text) isText(c store.Contact) bool {
	switch {
	case t.everywhere:
		return false
	case t.Kind == keyword.Start && t.Everyday:
		return c.OptOut.At.IsZero()
	}
	return t.Kind == keyword.None || t.Kind == keyword.Help
}

// handle has the message's keyword carried out.
func (h *Handler) handle(tx *store.Tx, owner store.Account, row store.Contact, from phone.Number, t text, now time.Time) (store.Contact, bool) {
	if t.Kind == keyword.None {
		return row, false
	}
	word := optout.Keyword{Match: t.Match, From: from, To: t.To, Carrier: t.Carrier}
	if !t.everywhere {
		word.Reply = t.reply
	}

	return h.optOuts.Handle(tx, owner, row, word, now)
}

// store writes the text and its event.
func (h *Handler) store(tx *store.Tx, c store.Contact, from phone.Number, t text, now time.Time) {
	row := store.Inbound{
		Account: c.Account, ID: t.id, Mode: t.mode, Contact: c.ID, Channel: h.dispatch.ChannelOf(t.Carrier), Carrier: t.Carrier,
		To: h.destination(t), At: now, StoredAt: t.at,
	}
	if t.mode == id.Test {
		row.ID = row.ID.Ahead(now.Sub(t.at))
	}

	row.Number = h.dispatch.SealNumber(row.Key(), from)
	row.Body = h.dispatch.Config.Keys.Seal([]byte(t.Body.Reveal()), row.Key().Place("body"))
	tx.Insert(row)

	if !h.dispatch.HasSubscribers(c.Account, t.mode) {
		return
	}

	body := t.Body.Reveal()
	p := webhook.Payload{
		Event: webhook.MessageReceived, InboundID: row.ID.String(), Channel: row.Channel.String(), From: from.E164(), To: new(row.To), Text: &body,
	}
	p.At(now)
	h.dispatch.Enqueue(tx, outbox.Event{Account: c.Account, Mode: t.mode, Subject: row.ID[:], Payload: p}, now)
}

// destination is what the phone wrote to: a number in E.164 form if it is one, else as the carrier wrote it.
func (h *Handler) destination(t text) string {
	if numbers := h.dispatch.Config.Numbers.ReadSender(t.To, t.Country, false); len(numbers) > 0 {
		return numbers[0].E164()
	}
	return t.To
}

// canRepeat tells whether the message is known again when the carrier sends it a second time. Stop always counts: it is better
// carried out twice than missed.
func (t text) canRepeat() bool { return t.ID != "" && t.Kind != keyword.Stop && !t.everywhere }

// seenKey is the row that says that a message was taken. It is among the ids of receipts, under a name that no carrier has.
// Sender and text are part of it, since some gateways give the same id to everything.
func (h *Handler) seenKey(t text) store.Ref {
	mac := h.dispatch.Config.Keys.RequestMAC([]byte("inbound"), []byte(t.Carrier), []byte(t.ID), []byte(t.From), []byte(t.Body.Reveal()))
	return store.Ref{Carrier: t.Carrier + "/inbound", ID: hex.EncodeToString(mac[:16]), CreatedAt: t.at}
}

// list is the texts of an account and mode.
type list struct {
	account id.Account
	mode    id.Mode
}

// lookEvery is how many texts arrive between two looks at a bound: counting each time would cost more than storing.
func lookEvery(bound int) int { return max(1, bound/1000) }

// dropAtOnce is how many rows one transaction removes.
const dropAtOnce = 200

// keepBound removes the texts beyond the bound, now and then. The first text after a start looks as well. What fails is
// tried again with a later text: this one is stored.
func (h *Handler) keepBound(ctx context.Context, l list) {
	h.mu.Lock()
	n, known := h.arrived[l]
	due := !known || n+1 >= lookEvery(h.bound)
	h.arrived[l] = n + 1
	if due {
		h.arrived[l] = 0
	}

	h.mu.Unlock()

	for pass := (store.Pass[store.Key]{}); due && ctx.Err() == nil; {
		n, err := h.dropOldest(ctx, l, &pass)
		if err != nil && ctx.Err() == nil {
			h.dispatch.Config.Log.Warn("removing inbound texts beyond their bound failed; it is tried again", "account", l.account, "error", err)
		}
		due = err == nil && n == dropAtOnce
	}
}

// dropOldest removes some of the texts beyond the bound, and tells how many.
func (h *Handler) dropOldest(ctx context.Context, l list, pass *store.Pass[store.Key]) (n int, err error) {
	var keys []store.Key
	err = h.dispatch.Config.Store.View(ctx, func(v store.Reader) (err error) {
		keys, err = pass.Page(dropAtOnce, func(most int) ([]store.Key, error) { return v.InboundBeyond(l.account, l.mode, h.bound, most) })
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
