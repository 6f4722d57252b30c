package engine

import (
	"context"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Inbound takes a message from a phone. A word such as STOP opts the number out: for the account that last sent to it,
// or for every live account when none did.
func (e *Engine) Inbound(ctx context.Context, in carrier.Inbound) error {
	from, err := phone.ParseFormat("+" + strings.TrimPrefix(strings.TrimSpace(in.From), "+"))
	if err != nil {
		e.Log.Info("an inbound message without a usable sender was dropped", "carrier", in.Carrier)
		return nil
	}
	word, keyword := guard.Classify(in.Body.Reveal())
	if word != guard.Stop && word != guard.Start {
		return nil
	}
	now := e.Now()
	if k, _, ok := parseRef(in.Ref); ok {
		mode := id.Live
		if in.Carrier == e.Sandbox.Name() {
			mode = id.Test
		}
		return e.optOut(ctx, k.Account, mode, from, word, keyword, e.channelFrom(in), now)
	}
	accounts, err := e.sendersTo(ctx, from)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := e.optOut(ctx, a, id.Live, from, word, keyword, e.channelFrom(in), now); err != nil {
			return err
		}
	}
	return nil
}

// sendersTo finds the account that last sent to the number; every account when none did.
func (e *Engine) sendersTo(ctx context.Context, n phone.Number) (out []id.Account, err error) {
	contact := e.contact(id.Live, n)
	var last time.Time
	var owner id.Account
	err = e.Store.View(ctx, func(v store.Reader) error {
		for after := (id.Account{}); ; {
			page, err := v.Accounts(after, sweepBatch)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, a := range page {
				k := store.ContactKey(a.ID, contact)
				rows, err := v.Load(k)
				if err != nil {
					return err
				}
				if c, ok := store.Get[store.Contact](rows, k); ok && len(c.Sends) > 0 && c.Sends[len(c.Sends)-1].After(last) {
					last, owner = c.Sends[len(c.Sends)-1], a.ID
				}
				out = append(out, a.ID)
			}
			after = page[len(page)-1].ID
		}
	})
	if !owner.IsZero() {
		out = []id.Account{owner}
	}
	return out, err
}

func (e *Engine) optOut(ctx context.Context, a id.Account, mode id.Mode, n phone.Number, word guard.Word, keyword string, channel message.Channel, real time.Time) error {
	c := e.contact(mode, n)
	k := store.ContactKey(a, c)
	return e.Store.Update(ctx, a, []store.Key{k, store.AccountKey(a)}, func(tx *store.Tx) error {
		row, known := store.Get[store.Contact](tx, k)
		if !known {
			row = store.Contact{Account: a, ID: c, Mode: mode, Number: e.sealNumber(store.TableContact, c[:], n)}
		}
		before, now := row.OptOut, e.clock(tx, a, mode, real)
		row.OptOut = store.OptOut{}
		if word == guard.Stop {
			row.OptOut = store.OptOut{Source: "keyword", Keyword: keyword, At: now}
		} else if !known {
			return nil
		}
		tx.Put(row)
		switch {
		case word == guard.Stop && before.At.IsZero():
			e.emitContact(tx, row, webhook.ContactOptedOut, n, channel, keyword, now)
		case word == guard.Start && !before.At.IsZero():
			e.emitContact(tx, row, webhook.ContactOptedIn, n, channel, keyword, now)
		}
		return nil
	})
}
