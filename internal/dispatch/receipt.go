package dispatch

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// RefOf is our reference of an attempt. It contains the key of the message, and is the same for every copy.
func RefOf(m store.Message, attempt int) string {
	return m.ID.String() + "-" + strings.TrimPrefix(m.Account.String(), "acct_") + "-" + strconv.Itoa(attempt)
}

// ParseRef parses a reference into the key of its message and the number of its attempt.
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

var receiptKinds = map[carrier.Status]message.InputKind{
	carrier.Delivered: message.ReceiptDelivered, carrier.Read: message.ReceiptRead,
	carrier.Failed: message.ReceiptFailed,
}

// Receipt applies a receipt to its message. One with an unknown id is stored, unless it is unsure, as the answer to its
// submit may come later. matched says that it belongs to an attempt.
func (d *Dispatcher) Receipt(ctx context.Context, r carrier.Receipt) (matched bool, err error) {
	kind, ok := receiptKinds[r.Status]
	if !ok {
		if !r.Unsure {
			return true, nil // it changes nothing in any case
		}
		_, matched, err = d.lookUp(ctx, r)
		return matched, err
	}

	failpoint.Hit(failpoint.ReceiptCame)
	in := message.Input{Kind: kind, Reason: r.Reason, CarrierCode: r.CarrierCode}
	k, attempt, matched := ParseRef(r.Ref)
	if in.Attempt = attempt; !matched {
		var ref store.RefEntry
		if ref, matched, err = d.findRef(ctx, r, kind); err != nil {
			return false, err
		}
		k, in.Attempt, in.Part = store.MessageKey(ref.Account, ref.Message), ref.Attempt, ref.Part
	}
	if matched {
		matched, err = d.receipt(ctx, reported{carrier: r.Carrier, message: k, input: in, user: r.User})
	}
	if err == nil && !matched && !r.Unsure {
		d.unmatchedReceipt(r)
	}

	return matched, err
}

// findRef looks up the ids of a receipt. If none is known, it stores the receipt, unless that is unsure.
func (d *Dispatcher) findRef(
	ctx context.Context, r carrier.Receipt, kind message.InputKind,
) (ref store.RefEntry, found bool, err error) {
	if ref, found, err = d.lookUp(ctx, r); err != nil || found || r.Unsure {
		return ref, found, err
	}
	ids := idsOf(r)
	all := slices.Concat(ids, r.Converted)
	if len(ids) == 0 {
		return ref, false, nil
	}

	now := d.Config.Now()
	err = d.Config.Store.Update(ctx, id.Account{}, refKeys(r.Carrier, all), func(tx *store.Tx) error {
		if ref, found = choose(tx, r); found {
			return nil
		}
		for _, one := range all {
			k := refKey(r.Carrier, one)
			row, known := store.Get[store.Ref](tx, k)
			if !known {
				row = store.Ref{Carrier: r.Carrier, ID: foldID(one)}
			}
			early := store.RefEntry{ID: one, Kind: kind, Reason: r.Reason, Code: r.CarrierCode, CreatedAt: now}
			tx.Put(withEarlyReceipt(row, early))
		}

		return nil
	})

	return ref, found, err
}

// lookUp finds the part of a message that a receipt is for.
func (d *Dispatcher) lookUp(ctx context.Context, r carrier.Receipt) (store.RefEntry, bool, error) {
	ids := idsOf(r)
	if len(ids) == 0 {
		return store.RefEntry{}, false, nil
	}

	rows, err := d.Config.Store.Find(ctx, refKeys(r.Carrier, slices.Concat(ids, r.Converted))...)
	if err != nil {
		return store.RefEntry{}, false, err
	}
	ref, found := choose(rows, r)

	return ref, found, nil
}

// choose tries the ids of a receipt in order: each exactly, then each folded, then each converted to another base.
// Their rows are loaded.
func choose(rows store.Getter, r carrier.Receipt) (store.RefEntry, bool) {
	ids := idsOf(r)
	entries := func(one string) []store.RefEntry {
		row, _ := store.Get[store.Ref](rows, refKey(r.Carrier, one))
		return row.Entries
	}

	for _, one := range ids {
		if e, ok := closest(entries(one), one); ok {
			return e, true
		}
	}

	for _, one := range slices.Concat(ids, r.Converted) {
		if e, ok := chooseRef(entries(one), one); ok {
			return e, true
		}
	}

	return store.RefEntry{}, false
}

// idsOf are the ids of a receipt that can be looked up, the most certain first.
func idsOf(r carrier.Receipt) []string {
	return slices.DeleteFunc(append([]string{r.ID}, r.OtherIDs...), func(one string) bool {
		return one == "" || len(one) > maxIDLength
	})
}

// refKeys are the keys of the rows of ids, each once.
func refKeys(carrierName string, ids []string) (keys []store.Key) {
	for _, one := range ids {
		if k := refKey(carrierName, one); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// receipt applies a receipt to its message.
func (d *Dispatcher) receipt(ctx context.Context, what reported) (matched bool, err error) {
	matched, err = d.report(ctx, what)
	failpoint.Hit(failpoint.ReceiptStored)
	return matched, err
}

// claimedContent makes the content of a message that this node is about to submit.
func (d *Dispatcher) claimedContent(tx *store.Tx, m store.Message) (Content, error) {
	if k := store.OTPKey(m.Account, m.OTP); !m.OTP.IsZero() && !tx.MayUse(k) {
		return Content{}, store.Need(k)
	}
	return d.contentOf(tx, m)
}

// queueNext queues a message whose next step is due now.
func (d *Dispatcher) queueNext(m store.Message) { d.queueMessage(m, jobOf(m, nil)) }
