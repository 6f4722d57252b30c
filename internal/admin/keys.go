package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// MaxOverlap is how long a replaced key may go on working.
const MaxOverlap = 30 * 24 * time.Hour

// KeySpec is what a key is made from. Without scopes it has all of account.Scopes.
type KeySpec struct {
	Account id.Account
	Mode    id.Mode
	Name    string
	Scopes  []account.Scope
}

// IssuedKey is a new key with its plaintext, which is shown once.
type IssuedKey struct {
	account.Key
	Secret secret.String
	// Replaces is the id of the key that it replaces; "" for none.
	Replaces string
}

// noKey is the error for a key that does not exist; keyID is its public id.
func noKey(keyID string) *fault.Fault {
	return fault.New(fault.NotFound, "there is no key key_%s in this installation; syssecure key list shows all keys",
		keyID)
}

// CreateKey is IssueKey for a key without a name.
func (a *Admin) CreateKey(ctx context.Context, of id.Account, mode id.Mode,
	scopes []account.Scope,
) (account.Key, secret.String, error) {
	out, err := a.IssueKey(ctx, KeySpec{Account: of, Mode: mode, Scopes: scopes}, a.Once(of))
	return out.Key, out.Secret, err
}

// Once carries out a change of an account that has no Idempotency-Key.
func (a *Admin) Once(of id.Account) Once {
	return func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
		return a.Store.Update(ctx, of, keys, func(tx *store.Tx) error {
			_, err := change(tx)
			return err
		})
	}
}

// IssueKey makes an API key.
func (a *Admin) IssueKey(ctx context.Context, spec KeySpec, once Once) (IssuedKey, error) {
	now := a.Now()
	out, err := a.newKey(ctx, spec, now)
	if err != nil {
		return out, err
	}

	row := store.APIKey{API: out.Key}
	note := noteKey(ctx, out.Key)

	err = a.addKey(ctx, row.API, once, nil, func(tx *store.Tx) (any, error) {
		tx.Put(row)
		tx.Insert(note)
		return out, nil
	})

	return out, err
}

func noteKey(ctx context.Context, k account.Key) store.Audit {
	var diff audit.Diff
	diff.AddText("name", "", k.Name)
	diff.Add("scopes", nil, k.Scopes)

	return audit.Note(ctx, k.CreatedAt, k.Account, k.Mode, audit.KeyCreated, k.PublicID(), diff...)
}

func (a *Admin) newKey(ctx context.Context, spec KeySpec, now time.Time) (IssuedKey, error) {
	if err := checkKeyName(spec.Name); err != nil {
		return IssuedKey{}, err
	}
	if len(spec.Scopes) == 0 {
		spec.Scopes = slices.Clone(account.Scopes)
	}
	keyID, plaintext, err := account.NewKey(spec.Mode, rand.Reader)
	if err != nil {
		return IssuedKey{}, err
	}

	return IssuedKey{Key: account.Key{
		ID: keyID, Account: spec.Account, Mode: spec.Mode, MAC: a.Keys.APIKeyMAC(plaintext), Scopes: spec.Scopes,
		CreatedAt: now, Name: spec.Name, CreatedBy: audit.ActorOf(ctx).Who(),
	}, Secret: secret.NewString(plaintext)}, nil
}

func checkKeyName(name string) error {
	if name == "" || account.ValidKeyName(name) {
		return nil
	}
	return fault.Invalid("name", "name must have 1 to %d characters, without line breaks and other control characters",
		account.MaxKeyName)
}

// missingScope is the fault of a caller that asks for a key that may do more than itself.
func missingScope(c account.Caller, scopes []account.Scope) error {
	for _, s := range scopes {
		if !c.May(s) {
			return fault.Invalid("scopes", "this key does not have the scope %s, so it cannot give it to another key", s)
		}
	}
	return nil
}

// IssueKeyBy makes a key of the caller's account and mode, which may do no more than the caller.
func (a *Admin) IssueKeyBy(ctx context.Context, c account.Caller, name string, scopes []account.Scope,
	once Once,
) (IssuedKey, error) {
	if scopes == nil {
		scopes = slices.DeleteFunc(slices.Clone(account.Scopes), func(s account.Scope) bool { return !c.May(s) })
	}
	if len(scopes) == 0 {
		return IssuedKey{}, fault.Invalid("scopes",
			"scopes is empty, and a key without scopes can do nothing; name some, or leave the field out for all")
	}
	if err := missingScope(c, scopes); err != nil {
		return IssuedKey{}, err
	}

	return a.IssueKey(ctx, KeySpec{Account: c.Account, Mode: c.Mode, Name: name, Scopes: scopes}, once)
}

// ownKey finds a key of the caller; every other one does not exist for it. Without a caller it finds every key.
func ownKey(rows store.Getter, c *account.Caller, keyID string) (account.Key, error) {
	row, ok := store.Get[store.APIKey](rows, store.APIKeyKey(keyID))
	switch {
	case c != nil && (!ok || row.API.Account != c.Account || row.API.Mode != c.Mode):
		return account.Key{}, fault.NoSuch("key")
	case !ok:
		return account.Key{}, noKey(keyID)
	}

	return row.API, nil
}

// RevokeKey revokes a key. Revoking it again is not an error.
func (a *Admin) RevokeKey(ctx context.Context, keyID string) (account.Key, error) {
	return a.revokeKey(ctx, nil, keyID)
}

// RevokeKeyBy revokes a key of the caller's account and mode, which may be its own.
func (a *Admin) RevokeKeyBy(ctx context.Context, c account.Caller, keyID string) (account.Key, error) {
	return a.revokeKey(ctx, &c, keyID)
}

func (a *Admin) revokeKey(ctx context.Context, c *account.Caller, keyID string) (out account.Key, err error) {
	k := store.APIKeyKey(keyID)
	rows, err := a.Store.Find(ctx, k)
	if err != nil {
		return out, err
	}

	found, err := ownKey(rows, c, keyID)
	if err != nil {
		return out, err
	}

	now := a.Now()
	note := audit.Note(ctx, now, found.Account, found.Mode, audit.KeyRevoked, found.PublicID())
	err = a.Store.Update(ctx, found.Account, []store.Key{k}, func(tx *store.Tx) error {
		if out, err = ownKey(tx, c, keyID); err != nil || !out.RevokedAt.IsZero() {
			return err
		}

		out.RevokedAt = now
		tx.Put(store.APIKey{API: out})
		var diff audit.Diff
		diff.AddText("name", out.Name, "")
		tx.Insert(audit.With(note, diff...))

		return nil
	})

	return out, err
}

// RotateKey makes a new key with the name and scopes of an old one, which expires after the overlap.
func (a *Admin) RotateKey(ctx context.Context, keyID string,
	overlap time.Duration,
) (account.Key, secret.String, error) {
	out, err := a.rotateKey(ctx, nil, keyID, overlap, nil)
	return out.Key, out.Secret, err
}

// RotateKeyBy rotates a key of the caller's account and mode, which may do no more than the caller.
func (a *Admin) RotateKeyBy(ctx context.Context, c account.Caller, keyID string, overlap time.Duration,
	once Once,
) (IssuedKey, error) {
	return a.rotateKey(ctx, &c, keyID, overlap, once)
}

func (a *Admin) rotateKey(ctx context.Context, c *account.Caller, keyID string, overlap time.Duration,
	once Once,
) (IssuedKey, error) {
	if overlap < 0 || overlap > MaxOverlap {
		return IssuedKey{}, fault.Invalid("overlap", "overlap must be between 0 and 720h")
	}
	k := store.APIKeyKey(keyID)
	rows, err := a.Store.Find(ctx, k)
	if err != nil {
		return IssuedKey{}, err
	}

	old, err := ownKey(rows, c, keyID)
	if err != nil {
		return IssuedKey{}, err
	}
	if once == nil {
		once = a.Once(old.Account)
	}

	now := a.Now()
	out, err := a.newKey(ctx, KeySpec{old.Account, old.Mode, old.Name, old.Scopes}, now)
	if err != nil {
		return out, err
	}

	out.Replaces = old.PublicID()
	note := audit.Note(ctx, now, old.Account, old.Mode, audit.KeyRotated, old.PublicID())
	err = a.addKey(ctx, out.Key, once, []store.Key{k}, func(tx *store.Tx) (any, error) {
		old, err := ownKey(tx, c, keyID)
		if err != nil {
			return nil, err
		}
		if err := mayRotate(old, c, now); err != nil {
			return nil, err
		}

		var diff audit.Diff
		diff.Add("replaced_by", nil, out.PublicID())
		// A second rotation never extends the old key.
		if end := now.Add(overlap); old.ExpiresAt.IsZero() || end.Before(old.ExpiresAt) {
			diff.Add("expires_at", old.ExpiresAt, end)
			old.ExpiresAt = end
		}
		tx.Put(store.APIKey{API: old})
		tx.Put(store.APIKey{API: out.Key})
		tx.Insert(audit.With(note, diff...))

		return out, nil
	})

	return out, err
}

// mayRotate refuses to rotate a key that has ended, or that may do more than the caller.
func mayRotate(k account.Key, c *account.Caller, now time.Time) error {
	if !k.Active(now) {
		return fault.Invalid("id", "key %s is revoked or has expired; create a new key instead", k.PublicID())
	}
	if c == nil {
		return nil
	}
	return missingScope(*c, k.Scopes)
}

// errKeysChanged makes addKey count the keys again.
var errKeysChanged = errors.New("the account's keys have changed meanwhile")

// ParseKeyID reads the public id of a key.
func ParseKeyID(s string) (string, bool) {
	rest, ok := strings.CutPrefix(s, "key_")
	return rest, ok && account.ValidKeyID(rest)
}
