package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/webhook"
)

const aDay = 24 * time.Hour

// rowsOf are a row of each table that is kept by day, all of one time. due makes them wait.
func rowsOf(made time.Time, due bool) []store.Record {
	m, o, e := id.NewMessage(made), id.NewOTP(made), id.EventAt(made, [10]byte{7})
	text := store.Message{Message: message.Message{
		ID: m, Account: customer(1), Mode: id.Live, State: message.Sent, Type: message.TextMessage, Over: true,
		Plan: []message.Step{{Channel: message.SMS, Carrier: "smsc"}},
	}}

	code := store.OTP{OTP: otp.OTP{
		ID: o, Account: customer(1), Mode: id.Live, Status: otp.Verified,
		Messages: []id.Message{m}, ExpiresAt: made,
	}}
	d := store.Delivery{Delivery: webhook.Delivery{
		Account: customer(1), Target: webhook.Target{1}, Event: e,
		Mode: id.Live, State: webhook.Delivered,
	}}
	if due {
		text.State, text.Over, text.DueAt = message.Scheduled, false, made.Add(time.Hour)
		code.Status, code.ExpiresAt = otp.Open, made.Add(time.Hour)
		d.State, d.DueAt = webhook.Waiting, made.Add(time.Hour)
	}

	return []store.Record{text, code, store.Event{Account: customer(1), Mode: id.Live, ID: e, Type: webhook.OTPVerified, CreatedAt: made}, d}
}

func write(t testing.TB, b *postgres.Backend, records ...store.Record) {
	t.Helper()
	keys := make([]store.Key, len(records))
	for i, r := range records {
		keys[i] = r.Key()
	}

	err := b.Group(t.Context(), func(batch store.Batch) error {
		if _, err := batch.Load(keys); err != nil {
			return err
		}
		return batch.Write(records, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func maintain(t testing.TB, b *postgres.Backend, now time.Time, keep store.Retention) {
	t.Helper()
	if err := b.RotateDays(t.Context(), now, keep); err != nil {
		t.Fatal(err)
	}
}

// missing are the records that the database does not find.
func missing(t testing.TB, b *postgres.Backend, records []store.Record) (out []store.Key) {
	t.Helper()
	for _, r := range records {
		rows, err := b.Find(t.Context(), []store.Key{r.Key()})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := rows[r.Key()]; !ok {
			out = append(out, r.Key())
		}
	}

	return out
}

func partition(table string, at time.Time) string { return table + "_d" + at.UTC().Format("20060102") }

// Partitions get the rows that were stored before them. Past days are removed, but not those in which something waits.
func TestDays_ComeAndGo(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	b := open(t, url)
	defer b.Close()
	begin := time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)
	soon, next, far := rowsOf(begin.Add(aDay), false), rowsOf(begin.Add(2*aDay), true), rowsOf(begin.Add(30*aDay), false)
	all := append(append(append([]store.Record(nil), soon...), next...), far...)
	write(t, b, all...)
	maintain(t, b, begin, store.Retention{})
	maintain(t, b, begin, store.Retention{}) // again: nothing is left to do
	if gone := missing(t, b, all); gone != nil {
		t.Fatalf("lost %v", gone)
	}

	for _, table := range []string{"otp", "message", "event", "delivery"} {
		if n := ask(t, url, "SELECT count(*) FROM "+table+"_default"); n != "1" {
			t.Errorf("%s rows of %s have no day, want 1", n, table)
		}
	}

	// 40 days later the first day is over for messages. What waited on the second keeps its messages and codes.
	keep := store.Retention{Messages: 35 * aDay, Events: 30 * aDay}
	maintain(t, b, begin.Add(40*aDay), keep)
	want := map[store.Key]bool{}
	for _, r := range append(soon, next[2:]...) {
		want[r.Key()] = true
	}

	gone := missing(t, b, all)
	for _, k := range gone {
		if !want[k] {
			t.Errorf("%s of %x is gone", k.Table, k.ID)
		}
		delete(want, k)
	}
	if len(want) > 0 {
		t.Errorf("still there: %v", want)
	}

	// A node that does not know that a day was dropped runs the group again, and finds the row absent.
	ask(t, url, "DROP TABLE "+partition("message", begin.Add(40*aDay)))
	load := func() error {
		return b.Group(t.Context(), func(batch store.Batch) error {
			_, err := batch.Load([]store.Key{rowsOf(begin.Add(40*aDay), false)[0].Key()})
			return err
		})
	}
	if err := load(); !strings.Contains(fmt.Sprint(err), store.ErrConflict.Error()) {
		t.Errorf("a dropped day: %v", err)
	}
	if err := load(); err != nil {
		t.Errorf("once it is known to be gone: %v", err)
	}

	maintain(t, b, begin.Add(40*aDay), keep)
	ask(t, url, "DROP TABLE "+partition("message", begin.Add(41*aDay)))
	list := func() error {
		return b.View(t.Context(), func(r store.Reader) error {
			_, err := r.Messages(store.ListQuery{Account: customer(1), Mode: id.Live}, &store.Page{Limit: 5, Scan: 5})
			return err
		})
	}
	if err := list(); err == nil {
		t.Error("a list read a day that was dropped, so this test tests nothing")
	}
	if err := list(); err != nil {
		t.Errorf("a list after that: %v", err)
	}
}

// Rows of one day cost the statements of that day alone: neither updates, nor sweeps, nor a first page look at others.
func TestDays_OthersAreNotRead(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	b := open(t, url)
	now := time.Now()
	for d := range 20 {
		write(t, b, rowsOf(now.Add(-time.Duration(d+2)*aDay), false)...)
	}

	maintain(t, b, now, store.Retention{})
	_ = b.Close() // closing it reports its counts
	// An open looks for work of earlier days: what one costs is known from one that does nothing else.
	before := readsOfDays(t, url)
	_ = open(t, url).Close()
	once := readsOfDays(t, url)
	b = open(t, url)
	for range 3 {
		write(t, b, rowsOf(now, true)...)
	}

	err := b.View(t.Context(), func(r store.Reader) error {
		due, err := r.DueWork(store.WorkQuery{Carrier: "smsc", Texts: true, Before: now.Add(2 * aDay), Limit: 10})
		if err != nil || len(due) != 3 {
			t.Errorf("%d texts are due, want 3 (%v)", len(due), err)
		}

		_, err1 := r.DueWork(store.WorkQuery{Carrier: "smsc", Before: now.Add(aDay), Limit: 10})
		_, err2 := r.ExpiredOTPs(now.Add(aDay), id.Account{}, 10)
		_, err3 := r.LeftMessages(cluster.OnlyMember(1), 10)
		page := store.Page{Limit: 2, Scan: 100}
		list, err4 := r.Messages(store.ListQuery{Account: customer(1), Mode: id.Live}, &page)
		if len(list) != 2 {
			t.Errorf("%d on the page, want 2", len(list))
		}

		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				t.Error(err)
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	_ = b.Close()
	old := now.Add(-aDay).UTC().Format("20060102")
	for name, n := range readsOfDays(t, url) {
		if n -= 2*once[name] - before[name]; n > 0 && name[len(name)-8:] < old {
			t.Errorf("%s was read %d times", name, n)
		}
	}
}

// readsOfDays is how often an index of each partition was read.
func readsOfDays(t *testing.T, url string) map[string]int {
	t.Helper()
	out := map[string]int{}
	text := settled(t, url, `SELECT string_agg(relname || ' ' || idx_scan, ', ') FROM pg_stat_user_tables
		WHERE schemaname = current_schema() AND relname ~ '_d[0-9]{8}$'`)
	for line := range strings.SplitSeq(text, ", ") {
		name, n, _ := strings.Cut(line, " ")
		out[name], _ = strconv.Atoi(n)
	}

	return out
}

// Size counts the rows of the days: the table itself has none.
func TestSize_CountsDays(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	b := open(t, url)
	defer b.Close()
	for range 40 {
		write(t, b, rowsOf(time.Now(), false)[0])
	}

	for _, counted := range []string{partition("message", time.Now()), "message"} {
		ask(t, url, "ANALYZE "+counted)
		size(t, b, 40)
	}
}

func size(t *testing.T, b *postgres.Backend, want int64) {
	t.Helper()
	err := b.View(t.Context(), func(r store.Reader) error {
		n, err := r.(interface {
			Size(store.Table) (int64, error)
		}).Size(store.TableMessage)
		if n != want {
			t.Errorf("%d messages, want %d", n, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Statements of past days are released, and those that are still needed are prepared again.
func TestStatements_Released(t *testing.T) {
	t.Parallel()
	b := open(t, pgtest.URL(t))
	defer b.Close()
	rows := rowsOf(time.Now(), false)
	use := func() {
		for range 10 { // every connection
			write(t, b, rows...)
			if gone := missing(t, b, rows); gone != nil {
				t.Errorf("lost %v", gone)
			}
		}
	}

	use()
	kept := postgres.Overfill(b)
	use()
	if n := kept(); n > 100 {
		t.Errorf("a connection keeps %d statements", n)
	}
}

// Nodes rotate days at the same time while others write and read: nothing is lost, and nothing fails.
func TestDays_ConcurrentNodes(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	_ = open(t, url).Close()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	begin := time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC)
	var wg sync.WaitGroup
	all := make([][]store.Record, 3)
	for n := range all {
		wg.Go(func() {
			b := open(t, url)
			s := store.Open(b)
			defer s.Close()
			random := rand.New(rand.NewPCG(seed, uint64(n)))
			for day := range 6 {
				if err := b.RotateDays(context.Background(), begin.Add(time.Duration(day)*aDay), store.Retention{}); err != nil {
					t.Errorf("node %d: %v", n, err)
				}
				for range 10 {
					some := rowsOf(begin.Add(time.Duration(random.Int64N(int64(10*aDay)))), false)
					all[n] = append(all[n], some...)
					for _, r := range some {
						err := s.Update(context.Background(), customer(1), []store.Key{r.Key()},
							func(tx *store.Tx) error { tx.Put(r); return nil })
						if err != nil {
							t.Errorf("node %d: %v", n, err)
						}
					}
				}
			}
		})
	}

	wg.Wait()
	b := open(t, url)
	defer b.Close()
	for n := range all {
		if gone := missing(t, b, all[n]); gone != nil {
			t.Errorf("node %d lost %d rows, the first is %x of %s", n, len(gone), gone[0].ID, gone[0].Table)
		}
	}
	if n := ask(t, url, "SELECT count(*) FROM message WHERE tableoid = 'message_default'::regclass AND id < '\\x01cf1558d000'"); n != "0" {
		t.Errorf("%s rows of days that have a partition lie in DEFAULT", n)
	}
}

// Prepare makes the past days for rows that are copied.
func TestPrepare(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	b := open(t, url)
	defer b.Close()
	now := time.Now()
	for range 2 { // again is no error
		if err := b.Prepare(t.Context(), now, store.Retention{Messages: 40 * aDay, Events: 10 * aDay}); err != nil {
			t.Fatal(err)
		}
	}

	for table, want := range map[string]string{"message": "44", "otp": "44", "event": "14", "delivery": "14"} {
		got := ask(t, url, "SELECT count(*) FROM pg_inherits WHERE inhparent = '"+table+"'::regclass AND inhrelid::regclass::text NOT LIKE '%_default'")
		if got != want {
			t.Errorf("%s has %s days, want %s", table, got, want)
		}
	}

	write(t, b, rowsOf(now.Add(-39*aDay), true)...)
	if left := ask(t, url, "SELECT (SELECT count(*) FROM message_default) + (SELECT count(*) FROM otp_default)"); left != "0" {
		t.Errorf("%s rows lie in DEFAULT", left)
	}
}
