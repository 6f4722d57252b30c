package people_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestNodes_OneState: what one node changes counts on the other, and guesses at both share one budget.
func TestNodes_OneState(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	w := newWorld(t, testworld.OpenPostgres(t, url))
	s := store.Open(testworld.OpenPostgres(t, url))
	t.Cleanup(func() { _ = s.Close() })
	other := people.New(people.Config{
		Store: s, Keys: w.Keys, Admin: w.Admin, Now: w.clock.Now, Log: slog.New(slog.DiscardHandler), Origin: w.Origin,
		Cost: testworld.HashCost,
	})

	if _, err := other.Visit(t.Context(), w.first.Token); err != nil {
		t.Errorf("a session that began on one node is not known on the other: %v", err)
	}
	if err := other.SignOut(t.Context(), w.visit(t, w.first.SignedIn)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := w.Visit(t.Context(), w.first.Token); status(err) == 401 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("a session that was ended on one node still counts on the other")
		}
	}

	guess := people.Attempt{Email: email, Password: secret.NewString("wrong wrong wrong")}
	for i := range 6 {
		on := []*people.People{w.People, other}[i%2]
		want := map[bool]int{true: 401, false: 429}[i < 5]
		if _, err := on.SignIn(t.Context(), guess); status(err) != want {
			t.Errorf("guess %d: %v, want %d", i+1, err, want)
		}
	}
}
