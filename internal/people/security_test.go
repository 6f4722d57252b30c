package people_test

import (
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// enableTOTP adds an authenticator app, and returns its key and the recovery codes.
func (w world) enableTOTP(t testing.TB, s people.SignedIn) (key []byte, codes []string) {
	t.Helper()
	v := w.visit(t, s)
	n, err := w.BeginTOTP(v)
	if err != nil {
		t.Fatal(err)
	}
	key = decodeSecret(t, n.Text)
	if codes, err = w.ConfirmTOTP(t.Context(), v, n.State, w.code(key).Reveal()); err != nil {
		t.Fatal(err)
	}

	return key, codes
}

// decodeSecret reads the secret of an app.
func decodeSecret(t testing.TB, text string) []byte {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// pending signs in with the password of a user who has a second factor.
func (w world) pending(t testing.TB) secret.String {
	t.Helper()
	s := w.signIn(t, email, client)
	if s.Pending.Empty() || !s.Token.Empty() {
		t.Fatal("the password alone signed in")
	}
	return s.Pending
}

func TestTOTP_SecondFactor(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		key, codes := w.enableTOTP(t, w.first.SignedIn)
		if len(codes) != 10 {
			t.Errorf("there are %d recovery codes, want 10", len(codes))
		}

		factor := func(code secret.String) int {
			s, err := w.SecondFactor(t.Context(), w.pending(t), code, client)
			if err == nil {
				w.visit(t, s)
			}
			return status(err)
		}
		confirmed := w.code(key)
		for _, c := range []struct {
			name string
			code func() secret.String
			want int
		}{
			{"the code that confirmed it", func() secret.String { return confirmed }, 401},
			{"the next code", func() secret.String { w.later(30 * time.Second); return w.code(key) }, 0},
			{"the same code again", func() secret.String { return w.code(key) }, 401},
			{"a recovery code", func() secret.String { return secret.NewString(strings.ToLower(codes[3])) }, 0},
			{"the recovery code again", func() secret.String { return secret.NewString(codes[3]) }, 401},
			{"another recovery code", func() secret.String { return secret.NewString(codes[4]) }, 0},
			{"nothing", func() secret.String { return secret.String{} }, 401},
		} {
			if got := factor(c.code()); got != c.want {
				t.Errorf("%s: status %d, want %d", c.name, got, c.want)
			}
		}

		s, err := w.Security(t.Context(), w.visit(t, w.first.SignedIn))
		if err != nil || !s.TOTP || s.RecoveryLeft != 8 {
			t.Errorf("Security = %+v, %v", s, err)
		}
	})
}

func TestTOTP_Budget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	key, _ := w.enableTOTP(t, w.first.SignedIn)
	w.later(time.Minute)
	p := w.pending(t)
	for range 5 {
		if _, err := w.SecondFactor(t.Context(), p, secret.NewString("000000"), client); status(err) != 401 {
			t.Fatalf("a wrong code: %v, want 401", err)
		}
	}
	if _, err := w.SecondFactor(t.Context(), p, w.code(key), client); status(err) != 429 {
		t.Errorf("the sixth code: %v, want 429", err)
	}
	known := client
	known.Device = w.first.Device
	if _, err := w.SecondFactor(t.Context(), p, w.code(key), known); err != nil {
		t.Errorf("in the owner's browser: %v", err)
	}
}

func TestTOTP_Pending(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	key, codes := w.enableTOTP(t, w.first.SignedIn)
	w.later(30 * time.Second)
	p := w.pending(t)
	if _, err := w.SecondFactor(t.Context(), w.first.Token, w.code(key), client); status(err) != 401 {
		t.Errorf("another token: %v, want 401", err)
	}
	if _, err := w.Visit(t.Context(), p); status(err) != 401 {
		t.Errorf("a pending sign-in is a session: %v", err)
	}
	if _, err := w.ChangePassword(t.Context(), w.visit(t, w.first.SignedIn), secret.NewString(password),
		secret.NewString("another grey whale")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.SecondFactor(t.Context(), p, w.code(key), client); status(err) != 401 {
		t.Errorf("after the password was changed: %v, want 401", err)
	}

	s, err := w.SignIn(t.Context(), people.Attempt{Email: email, Password: secret.NewString("another grey whale")})
	if err != nil {
		t.Fatal(err)
	}
	w.later(5*time.Minute + time.Second)
	if _, err := w.SecondFactor(t.Context(), s.Pending, secret.NewString(codes[0]), client); status(err) != 401 {
		t.Errorf("after five minutes: %v, want 401", err)
	}
}

func TestTOTP_RenewAndDisable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v := w.visit(t, w.first.SignedIn)
	if _, err := w.RenewRecoveryCodes(t.Context(), v); status(err) != 400 {
		t.Errorf("recovery codes without an app: %v, want 400", err)
	}
	n, err := w.BeginTOTP(v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.ConfirmTOTP(t.Context(), v, n.State, "000000"); status(err) != 400 {
		t.Errorf("a wrong code confirmed the app: %v", err)
	}
	bob := w.visit(t, w.join(t, "bob@example.com", "support"))
	if _, err := w.ConfirmTOTP(t.Context(), bob, n.State, "000000"); status(err) != 400 {
		t.Errorf("another user's secret: %v, want 400", err)
	}

	_, old := w.enableTOTP(t, w.first.SignedIn)
	codes, err := w.RenewRecoveryCodes(t.Context(), v)
	if err != nil || slices.Equal(codes, old) {
		t.Fatal(err)
	}
	if _, err := w.SecondFactor(t.Context(), w.pending(t), secret.NewString(old[0]), client); status(err) != 401 {
		t.Errorf("a replaced recovery code: %v, want 401", err)
	}
	if _, err := w.SecondFactor(t.Context(), w.pending(t), secret.NewString(codes[0]), client); err != nil {
		t.Errorf("a new recovery code: %v", err)
	}
	if err := w.DisableTOTP(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	w.visit(t, w.signIn(t, email, client))
}

func TestPassword_Change(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		other := w.signIn(t, email, client)
		w.later(time.Second)
		v := w.visit(t, w.first.SignedIn)
		change := func(current, next string) (people.SignedIn, error) {
			return w.ChangePassword(t.Context(), v, secret.NewString(current), secret.NewString(next))
		}
		if _, err := change("wrong wrong wrong", "another grey whale"); status(err) != 401 {
			t.Errorf("a wrong password: %v, want 401", err)
		}
		if got := w.actions(t, id.Account{}); !slices.Contains(got, "user.sign_in_refused") {
			t.Errorf("after a wrong password, the audit log has %v", got)
		}
		if _, err := change(password, "short"); status(err) != 400 {
			t.Errorf("a short password: %v, want 400", err)
		}

		s, err := change(password, "another grey whale")
		if err != nil {
			t.Fatal(err)
		}
		w.visit(t, s)
		for _, old := range []people.SignedIn{other, w.first.SignedIn} {
			if _, err := w.Visit(t.Context(), old.Token); status(err) != 401 {
				t.Errorf("an earlier session: %v, want 401", err)
			}
		}
		if got := w.actions(t, id.Account{}); !slices.Contains(got, "password.changed") {
			t.Errorf("the audit log has %v", got)
		}
	})
}

func TestStepUp_Password(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.later(11 * time.Minute)
	v := w.visit(t, w.first.SignedIn)
	for name, do := range map[string]func() error{
		"an app":           func() error { _, err := w.BeginTOTP(v); return err },
		"confirm an app":   func() error { _, err := w.ConfirmTOTP(t.Context(), v, secret.String{}, ""); return err },
		"no app":           func() error { return w.DisableTOTP(t.Context(), v) },
		"recovery codes":   func() error { _, err := w.RenewRecoveryCodes(t.Context(), v); return err },
		"a passkey":        func() error { _, err := w.BeginRegister(t.Context(), v); return err },
		"its answer":       func() error { return w.FinishRegister(t.Context(), v, secret.String{}, "x", nil) },
		"no passkey":       func() error { return w.RemovePasskey(t.Context(), v, "AAAA") },
		"an invitation":    func() error { _, err := w.Invite(t.Context(), v, w.account, "bob@example.com", "owner"); return err },
		"a role":           func() error { return w.ChangeRole(t.Context(), v, w.account, v.User, "billing") },
		"another operator": func() error { return w.SetOperator(t.Context(), v, v.User, false) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := do(); status(err) != 403 || !errors.Is(err, people.ErrStepUp) {
				t.Errorf("without a proof: %v, want 403", err)
			}
		})
	}

	if err := w.StepUp(t.Context(), v, people.Proof{Password: secret.NewString("wrong wrong wrong")}); status(err) != 401 {
		t.Errorf("a wrong password: %v, want 401", err)
	}
	if got := w.actions(t, id.Account{}); !slices.Contains(got, "user.sign_in_refused") {
		t.Errorf("after a wrong password, the audit log has %v", got)
	}
	if err := w.StepUp(t.Context(), v, people.Proof{Password: secret.NewString(password)}); err != nil {
		t.Fatal(err)
	}
	w.enableTOTP(t, w.first.SignedIn)
}

func TestStepUp_Budget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	key, _ := w.enableTOTP(t, w.first.SignedIn)
	w.later(11 * time.Minute)
	v := w.visit(t, w.first.SignedIn)
	for i := range 6 {
		want := map[bool]int{true: 401, false: 429}[i < 5]
		if err := w.StepUp(t.Context(), v, people.Proof{Password: secret.NewString("wrong wrong wrong")}); status(err) != want {
			t.Errorf("wrong password %d: %v, want %d", i+1, err, want)
		}
	}
	if err := w.StepUp(t.Context(), v, people.Proof{Code: secret.NewString("000000")}); status(err) != 401 {
		t.Errorf("a wrong code: %v, want 401", err)
	}
	if err := w.StepUp(t.Context(), v, people.Proof{Code: w.code(key)}); err != nil {
		t.Errorf("a code, which has another budget: %v", err)
	}
}

func TestProfile_Change(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v := w.visit(t, w.first.SignedIn)
	good := people.Profile{Name: "Ada L.", Zone: "Europe/Brussels", Theme: "dark", Locale: "en", NoShortcuts: true}
	if err := w.SetProfile(t.Context(), v, good); err != nil {
		t.Fatal(err)
	}
	v = w.visit(t, w.first.SignedIn)
	if got := (people.Profile{v.Name, v.Zone, v.Theme, v.Locale, v.NoShortcuts}); got != good {
		t.Errorf("the profile is %+v, want %+v", got, good)
	}
	for name, change := range map[string]func(*people.Profile){
		"name":       func(p *people.Profile) { p.Name = "" },
		"zone":       func(p *people.Profile) { p.Zone = "Mars/Olympus" },
		"local zone": func(p *people.Profile) { p.Zone = "Local" },
		"a path":     func(p *people.Profile) { p.Zone = "../../etc/passwd" },
		"theme":      func(p *people.Profile) { p.Theme = "pink" },
		"long":       func(p *people.Profile) { p.Locale = "en-x" + strings.Repeat("-abcdefgh", 7000) },
		"locale":     func(p *people.Profile) { p.Locale = "no language" },
	} {
		t.Run(name, func(t *testing.T) {
			p := good
			change(&p)
			if err := w.SetProfile(t.Context(), v, p); status(err) != 400 {
				t.Errorf("SetProfile = %v, want 400", err)
			}
		})
	}
}

// TestProfile_TwoForms: a form changes what its user changed in it, and not what another form changed meanwhile.
func TestProfile_TwoForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v := w.visit(t, w.first.SignedIn) // of both
	before := len(w.actions(t, id.Account{}))
	for _, p := range []people.Profile{{Name: "Ada L."}, {Name: "Ada", Zone: "Europe/Brussels"}, {Name: "Ada"}} {
		if err := w.SetProfile(t.Context(), v, p); err != nil {
			t.Fatal(err)
		}
	}
	if v = w.visit(t, w.first.SignedIn); v.Name != "Ada L." || v.Zone != "Europe/Brussels" {
		t.Errorf("after both forms, the name is %q and the zone %q", v.Name, v.Zone)
	}
	if n := len(w.actions(t, id.Account{})) - before; n != 2 {
		t.Errorf("the audit log has %d rows more, want 2: one form changed nothing", n)
	}
}

// TestLook: a list that renews itself does not keep the session of a user alive who has left.
func TestLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	s := w.first.SignedIn
	for range 6 {
		w.later(5 * time.Minute)
		if _, err := w.Look(t.Context(), s.Token); err != nil {
			t.Fatal(err)
		}
	}
	w.later(time.Second)
	if _, err := w.Look(t.Context(), s.Token); status(err) != 401 {
		t.Errorf("after half an hour without a page: %v, want 401", err)
	}
}

// TestTOTP_AtOnce: a code and a recovery code sign in once, also when they come several times at once.
func TestTOTP_AtOnce(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		key, codes := w.enableTOTP(t, w.first.SignedIn)
		w.later(time.Minute)
		for name, shown := range map[string]func() secret.String{
			"a code":          func() secret.String { return w.code(key) },
			"a recovery code": func() secret.String { return secret.NewString(codes[0]) },
		} {
			code := shown()
			var all sync.WaitGroup
			results := make([]int, 5)
			pending := w.pending(t)
			for i := range results {
				all.Go(func() {
					_, err := w.SecondFactor(t.Context(), pending, code, client)
					results[i] = status(err)
				})
			}
			all.Wait()
			if n := len(slices.DeleteFunc(slices.Clone(results), func(s int) bool { return s != 0 })); n != 1 {
				t.Errorf("%s five times at once: %v, want one success", name, results)
			}
			w.later(15 * time.Minute) // the wrong ones were guesses
		}
	})
}

// TestTOTP_ConfirmedTwice: the secret of an app counts once, so that no code of it counts again.
func TestTOTP_ConfirmedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	v := w.visit(t, w.first.SignedIn)
	app, err := w.BeginTOTP(v)
	if err != nil {
		t.Fatal(err)
	}
	key := decodeSecret(t, app.Text)
	code := w.code(key)
	if _, err := w.ConfirmTOTP(t.Context(), v, app.State, code.Reveal()); err != nil {
		t.Fatal(err)
	}
	w.later(30 * time.Second)
	next := w.code(key)
	if _, err := w.SecondFactor(t.Context(), w.pending(t), next, client); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ConfirmTOTP(t.Context(), v, app.State, code.Reveal()); status(err) != 400 {
		t.Errorf("the same app with the code of before: %v, want 400", err)
	}
	if _, err := w.SecondFactor(t.Context(), w.pending(t), next, client); status(err) != 401 {
		t.Errorf("a code that was used: %v, want 401", err)
	}
}
