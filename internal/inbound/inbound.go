// Package inbound receives messages from phones: it reads the sender, finds the account that is meant, has package
// optout carry out keywords such as STOP, and stores other texts.
//
// It knows no carrier's protocol.
package inbound

import (
	"context"
	"maps"
	"slices"
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
	// bound is how many texts of an account and mode are kept.
	bound      int
	mu         sync.Mutex
	sinceCheck map[accountMode]int // texts since the bound was last checked
}

// New makes a Handler.
func New(d *dispatch.Dispatcher, o *optout.Handler) *Handler {
	return &Handler{dispatch: d, optOuts: o, bound: bound.InboundTexts, sinceCheck: map[accountMode]int{}}
}

// received is a message from a phone, with its sender's number.
type received struct {
	carrier.Inbound
	keyword.Match
	from phone.Number
	mode id.Mode
	at   time.Time
	// id is that of the message, reply that of a reply to it.
	id    id.Inbound
	reply id.Message
	// allAccounts: it is not known which account is meant, so the keyword applies to all, and none replies.
	allAccounts bool
}

// Receive stores a message from a phone. It belongs to the account whose message it answers, or that last sent to the
// phone over the carrier. If there is none, a keyword that opts out or in applies to every live account, and any other
// message is logged and dropped. matched is false for a message that was dropped.
func (h *Handler) Receive(ctx context.Context, in carrier.Inbound) (matched bool, err error) {
	from, err := h.readSender(ctx, in)
	if err != nil {
		return false, err
	}
	if len(from) == 0 {
		h.logDropped(in, "an inbound message was dropped because its sender cannot be read; "+
			"if it is a national number, set the country of the carrier")
		return false, nil
	}

	now := h.dispatch.Config.Now()
	m := received{
		Inbound: in, Match: keyword.Classify(in.Body.Reveal()), from: from[0], mode: id.Live, at: now,
		id: id.NewInbound(now), reply: id.NewMessage(now),
	}

	if k, _, ok := dispatch.ParseRef(in.Ref); ok {
		if in.Carrier == h.dispatch.Config.Sandbox.Name() {
			m.mode = id.Test
		}
		return h.receiveFor(ctx, k.Account, m)
	}

	owner, number, all, err := h.lastSender(ctx, from, in.Carrier)
	if err != nil {
		return false, err
	}

	switch {
	case !owner.IsZero():
		m.from = number
		return h.receiveFor(ctx, owner, m)
	case m.Kind == keyword.Stop || m.Kind == keyword.Start:
		m.allAccounts = true
		return true, h.receiveForAll(ctx, all, m)
	}
	h.logDropped(in, "an inbound message was dropped because no account has sent to its sender over this carrier")

	return false, nil
}

// logDropped logs a message that is dropped, without its text and with its number masked.
func (h *Handler) logDropped(in carrier.Inbound, problem string) {
	h.dispatch.Config.Log.Warn(problem, "carrier", in.Carrier, "from", phone.Number(in.From))
}

// accountBatch is how many accounts are read at a time, or get a keyword in parallel, so that one commit carries them
// all.
const accountBatch = 256

func (h *Handler) receiveForAll(ctx context.Context, accounts []id.Account, m received) error {
	var group errgroup.Group
	group.SetLimit(accountBatch)
	for _, a := range accounts {
		group.Go(func() error {
			_, err := h.receiveFor(ctx, a, m)
			return err
		})
	}

	return group.Wait()
}

// readSender reads the numbers that the sender may have, the likelier first. A person whose number is not known has the
// provider's id in its place.
func (h *Handler) readSender(ctx context.Context, in carrier.Inbound) (numbers []phone.Number, err error) {
	user, ok := phone.ParseUser(in.From)
	if !ok {
		return h.dispatch.Config.Numbers.ReadSender(in.From, in.Country, in.National), nil
	}

	_, err = h.contacts(ctx, []store.ContactID{h.dispatch.Query.Contact(id.Live, user)}, func(c store.Contact) error {
		n, err := h.dispatch.PhoneOf(c)
		if n != "" && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
		return err
	})
	if len(numbers) == 0 {
		numbers = []phone.Number{user}
	}

	return numbers, err
}

// lastSender finds the account that last sent to one of the numbers over the carrier, and that number. all is every
// account if none did.
func (h *Handler) lastSender(
	ctx context.Context, numbers []phone.Number, via string,
) (owner id.Account, n phone.Number, all []id.Account, err error) {
	known := map[store.ContactID]phone.Number{}
	for _, n := range numbers {
		known[h.dispatch.Query.Contact(id.Live, n)] = n
	}

	var last time.Time
	all, err = h.contacts(ctx, slices.Collect(maps.Keys(known)), func(c store.Contact) error {
		if at := message.LastSentVia(c.LastSentVia, via); at.After(last) {
			last, owner, n = at, c.Account, known[c.ID]
		}
		return nil
	})

	return owner, n, all, err
}

// contacts visits the contacts with the ids in every account, and returns all accounts.
func (h *Handler) contacts(
	ctx context.Context, ids []store.ContactID, visit func(store.Contact) error,
) (all []id.Account, err error) {
	err = h.dispatch.Config.Store.View(ctx, func(v store.Reader) error {
		for after := (id.Account{}); ; {
			page, err := v.Accounts(after, accountBatch)
			if err != nil || len(page) == 0 {
				return err
			}

			var keys []store.Key
			for _, a := range page {
				all = append(all, a.ID)
				for _, contact := range ids {
					keys = append(keys, store.ContactKey(a.ID, contact))
				}
			}

			rows, err := v.Load(keys...)
			if err != nil {
				return err
			}

			for _, k := range keys {
				if c, ok := store.Get[store.Contact](rows, k); ok {
					if err := visit(c); err != nil {
						return err
					}
				}
			}
			after = page[len(page)-1].ID
		}
	})

	return all, err
}
