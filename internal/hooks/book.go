package hooks

import (
	"bytes"
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// The book of endpoints. Every event asks for them, so they are all in memory; a change is in the book before its request is
// answered, and in those of other nodes within followEvery.

type place struct {
	account id.Account //nolint:unused // part of a key
	mode    id.Mode    //nolint:unused // part of a key
}

// entry is an endpoint with its secrets in the clear.
type entry struct {
	webhook.Endpoint
	secrets []string
}

// shelf is the book's page of an account and mode: its endpoints twice, because events ask for them without secrets.
type shelf struct {
	entries   []entry
	endpoints []webhook.Endpoint
}

func newShelf(list []entry) shelf {
	s := shelf{entries: list}
	for _, n := range list {
		s.endpoints = append(s.endpoints, n.Endpoint)
	}
	return s
}

// without copies the entries but one.
func (s shelf) without(w id.Webhook) []entry {
	return slices.DeleteFunc(slices.Clone(s.entries), func(o entry) bool { return o.ID == w })
}

// loadBatch is how many rows are read at once.
const loadBatch = 256

// loadTries bounds how often changes may come in between: whoever makes them must not keep the sweep from its work.
const loadTries = 3

// Load reads every endpoint. There are few for each account.
func (h *Hooks) Load(ctx context.Context) error {
	for range loadTries {
		h.book.RLock()
		changes := h.book.changes
		h.book.RUnlock()
		version, err := h.bookVersion(ctx)
		if err != nil {
			return err
		}

		by, err := h.readBook(ctx)
		if err != nil {
			return err
		}

		h.book.Lock()
		settled := h.book.changes == changes
		if settled {
			h.book.by, h.book.version = by, version
		}

		h.book.Unlock()
		if settled {
			return nil
		}
	}

	return nil // the next look tries again
}

// metaEndpoints is the number that counts changes of endpoints, for other nodes.
const metaEndpoints = "endpoints"

// changed tells other nodes that an endpoint changed.
func (h *Hooks) changed(tx *store.Tx) { tx.Add(&store.Bump{Name: metaEndpoints}) }

func (h *Hooks) bookVersion(ctx context.Context) ([]byte, error) {
	rows, err := h.Store.Find(ctx, store.MetaKey(metaEndpoints))
	m, _ := store.Get[store.Meta](rows, store.MetaKey(metaEndpoints))
	return m.Value, err
}

// follow reads the book again when another node changed an endpoint.
func (h *Hooks) follow(ctx context.Context) error {
	version, err := h.bookVersion(ctx)
	if err != nil {
		return err
	}

	h.book.RLock()
	same := bytes.Equal(version, h.book.version)
	h.book.RUnlock()
	if same {
		return nil
	}

	return h.Load(ctx)
}

func (h *Hooks) readBook(ctx context.Context) (map[place]shelf, error) {
	entries := map[place][]entry{}
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
			p := place{row.Account, row.Mode}
			entries[p] = append(entries[p], h.entry(row.Endpoint))
		}
		account, after = page[len(page)-1].Account, page[len(page)-1].ID
	}

	by := make(map[place]shelf, len(entries))
	for p, list := range entries {
		by[p] = newShelf(list)
	}

	return by, nil
}

// entry opens an endpoint's secrets.
func (h *Hooks) entry(w webhook.Endpoint) entry {
	n := entry{Endpoint: w}
	for _, s := range w.Secrets {
		text, err := h.Keys.Open(s.Sealed, store.EndpointKey(w.Account, w.ID).Place("secret"))
		if err != nil {
			h.Log.Error("the secret of an endpoint cannot be read; its deliveries wait", "endpoint", w.ID, "error", err)
		}
		n.secrets = append(n.secrets, string(text))
	}

	return n
}

// noteEndpoint makes the book say what the row says.
func (h *Hooks) noteEndpoint(w webhook.Endpoint) {
	n := h.entry(w)
	h.book.Lock()
	defer h.book.Unlock()
	h.book.changes++
	h.book.version = nil // another node's change may have come between this one and now: the next look reads all again
	p := place{w.Account, w.Mode}
	list := append(h.book.by[p].without(w.ID), n)
	slices.SortFunc(list, func(a, b entry) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	h.book.by[p] = newShelf(list)
}

func (h *Hooks) forgetEndpoint(w webhook.Endpoint) {
	h.book.Lock()
	defer h.book.Unlock()
	h.book.changes++
	h.book.version = nil
	p := place{w.Account, w.Mode}
	h.book.by[p] = newShelf(h.book.by[p].without(w.ID))
}

func (h *Hooks) entries(a id.Account, m id.Mode) []entry {
	h.book.RLock()
	defer h.book.RUnlock()
	return h.book.by[place{a, m}].entries
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
	h.book.RLock()
	defer h.book.RUnlock()
	return h.book.by[place{a, m}].endpoints
}
