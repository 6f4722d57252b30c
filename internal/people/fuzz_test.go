package people_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/secret"
)

// FuzzTokens: no text that a browser sends, changed or made up, is accepted as a token of another kind or user.
func FuzzTokens(f *testing.F) {
	w := newWorld(f, nil)
	bob := w.join(f, "bob@example.com", "support")
	w.enableTOTP(f, w.first.SignedIn)
	pending := w.signIn(f, email, client).Pending
	c, err := w.BeginPasskey(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		"", pending.Reveal(), c.State.Reveal(), w.first.Device.Reveal(), bob.Token.Reveal(), bob.Device.Reveal(),
	} {
		f.Add(s, s)
	}

	f.Fuzz(func(t *testing.T, token, answer string) {
		s := secret.NewString(token)
		if v, err := w.Visit(t.Context(), s); err == nil && token != bob.Token.Reveal() {
			t.Errorf("%q is a session of %s", token, v.Email)
		}
		if _, err := w.SecondFactor(t.Context(), s, secret.NewString("no code"), people.Client{Device: s}); err == nil {
			t.Errorf("%q signed in without a code", token)
		}
		if _, err := w.FinishPasskey(t.Context(), s, []byte(answer), client); err == nil {
			t.Errorf("%q and %q signed in without a passkey", token, answer)
		}
		if _, err := w.Link(t.Context(), s); err == nil {
			t.Errorf("%q is a link", token)
		}
	})
}
