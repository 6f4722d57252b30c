package storetest

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

var tallyTests = []test{
	{"what many add is one row with the sum", addedUp},
	{"what a refused update adds is dropped", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		one := tally(acme, id.Live, 5, "BE", 1)
		add := func(err error) job {
			return job{fn: func(tx *store.Tx) error { sum := tally(acme, id.Live, 5, "BE", 1); tx.Add(&sum); return err }}
		}
		errs := together(t, s, add(nil), add(errRefused), add(nil))
		same(t, "errors", errs, []error{nil, errRefused, nil})
		same(t, "sent", must[store.Tally](t, s, one.Key()).Sent, int64(2))
	}},
	{"what is added while a row is put away is not lost", putAway},
	{"sums go on after a restart", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		one := tally(acme, id.Live, 5, "BE", 1)
		for range 3 {
			same(t, "error", update(s, func(tx *store.Tx) error { sum := tally(acme, id.Live, 5, "BE", 1); tx.Add(&sum); return nil }), nil)
			s = again(t, s, open)
		}
		same(t, "sent", must[store.Tally](t, s, one.Key()).Sent, int64(3))
	}},
	{"nodes have tallies of their own", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		one := tally(acme, id.Live, 5, "BE", 1)
		for slot := range uint8(3) {
			s.SetSlot(slot)
			same(t, "error", update(s, func(tx *store.Tx) error { sum := one; tx.Add(&sum); return nil }), nil)
		}

		for slot := range uint8(3) {
			one.Slot = slot
			same(t, "sent", must[store.Tally](t, s, one.Key()).Sent, int64(1))
		}
	}},
	{"what changed is counted once for each group", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		bump := job{fn: func(tx *store.Tx) error { tx.Add(&store.Bump{Name: "version"}); return nil }}
		var before []byte
		for range 3 {
			for _, err := range together(t, s, bump, bump) {
				same(t, "error", err, nil)
			}
			now := must[store.Meta](t, s, store.MetaKey("version")).Value
			if len(now) != 8 || bytes.Compare(now, before) <= 0 {
				t.Errorf("%x after %x", now, before)
			}
			before = now
		}
	}},
	{"templates of a cell are in one row, and those beyond the bound are one", splitTally},
	{"tallies of days", listedTallies},
	{"parts of the ledger", ledgerParts},
	{"lists of entries", entryList},
}

func tally(a id.Account, mode id.Mode, day stats.Day, country string, n int64) store.Tally {
	return store.Tally{Account: a, Mode: mode, Day: day, Split: stats.Split{Line: stats.Line{
		Cell:   stats.Cell{Kind: stats.OTPs, Channel: message.SMS, Country: country, Prefix: "+3247", Carrier: "smsc"},
		Counts: stats.Counts{Sent: n, Verified: 1, Times: stats.Times{First: uint8(n % 100), N: []uint32{1}}},
	}}}
}

func addedUp(t *testing.T, open Open) {
	s := begin(t, open(t))
	var jobs []job
	for n := range int64(30) {
		jobs = append(jobs, job{fn: func(tx *store.Tx) error {
			belgium, france := tally(acme, id.Live, 5, "BE", n%3), tally(acme, id.Live, 5, "FR", 1)
			tx.Add(&belgium)
			tx.Add(&france)
			return nil
		}})
	}

	for range 2 { // the second group adds to what the first wrote
		for _, err := range together(t, s, jobs...) {
			same(t, "error", err, nil)
		}
	}
	belgium := must[store.Tally](t, s, tally(acme, id.Live, 5, "BE", 0).Key())
	same(t, "counts", belgium.Counts, stats.Counts{Sent: 60, Verified: 60, Times: stats.Times{N: []uint32{20, 20, 20}}})
	same(t, "sent to France", must[store.Tally](t, s, tally(acme, id.Live, 5, "FR", 0).Key()).Sent, int64(60))
}

// splitTally counts two templates more than the bound, and the built-in text.
func splitTally(t *testing.T, open Open) {
	s := begin(t, open(t))
	add := func(template string, n int64) error {
		return update(s, func(tx *store.Tx) error {
			one := tally(acme, id.Live, 5, "BE", n)
			one.Template = template
			tx.Add(&one)
			return nil
		})
	}
	for n := range int64(stats.MaxTemplates) + 2 {
		same(t, "error", add("tmpl_"+strconv.FormatInt(n, 10), 1), nil)
	}
	same(t, "error", errors.Join(add("", 1000), add("tmpl_0", 100)), nil)

	s = again(t, s, open)
	row := must[store.Tally](t, s, tally(acme, id.Live, 5, "BE", 0).Key())
	sent := map[string]int64{}
	for _, l := range row.Lines() {
		sent[l.Template] += l.Sent
	}
	same(t, "templates", len(sent), stats.MaxTemplates+2)
	same(t, "sent", []int64{sent["tmpl_0"], sent["tmpl_49"], sent[stats.OtherTemplates], sent[""]},
		[]int64{101, 1, 2, 1000})

	day := store.DayOfTally(row.Key(), true).Merge(row.Lines())
	put(t, s, day)
	same(t, "lines of the day", must[store.TallyDay](t, s, day.Key()).Lines, row.Lines())
}

// putAway merges a row into another, with updates before and after it in the group that add to the row.
func putAway(t *testing.T, open Open) {
	s := begin(t, open(t))
	one := tally(acme, id.Live, 5, "BE", 1)
	day := store.DayOfTally(one.Key(), true).Key()
	add := job{fn: func(tx *store.Tx) error { sum := tally(acme, id.Live, 5, "BE", 1); tx.Add(&sum); return nil }}
	away := job{keys: []store.Key{one.Key(), day}, fn: func(tx *store.Tx) error {
		row, ok := store.Get[store.Tally](tx, one.Key())
		if !ok {
			return nil
		}

		d, _ := store.Get[store.TallyDay](tx, day)
		d.Account, d.Mode, d.Day, d.Prefixes = acme, id.Live, 5, true
		tx.Put(d.Merge([]stats.Line{row.Line}))
		tx.Delete(one.Key())

		return nil
	}}

	for round := range int64(3) {
		for _, err := range together(t, s, add, away, add) {
			same(t, "error", err, nil)
		}
		d, _ := find[store.TallyDay](t, s, day)
		var sum int64
		for _, l := range d.Lines {
			sum += l.Sent
		}
		rest, _ := find[store.Tally](t, s, one.Key())
		same(t, "all that was added", sum+rest.Sent, 2*(round+1))
		same(t, "what is put away", sum, 2*round)
	}
}

func listedTallies(t *testing.T, open Open) {
	s := begin(t, open(t))
	five, six, fr := tally(acme, id.Live, 5, "BE", 1), tally(acme, id.Live, 6, "BE", 1), tally(acme, id.Live, 6, "FR", 1)
	late, test, foreign := tally(acme, id.Live, 300, "BE", 1), tally(acme, id.Test, 6, "BE", 1), tally(other, id.Live, 4, "BE", 1)
	put(t, s, late, fr, foreign, six, test, five)
	day := func(a id.Account, mode id.Mode, d stats.Day) store.TallyDay {
		return store.TallyDay{Account: a, Mode: mode, Day: d, Lines: []stats.Line{five.Line, fr.Line}}
	}

	d2, d3, d4 := day(acme, id.Live, 2), day(acme, id.Live, 3), day(acme, id.Live, 400)
	prefixes := d3
	prefixes.Prefixes = true
	put(t, s, d4, d3, day(acme, id.Test, 3), day(other, id.Live, 1), d2, prefixes)
	keys := func(records ...store.Record) (out []store.Key) {
		for _, r := range records {
			out = append(out, r.Key())
		}
		return out
	}

	view(t, s, func(r store.Reader) error {
		some, err := r.Tallies(acme, id.Live, 5, 6, 10)
		same(t, "two days", some, []store.Tally{five, six, fr})
		two, err2 := r.Tallies(acme, id.Live, 6, 300, 2)
		same(t, "at most two", two, []store.Tally{six, fr})
		whole, err3 := r.TallyDays(acme, id.Live, false, 2, 399, 10)
		same(t, "days", whole, []store.TallyDay{d2, d3})
		first, err4 := r.TallyDays(acme, id.Live, false, 0, 1000, 1)
		same(t, "at most one day", first, []store.TallyDay{d2})
		fine, err8 := r.TallyDays(acme, id.Live, true, 0, 1000, 10)
		same(t, "days with prefixes", fine, []store.TallyDay{prefixes})
		old, err5 := r.OldTallies(7, 10)
		same(t, "old rows", old, keys(foreign, five, six, fr, test))
		oldest, err6 := r.OldTallies(7, 2)
		same(t, "the oldest rows", oldest, keys(foreign, five))
		gone, err7 := r.OldTallyDays(3, 10)
		same(t, "old days", gone, keys(day(other, id.Live, 1), d2))

		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
}

func ledgerParts(t *testing.T, open Open) {
	s := begin(t, open(t))
	for seq := int64(1); seq <= 6; seq++ {
		put(t, s,
			store.Entry{Entry: ledger.Entry{Account: acme, Seq: seq, Kind: ledger.Hold, Credits: -seq, Held: seq, At: start}},
			store.Entry{Entry: ledger.Entry{Account: other, Seq: seq, Kind: ledger.Grant, Credits: 1 << 40, At: start}})
	}

	view(t, s, func(r store.Reader) error {
		sum, n, last, err := r.LedgerPart(acme, 1, 3)
		same(t, "a part", []any{sum, n, last}, []any{ledger.Balance{Credits: -9, Held: 9}, int64(3), int64(4)})
		sum, n, last, err2 := r.LedgerPart(acme, 4, 3)
		same(t, "the rest", []any{sum, n, last}, []any{ledger.Balance{Credits: -11, Held: 11}, int64(2), int64(6)})
		sum, n, last, err3 := r.LedgerPart(acme, 6, 3)
		same(t, "nothing", []any{sum, n, last}, []any{ledger.Balance{}, int64(0), int64(6)})
		return errors.Join(err, err2, err3)
	})
}

// entryList tests the list of an account's entries.
func entryList(t *testing.T, open Open) {
	s := begin(t, open(t))
	entry := func(a id.Account, seq int64) store.Entry {
		return store.Entry{Entry: ledger.Entry{Account: a, Seq: seq, Kind: ledger.Grant, Credits: seq, At: start}}
	}
	for seq := int64(1); seq <= 300; seq++ { // more than a byte of the key counts
		put(t, s, entry(acme, seq), entry(other, seq))
	}

	view(t, s, func(r store.Reader) error {
		newest, err := r.Entries(acme, math.MaxInt64, 2)
		same(t, "the newest two", newest, []store.Entry{entry(acme, 300), entry(acme, 299)})
		older, err2 := r.Entries(acme, 257, 2)
		same(t, "those before one", older, []store.Entry{entry(acme, 256), entry(acme, 255)})
		last, err3 := r.Entries(acme, 3, 10)
		same(t, "the oldest", last, []store.Entry{entry(acme, 2), entry(acme, 1)})
		none, err4 := r.Entries(acme, 1, 10)
		same(t, "before the oldest", len(none), 0)
		return errors.Join(err, err2, err3, err4)
	})
}
