package people_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// rp is the server as a browser knows it.
var rp = virtualwebauthn.RelyingParty{Name: "SysSecure", ID: "localhost", Origin: origin}

// passkey is a passkey in a phone.
type passkey struct {
	authenticator virtualwebauthn.Authenticator
	credential    virtualwebauthn.Credential
}

// addPasskey adds a passkey to the user of a session.
func (w world) addPasskey(t testing.TB, s people.SignedIn, name string) passkey {
	t.Helper()
	v := w.visit(t, s)
	c, err := w.BeginRegister(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	k, answer := register(t, c)
	if err := w.FinishRegister(t.Context(), v, c.State, name, answer); err != nil {
		t.Fatal(err)
	}

	return k
}

// newCredential makes a key whose coordinates both have 32 bytes: the library leaves leading zeros out, which the
// standard does not allow.
func newCredential() virtualwebauthn.Credential {
	const whole = 77 // bytes of the key in CBOR
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(c.Key.AttestationData()) == whole {
			return c
		}
	}
}

// register is what a phone does to make a passkey.
func register(t testing.TB, c people.Challenge) (passkey, []byte) {
	t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	k := passkey{
		virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(options.UserID)}),
		newCredential(),
	}

	return k, []byte(virtualwebauthn.CreateAttestationResponse(rp, k.authenticator, k.credential, *options))
}

// answer is what a phone does to sign in.
func (k passkey) answer(t testing.TB, c people.Challenge, from virtualwebauthn.RelyingParty) []byte {
	t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(from, k.authenticator, k.credential, *options))
}

func (w world) byPasskey(t testing.TB, k passkey) (people.SignedIn, error) {
	t.Helper()
	c, err := w.BeginPasskey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return w.FinishPasskey(t.Context(), c.State, k.answer(t, c, rp), client)
}

func TestPasskey_SignIn(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		phone := w.addPasskey(t, w.first.SignedIn, "Phone")
		w.enableTOTP(t, w.first.SignedIn) // a passkey needs no second factor
		w.later(time.Minute)
		s, err := w.byPasskey(t, phone)
		if err != nil {
			t.Fatal(err)
		}

		v := w.visit(t, s)
		if v.User != w.first.User || !v.SteppedUp(w.clock.Now()) {
			t.Errorf("the visit is %+v", v)
		}
		sec, err := w.Security(t.Context(), v)
		if err != nil || len(sec.Passkeys) != 1 || sec.Passkeys[0].Name != "Phone" || !sec.Passkeys[0].UsedAt.Equal(w.clock.Now()) {
			t.Errorf("the passkeys are %+v, %v", sec.Passkeys, err)
		}
	})
}

func TestPasskey_Refused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	phone := w.addPasskey(t, w.first.SignedIn, "Phone")
	begin := func() people.Challenge {
		c, err := w.BeginPasskey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	with := func(change func(*virtualwebauthn.AuthenticatorOptions)) passkey {
		k := phone
		change(&k.authenticator.Options)
		return k
	}
	stranger := passkey{phone.authenticator, newCredential()}
	swapped := passkey{phone.authenticator, phone.credential}
	swapped.credential.Key = stranger.credential.Key

	for name, do := range map[string]func(c people.Challenge) (state, answer []byte){
		"another site": func(c people.Challenge) (state, answer []byte) {
			return nil, phone.answer(t, c, virtualwebauthn.RelyingParty{ID: "localhost", Origin: "http://evil.example"})
		},
		"another port": func(c people.Challenge) (state, answer []byte) {
			return nil, phone.answer(t, c, virtualwebauthn.RelyingParty{ID: "localhost", Origin: "http://localhost:8081"})
		},
		"another party": func(c people.Challenge) (state, answer []byte) {
			return nil, phone.answer(t, c, virtualwebauthn.RelyingParty{ID: "evil.example", Origin: origin})
		},
		"an unknown passkey":   func(c people.Challenge) (state, answer []byte) { return nil, stranger.answer(t, c, rp) },
		"another key":          func(c people.Challenge) (state, answer []byte) { return nil, swapped.answer(t, c, rp) },
		"an earlier challenge": func(people.Challenge) (state, answer []byte) { return nil, phone.answer(t, begin(), rp) },
		"no verification of the person": func(c people.Challenge) (state, answer []byte) {
			return nil, with(func(o *virtualwebauthn.AuthenticatorOptions) { o.UserNotVerified = true }).answer(t, c, rp)
		},
		"no presence": func(c people.Challenge) (state, answer []byte) {
			return nil, with(func(o *virtualwebauthn.AuthenticatorOptions) { o.UserNotPresent = true }).answer(t, c, rp)
		},
		"another handle": func(c people.Challenge) (state, answer []byte) {
			return nil, with(func(o *virtualwebauthn.AuthenticatorOptions) { o.UserHandle = []byte("ada") }).answer(t, c, rp)
		},
		"no handle": func(c people.Challenge) (state, answer []byte) {
			return nil, with(func(o *virtualwebauthn.AuthenticatorOptions) { o.UserHandle = nil }).answer(t, c, rp)
		},
		"no JSON":       func(people.Challenge) (state, answer []byte) { return nil, []byte("{") },
		"empty":         func(people.Challenge) (state, answer []byte) { return nil, nil },
		"a made-up one": func(c people.Challenge) (state, answer []byte) { return []byte("AAAA"), phone.answer(t, c, rp) },
		"for a new passkey": func(c people.Challenge) (state, answer []byte) {
			other, err := w.BeginRegister(t.Context(), w.visit(t, w.first.SignedIn))
			if err != nil {
				t.Fatal(err)
			}
			return []byte(other.State.Reveal()), phone.answer(t, c, rp)
		},
		"a long state": func(c people.Challenge) (state, answer []byte) {
			return []byte(strings.Repeat("A", 1<<20)), phone.answer(t, c, rp)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := begin()
			state, answer := do(c)
			if state != nil {
				c.State = secret.NewString(string(state))
			}
			if _, err := w.FinishPasskey(t.Context(), c.State, answer, client); status(err) != 401 {
				t.Errorf("FinishPasskey = %v, want 401", err)
			}
		})
	}
}

func TestPasskey_ChallengeOnce(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		phone := w.addPasskey(t, w.first.SignedIn, "Phone")
		c, err := w.BeginPasskey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		answer := phone.answer(t, c, rp)
		if _, err := w.FinishPasskey(t.Context(), c.State, answer, client); err != nil {
			t.Fatal(err)
		}
		if _, err := w.FinishPasskey(t.Context(), c.State, answer, client); status(err) != 401 {
			t.Errorf("the same answer again: %v, want 401", err)
		}

		c, err = w.BeginPasskey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.later(signin.PendingValid + time.Second)
		if _, err := w.FinishPasskey(t.Context(), c.State, phone.answer(t, c, rp), client); status(err) != 401 {
			t.Errorf("an answer that came too late: %v, want 401", err)
		}
	})
}

func TestPasskey_RenameAndRemove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	phone := w.addPasskey(t, w.first.SignedIn, "Phone")
	v := w.visit(t, w.first.SignedIn)
	list := func() []people.Passkey {
		s, err := w.Security(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		return s.Passkeys
	}
	if err := w.RenamePasskey(t.Context(), v, list()[0].ID, "Old phone"); err != nil || list()[0].Name != "Old phone" {
		t.Errorf("renamed: %v, %+v", err, list())
	}
	if err := w.RenamePasskey(t.Context(), v, list()[0].ID, "\x00"); status(err) != 400 {
		t.Errorf("a name with a control character: %v, want 400", err)
	}
	if err := w.RemovePasskey(t.Context(), v, "AAAA"); status(err) != 404 {
		t.Errorf("removing one that does not exist: %v, want 404", err)
	}
	if err := w.RemovePasskey(t.Context(), v, list()[0].ID); err != nil || len(list()) != 0 {
		t.Errorf("removed: %v, %+v", err, list())
	}
	if _, err := w.byPasskey(t, phone); status(err) != 401 {
		t.Errorf("a removed passkey: %v, want 401", err)
	}
}

func TestPasskey_Bound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for range people.MaxPasskeys {
		w.addPasskey(t, w.first.SignedIn, "Phone")
	}
	v := w.visit(t, w.first.SignedIn)
	c, err := w.BeginRegister(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	var options struct {
		PublicKey struct {
			ExcludeCredentials []struct{} `json:"excludeCredentials"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal(c.Options, &options); err != nil || len(options.PublicKey.ExcludeCredentials) != people.MaxPasskeys {
		t.Errorf("%d passkeys are excluded, want %d; %v", len(options.PublicKey.ExcludeCredentials), people.MaxPasskeys, err)
	}
	_, answer := register(t, c)
	if err := w.FinishRegister(t.Context(), v, c.State, "One more", answer); status(err) != 400 {
		t.Errorf("passkey 21: %v, want 400", err)
	}
}

func TestPasskey_StepUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	phone := w.addPasskey(t, w.first.SignedIn, "Phone")
	bob := w.join(t, "bob@example.com", "developer")
	theirs := w.addPasskey(t, bob, "Bob's")
	s := w.signIn(t, email, client)
	w.later(11 * time.Minute)
	v := w.visit(t, s)
	if _, err := w.BeginRegister(t.Context(), v); status(err) != 403 {
		t.Errorf("without a proof: %v, want 403", err)
	}

	c, err := w.BeginStepUp(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.FinishStepUp(t.Context(), v, c.State, theirs.answer(t, c, rp)); status(err) != 401 {
		t.Errorf("another user's passkey: %v, want 401", err)
	}
	if _, err := w.FinishPasskey(t.Context(), c.State, phone.answer(t, c, rp), client); status(err) != 401 {
		t.Errorf("a challenge of a step-up signed in: %v", err)
	}
	if err := w.FinishStepUp(t.Context(), v, c.State, phone.answer(t, c, rp)); err != nil {
		t.Fatal(err)
	}
	if !w.visit(t, s).SteppedUp(w.clock.Now()) {
		t.Error("the session is not stepped up")
	}
}

func TestPasskey_Origins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for address, want := range map[string]bool{
		"http://localhost:8080": true, "https://otp.example.com": true, "https://192.0.2.7": false,
		"http://[2001:db8::1]:8080": false, "": false, "otp.example.com": false,
	} {
		w.Origin = func() string { return address }
		if got := w.PasskeysAvailable(); got != want {
			t.Errorf("%q: passkeys available: %v, want %v", address, got, want)
		}
		if _, err := w.BeginPasskey(t.Context()); (err == nil) != want {
			t.Errorf("%q: BeginPasskey = %v", address, err)
		}
	}

	w.Origin = func() string { return "https://OTP.Example.com" } // browsers know the name in small letters only
	c, err := w.BeginPasskey(t.Context())
	if err != nil || !strings.Contains(string(c.Options), `"rpId":"otp.example.com"`) {
		t.Errorf("the options are %s, %v", c.Options, err)
	}
}

// TestPasskey_Counter: an answer whose counter is not ahead of the last one is that of a copy, also when both come at
// once.
func TestPasskey_Counter(t *testing.T) {
	t.Parallel()
	onBackends(t, func(t *testing.T, b store.Backend) {
		w := newWorld(t, b)
		phone := w.addPasskey(t, w.first.SignedIn, "Phone")
		for _, c := range []struct {
			counter uint32
			status  int
		}{{5, 0}, {5, 401}, {4, 401}, {0, 401}, {6, 0}} {
			phone.credential.Counter = c.counter
			if _, err := w.byPasskey(t, phone); status(err) != c.status {
				t.Errorf("with the counter %d: %v, want %d", c.counter, err, c.status)
			}
		}
		refused := w.actions(t, id.Account{})
		refused = slices.DeleteFunc(refused, func(a string) bool { return a != "user.sign_in_refused" })
		if len(refused) != 3 {
			t.Errorf("%d refusals are in the audit log, want 3", len(refused))
		}

		phone.credential.Counter = 7
		var all sync.WaitGroup
		results := make([]int, 8)
		for i := range results {
			c, err := w.BeginPasskey(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			answer := phone.answer(t, c, rp)
			all.Go(func() {
				_, err := w.FinishPasskey(t.Context(), c.State, answer, client)
				results[i] = status(err)
			})
		}
		all.Wait()
		if n := len(slices.DeleteFunc(results, func(s int) bool { return s != 0 })); n != 1 {
			t.Errorf("%d answers with one counter signed in, want 1", n)
		}
	})
}

// TestPasskey_OtherSession: a challenge is answered in the session that asked for it.
func TestPasskey_OtherSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	phone := w.addPasskey(t, w.first.SignedIn, "Phone")
	one, other := w.visit(t, w.first.SignedIn), w.visit(t, w.signIn(t, email, client))
	proof, err := w.BeginStepUp(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.FinishStepUp(t.Context(), other, proof.State, phone.answer(t, proof, rp)); status(err) != 401 {
		t.Errorf("a proof: %v, want 401", err)
	}

	made, err := w.BeginRegister(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := register(t, made)
	if err := w.FinishRegister(t.Context(), other, made.State, "Phone", answer); status(err) != 401 {
		t.Errorf("a new passkey: %v, want 401", err)
	}
	app, err := w.BeginTOTP(one)
	if err != nil {
		t.Fatal(err)
	}
	code := w.code(decodeSecret(t, app.Text)).Reveal()
	if _, err := w.ConfirmTOTP(t.Context(), other, app.State, code); status(err) != 400 {
		t.Errorf("a new app: %v, want 400", err)
	}
}
