package dispatch

import (
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// maxIDLength is the length of the longest carrier's id that is looked up.
	maxIDLength = 255
	// maxRefEntries is how many ids of one fold are kept, the newest. Only a carrier without unique ids has more.
	maxRefEntries = 32
)

// foldID is the common form of ids that a carrier may use for the same message: in any case, with or without hyphens
// and leading zeros. The ids of one fold share a row of the store.
func foldID(id string) string {
	folded := strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return -1
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, id)
	if short := strings.TrimLeft(folded, "0"); short != "" || folded == "" {
		return short
	}

	return "0"
}

func refKey(carrierName, id string) store.Key { return store.RefKey(carrierName, foldID(id)) }

// alike reports whether two ids of one fold are probably the same. Two ids of mixed case that differ in case probably
// are not: a carrier that mixes cases may distinguish them.
func alike(a, b string) bool {
	if mixedCase(a) && mixedCase(b) {
		bare := func(id string) string { return strings.TrimLeft(strings.ReplaceAll(id, "-", ""), "0") }
		return bare(a) == bare(b)
	}
	return true
}

func mixedCase(id string) bool { return id != strings.ToLower(id) && id != strings.ToUpper(id) }

// chooseRef finds the entry of a receipt's id among those of its fold: the same id, else the only message whose id is
// alike, else the only message of the fold.
func chooseRef(entries []store.RefEntry, id string) (found store.RefEntry, ok bool) {
	for _, fits := range []func(string) bool{
		func(s string) bool { return s == id },
		func(s string) bool { return alike(s, id) },
		func(string) bool { return true },
	} {
		for _, e := range entries {
			switch {
			case e.Orphan() || !fits(e.ID):
			case ok && (found.Message != e.Message || found.Attempt != e.Attempt || found.Part != e.Part):
				return store.RefEntry{}, false
			default:
				found, ok = e, true
			}
		}
		if ok {
			break
		}
	}

	return found, ok
}

// closest is the entry with exactly this id, if there is one.
func closest(entries []store.RefEntry, id string) (store.RefEntry, bool) {
	i := slices.IndexFunc(entries, func(e store.RefEntry) bool { return e.ID == id && !e.Orphan() })
	if i < 0 {
		return store.RefEntry{}, false
	}
	return entries[i], true
}

// chooseEarlyReceipt finds the receipt that came before the answer with the id: the first with the same id, else the
// first whose id is alike. Another id of mixed case may be that of another message, whose answer is to come.
func chooseEarlyReceipt(entries []store.RefEntry, id string) (store.RefEntry, bool) {
	for _, fits := range []func(string) bool{
		func(s string) bool { return s == id }, func(s string) bool { return alike(s, id) },
	} {
		if i := slices.IndexFunc(entries, func(e store.RefEntry) bool { return e.Orphan() && fits(e.ID) }); i >= 0 {
			return entries[i], true
		}
	}
	return store.RefEntry{}, false
}

// withRef adds the id of a message to a row. It replaces an older entry with the same id, and the early receipt that
// the message gets.
func withRef(row store.Ref, e store.RefEntry, early store.RefEntry) store.Ref {
	return withEntry(row, e, func(old store.RefEntry) bool {
		return old.ID == e.ID || early.ID != "" && old.Orphan() && old.ID == early.ID
	})
}

// withEarlyReceipt adds a receipt whose message is not known to a row, unless it has one for this id.
func withEarlyReceipt(row store.Ref, e store.RefEntry) store.Ref {
	if slices.ContainsFunc(row.Entries, func(old store.RefEntry) bool { return old.ID == e.ID && old.Orphan() }) {
		return row
	}
	return withEntry(row, e, func(store.RefEntry) bool { return false })
}

func withEntry(row store.Ref, e store.RefEntry, replaces func(store.RefEntry) bool) store.Ref {
	kept := make([]store.RefEntry, 0, len(row.Entries)+1)
	for _, old := range row.Entries {
		if !replaces(old) && e.CreatedAt.Sub(old.CreatedAt) < bound.KeepRefs {
			kept = append(kept, old)
		}
	}
	row.Entries = append(kept[max(0, len(kept)-maxRefEntries+1):], e)
	row.CreatedAt = e.CreatedAt

	return row
}

// refsOf are the entries by which the carrier's ids of an accepted attempt are found.
func refsOf(m store.Message, attempt int, r carrier.Result, now time.Time) (refs []store.RefEntry) {
	step, own := m.StepOf(attempt), RefOf(m, attempt)
	if r.Outcome != carrier.Accepted || !step.Receipts {
		return nil
	}

	for part, carrierID := range r.IDs {
		if carrierID == own || carrierID == "" || len(carrierID) > maxIDLength {
			continue // a receipt with our own reference needs no entry
		}
		refs = append(refs, store.RefEntry{
			ID: carrierID, Account: m.Account, Message: m.ID, Attempt: attempt, Part: part, CreatedAt: now,
		})
	}

	return refs
}

// withEarlyReceipts stores the refs of a carrier, and adds to the answer the receipts that came before it.
func withEarlyReceipts(
	tx *store.Tx, answer message.Input, carrierName string, refs []store.RefEntry,
) []message.Input {
	inputs := append(make([]message.Input, 0, 1+len(refs)), answer)
	for _, ref := range refs {
		k := refKey(carrierName, ref.ID)
		row, known := store.Get[store.Ref](tx, k)
		if !known {
			row = store.Ref{Carrier: carrierName, ID: foldID(ref.ID)}
		}

		early, found := chooseEarlyReceipt(row.Entries, ref.ID)
		if found {
			inputs = append(inputs, message.Input{
				Kind: early.Kind, Attempt: answer.Attempt, Part: ref.Part,
				Reason: early.Reason, CarrierCode: early.Code, Places: answer.Places,
			})
		}
		tx.Put(withRef(row, ref, early))
	}

	return inputs
}
