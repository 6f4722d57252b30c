package dispatch

import (
	"context"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// RefOf is our reference of an attempt. It leads back to the row without a look-up, and is the same for every repeat.
func RefOf(m store.Message, attempt int) string {
	return m.ID.String() + "-" + strings.TrimPrefix(m.Account.String(), "acct_") + "-" + strconv.Itoa(attempt)
}

// ParseRef reads RefOf: the key of the message, and which of its attempts is meant.
func ParseRef(s string) (store.Key, int, bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return store.Key{}, 0, false
	}
	m, err1 := id.ParseMessage(parts[0])
	a, err2 := id.ParseAccount("acct_" + parts[1])
	n, err3 := strconv.Atoi(parts[2])
	return store.MessageKey(a, m), n, err1 == nil && err2 == nil && err3 == nil
}

var receiptKinds = map[carrier.Status]message.Kind{
	carrier.Delivered: message.ReceiptDelivered, carrier.Read: message.ReceiptRead, carrier.Failed: message.ReceiptFailed,
}

// Receipt stores a delivery report and acts on it. One for an id that is not known yet is kept: its submit's answer may
// still be under way. matched says that it belongs to an attempt.
func (d *Dispatcher) Receipt(ctx context.Context, r carrier.Receipt) (matched bool, err error) {
	kind, ok := receiptKinds[r.Status]
	if !ok {
		return true, nil
	}
	failpoint.Hit(failpoint.ReceiptCame)
	event := message.Event{Kind: kind, Reason: r.Reason, Code: r.Code}
	if k, attempt, ok := ParseRef(r.Ref); ok {
		event.Attempt = attempt
		return d.receipt(ctx, r.Carrier, k, event)
	}
	ref, found, err := d.findRef(ctx, r, kind)
	if err != nil || !found {
		return false, err
	}
	event.Attempt, event.Part = ref.Attempt, ref.Part
	return d.receipt(ctx, r.Carrier, store.MessageKey(ref.Account, ref.Message), event)
}

// findRef looks up a carrier's id; an unknown one is stored as an orphan in the same step.
func (d *Dispatcher) findRef(ctx context.Context, r carrier.Receipt, kind message.Kind) (ref store.Ref, found bool, err error) {
	if r.ID == "" || len(r.ID) > 128 {
		return ref, false, nil
	}
	k := store.RefKey(r.Carrier, r.ID)
	rows, err := d.Store.Find(ctx, k)
	if ref, found = store.Get[store.Ref](rows, k); err != nil || found && !ref.Message.IsZero() {
		return ref, found, err
	}
	now := d.Now()
	err = d.Store.Update(ctx, id.Account{}, []store.Key{k}, func(tx *store.Tx) error {
		if ref, found = store.Get[store.Ref](tx, k); found && !ref.Message.IsZero() {
			return nil
		}
		found = false
		tx.Put(store.Ref{Carrier: r.Carrier, ID: r.ID, Kind: kind, Reason: r.Reason, Code: r.Code, CreatedAt: now})
		return nil
	})
	return ref, found, err
}

// receipt applies a report to its message.
func (d *Dispatcher) receipt(ctx context.Context, carrierName string, k store.Key, event message.Event) (matched bool, err error) {
	matched, err = d.report(ctx, carrierName, k, event, carrier.Result{})
	failpoint.Hit(failpoint.ReceiptStored)
	return matched, err
}

// claimedContent makes the text for a message that this node is about to submit.
func (d *Dispatcher) claimedContent(tx *store.Tx, m store.Message) (Content, error) {
	if k := store.OTPKey(m.Account, m.OTP); !m.OTP.IsZero() && !tx.Has(k) {
		return Content{}, store.Need(k)
	}
	return d.contentOf(tx, m)
}

// follow lets a message whose next step is due at once wait for its turn.
func (d *Dispatcher) follow(m store.Message) { d.enqueue(m, jobOf(m, nil)) }
