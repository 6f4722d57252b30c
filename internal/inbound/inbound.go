// Package inbound implements what comes from phones: it reads the sender, finds the account that the phone means, has
// keywords such as STOP carried out, and keeps what people write.
//
// It knows no carrier's protocol. What a keyword changes is decided by package optout.
package inbound

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/optout/keyword"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Handler is safe for concurrent use.
type Handler struct {
	dispatch *dispatch.Dispatcher
	optOuts  *optout.Handler
	// bound is how many texts are kept of an account and mode.
	bound   int
	mu      sync.Mutex
	arrived map[list]int // since the last look at the bound
}

// New makes a Handler.
func New(d *dispatch.Dispatcher, o *optout.Handler) *Handler {
	return &Handler{dispatch: d, optOuts: o, bound: bound.InboundTexts, arrived: map[list]int{}}
}

// text is a message from a phone whose sender was read.
type text struct {
	carrier.Inbound
	keyword.Match
	from phone.Number
	mode id.Mode
	at   time.Time
	// id is the message's own, reply that of an answer to it.
	id    id.Inbound
	reply id.Message
	// everywhere: no account is known to be meant, so the keyword applies to all, and none answers.
	everywhere bool
}

// Take stores a message from a phone. It belongs to the account whose message it answers, or that last sent to the phone
// over the carrier. When there is none, a keyword that opts out or in applies to every live account, and anything else is
// logged and dropped: matched is false then, as for a sender that cannot be read.
func (h *Handler) Take(ctx context.Context, in carrier.Inbound) (matched bool, err error) {
	from := h.dispatch.Config.Numbers.ReadSender(in.From, in.Country, in.National)
	if len(from) == 0 {
		h.dropped(in, "an inbound message was dropped: its sender cannot be read; if it is a national number, give the carrier its country")
		return false, nil
	}

	now := h.dispatch.Config.Now()
	t := text{
		Inbound: in, Match: keyword.Classify(in.Body.Reveal()), from: from[0], mode: id.Live, at: now,
		id: id.NewInbound(now), reply: id.NewMessage(now),
	}

	if k, _, ok := dispatch.ParseRef(in.Ref); ok {
		if in.Carrier == h.dispatch.Config.Sandbox.Name() {
			t.mode = id.Test
		}
		return h.take(ctx, k.Account, t)
	}

	owner, number, all, err := h.sendersTo(ctx, from, in.Carrier)
	if err != nil {
		return false, err
	}

	switch {
	case !owner.IsZero():
		t.from = number
		return h.take(ctx, owner, t)
	case t.Kind == keyword.Stop || t.Kind == keyword.Start:
		t.everywhere = true
		return true, h.takeForAll(ctx, all, t)
	}
	h.dropped(in, "an inbound message was dropped: no account has sent to its sender over this carrier")

	return false, nil
}

// dropped logs a message that was taken and goes nowhere, without its text and with its number masked.
func (h *Handler) dropped(in carrier.Inbound, why string) {
	h.dispatch.Config.Log.Warn(why, "carrier", in.Carrier, "from", phone.Number(in.From))
}

// atOnce is how many accounts are read at a time, or take a keyword side by side, so that one commit carries them all.
const atOnce = 256

func (h *Handler) takeForAll(ctx context.Context, accounts []id.Account, t text) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, a := range accounts {
		group.Go(func() error {
			_, err := h.take(ctx, a, t)
			return err
		})
	}

	return group.Wait()
}

// sendersTo finds the account that last sent to one of the numbers over the carrier, and which number that is; every account
// when none did.
func (h *Handler) sendersTo(ctx context.Context, numbers []phone.Number, via string) (owner id.Account, n phone.Number, all []id.Account, err error) {
	contacts := map[store.ContactID]phone.Number{}
	for _, n := range numbers {
		contacts[h.dispatch.Query.Contact(id.Live, n)] = n
	}

	var last time.Time
	err = h.dispatch.Config.Store.View(ctx, func(v store.Reader) error {
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
