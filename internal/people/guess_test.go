package people_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// TestGuesses_Parallel: of 1,000 guesses at once, five are compared, and the owner gets in by passkey meanwhile, and by
// password in a browser in which they signed in before.
func TestGuesses_Parallel(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		phone := w.addPasskey(t, w.first.SignedIn, "Phone")
		var compared, refused atomic.Int32
		var guesses sync.WaitGroup
		for i := range 1000 {
			guesses.Go(func() {
				_, err := w.SignIn(t.Context(), people.Attempt{
					Email: email, Password: secret.NewString(fmt.Sprintf("grey whale eats %d", i)),
					Client: people.Client{Address: fmt.Sprintf("198.51.%d.%d", i/250, i%250)},
				})
				switch status(err) {
				case 401:
					compared.Add(1)
				case 429:
					refused.Add(1)
				default:
					t.Errorf("a guess got %v", err)
				}
			})
		}

		if s, err := w.byPasskey(t, phone); err != nil {
			t.Errorf("the owner does not get in by passkey: %v", err)
		} else {
			w.visit(t, s)
		}
		known := client
		known.Device = w.first.Device
		w.visit(t, w.signIn(t, email, known))
		guesses.Wait()
		if n := compared.Load(); n == 0 || n > 5 || compared.Load()+refused.Load() != 1000 {
			t.Errorf("%d guesses were compared and %d refused, want 1 to 5 and the others", compared.Load(), refused.Load())
		}
		// That was measured by the answers; the rows say the same.
		if n := len(slices.DeleteFunc(w.actions(t, id.Account{}), func(a string) bool { return a != "user.sign_in_refused" })); n > 5 {
			t.Errorf("%d guesses were noted as wrong, want at most 5", n)
		}
	})
}

func TestGuesses_Budgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.join(t, "bob@example.com", "support")
	wrong := func(to string, c people.Client) int {
		_, err := w.SignIn(t.Context(), people.Attempt{Email: to, Password: secret.NewString("not it, not at all"), Client: c})
		return status(err)
	}
	for range 5 {
		if got := wrong(email, client); got != 401 {
			t.Fatalf("a wrong password got %d, want 401", got)
		}
	}

	known := client
	known.Device = w.first.Device
	forged := client
	forged.Device = secret.NewString(w.first.Device.Reveal()[1:])
	bobs := client
	bobs.Device = w.signIn(t, "bob@example.com", client).Device
	for _, c := range []struct {
		name, to string
		client   people.Client
		want     int
	}{
		{"another guess", email, client, 429},
		{"from another address", email, people.Client{Address: "192.0.2.1"}, 429},
		{"with a forged device", email, forged, 429},
		{"with another user's device", email, bobs, 429},
		{"in capitals", "ADA@EXAMPLE.COM", client, 429},
		{"for another user", "bob@example.com", client, 401},
		{"for nobody", "nobody@example.com", client, 401},
		{"in the owner's browser", email, known, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := wrong(c.to, c.client); got != c.want {
				t.Errorf("status %d, want %d", got, c.want)
			}
		})
	}
	if _, err := w.SignIn(t.Context(), people.Attempt{Email: email, Password: secret.NewString(password)}); status(err) != 429 {
		t.Errorf("the right password from an unknown browser: %v, want 429: it must not be compared", err)
	}

	w.signIn(t, email, known) // and this resets only the browser's own budget
	if got := wrong(email, client); got != 429 {
		t.Errorf("after the owner signed in, a stranger's guess got %d, want 429", got)
	}
	w.later(15 * time.Minute)
	w.signIn(t, email, client)
}

func TestGuesses_NobodyLooksTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, to := range []string{email, "nobody@example.com"} {
		var got []int
		before := w.Store.Updates()
		for range 7 {
			_, err := w.SignIn(t.Context(), people.Attempt{Email: to, Password: secret.NewString("not it, not at all")})
			got = append(got, status(err))
		}
		if want := []int{401, 401, 401, 401, 401, 429, 429}; !slices.Equal(got, want) {
			t.Errorf("%s: the answers are %v, want %v", to, got, want)
		}
		if n := w.Store.Updates() - before; n != 10 {
			t.Errorf("%s: %d updates, want two for each comparison, as for any other address", to, n)
		}
	}
}

func TestGuesses_DeviceEndsWithThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.later(time.Second)
	if _, err := w.ChangePassword(t.Context(), w.visit(t, w.first.SignedIn), secret.NewString(password),
		secret.NewString("another grey whale")); err != nil {
		t.Fatal(err)
	}
	known := client
	known.Device = w.first.Device
	for _, c := range []people.Client{client, known, client, known, client} {
		_, err := w.SignIn(t.Context(), people.Attempt{Email: email, Password: secret.NewString(password), Client: c})
		if status(err) != 401 {
			t.Fatalf("the old password: %v, want 401", err)
		}
	}
	if _, err := w.SignIn(t.Context(), people.Attempt{Email: email, Password: secret.NewString(password), Client: known}); status(err) != 429 {
		t.Errorf("a device from before the password was changed has a budget: %v", err)
	}
}

// TestGuesses_OneAddress: who tries many addresses of users from one place waits behind themselves, and not before others.
func TestGuesses_OneAddress(t *testing.T) {
	t.Parallel()
	// A hash takes long enough that others must wait for it, but on a busy machine four take less than slotWait.
	w := newWorldAt(t, signin.Cost{MemoryKiB: 2048, Passes: 1, Threads: 1})
	var guesses sync.WaitGroup
	var compared, refused atomic.Int32
	for i := range 200 {
		guesses.Go(func() {
			_, err := w.SignIn(t.Context(), people.Attempt{
				Email: fmt.Sprintf("user%d@example.com", i), Password: secret.NewString(password),
				Client: people.Client{Address: fmt.Sprintf("2001:db8::%x", i)},
			})
			switch status(err) {
			case 401:
				compared.Add(1)
			case 429:
				refused.Add(1)
			default:
				t.Errorf("a guess got %v", err)
			}
		})
	}
	w.signIn(t, email, client) // from another address, in a browser that is not known
	guesses.Wait()
	if compared.Load() == 0 || refused.Load() == 0 || compared.Load()+refused.Load() != 200 {
		t.Errorf("%d guesses were compared and %d refused", compared.Load(), refused.Load())
	}
}

// TestGuesses_OneUser: a user who has a hash computed over and over with the right password waits behind themselves,
// and not before other users.
func TestGuesses_OneUser(t *testing.T) {
	t.Parallel()
	w := newWorldAt(t, signin.Cost{MemoryKiB: 2048, Passes: 1, Threads: 1})
	bob := w.join(t, "bob@example.com", "billing")
	theirs, v := client, w.visit(t, bob)
	theirs.Device = bob.Device
	for name, do := range map[string]func() error{
		"sign-ins": func() error {
			a := people.Attempt{Email: "bob@example.com", Password: secret.NewString(password), Client: theirs}
			_, err := w.SignIn(t.Context(), a)
			return err
		},
		"proofs": func() error {
			return w.StepUp(t.Context(), v, people.Proof{Password: secret.NewString(password)})
		},
	} {
		var all sync.WaitGroup
		var passed, refused atomic.Int32
		for range 100 {
			all.Go(func() {
				switch err := do(); status(err) {
				case 0:
					passed.Add(1)
				case 429:
					refused.Add(1)
				default:
					t.Errorf("one of the %s got %v", name, err)
				}
			})
		}
		known := client
		known.Device = w.first.Device
		w.signIn(t, email, known)
		all.Wait()
		if passed.Load() == 0 || refused.Load() == 0 {
			t.Errorf("of the %s, %d passed and %d were refused", name, passed.Load(), refused.Load())
		}
	}
}

func BenchmarkVisit(b *testing.B) {
	w := newWorld(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Visit(b.Context(), w.first.Token); err != nil {
			b.Fatal(err)
		}
	}
}
