package people

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Security is how a user signs in.
type Security struct {
	PasswordAt   time.Time // zero without a password
	TOTP         bool
	RecoveryLeft int
	Passkeys     []Passkey
}

// Security says how the user signs in.
func (p *People) Security(ctx context.Context, v Visit) (s Security, err error) {
	u, ok, err := find[store.User](ctx, p, store.UserKey(v.User))
	if err != nil || !ok {
		return s, orElse(err, errNoSession())
	}

	s = Security{PasswordAt: u.PasswordAt, TOTP: len(u.TOTP) > 0, RecoveryLeft: len(u.Recovery)}
	for _, k := range u.Passkeys {
		s.Passkeys = append(s.Passkeys, Passkey{passkeyID(k.ID), k.Name, k.CreatedAt, k.UsedAt})
	}

	return s, nil
}

// change changes the user of a visit, with an audit row.
func (p *People) change(ctx context.Context, v Visit, note store.Audit, keys []store.Key,
	fn func(*store.Tx, *store.User) error,
) error {
	return p.act(ctx, v, id.Account{}, "", keys, func(tx *store.Tx) error {
		u, _ := store.Get[store.User](tx, store.UserKey(v.User))
		if err := fn(tx, &u); err != nil {
			return err
		}
		tx.Put(u)
		tx.Insert(note)

		return nil
	})
}

// noteSelf is the audit row of a change that users make to how they sign in.
func (p *People) noteSelf(ctx context.Context, v Visit, action string, changes ...store.Change) store.Audit {
	return p.note(ctx, v.Actor(), id.Account{}, action, v.User.String(), changes...)
}

// ChangePassword sets a new password, and ends all sessions. The browser that did it gets a new one.
func (p *People) ChangePassword(ctx context.Context, v Visit, current, next secret.String) (SignedIn, error) {
	u, ok, err := find[store.User](ctx, p, store.UserKey(v.User))
	if err != nil || !ok {
		return SignedIn{}, orElse(err, errNoSession())
	}

	b := p.stepUpBudget(u.ID)
	c, err := p.compare(ctx, b, p.turnOf(u), u, current)
	if err != nil {
		return SignedIn{}, err
	}
	if !c.right {
		if err := p.noteRefused(ctx, u, v.Client); err != nil {
			return SignedIn{}, err
		}
		return SignedIn{}, fault.New(fault.Unauthorized, "the current password is not right").WithField("current")
	}
	h, err := p.hash(ctx, next, v.Email, v.Name)
	if err != nil {
		return SignedIn{}, err
	}

	now := p.now()
	u.SessionsFrom = now
	s, err := p.begin(ctx, u, v.Client)
	if err != nil {
		return SignedIn{}, err
	}

	note := p.noteSelf(ctx, v, audit.PasswordChanged)
	keys := append([]store.Key{b.key}, s.others...)
	err = p.change(ctx, v, note, keys, func(tx *store.Tx, row *store.User) error {
		if !row.PasswordAt.Equal(u.PasswordAt) {
			return errWrong()
		}
		p.setPassword(row, h, now)
		tx.Delete(b.key)
		remove(tx, s.others) // also those of a node whose clock is ahead
		tx.Insert(s.session)

		return nil
	})

	return s.SignedIn, err
}

// Proof shows that the user is at the keyboard: a password, or a code of the authenticator app.
type Proof struct{ Password, Code secret.String }

// StepUp accepts a proof, so that the session may do for StepUpValid what needs more than a session.
func (p *People) StepUp(ctx context.Context, v Visit, proof Proof) error {
	u, ok, err := find[store.User](ctx, p, store.UserKey(v.User))
	if err != nil || !ok {
		return orElse(err, errNoSession())
	}

	if !proof.Code.Empty() && len(u.TOTP) > 0 {
		if err := p.checkFactor(ctx, p.budget("step-up code", string(u.ID[:]), device{}, signin.FactorGuesses), u.ID,
			proof.Code, v.Client); err != nil {
			return err
		}
		return p.stepUp(ctx, v, nil, func(*store.Tx) error { return nil })
	}

	b := p.stepUpBudget(u.ID)
	c, err := p.compare(ctx, b, p.turnOf(u), u, proof.Password)
	if err != nil {
		return err
	}
	if !c.right {
		if err := p.noteRefused(ctx, u, v.Client); err != nil {
			return err
		}
		return fault.New(fault.Unauthorized, "the password is not right").WithField("password")
	}

	return p.stepUp(ctx, v, []store.Key{b.key}, func(tx *store.Tx) error {
		tx.Delete(b.key)
		return nil
	})
}

// stepUp marks the session.
func (p *People) stepUp(ctx context.Context, v Visit, keys []store.Key, fn func(*store.Tx) error) error {
	k, now := store.SessionKey(v.SessionID), p.now()
	return p.act(ctx, v, id.Account{}, "", keys, func(tx *store.Tx) error {
		s, _ := store.Get[store.Session](tx, k)
		s.SteppedUpAt = now
		tx.Put(s)

		return fn(tx)
	})
}

// BeginStepUp makes the challenge for a proof by passkey.
func (p *People) BeginStepUp(_ context.Context, v Visit) (Challenge, error) {
	w, err := p.relyingParty()
	if err != nil {
		return Challenge{}, err
	}
	options, data, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, err
	}

	return p.challenge(kindStepUp, v, options, data)
}

// FinishStepUp is StepUp by a passkey of the user.
func (p *People) FinishStepUp(ctx context.Context, v Visit, state secret.String, answer []byte) error {
	ch, err := p.challengeOf(kindStepUp, v, state)
	if err != nil {
		return err
	}
	u, used, err := p.answered(ctx, ch, answer)
	if err != nil {
		return err
	}
	if u.ID != v.User {
		return errPasskey(nil)
	}

	k := u.Key()
	err = p.stepUp(ctx, v, []store.Key{p.usedKey(ch)}, func(tx *store.Tx) error {
		if err := p.use(tx, ch); err != nil {
			return err
		}
		row, _ := store.Get[store.User](tx, k)
		row, err := p.withUse(row, used)
		if err != nil {
			return err
		}
		tx.Put(row)

		return nil
	})

	return p.noteCopy(ctx, u, v.Client, err)
}

// NewTOTP is an authenticator that is not confirmed yet.
type NewTOTP struct {
	Text    string        // for people who type it
	Address string        // for a QR code
	State   secret.String // to be given to ConfirmTOTP
}

// BeginTOTP makes the secret of an authenticator app. It counts when a code of it was entered.
func (p *People) BeginTOTP(v Visit) (NewTOTP, error) {
	if err := p.steppedUp(v); err != nil {
		return NewTOTP{}, err
	}
	key := make([]byte, signin.TOTPSize)
	rand.Read(key)

	return p.newTOTP(v, key), nil
}

func (p *People) newTOTP(v Visit, key []byte) NewTOTP {
	return NewTOTP{
		signin.TOTPText(key), signin.TOTPAddress("SysSecure "+p.host(), v.Email, key),
		p.sealText(totpState(v), key),
	}
}

// ResumeTOTP is what BeginTOTP returned, after a wrong code: the secret is in the app already.
func (p *People) ResumeTOTP(v Visit, state secret.String) (NewTOTP, error) {
	if err := p.steppedUp(v); err != nil {
		return NewTOTP{}, err
	}
	key, err := p.totpOf(v, state)
	if err != nil {
		return NewTOTP{}, err
	}

	return p.newTOTP(v, key), nil
}

// totpState binds a state to the session in which it was made.
func totpState(v Visit) string { return "totp " + v.User.String() + hex.EncodeToString(v.SessionID[:]) }

// totpOf is the secret in a state.
func (p *People) totpOf(v Visit, state secret.String) ([]byte, error) {
	key, err := p.openText(totpState(v), state)
	if err != nil {
		return nil, fault.Invalid("code", "begin again: this authenticator was made for another session")
	}
	return key, nil
}

// ConfirmTOTP turns the second factor on, and returns its recovery codes, which cannot be shown again.
func (p *People) ConfirmTOTP(ctx context.Context, v Visit, state secret.String, code string) ([]string, error) {
	if err := p.steppedUp(v); err != nil {
		return nil, err
	}
	key, err := p.totpOf(v, state)
	if err != nil {
		return nil, err
	}

	codes, macs := p.recoveryCodes(v.User)
	now := p.now()
	err = p.change(ctx, v, p.noteSelf(ctx, v, audit.TOTPEnabled), nil, func(_ *store.Tx, u *store.User) error {
		var last int64
		if old, err := p.open(u.ID, columnTOTP, u.TOTP); err == nil && secret.Equal(old, key) {
			last = u.TOTPStep // the app is confirmed again, and its codes stay used
		}
		step, ok := signin.CheckTOTP(key, code, last, now)
		if !ok {
			return fault.Invalid("code", "the code is not right; enter the one that the app shows now")
		}
		u.TOTP, u.TOTPStep, u.Recovery = p.seal(u.ID, columnTOTP, key), step, macs

		return nil
	})
	if err != nil {
		return nil, err
	}

	return codes, nil
}

func (p *People) recoveryCodes(u id.User) (codes []string, macs [][]byte) {
	var random [100]byte
	rand.Read(random[:])
	codes = signin.NewRecoveryCodes(random)
	for _, c := range codes {
		plain, _ := signin.ParseRecoveryCode(c) // its own form
		macs = append(macs, p.recoveryMAC(u, plain))
	}

	return codes, macs
}

// DisableTOTP turns the second factor off.
func (p *People) DisableTOTP(ctx context.Context, v Visit) error {
	if err := p.steppedUp(v); err != nil {
		return err
	}
	return p.change(ctx, v, p.noteSelf(ctx, v, audit.TOTPDisabled), nil, func(_ *store.Tx, u *store.User) error {
		u.TOTP, u.TOTPStep, u.Recovery = nil, 0, nil
		return nil
	})
}

// RenewRecoveryCodes replaces all recovery codes.
func (p *People) RenewRecoveryCodes(ctx context.Context, v Visit) ([]string, error) {
	if err := p.steppedUp(v); err != nil {
		return nil, err
	}
	codes, macs := p.recoveryCodes(v.User)
	err := p.change(ctx, v, p.noteSelf(ctx, v, audit.RecoveryCodesRenewed), nil, func(_ *store.Tx, u *store.User) error {
		if len(u.TOTP) == 0 {
			return fault.Invalid("totp", "recovery codes belong to an authenticator app; add one first")
		}
		u.Recovery = macs

		return nil
	})

	return codes, err
}
