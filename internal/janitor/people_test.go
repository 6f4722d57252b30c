package janitor_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// Sessions and links end at their time, the logs at the age of the configuration. People stay.
func TestRemoveExpired_People(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b})
		now := w.Clock.Now()
		audit := func(n byte, at time.Time) store.Audit {
			return store.Audit{Account: w.Account, ID: id.Audit{n}, At: at}
		}
		batch := func(n byte, at time.Time) store.RequestBatch {
			return store.RequestBatch{Account: w.Account, Mode: id.Test, ID: id.Request{n}, To: at}
		}

		gone := []store.Record{
			store.Session{ID: store.SessionID{1}, EndsAt: now.Add(-time.Second)},
			audit(1, now.Add(-40*day-time.Second)),
			store.Link{ID: store.LinkID{1}, EndsAt: now.Add(-time.Second)},
			batch(1, now.Add(-7*day-time.Second)),
		}
		stay := []store.Record{
			store.User{ID: id.User{1}},
			store.Login{ID: store.LoginID{1}},
			store.Member{Account: w.Account, User: id.User{1}},
			store.Session{ID: store.SessionID{2}, EndsAt: now.Add(time.Second)},
			audit(2, now.Add(-40*day+time.Second)),
			store.Link{ID: store.LinkID{2}, EndsAt: now.Add(time.Second)},
			batch(2, now.Add(-7*day+time.Second)),
		}
		s := w.Dispatcher.Config.Store
		if err := s.Restore(t.Context(), append(gone, stay...), nil); err != nil {
			t.Fatal(err)
		}

		w.Do(t, w.Janitor.RemoveExpired) // without an age, the logs stay
		there(t, s, true, append(stay, gone[1], gone[3])...)
		w.Janitor.KeepAudit, w.Janitor.KeepRequests = 40*day, 7*day
		w.Do(t, w.Janitor.RemoveExpired)
		there(t, s, true, stay...)
		there(t, s, false, gone...)
	})
}

func there(t *testing.T, s *store.Store, want bool, records ...store.Record) {
	t.Helper()
	for _, r := range records {
		rows, err := s.Find(t.Context(), r.Key())
		if _, found := rows[r.Key()]; err != nil || found != want {
			t.Errorf("row %s of table %s is there: %v, want %v (%v)", r.Key().Text(), r.Key().Table, found, want, err)
		}
	}
}
