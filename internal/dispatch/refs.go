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
	// longestID is the longest id of a carrier's that is looked up.
	longestID = 255
	// refEntries is how many ids that are alike are kept, the newest: more than that only a carrier has that keeps none apart.
	refEntries = 32
)

// foldID is what the ids have in common that a carrier may mean the same by: letters in any case, with or without hyphens
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

// alike reports whether a carrier means the same by two ids of one fold, as far as the ids tell. Letters of both cases may be
// no accident: two such ids that differ in case mean the same only when nothing else can be meant.
func alike(a, b string) bool {
	if mixed(a) && mixed(b) {
		bare := func(id string) string { return strings.TrimLeft(strings.ReplaceAll(id, "-", ""), "0") }
		return bare(a) == bare(b)
	}
	return true
}

func mixed(id string) bool { return id != strings.ToLower(id) && id != strings.ToUpper(id) }

// chooseRef finds the entry that a receipt's id means among the ids of its fold: the same id, else the only message whose
// id is alike, else the only message of the fold.
func chooseRef(entries []store.RefEntry, id string) (found store.RefEntry, ok bool) {
	for _, fits := range []func(string) bool{
		func(s string) bool { return s == id }, func(s string) bool { return alike(s, id) }, func(string) bool { return true },
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

// closest is the entry with exactly the id, if there is one.
func closest(entries []store.RefEntry, id string) (store.RefEntry, bool) {
	i := slices.IndexFunc(entries, func(e store.RefEntry) bool { return e.ID == id && !e.Orphan() })
	if i < 0 {
		return store.RefEntry{}, false
	}
	return entries[i], true
}

// chooseOrphan finds the receipt that came before the answer with the id: the first that has the same id, else the first
// that is alike. In letters of both cases it may as well be ahead of another message's answer.
func chooseOrphan(entries []store.RefEntry, id string) (store.RefEntry, bool) {
	for _, fits := range []func(string) bool{func(s string) bool { return s == id }, func(s string) bool { return alike(s, id) }} {
		if i := slices.IndexFunc(entries, func(e store.RefEntry) bool { return e.Orphan() && fits(e.ID) }); i >= 0 {
			return entries[i], true
		}
	}
	return store.RefEntry{}, false
}

// withRef is a row with a message's id. It replaces what had the same id before, and takes the place of the orphans that
// it brought home.
func withRef(row store.Ref, e store.RefEntry, home store.RefEntry) store.Ref {
	return withEntry(row, e, func(old store.RefEntry) bool {
		return old.ID == e.ID || home.ID != "" && old.Orphan() && old.ID == home.ID
	})
}

// withOrphan is a row with a receipt whose message is not known. The first one stands.
func withOrphan(row store.Ref, e store.RefEntry) store.Ref {
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
	row.Entries = append(kept[max(0, len(kept)-refEntries+1):], e)
	row.CreatedAt = e.CreatedAt

	return row
}

// refsOf are the entries that lead from a carrier's ids to the attempt that it accepted.
func refsOf(m store.Message, attempt int, r carrier.Result, now time.Time) (refs []store.RefEntry) {
	step, own := m.StepOf(attempt), RefOf(m, attempt)
	if r.Outcome != carrier.Accepted || !step.Receipts {
		return nil
	}

	for part, carrierID := range r.IDs {
		if carrierID == own || carrierID == "" || len(carrierID) > longestID {
			continue // a receipt under our own reference finds its way without a row
		}
		refs = append(refs, store.RefEntry{ID: carrierID, Account: m.Account, Message: m.ID, Attempt: attempt, Part: part, CreatedAt: now})
	}

	return refs
}

// withOrphans stores the refs of a carrier, and adds to the answer the receipts that came before it.
func withOrphans(tx *store.Tx, answer message.Event, carrierName string, refs []store.RefEntry) []message.Event {
	events := append(make([]message.Event, 0, 1+len(refs)), answer)
	for _, ref := range refs {
		k := refKey(carrierName, ref.ID)
		row, known := store.Get[store.Ref](tx, k)
		if !known {
			row = store.Ref{Carrier: carrierName, ID: foldID(ref.ID)}
		}

		orphan, early := chooseOrphan(row.Entries, ref.ID)
		if early {
			events = append(events, message.Event{
				Kind: orphan.Kind, Attempt: answer.Attempt, Part: ref.Part,
				Reason: orphan.Reason, CarrierCode: orphan.Code, Down: answer.Down, Places: answer.Places,
			})
		}
		tx.Put(withRef(row, ref, orphan))
	}

	return events
}
