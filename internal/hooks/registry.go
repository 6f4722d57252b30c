package hooks

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// registry holds every endpoint in memory, since each event needs those of its account. A change is visible here before
// its request is answered, and on other nodes within followEvery.
type registry struct {
	sync.RWMutex
	// by has slices that are never changed, only replaced.
	by map[accountMode]endpoints
	// version is of the endpoints that were read last; nil once an entry was changed since.
	version []byte
	// changes counts changed entries, so that reading all rows does not undo a change that was made meanwhile.
	changes int
}

// accountMode is an account's live or test side.
type accountMode struct {
	account id.Account //nolint:unused // part of a key
	mode    id.Mode    //nolint:unused // part of a key
}

// entry is an endpoint with its secrets in the clear.
type entry struct {
	webhook.Endpoint
	secrets []string
}

// endpoints are those of an account and mode, twice, because events ask for them without secrets.
type endpoints struct {
	entries []entry
	plain   []webhook.Endpoint
}

func newEndpoints(list []entry) endpoints {
	s := endpoints{entries: list}
	for _, n := range list {
		s.plain = append(s.plain, n.Endpoint)
	}
	return s
}

// without copies the entries but one.
func (s endpoints) without(w id.Webhook) []entry {
	return slices.DeleteFunc(slices.Clone(s.entries), func(o entry) bool { return o.ID == w })
}

// loadBatch is how many rows are read at once.
const loadBatch = 256

// loadTries bounds how often a load is repeated because an endpoint changed meanwhile: the sweep waits for it.
const loadTries = 3

// Load reads every endpoint. There are few for each account.
func (h *Hooks) Load(ctx context.Context) error {
	for range loadTries {
		h.registry.RLock()
		changes := h.registry.changes
		h.registry.RUnlock()

		version, err := h.storedVersion(ctx)
		if err != nil {
			return err
		}

		by, err := h.readEndpoints(ctx)
		if err != nil {
			return err
		}

		h.registry.Lock()
		settled := h.registry.changes == changes
		if settled {
			h.registry.by, h.registry.version = by, version
		}

		h.registry.Unlock()
		if settled {
			return nil
		}
	}

	return nil // the next refresh tries again
}

// metaEndpoints is the number that counts changes of endpoints, for other nodes.
const metaEndpoints = "endpoints"

// changed bumps the version by which other nodes notice a changed endpoint.
func (h *Hooks) changed(tx *store.Tx) { tx.Add(&store.Bump{Name: metaEndpoints}) }

func (h *Hooks) storedVersion(ctx context.Context) ([]byte, error) {
	rows, err := h.Store.Find(ctx, store.MetaKey(metaEndpoints))
	m, _ := store.Get[store.Meta](rows, store.MetaKey(metaEndpoints))
	return m.Value, err
}

// refresh reads all endpoints again when another node changed one.
func (h *Hooks) refresh(ctx context.Context) error {
	version, err := h.storedVersion(ctx)
	if err != nil {
		return err
	}

	h.registry.RLock()
	same := bytes.Equal(version, h.registry.version)
	h.registry.RUnlock()
	if same {
		return nil
	}

	return h.Load(ctx)
}

func (h *Hooks) readEndpoints(ctx context.Context) (map[accountMode]endpoints, error) {
	entries := map[accountMode][]entry{}
	var account id.Account
	var after id.Webhook
	for {
		var page []store.Endpoint
		err := h.Store.View(ctx, func(v store.Reader) (err error) {
			page, err = v.Endpoints(account, after, loadBatch)
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}

		for _, row := range page {
			p := accountMode{row.Account, row.Mode}
			entries[p] = append(entries[p], h.entry(row.Endpoint))
		}
		account, after = page[len(page)-1].Account, page[len(page)-1].ID
	}

	by := make(map[accountMode]endpoints, len(entries))
	for p, list := range entries {
		by[p] = newEndpoints(list)
	}

	return by, nil
}

// entry opens an endpoint's secrets.
func (h *Hooks) entry(w webhook.Endpoint) entry {
	n := entry{Endpoint: w}
	for _, s := range w.Secrets {
		text, err := h.Keys.Open(s.Sealed, store.EndpointKey(w.Account, w.ID).Location("secret"))
		if err != nil {
			h.Log.Error("the secret of an endpoint cannot be read; its deliveries wait", "endpoint", w.ID, "error", err)
		}
		n.secrets = append(n.secrets, string(text))
	}

	return n
}

// setEntry puts an endpoint as it is stored into the registry.
func (h *Hooks) setEntry(w webhook.Endpoint) {
	n := h.entry(w)
	h.registry.Lock()
	defer h.registry.Unlock()

	h.registry.changes++
	h.registry.version = nil // another node may have changed one since: the next refresh reads all
	p := accountMode{w.Account, w.Mode}
	list := append(h.registry.by[p].without(w.ID), n)
	slices.SortFunc(list, func(a, b entry) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	h.registry.by[p] = newEndpoints(list)
}

// removeEntry removes an endpoint from the registry.
func (h *Hooks) removeEntry(w webhook.Endpoint) {
	h.registry.Lock()
	defer h.registry.Unlock()

	h.registry.changes++
	h.registry.version = nil
	p := accountMode{w.Account, w.Mode}
	h.registry.by[p] = newEndpoints(h.registry.by[p].without(w.ID))
}

func (h *Hooks) entries(a id.Account, m id.Mode) []entry {
	h.registry.RLock()
	defer h.registry.RUnlock()
	return h.registry.by[accountMode{a, m}].entries
}

// find looks an endpoint up by its target, in either mode.
func (h *Hooks) find(ref store.TargetRef) (entry, bool) {
	for _, mode := range []id.Mode{id.Live, id.Test} {
		for _, n := range h.entries(ref.Account, mode) {
			if webhook.Target(n.ID) == ref.Target {
				return n, true
			}
		}
	}

	return entry{}, false
}

// Endpoints implements outbox.Targets.
func (h *Hooks) Endpoints(a id.Account, m id.Mode) []webhook.Endpoint {
	h.registry.RLock()
	defer h.registry.RUnlock()
	return h.registry.by[accountMode{a, m}].plain
}
