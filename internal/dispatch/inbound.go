package dispatch

import (
	"context"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// said is a word that came from a phone.
type said struct {
	carrier.Inbound
	from    phone.Number
	mode    id.Mode
	word    guard.Word
	keyword string
	real    time.Time
	// answer: one account is meant, which may say that it understood. When nobody knows whom the phone means, every
	// account heeds the word, and none answers: a stranger could have texts sent from all of them.
	answer bool
}

// Inbound takes a message from a phone. A word such as STOP opts the number out: for the account whose message it
// answers or that last sent to it over the carrier, or for every live account when none did.
func (d *Dispatcher) Inbound(ctx context.Context, in carrier.Inbound) error {
	from, err := phone.ParseFormat("+" + strings.TrimPrefix(strings.TrimSpace(in.From), "+"))
	if err != nil {
		d.Log.Info("an inbound message without a usable sender was dropped", "carrier", in.Carrier)
		return nil
	}
	s := said{Inbound: in, from: from, mode: id.Live, real: d.Now(), answer: true}
	if s.word, s.keyword = guard.Classify(in.Body.Reveal()); s.word == guard.None {
		return nil
	}
	if k, _, ok := parseRef(in.Ref); ok {
		if in.Carrier == d.Sandbox.Name() {
			s.mode = id.Test
		}
		return d.heed(ctx, k.Account, s)
	}
	owner, all, err := d.sendersTo(ctx, from, in.Carrier)
	if err != nil || !owner.IsZero() {
		if err == nil {
			err = d.heed(ctx, owner, s)
		}
		return err
	}
	if s.answer = false; s.word == guard.Help {
		return nil // only an answer could come of it
	}
	for len(all) > 0 && err == nil {
		some := all[:min(sweepBatch, len(all))]
		all = all[len(some):]
		err = abreast(some, func(row store.Due) error { return d.heed(ctx, row.Key.Account, s) })
	}
	return err
}

// sendersTo finds the account that last sent to the number over the carrier; every account when none did.
func (d *Dispatcher) sendersTo(ctx context.Context, n phone.Number, over string) (owner id.Account, all []store.Due, err error) {
	contact := d.Contact(id.Live, n)
	var last time.Time
	err = d.Store.View(ctx, func(v store.Reader) error {
		for after := (id.Account{}); ; {
			page, err := v.Accounts(after, sweepBatch)
			if err != nil || len(page) == 0 {
				return err
			}
			keys := make([]store.Key, len(page))
			for i, a := range page {
				keys[i] = store.ContactKey(a.ID, contact)
				all = append(all, store.Due{Key: a.Key()})
			}
			rows, err := v.Load(keys...)
			if err != nil {
				return err
			}
			for _, k := range keys {
				c, _ := store.Get[store.Contact](rows, k)
				if at := heardOver(c.Heard, over); at.After(last) {
					last, owner = at, k.Account
				}
			}
			after = page[len(page)-1].ID
		}
	})
	return owner, all, err
}

// heed carries out a word for one account.
func (d *Dispatcher) heed(ctx context.Context, a id.Account, s said) error {
	c, msg := d.Contact(s.mode, s.from), id.NewMessage(s.real)
	k := store.ContactKey(a, c)
	return d.Store.Update(ctx, a, []store.Key{k, store.AccountKey(a)}, func(tx *store.Tx) error {
		owner, exists := store.Get[store.Account](tx, store.AccountKey(a))
		row, known := store.Get[store.Contact](tx, k)
		if !known {
			row = store.Contact{Account: a, ID: c, Mode: s.mode, Number: d.SealNumber(store.TableContact, c[:], s.from)}
		}
		now := query.Clock(tx, a, s.mode, s.real)
		h := guard.Heed(s.word, !row.OptOut.At.IsZero(), row.Told, now)
		replied := h.Reply && s.answer && exists && d.reply(tx, owner, s, msg, now)
		if replied {
			row.Told = h.Told
		}
		switch {
		case h.OptOut:
			row.OptOut = store.OptOut{Source: "keyword", Keyword: s.keyword, At: now}
			d.emitContact(tx, row, webhook.ContactOptedOut, s.from, d.channelFrom(s.Inbound), s.keyword, now)
		case h.OptIn:
			row.OptOut = store.OptOut{}
			d.emitContact(tx, row, webhook.ContactOptedIn, s.from, d.channelFrom(s.Inbound), s.keyword, now)
		case !replied:
			return nil
		}
		tx.Put(row)
		return nil
	})
}
