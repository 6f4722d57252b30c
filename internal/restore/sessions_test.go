package restore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/restore"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestApply_EndsSessions: no session and no link of the backup lets anybody in, and users stay. The rows fill more than a
// page, and some are damaged.
func TestApply_EndsSessions(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b})
		s, later := w.Dispatcher.Config.Store, w.Clock.Now().Add(time.Hour)
		person := store.User{ID: id.User{1}, Name: "Ada"}
		rows := []store.Record{person}
		for n := range 300 {
			name := [16]byte{byte(n), byte(n >> 8), 1}
			session := store.Session{ID: name, User: person.ID, EndsAt: later}
			rows = append(rows, session, store.Link{ID: name, EndsAt: later})
		}
		if err := s.Restore(t.Context(), rows, nil); err != nil {
			t.Fatal(err)
		}

		testworld.Damage(t, w, store.Session{ID: store.SessionID{9, 9, 9}, EndsAt: later})
		restorer := restore.New(w.Dispatcher)
		for _, want := range []int64{601, 0} {
			if n, err := restorer.Apply(t.Context()); err != nil || n.Sessions != want {
				t.Errorf("%d sessions and links are removed (%v), want %d", n.Sessions, err, want)
			}
		}

		err := s.View(t.Context(), func(r store.Reader) error {
			sessions, err := r.Scan(store.TableSession, nil, 10)
			links, err2 := r.Scan(store.TableLink, nil, 10)
			users, err3 := r.Users(id.User{}, 10)
			if len(sessions)+len(links) > 0 || len(users) != 1 {
				t.Errorf("%d sessions, %d links and %d people are left", len(sessions), len(links), len(users))
			}
			return errors.Join(err, err2, err3)
		})
		if err != nil {
			t.Error(err)
		}
	})
}
