// Package inbound implements what comes from phones: it reads the sender, finds the account that the phone means, and
// has keywords such as STOP carried out.
//
// It knows no carrier's protocol. What a keyword changes is decided by package optout.
package inbound

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/optout/keyword"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// Handler is safe for concurrent use.
type Handler struct {
	dispatch *dispatch.Dispatcher
	optOuts  *optout.Handler
}

// New makes a Handler.
func New(d *dispatch.Dispatcher, o *optout.Handler) *Handler { return &Handler{d, o} }

// text is a message from a phone whose sender was read.
type text struct {
	carrier.Inbound
	keyword.Match
	from phone.Number
	mode id.Mode
	at   time.Time
	// reply: one account is meant, which may answer.
	reply bool
}

// Take stores a message from a phone. It belongs to the account whose message it answers, or that last sent to the phone
// over the carrier. When there is none, a keyword that opts out or in applies to every live account, and anything else is
// logged and dropped: matched is false then, as for a sender that cannot be read.
func (h *Handler) Take(ctx context.Context, in carrier.Inbound) (matched bool, err error) {
	from := h.dispatch.Numbers.ReadSender(in.From, in.Country, in.National)
	if len(from) == 0 {
		h.dropped(in, "an inbound message was dropped: its sender cannot be read; if it is a national number, give the carrier its country")
		return false, nil
	}

	t := text{Inbound: in, Match: keyword.Classify(in.Body.Reveal()), from: from[0], mode: id.Live, at: h.dispatch.Now(), reply: true}
	if t.Kind == keyword.None {
		return true, nil
	}
	if k, _, ok := dispatch.ParseRef(in.Ref); ok {
		if in.Carrier == h.dispatch.Sandbox.Name() {
			t.mode = id.Test
		}
		return true, h.take(ctx, k.Account, t)
	}

	owner, number, all, err := h.sendersTo(ctx, from, in.Carrier)
	if err != nil {
		return false, err
	}
	if !owner.IsZero() {
		t.from = number
		return true, h.take(ctx, owner, t)
	}
	if t.Kind == keyword.Help {
		return false, nil // only an answer could come of it
	}
	t.reply = false
	return true, h.takeForAll(ctx, all, t)
}

// dropped logs a message that was taken and goes nowhere. It has neither text nor number.
func (h *Handler) dropped(in carrier.Inbound, why string) {
	h.dispatch.Log.Warn(why, "carrier", in.Carrier, "from", phone.Number(in.From))
}

// atOnce is how many accounts are read at a time, or take a keyword side by side, so that one commit carries them all.
const atOnce = 256

func (h *Handler) takeForAll(ctx context.Context, accounts []id.Account, t text) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, a := range accounts {
		group.Go(func() error { return h.take(ctx, a, t) })
	}
	return group.Wait()
}

// sendersTo finds the account that last sent to one of the numbers over the carrier, and which number that is; every account
// when none did.
func (h *Handler) sendersTo(ctx context.Context, numbers []phone.Number, via string) (owner id.Account, n phone.Number, all []id.Account, err error) {
	contacts := map[store.ContactID]phone.Number{}
	for _, n := range numbers {
		contacts[h.dispatch.Contact(id.Live, n)] = n
	}
	var last time.Time
	err = h.dispatch.Store.View(ctx, func(v store.Reader) error {
		for after := (id.Account{}); ; {
			page, err := v.Accounts(after, atOnce)
			if err != nil || len(page) == 0 {
				return err
			}
			var keys []store.Key
			for _, a := range page {
				all = append(all, a.ID)
				for contact := range contacts {
					keys = append(keys, store.ContactKey(a.ID, contact))
				}
			}
			rows, err := v.Load(keys...)
			if err != nil {
				return err
			}
			for _, k := range keys {
				c, _ := store.Get[store.Contact](rows, k)
				if at := message.LastSentVia(c.LastSentVia, via); at.After(last) {
					last, owner, n = at, k.Account, contacts[c.ID]
				}
			}
			after = page[len(page)-1].ID
		}
	})
	return owner, n, all, err
}

// take stores a text for one account.
func (h *Handler) take(ctx context.Context, a id.Account, t text) error {
	contact := h.dispatch.Contact(t.mode, t.from)
	k, ak := store.ContactKey(a, contact), store.AccountKey(a)
	word := optout.Keyword{Match: t.Match, From: t.from, To: t.To, Carrier: t.Carrier}
	if t.reply {
		word.Reply = id.NewMessage(t.at)
	}

	return h.dispatch.Store.Update(ctx, a, []store.Key{k, ak}, func(tx *store.Tx) error {
		owner, _ := store.Get[store.Account](tx, ak)
		row, known := store.Get[store.Contact](tx, k)
		if !known {
			row = store.Contact{Account: a, ID: contact, Mode: t.mode, Number: h.dispatch.SealNumber(store.TableContact, contact[:], t.from)}
		}
		row, changed := h.optOuts.Handle(tx, owner, row, word, query.Clock(tx, a, t.mode, t.at))
		if changed {
			tx.Put(row)
		}
		return nil
	})
}
