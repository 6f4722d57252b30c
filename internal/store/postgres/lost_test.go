package postgres_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// A database that ends while a view reads is not available; what a view itself refuses stays what it is.
func TestView_DatabaseEnds(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Start(t)
	s := store.Open(open(t, cluster.URL()))
	read := func(r store.Reader) error {
		_, err := r.Accounts(id.Account{}, 10)
		return err
	}

	own := errors.New("a refusal of the view")
	err := s.View(t.Context(), func(r store.Reader) error { return errors.Join(read(r), own) })
	if !errors.Is(err, own) || errors.Is(err, store.ErrLost) {
		t.Errorf("the view's own refusal became %v", err)
	}

	err = s.View(t.Context(), func(r store.Reader) error {
		if err := read(r); err != nil {
			t.Fatal(err)
		}
		if err := cluster.Kill(); err != nil {
			t.Fatal(err)
		}
		for {
			if err := read(r); err != nil {
				return err
			}
		}
	})
	if f := fault.From(err); f.Status != http.StatusServiceUnavailable || f.RetryAfter == 0 || !errors.Is(err, store.ErrLost) {
		t.Errorf("a view whose database ended: %d, %v", f.Status, err)
	}
}
