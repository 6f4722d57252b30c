package optout

import (
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/optout/keyword"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// Keyword is a keyword that came from a phone.
type Keyword struct {
	keyword.Match
	From    phone.Number
	To      string // the number that the phone wrote to, as the carrier reports it
	Carrier string
	// Reply is the id of the reply, if one may be sent. It is zero when the account that is meant is not known: anybody
	// could make all accounts send texts.
	Reply id.Message
}

// Handle carries out a keyword for one account, whose row the transaction has loaded. row is the contact of the phone's
// number; the caller stores the one that is returned if it changed.
func (h *Handler) Handle(
	tx *store.Tx, owner store.Account, row store.Contact, k Keyword, now time.Time,
) (_ store.Contact, changed bool) {
	decision := keyword.Decide(k.Kind, !row.OptOut.At.IsZero(), row.Acknowledged, now)
	if decision.Reply && !k.Reply.IsZero() && h.reply(tx, owner, row, k, now) {
		row.Acknowledged = decision.Acknowledged
		changed = true
	}

	change := dispatch.OptChange{Number: k.From, Carrier: k.Carrier, Keyword: k.Keyword}
	switch {
	case decision.OptOut:
		row.OptOut = store.OptOut{Source: "keyword", Keyword: k.Keyword, At: now}
		h.dispatch.EnqueueOptChange(tx, row, webhook.ContactOptedOut, change, now)
	case decision.OptIn:
		row.OptOut = store.OptOut{}
		h.dispatch.EnqueueOptChange(tx, row, webhook.ContactOptedIn, change, now)
	}

	return row, changed || decision.OptOut || decision.OptIn
}

// replyLife is how long a reply is worth delivering.
const replyLife = time.Hour

// reply stores the message that confirms a keyword, over the carrier of the keyword. It is due now, and the sweep sends
// it. There is no reply if the account does not want it, does not exist or cannot pay for it, or if the carrier sends
// no texts.
func (h *Handler) reply(tx *store.Tx, a store.Account, c store.Contact, k Keyword, now time.Time) bool {
	settings := a.Settings.Of(c.Mode)
	if a.ID.IsZero() || !settings.OptOutReplies {
		return false
	}

	text := keyword.Reply(k.Kind, settings.DefaultLocale, settings.Name)
	if k.Kind == keyword.Help && settings.HelpText != "" {
		text = settings.HelpText
	}

	// The plan has no other carrier, because the phone would not recognize the sender of the reply.
	plan := h.dispatch.PlanVia(c.Mode, k.Carrier, route.Request{
		To: k.From, Text: secret.NewString(text), Smart: settings.SmartEncoding,
	})
	if len(plan) == 0 {
		return false
	}

	area := phone.Locate(k.From)
	m := store.Message{
		Contact: c.ID, From: replyFrom(k.To, settings), Locale: settings.DefaultLocale,
		Message: message.Message{
			ID: k.Reply, Type: message.ReplyMessage, Account: a.ID, Mode: c.Mode, Plan: plan, State: message.Pending,
			Hold: message.Price(plan), NeverRepeat: settings.OnUnknown == "hold",
			Deadline: now.Add(replyLife), DueAt: now, CreatedAt: now, Country: area.Country, Prefix: area.Prefix,
		},
	}
	if h.dispatch.Hold(tx, m.Message, m.Hold, now) != nil {
		return false
	}
	if c.Mode == id.Test {
		m.SandboxAt = now.Add(-a.SandboxOffset)
	}

	m.Number = h.dispatch.SealNumber(m.Key(), k.From)
	m.Body = h.dispatch.Config.Keys.Seal([]byte(text), m.Key().Location("body"))
	tx.Insert(m)

	return true
}

// replyFrom is the number that the phone wrote to if it is a valid sender, else the account's sender.
func replyFrom(to string, s account.Settings) string {
	to = strings.TrimSpace(to)
	if len(to) > 8 && strings.Trim(to, "0123456789") == "" {
		to = "+" + to // carriers write numbers without the plus
	}
	if to != "" && account.ValidSender(to) {
		return to
	}

	return s.From
}
