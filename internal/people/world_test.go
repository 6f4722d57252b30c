package people_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

const (
	origin   = "http://localhost:8080"
	email    = "ada@example.com"
	password = "grey whale eats toast"
	chrome   = "Chrome on Linux"
)

var client = people.Client{Address: "203.0.113.7", Agent: chrome}

// world has an installation with its first user.
type world struct {
	*people.People
	clock   *testworld.Clock
	account id.Account // of the first user
	first   people.Welcome
}

// empty has no users.
func empty(t testing.TB, backend store.Backend) world {
	t.Helper()
	return emptyAt(t, backend, testworld.HashCost)
}

// emptyAt has no users; a hash has the cost.
func emptyAt(t testing.TB, backend store.Backend, cost signin.Cost) world {
	t.Helper()
	w := testworld.New(t, testworld.Options{Backend: backend})
	return world{clock: w.Clock, People: people.New(people.Config{
		Store: w.Admin.Store, Keys: w.Admin.Keys, Admin: w.Admin, Now: w.Clock.Now, Log: slog.New(slog.DiscardHandler),
		Origin: func() string { return origin },
		Cost:   cost,
	})}
}

// newWorld has a first user, an operator who owns the first account.
func newWorld(t testing.TB, backend store.Backend) world {
	t.Helper()
	return empty(t, backend).withFirst(t)
}

// newWorldAt is a newWorld in memory whose hashes have the cost.
func newWorldAt(t testing.TB, cost signin.Cost) world {
	t.Helper()
	return emptyAt(t, nil, cost).withFirst(t)
}

// withFirst makes the first user.
func (w world) withFirst(t testing.TB) world {
	t.Helper()
	l, ok, err := w.Setup(t.Context())
	if err != nil || !ok {
		t.Fatalf("Setup = %v, %v", ok, err)
	}
	w.first, err = w.UseLink(t.Context(), l.Token, people.LinkAnswer{
		Email: email, Name: "Ada", Account: "First", Password: secret.NewString(password), Client: client,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.account = w.first.Account

	return w
}

// visit is the visit of a session.
func (w world) visit(t testing.TB, s people.SignedIn) people.Visit {
	t.Helper()
	v, err := w.Visit(t.Context(), s.Token)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// signIn signs a user in with a password.
func (w world) signIn(t testing.TB, email string, c people.Client) people.SignedIn {
	t.Helper()
	s, err := w.SignIn(t.Context(), people.Attempt{Email: email, Password: secret.NewString(password), Client: c})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// join makes a user with a role in the first account, and returns their session.
func (w world) join(t testing.TB, email, role string) people.SignedIn {
	t.Helper()
	l, err := w.Invite(t.Context(), w.visit(t, w.signIn(t, "ada@example.com", client)), w.account, email, role)
	if err != nil {
		t.Fatal(err)
	}
	welcome, err := w.UseLink(t.Context(), l.Token, people.LinkAnswer{
		Name: "User " + role, Password: secret.NewString(password), Client: client,
	})
	if err != nil {
		t.Fatal(err)
	}

	return welcome.SignedIn
}

// status is the HTTP status of an error; 0 for none.
func status(err error) int {
	var f *fault.Fault
	switch {
	case err == nil:
		return 0
	case errors.As(err, &f):
		return f.Status
	}
	return -1
}

// actions are the actions of an account's audit log, oldest first.
func (w world) actions(t testing.TB, of id.Account) (out []string) {
	t.Helper()
	for _, row := range w.audits(t, of) {
		out = append(out, row.Action)
	}
	return out
}

func (w world) audits(t testing.TB, of id.Account) (out []store.Audit) {
	t.Helper()
	err := w.Store.View(t.Context(), func(v store.Reader) error {
		rows, err := v.Audits(of, id.Audit{}, 1000)
		for _, r := range rows {
			out = append([]store.Audit{r}, out...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return out
}

// onBackends runs a test on every database.
func onBackends(t *testing.T, fn func(*testing.T, store.Backend)) {
	t.Helper()
	for name, open := range testworld.Backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, open(t))
		})
	}
}

// code is what the authenticator app of a user shows.
func (w world) code(key []byte) secret.String {
	return secret.NewString(signin.TOTP(key, w.clock.Now()))
}

// later moves the clock.
func (w world) later(by time.Duration) { w.clock.Add(by) }
