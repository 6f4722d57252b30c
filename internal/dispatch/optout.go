package dispatch

import (
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// maxHeard is for how many carriers it is remembered when an account last sent to a number.
const maxHeard = 8

// Hear notes that an account sends a message to a number, over the message's first carrier.
func Hear(list []store.Heard, m message.Message, now time.Time) []store.Heard {
	return hear(list, firstCarrier(m), now)
}

// hear notes that an account sent to a number over a carrier, newest last. It is written with the row that the send
// writes anyway.
func hear(list []store.Heard, over string, now time.Time) []store.Heard {
	out := make([]store.Heard, 0, len(list)+1)
	for _, h := range list {
		if h.Carrier != over {
			out = append(out, h)
		}
	}
	return append(out[max(0, len(out)-maxHeard+1):], store.Heard{Carrier: over, At: now})
}

func heardOver(list []store.Heard, over string) time.Time {
	if i := slices.IndexFunc(list, func(h store.Heard) bool { return h.Carrier == over }); i >= 0 {
		return list[i].At
	}
	return time.Time{}
}

// firstCarrier is the carrier that a new message goes over first.
func firstCarrier(m message.Message) string {
	if len(m.Attempts) > 0 {
		return m.StepOf(0).Carrier
	}
	return m.Plan[0].Carrier
}

// hearFallback notes the carrier of a step that went over another carrier than the send noted. Only a fallback pays for
// this write.
func hearFallback(tx *store.Tx, m store.Message, before message.Message, now time.Time) error {
	if m.Mode != id.Live || len(m.Attempts) == len(before.Attempts) {
		return nil
	}
	over := m.StepOf(m.Current()).Carrier
	if over == firstCarrier(before) {
		return nil
	}
	k := store.ContactKey(m.Account, m.Contact)
	if !tx.Has(k) {
		return store.Need(k)
	}
	if c, ok := store.Get[store.Contact](tx, k); ok {
		c.Heard = hear(c.Heard, over, now)
		tx.Put(c)
	}
	return nil
}

// replyLife is how long a reply is worth delivering.
const replyLife = time.Hour

// reply makes the message that tells a phone that its word was understood, over the carrier that the word came over. It
// is due at once, so that the sweep sends it like any other. It reports false when there is none to be sent: the account
// does not want it, cannot pay for it, or the carrier sends no texts.
func (d *Dispatcher) reply(tx *store.Tx, a store.Account, s said, msg id.Message, now time.Time) bool {
	k, settings := d.carrier(s.mode, s.Carrier), a.Settings.Of(s.mode)
	if !settings.OptOutReplies || k == nil {
		return false
	}
	channel := message.SMS // of a carrier with several, a word comes by SMS
	if !slices.Contains(k.Channels(), channel) {
		channel = message.WhatsApp
	}
	text := guard.Reply(s.word, settings.DefaultLocale, settings.Name)
	if s.word == guard.Help && settings.HelpText != "" {
		text = settings.HelpText
	}
	encoding, segments := message.Segments(text)
	// The plan has this carrier and no other: an answer from another number would mean nothing to the reader.
	table := route.Table{Carriers: []route.Carrier{describe(k)}, Prices: d.table(s.mode).Prices}
	plan, unserved := table.Plan(route.Request{To: s.from, Channels: []message.Channel{channel}, Segments: segments})
	if unserved != 0 {
		return false
	}
	area := phone.Locate(s.from)
	m := store.Message{Contact: d.Contact(s.mode, s.from), From: replyFrom(s.To, settings), Locale: settings.DefaultLocale, Encoding: encoding,
		Message: message.Message{
			ID: msg, Purpose: message.ForReply, Account: a.ID, Mode: s.mode, Plan: plan, State: message.Pending, Hold: message.Price(plan),
			HoldUnknown: settings.OnUnknown == "hold", Deadline: now.Add(replyLife), DueAt: now, CreatedAt: now,
			Country: area.Country, Prefix: area.Prefix,
		}}
	if d.Hold(tx, m.Message, m.Hold, now) != nil {
		return false
	}
	m.Number = d.SealNumber(store.TableMessage, m.ID[:], s.from)
	m.Body = d.Keys.Seal([]byte(text), store.TableMessage.String(), "body", m.ID[:])
	tx.Insert(m)
	return true
}

// replyFrom is the number that the phone wrote to, when a carrier takes it as a sender.
func replyFrom(to string, s account.Settings) string {
	to = strings.TrimSpace(to)
	if len(to) > 8 && strings.Trim(to, "0123456789") == "" {
		to = "+" + to // carriers write numbers without their plus
	}
	if to != "" && account.ValidSender(to) {
		return to
	}
	return s.From
}
