// Package storetest tests databases: each must keep what it acknowledged and nothing of what it refused, and all must
// return the same for the same queries.
//
// To test what happens within a group, a closure blocks the writer while the test queues updates in a known order. So
// the group does not depend on timing.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Open opens one database; every call opens the same data, as after a restart. The database before was closed.
type Open func(t *testing.T) store.Backend

// Run runs the suite. fresh makes an empty database for each test and returns how to open it.
func Run(t *testing.T, fresh func(t *testing.T) Open) {
	for _, group := range [][]test{
		recordTests, updateTests, groupTests, raceTests, readTests, limitTests, crashTests, templateTests, tallyTests,
		webhookTests, scanTests, workTests,
		peopleTests,
	} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, fresh(t))
			})
		}
	}
}

type test struct {
	name string
	run  func(t *testing.T, open Open)
}

// patience bounds every wait. A test that reaches it fails.
const patience = 20 * time.Second

var (
	start = time.Date(2026, 3, 4, 5, 6, 7, 89000, time.UTC)
	acme  = id.Account{0, 1, 2, 0}
	other = id.Account{0, 1, 3, 0}
)

// begin opens a store that is closed at the end of the test.
func begin(t *testing.T, b store.Backend) *store.Store {
	t.Helper()
	s := store.Open(b)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})

	return s
}

// again closes the store and opens the same data in a new one.
func again(t *testing.T, s *store.Store, open Open) *store.Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	return begin(t, open(t))
}

func random(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if s := os.Getenv("STORETEST_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("STORETEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// update runs fn with the keys.
func update(s *store.Store, fn func(tx *store.Tx) error, keys ...store.Key) error {
	return s.Update(context.Background(), acme, keys, fn)
}

// put stores records, at most 100 in each update.
func put(t *testing.T, s *store.Store, records ...store.Record) {
	t.Helper()
	for len(records) > 0 {
		some := records[:min(100, len(records))]
		records = records[len(some):]
		keys := make([]store.Key, len(some))
		for i, r := range some {
			keys[i] = r.Key()
		}

		err := update(s, func(tx *store.Tx) error {
			for _, r := range some {
				tx.Put(r)
			}
			return nil
		}, keys...)
		if err != nil {
			t.Fatalf("put: %v", err)
		}
	}
}

// find reads one row.
func find[R store.Record](t *testing.T, s *store.Store, k store.Key) (r R, found bool) {
	t.Helper()
	view(t, s, func(reader store.Reader) error {
		rows, err := reader.Load(k)
		if err == nil {
			r, found = store.Get[R](rows, k)
		}
		return err
	})

	return r, found
}

// must reads a row that has to exist.
func must[R store.Record](t *testing.T, s *store.Store, k store.Key) R {
	t.Helper()
	r, found := find[R](t, s, k)
	if !found {
		t.Fatalf("the row of %s is absent", k.Table)
	}
	return r
}

func view(t *testing.T, s *store.Store, fn func(r store.Reader) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: %s", what, difference("", reflect.ValueOf(got), reflect.ValueOf(want)))
	}
}

// difference names the first field in which two values differ: a record has 30 fields.
func difference(path string, got, want reflect.Value) string {
	if got.IsValid() && want.IsValid() && got.Type() == want.Type() {
		switch {
		case got.Kind() == reflect.Interface && !got.IsNil() && !want.IsNil():
			return difference(path, got.Elem(), want.Elem())
		case got.Kind() == reflect.Struct && got.Type() != reflect.TypeFor[time.Time]():
			for i := range got.NumField() {
				if !reflect.DeepEqual(got.Field(i).Interface(), want.Field(i).Interface()) {
					return difference(path+"."+got.Type().Field(i).Name, got.Field(i), want.Field(i))
				}
			}
		case got.Kind() == reflect.Slice && got.Len() == want.Len() && got.Type().Elem().Kind() != reflect.Uint8:
			for i := range got.Len() {
				if !reflect.DeepEqual(got.Index(i).Interface(), want.Index(i).Interface()) {
					return difference(path+"["+strconv.Itoa(i)+"]", got.Index(i), want.Index(i))
				}
			}
		}
	}

	return fmt.Sprintf("%s\n got %.2000v\nwant %.2000v", path, written(got), written(want))
}

func written(v reflect.Value) string { return fmt.Sprintf("%#v", v) }

// unavailable checks for a 503 that says that nothing was done.
func unavailable(t *testing.T, err error) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Status != 503 || f.RetryAfter <= 0 {
		t.Fatalf("got %v, want a 503 with a time to retry after", err)
	}
}

// until waits until another goroutine makes a condition true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long until %s", what)
		}
	}
}

// job is one update of a group.
type job struct {
	keys []store.Key
	fn   func(tx *store.Tx) error
}

// hold blocks the writer in a separate group until release is called.
func hold(t *testing.T, s *store.Store) (release func()) {
	t.Helper()
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		first := true
		done <- update(s, func(*store.Tx) error {
			if first {
				first = false
				close(inside)
				<-leave
			}
			return nil
		})
	}()

	<-inside

	return func() {
		close(leave)
		<-done // in a test of failing commits it may have failed
	}
}

// queue starts the jobs and returns when all wait for the writer, in order.
func queue(t *testing.T, s *store.Store, jobs ...job) (wait func() []error) {
	t.Helper()
	results := make([]chan error, len(jobs))
	for i, j := range jobs {
		results[i] = make(chan error, 1)
		before := s.Queued()
		go func() { results[i] <- s.Update(context.Background(), acme, j.keys, j.fn) }()
		until(t, "the job is queued", func() bool { return s.Queued() > before })
	}

	return func() []error {
		errs := make([]error, len(results))
		for i, r := range results {
			select {
			case errs[i] = <-r:
			case <-time.After(patience):
				t.Fatalf("job %d got no answer", i)
			}
		}

		return errs
	}
}

// together runs the jobs in one group, in order.
func together(t *testing.T, s *store.Store, jobs ...job) []error {
	t.Helper()
	release := hold(t, s)
	wait := queue(t, s, jobs...)
	release()
	return wait()
}

// number makes the 16 bytes of an id: ordered by n, with zero bytes at both ends.
func number(n int) (b [16]byte) {
	b[1], b[13], b[14] = 1, byte(n>>8), byte(n)
	return b
}

func contact(n int) store.Contact {
	return store.Contact{Account: acme, ID: number(n), Mode: id.Live, Number: []byte{0, 7}}
}

func customer(a id.Account, credits int64) store.Account {
	c := store.Account{Account: account.Account{
		ID: a, Name: "Acme",
		Settings: account.InBothModes(account.DefaultSettings("Acme")), CreatedAt: start,
	}}
	c.Balance.Credits = credits
	return c
}

// addSend appends a time to a contact's sends: n sends are n updates.
func addSend(c store.Contact, n int) store.Contact {
	c.Sends = append(c.Sends[:len(c.Sends):len(c.Sends)], start.Add(time.Duration(n)*time.Microsecond))
	return c
}
