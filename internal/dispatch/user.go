package dispatch

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// A provider may name a person by an id only (phone.ParseUser). Then the contact of the id holds the number to which a message
// of the account went, as a receipt says that the person got it. So a reply of the person is one from the number.

// userKey names the contact of a person's id.
func (d *Dispatcher) userKey(a id.Account, user phone.Number) store.Key {
	return store.ContactKey(a, d.Query.Contact(id.Live, user))
}

// PhoneOf is the number of the person whose contact it is; empty when it is not known.
func (d *Dispatcher) PhoneOf(c store.Contact) (phone.Number, error) {
	if c.Phone == nil {
		return "", nil
	}
	n, err := d.Config.Keys.Open(c.Phone, c.Key().Location("phone"))
	return phone.Number(n), err
}

// noteUser notes which number the person of a receipt has. An opt-out that came before that is the number's from now on.
func (d *Dispatcher) noteUser(tx *store.Tx, m store.Message, what reported, now time.Time) error {
	number, err := d.Query.Number(m.Key(), m.Number)
	if err != nil {
		return err
	}

	k := d.userKey(m.Account, what.user)
	row, known := store.Get[store.Contact](tx, k)
	if !known {
		row = store.Contact{Account: m.Account, ID: d.Query.Contact(id.Live, what.user), Mode: id.Live}
		row.Number = d.SealNumber(k, what.user)
	}
	if noted, err := d.PhoneOf(row); err == nil && noted == number && row.OptOut.At.IsZero() {
		return nil
	}

	if !row.OptOut.At.IsZero() {
		if err := d.moveOptOut(tx, row, number, what.carrier, now); err != nil {
			return err
		}
		row.OptOut = store.OptOut{}
	}
	row.Phone = d.Config.Keys.Seal([]byte(number), k.Location("phone"))
	tx.Put(row)

	return nil
}

// moveOptOut opts a number out as its person did.
func (d *Dispatcher) moveOptOut(
	tx *store.Tx, person store.Contact, number phone.Number, carrierName string, now time.Time,
) error {
	contact := d.Query.Contact(id.Live, number)
	k := store.ContactKey(person.Account, contact)
	if !tx.MayUse(k) {
		return store.Need(k)
	}

	row, known := store.Get[store.Contact](tx, k)
	if !known {
		row = store.Contact{Account: person.Account, ID: contact, Mode: id.Live, Number: d.SealNumber(k, number)}
	}
	if !row.OptOut.At.IsZero() {
		return nil
	}
	row.OptOut = person.OptOut
	tx.Put(row)
	d.EnqueueOptChange(tx, row, webhook.ContactOptedOut, OptChange{
		Number: number, Carrier: carrierName, Keyword: person.OptOut.Keyword,
	}, now)

	return nil
}

// OptChange is a number that opted out or in.
type OptChange struct {
	Number           phone.Number
	Carrier, Keyword string
}

// EnqueueOptChange enqueues the event of a number that opted out or in.
func (d *Dispatcher) EnqueueOptChange(tx *store.Tx, c store.Contact, t webhook.Type, o OptChange, now time.Time) {
	if !d.HasSubscribers(c.Account, c.Mode) {
		return
	}

	channel := d.ChannelOf(o.Carrier)
	p := webhook.Payload{Event: t, Channel: channel.String(), To: new(o.Number.E164()), Keyword: o.Keyword}
	p.At(now)
	d.Enqueue(tx, outbox.Event{
		Account: c.Account, Mode: c.Mode, Subject: c.ID[:], Sequence: int(now.UnixMicro()), Payload: p,
	}, now)
}
