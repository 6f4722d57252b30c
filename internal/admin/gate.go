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

// Gate authenticates requests and limits the rate of each key. It is safe for concurrent use.
type Gate struct {
	Admin *Admin
	// Rate limits the requests of a key on all nodes together; the zero value is no limit.
	Rate guard.Rate
	// Share is this node's part of the rate; nil = all of it.
	Share func(total int) int

	mu   sync.Mutex
	keys map[string]cachedKey
	// tats are the keys' theoretical arrival times, see guard.Spend. They are in memory only: this limit protects the
	// process; the limits against guessing and spending are stored.
	tats map[string]time.Time
}

type cachedKey struct {
	key      account.Key
	settings account.Settings // of the key's mode
	found    bool
	read     time.Time
}

// unauthorized has one message for every reason, so that it does not help to guess a key.
func unauthorized() *fault.Fault {
	return fault.New(fault.Unauthorized,
		"the API key is missing, malformed, unknown, revoked or expired; "+
			"send the header Authorization: Bearer sk_live_… or sk_test_…")
}

// Authenticate reads an Authorization header.
func (g *Gate) Authenticate(ctx context.Context, header string) (account.Caller, error) {
	scheme, text, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return account.Caller{}, unauthorized()
	}

	text = strings.TrimSpace(text)
	mode, keyID, err := account.ParseKey(text)
	if err != nil {
		return account.Caller{}, unauthorized()
	}

	now := g.Admin.Now()
	c, err := g.lookup(ctx, keyID, now)
	if err != nil {
		return account.Caller{}, err
	}

	// A MAC is computed for an unknown id, too, so that both take the same time.
	same := secret.Equal(g.Admin.Keys.APIKeyMAC(text), c.key.MAC)
	if !c.found || !same || c.key.Mode != mode || !c.key.Active(now) {
		return account.Caller{}, unauthorized()
	}

	caller := account.Principal{Account: c.key.Account, Mode: mode, Key: keyID, Scopes: c.key.Scopes}

	return account.Caller{Principal: caller, Settings: c.settings}, nil
}

func (g *Gate) lookup(ctx context.Context, keyID string, now time.Time) (cachedKey, error) {
	g.mu.Lock()
	c, ok := g.keys[keyID]
	g.mu.Unlock()
	if age := now.Sub(c.read); ok && age >= 0 && age < keyLife {
		return c, nil
	}

	c = cachedKey{read: now}
	rows, err := g.Admin.Store.Find(ctx, store.APIKeyKey(keyID))
	row, found := store.Get[store.APIKey](rows, store.APIKeyKey(keyID))
	if c.key, c.found = row.API, found; found && err == nil {
		owner := store.AccountKey(row.API.Account)
		rows, err = g.Admin.Store.Find(ctx, owner)
		a, _ := store.Get[store.Account](rows, owner)
		c.settings = a.Settings.Of(row.API.Mode)
	}
	if err != nil || !c.found {
		return c, err // unknown ids are not cached, so that guesses cannot fill the cache
	}

	g.mu.Lock()
	defer g.mu.Unlock()
	if g.keys == nil || len(g.keys) >= maxCached {
		g.keys = map[string]cachedKey{}
	}
	g.keys[keyID] = c

	return c, nil
}

// Allow counts a request against a key's rate, and returns how much of the rate is left.
func (g *Gate) Allow(keyID string) (guard.Space, *fault.Fault) {
	if g.Rate.N == 0 {
		return guard.Space{}, nil
	}
	now, rate := g.Admin.Now(), g.Rate
	if g.Share != nil {
		rate.N = g.Share(rate.N)
	}

	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tats == nil || len(g.tats) >= maxCached {
		g.tats = map[string]time.Time{}
	}

	next, r, refused := guard.Spend(g.tats[keyID], rate, now)
	g.tats[keyID] = next
	room := guard.Room(next, rate, now)
	if refused {
		return room, fault.Limited(r.Limit, r.Name, r.After,
			"this key has sent more than %s requests; wait as long as Retry-After says, then retry", r.Limit)
	}

	return room, nil
}
