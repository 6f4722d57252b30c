package storetest

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

var limitTests = []test{
	{"opt-outs of an account", optOuts},
	{"inbound texts", inboundTexts},
	{"pages of inbound texts", inboundPages},
	{"inbound texts beyond a bound, and old ones", inboundBeyond},
	{"recent ids of a carrier", recentRefs},
	{"quotas that ended", endedQuotas},
	{"a long quota comes back", longQuota},
}

func optOuts(t *testing.T, open Open) {
	s := begin(t, open(t))
	out := func(a id.Account, n int, mode id.Mode, at time.Time) store.Contact {
		return store.Contact{
			Account: a, ID: number(n), Mode: mode, Number: []byte{1},
			OptOut: store.OptOut{Source: "api", At: at},
		}
	}

	old, late := out(acme, 9, id.Live, start), out(acme, 1, id.Live, start.Add(2*tick))
	low, high := out(acme, 3, id.Live, start.Add(tick)), out(acme, 4, id.Live, start.Add(tick))
	put(t, s, high, old, late, low, contact(5), out(other, 6, id.Live, start), out(acme, 7, id.Test, start))
	place := func(c store.Contact) store.OptOutCursor { return store.OptOutCursor{At: c.OptOut.At, ID: c.ID} }
	view(t, s, func(r store.Reader) error {
		all, err := r.OptOuts(acme, id.Live, store.OptOutCursor{}, 10)
		same(t, "all, newest first", all, []store.Contact{late, high, low, old})
		page, err2 := r.OptOuts(acme, id.Live, store.OptOutCursor{}, 2)
		same(t, "first page", page, []store.Contact{late, high})
		rest, err3 := r.OptOuts(acme, id.Live, place(high), 2)
		same(t, "behind one of the same instant", rest, []store.Contact{low, old})
		end, err4 := r.OptOuts(acme, id.Live, place(old), 2)
		same(t, "behind the last", len(end), 0)
		gone, err5 := r.OptOuts(acme, id.Live, store.OptOutCursor{At: start.Add(tick), ID: number(3)}, 10)
		same(t, "behind a place", gone, []store.Contact{old})

		return errors.Join(err, err2, err3, err4, err5)
	})

	late.OptOut = store.OptOut{}
	put(t, s, late)
	view(t, s, func(r store.Reader) error {
		all, err := r.OptOuts(acme, id.Live, store.OptOutCursor{}, 1)
		same(t, "after one opted in", all, []store.Contact{high})
		return err
	})
}

func endedQuotas(t *testing.T, open Open) {
	s := begin(t, open(t))
	quota := func(a id.Account, n int, end time.Time) store.Quota {
		return store.Quota{Account: a, ID: number(n), Counted: []guard.Counted{{At: start, Item: "BE"}}, EndsAt: end}
	}

	one, two := quota(acme, 9, start.Add(-2*tick)), quota(other, 1, start.Add(-tick))
	put(t, s, two, quota(acme, 5, start), one)
	view(t, s, func(r store.Reader) error {
		got, err := r.Stale(store.TableQuota, start, 10)
		same(t, "ended", got, []store.Key{one.Key(), two.Key()})
		some, err2 := r.Stale(store.TableQuota, start, 1)
		same(t, "the first of them", some, []store.Key{one.Key()})
		return errors.Join(err, err2)
	})
}

// longQuota has as many times as there can be, unordered, and the extremes of time.
func longQuota(t *testing.T, open Open) {
	q := store.Quota{Account: acme, ID: number(1), EndsAt: start}
	for n := range guard.MaxCounted {
		q.Counted = append(q.Counted, guard.Counted{At: start.Add(time.Duration(n%7-3) * time.Hour)})
	}
	q.Counted = append(q.Counted, guard.Counted{At: time.UnixMicro(math.MinInt64).UTC()},
		guard.Counted{At: time.UnixMicro(math.MaxInt64).UTC(), Item: "é"})
	roundTrip(t, open, []store.Record{q, store.Quota{Account: acme, ID: number(2), EndsAt: start}})
}

func recentRefs(t *testing.T, open Open) {
	s := begin(t, open(t))
	ref := func(carrier, id string, minutes int) store.Ref {
		return store.Ref{Carrier: carrier, ID: id, CreatedAt: start.Add(time.Duration(minutes) * time.Minute)}
	}
	put(t, s, ref("tg", "d", 2), ref("tg", "a", 2), ref("tg", "c", 1), ref("tg", "b", 0), ref("tg-2", "a", 2),
		ref("t", "a", 2))

	view(t, s, func(r store.Reader) error {
		all, err := r.RecentRefs("tg", start.Add(time.Minute), 10)
		same(t, "from a minute on", all, []store.Ref{ref("tg", "c", 1), ref("tg", "a", 2), ref("tg", "d", 2)})
		some, err2 := r.RecentRefs("tg", start, 2)
		same(t, "the two oldest", some, []store.Ref{ref("tg", "b", 0), ref("tg", "c", 1)})
		none, err3 := r.RecentRefs("tg", start.Add(3*time.Minute), 10)
		same(t, "none yet", len(none), 0)

		return errors.Join(err, err2, err3)
	})
}
