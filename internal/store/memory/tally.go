package memory

import (
	"cmp"
	"math"
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

// ordered gives the records that keep accepts, ordered by key.
func ordered[R store.Record](b *Backend, t store.Table, limit int, keep func(R) bool) []R {
	out := pick(b, t, keep)
	slices.SortFunc(out, func(a, b R) int { return a.Key().Compare(b.Key()) })

	return first(out, limit)
}

func (r reader) Tallies(account id.Account, mode id.Mode, from, to stats.Day, limit int) ([]store.Tally, error) {
	return ordered(r.b, store.TableTally, limit, func(t store.Tally) bool {
		return t.Account == account && t.Mode == mode && t.Day >= from && t.Day <= to
	}), nil
}

func (r reader) TallyDays(account id.Account, mode id.Mode, prefixes bool, from, to stats.Day, limit int) ([]store.TallyDay, error) {
	return ordered(r.b, store.TableTallyDay, limit, func(t store.TallyDay) bool {
		return t.Account == account && t.Mode == mode && t.Prefixes == prefixes && t.Day >= from && t.Day <= to
	}), nil
}

func (r reader) OldTallies(before stats.Day, limit int) ([]store.Key, error) {
	return oldDays(r.b, store.TableTally, before, limit, func(t store.Tally) stats.Day { return t.Day })
}

func (r reader) OldTallyDays(before stats.Day, limit int) ([]store.Key, error) {
	return oldDays(r.b, store.TableTallyDay, before, limit, func(t store.TallyDay) stats.Day { return t.Day })
}

func oldDays[R store.Record](b *Backend, t store.Table, before stats.Day, limit int, day func(R) stats.Day) ([]store.Key, error) {
	var old []R
	err := glance(b, t, func(r R) {
		if day(r) < before {
			old = append(old, r)
		}
	})

	slices.SortFunc(old, func(x, y R) int { return cmp.Or(cmp.Compare(day(x), day(y)), x.Key().Compare(y.Key())) })
	var keys []store.Key
	for _, r := range first(old, limit) {
		keys = append(keys, r.Key())
	}

	return keys, err
}

func (r reader) LedgerPart(account id.Account, after int64, limit int) (sum ledger.Balance, entries, last int64, err error) {
	part := ordered(r.b, store.TableEntry, limit, func(e store.Entry) bool { return e.Account == account && e.Seq > after })
	last = after
	for _, e := range part {
		sum.Credits += e.Credits
		sum.Held += e.Held
		entries, last = entries+1, e.Seq
	}

	return sum, entries, last, nil
}

func (r reader) Entries(account id.Account, before int64, limit int) ([]store.Entry, error) {
	all := ordered(r.b, store.TableEntry, math.MaxInt, func(e store.Entry) bool {
		return e.Account == account && e.Seq < before
	})
	slices.Reverse(all)

	return first(all, limit), nil
}
