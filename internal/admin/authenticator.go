package admin

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// keyLife is how long a key is cached, and so how long a revoked key still works.
const keyLife = 500 * time.Millisecond

// maxCached bounds the keys in memory.
const maxCached = 10_000

// Authenticator authenticates requests and limits the rate of each key. It is safe for concurrent use.
type Authenticator struct {
	Admin *Admin
	// Rate limits the requests of a key on all nodes together; the zero value is no limit.
	Rate guard.Rate
	// Share is this node's part of the rate; nil = all of it.
	Share func(total int) int

	mu   sync.Mutex
	keys map[string]cachedKey
	// arrivals are the keys' theoretical arrival times, see guard.Spend. They are in memory only: this limit protects the
	// process; the limits against guessing and spending are stored.
	arrivals map[string]time.Time
}

type cachedKey struct {
	key      account.Key
	settings account.Settings // of the key's mode
	found    bool
	read     time.Time
}

// unauthorized has one message for every reason, so that it gives no help in guessing a key.
func unauthorized() *fault.Fault {
	return fault.New(fault.Unauthorized,
		"the API key is missing, malformed, unknown, revoked or expired; "+
			"send the header Authorization: Bearer sk_live_… or sk_test_…")
}

// Authenticate reads an Authorization header.
func (a *Authenticator) Authenticate(ctx context.Context, header string) (account.Caller, error) {
	scheme, plaintext, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return account.Caller{}, unauthorized()
	}

	plaintext = strings.TrimSpace(plaintext)
	mode, keyID, err := account.ParseKey(plaintext)
	if err != nil {
		return account.Caller{}, unauthorized()
	}

	now := a.Admin.Now()
	c, err := a.lookup(ctx, keyID, now)
	if err != nil {
		return account.Caller{}, err
	}

	// A MAC is computed even for an unknown id, so that both take the same time.
	same := secret.Equal(a.Admin.Keys.APIKeyMAC(plaintext), c.key.MAC)
	if !c.found || !same || c.key.Mode != mode || !c.key.Active(now) {
		return account.Caller{}, unauthorized()
	}

	principal := account.Principal{
		Account: c.key.Account, Mode: mode, Key: keyID, KeyName: c.key.Name, Scopes: c.key.Scopes,
	}

	return account.Caller{Principal: principal, Settings: c.settings}, nil
}

func (a *Authenticator) lookup(ctx context.Context, keyID string, now time.Time) (cachedKey, error) {
	a.mu.Lock()
	c, ok := a.keys[keyID]
	a.mu.Unlock()
	if age := now.Sub(c.read); ok && age >= 0 && age < keyLife {
		return c, nil
	}

	c = cachedKey{read: now}
	rows, err := a.Admin.Store.Find(ctx, store.APIKeyKey(keyID))
	row, found := store.Get[store.APIKey](rows, store.APIKeyKey(keyID))
	if c.key, c.found = row.API, found; found && err == nil {
		owner := store.AccountKey(row.API.Account)
		rows, err = a.Admin.Store.Find(ctx, owner)
		of, _ := store.Get[store.Account](rows, owner)
		c.settings = of.Settings.Of(row.API.Mode)
	}
	if err != nil || !c.found {
		return c, err // unknown ids are not cached, so that guesses cannot fill the cache
	}

	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys == nil || len(a.keys) >= maxCached {
		a.keys = map[string]cachedKey{}
	}
	a.keys[keyID] = c

	return c, nil
}

// Allow counts a request against a key's rate, and returns how much of the rate is left.
func (a *Authenticator) Allow(keyID string) (guard.Remainder, *fault.Fault) {
	if a.Rate.N == 0 {
		return guard.Remainder{}, nil
	}
	now, rate := a.Admin.Now(), a.Rate
	if a.Share != nil {
		rate.N = a.Share(rate.N)
	}

	a.mu.Lock()
	defer a.mu.Unlock()
	if a.arrivals == nil || len(a.arrivals) >= maxCached {
		a.arrivals = map[string]time.Time{}
	}

	next, r, refused := guard.Spend(a.arrivals[keyID], rate, now)
	a.arrivals[keyID] = next
	room := guard.Remaining(next, rate, now)
	if refused {
		return room, fault.Limited(r.Limit, r.Name, r.After,
			"this key has sent more than %s requests; wait as long as Retry-After says, then retry", r.Limit)
	}

	return room, nil
}
