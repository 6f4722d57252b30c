package people

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// passkeyID writes the id of a passkey as browsers do.
func passkeyID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

// BeginRegister makes the challenge for a new passkey.
func (p *People) BeginRegister(ctx context.Context, v Visit) (Challenge, error) {
	if err := p.steppedUp(v); err != nil {
		return Challenge{}, err
	}
	w, err := p.relyingParty()
	if err != nil {
		return Challenge{}, err
	}
	row, ok, err := find[store.User](ctx, p, store.UserKey(v.User))
	if err != nil || !ok {
		return Challenge{}, orElse(err, errNoSession())
	}
	u, err := p.passkeyUser(row)
	if err != nil {
		return Challenge{}, err
	}

	without := webauthn.Credentials(u.credentials).CredentialDescriptors()
	options, data, err := w.BeginRegistration(u, webauthn.WithExclusions(without))
	if err != nil {
		return Challenge{}, err
	}

	return p.challenge(kindRegister, v, options, data)
}

// maxPasskey is the largest passkey that is stored, in bytes. An id of the longest kind takes 1,364, an RSA key 700.
const maxPasskey = 4 << 10

// FinishRegister adds a passkey.
func (p *People) FinishRegister(ctx context.Context, v Visit, state secret.String, called string, answer []byte) error {
	if err := p.steppedUp(v); err != nil {
		return err
	}
	called, err := name(called)
	if err != nil {
		return err
	}
	ch, err := p.challengeOf(kindRegister, v, state)
	if err != nil {
		return err
	}

	made, err := p.registered(ctx, v, ch, answer)
	if err != nil {
		return err
	}
	made.Attestation = webauthn.CredentialAttestation{} // nothing asks for it later
	data, err := json.Marshal(made)
	if err != nil {
		return err
	}
	if len(data) > maxPasskey {
		return errPasskey(errors.New("the passkey is too large"))
	}

	passkey := store.Passkey{ID: made.ID, Name: called, Data: p.seal(v.User, columnPasskey, data), CreatedAt: p.now()}
	note := p.noteSelf(ctx, v, audit.PasskeyAdded, store.Change{Field: "name", After: called})

	return p.change(ctx, v, note, []store.Key{p.usedKey(ch)}, func(tx *store.Tx, u *store.User) error {
		switch {
		case len(u.Passkeys) >= MaxPasskeys:
			return fault.Invalid("name", "you may have %d passkeys; remove one first", MaxPasskeys)
		case slices.ContainsFunc(u.Passkeys, func(k store.Passkey) bool { return bytes.Equal(k.ID, made.ID) }):
			return fault.Invalid("name", "this passkey is there already")
		}
		u.Passkeys = append(slices.Clone(u.Passkeys), passkey)

		return p.use(tx, ch)
	})
}

// registered checks the answer to the challenge for a new passkey.
func (p *People) registered(ctx context.Context, v Visit, ch challenge, answer []byte) (*webauthn.Credential, error) {
	w, err := p.relyingParty()
	if err != nil {
		return nil, err
	}
	row, ok, err := find[store.User](ctx, p, store.UserKey(v.User))
	if err != nil || !ok {
		return nil, orElse(err, errNoSession())
	}
	u, err := p.passkeyUser(row)
	if err != nil {
		return nil, err
	}

	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, errPasskey(err)
	}
	made, err := w.CreateCredential(u, ch.Data, parsed)
	if err != nil {
		return nil, errPasskey(err)
	}

	return made, nil
}

// RenamePasskey gives a passkey another name.
func (p *People) RenamePasskey(ctx context.Context, v Visit, passkey, called string) error {
	called, err := name(called)
	if err != nil {
		return err
	}
	note := p.noteSelf(ctx, v, audit.PasskeyRenamed, store.Change{Field: "name", After: called})

	return p.change(ctx, v, note, nil, func(_ *store.Tx, u *store.User) error {
		i := indexPasskey(*u, passkey)
		if i < 0 {
			return fault.NoSuch("passkey")
		}
		u.Passkeys = slices.Clone(u.Passkeys)
		u.Passkeys[i].Name = called

		return nil
	})
}

// RemovePasskey removes a passkey.
func (p *People) RemovePasskey(ctx context.Context, v Visit, passkey string) error {
	if err := p.steppedUp(v); err != nil {
		return err
	}
	return p.change(ctx, v, p.noteSelf(ctx, v, audit.PasskeyRemoved), nil, func(_ *store.Tx, u *store.User) error {
		i := indexPasskey(*u, passkey)
		if i < 0 {
			return fault.NoSuch("passkey")
		}
		u.Passkeys = slices.Delete(slices.Clone(u.Passkeys), i, i+1)

		return nil
	})
}

func indexPasskey(u store.User, passkey string) int {
	return slices.IndexFunc(u.Passkeys, func(k store.Passkey) bool { return passkeyID(k.ID) == passkey })
}
