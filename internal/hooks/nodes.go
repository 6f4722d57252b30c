package hooks

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/work"
)

// This file finds what other nodes did: endpoints that they changed, deliveries that they left, and rows that wait for
// longer than a node that knows of them would let them.

const (
	// followEvery bounds how long another node's change of an endpoint is not seen here.
	followEvery = 400 * time.Millisecond
	// overdueAfter is how late a row is when another node than the one that should know of it may take it.
	overdueAfter = 3 * time.Second
	// reclaimEvery is how often orphans are looked for: deliveries of this node that are not in flight, which a commit
	// leaves that was reported as failed and was carried out all the same, and those of nodes that are gone.
	reclaimEvery = 30 * time.Second
)

// checkNodes reads endpoints that other nodes changed, and takes over from nodes that are gone. What fails is tried
// again the next time.
func (h *Hooks) checkNodes(ctx context.Context) {
	err := h.refresh(ctx)
	if nodes := h.Nodes.Members(); err == nil && !nodes.Equal(h.nodes) {
		if err = h.takeOver(ctx); err == nil {
			h.nodes = nodes
		}
	}
	if err != nil && ctx.Err() == nil {
		h.Log.Warn("reading what other nodes changed failed; it is tried again", "error", err)
	}
}

// overdue reports whether a target's rows wait for longer than they should, so that no node seems to know of them. Of
// several nodes one is responsible for each target.
func (h *Hooks) overdue(w store.WaitingTarget) bool {
	return h.Now().Sub(w.At) > overdueAfter && h.Nodes.Members().Takes(string(w.Target[:]))
}

// takeOver makes the deliveries of nodes that are gone wait again, and finds the targets that rows wait for.
func (h *Hooks) takeOver(ctx context.Context) error {
	if err := h.reclaimLeft(ctx); err != nil {
		return err
	}
	return h.findWaiting(ctx, func(store.WaitingTarget) bool { return true })
}

// reclaimAll makes orphans wait again.
func (h *Hooks) reclaimAll(ctx context.Context) {
	if err := errors.Join(h.reclaim(ctx), h.reclaimLeft(ctx)); err != nil && ctx.Err() == nil {
		h.Log.Warn("looking for orphaned deliveries failed; it is tried again", "error", err)
	}
}

// reclaim makes deliveries wait again that this node owns and that are not in flight.
func (h *Hooks) reclaim(ctx context.Context) error {
	others := h.Nodes.Members()
	others.Mine = 0
	others.Live = slices.DeleteFunc(slices.Clone(others.Live), func(e int64) bool { return e == h.Epoch })

	var owned []store.Due
	err := h.Store.View(ctx, func(v store.Reader) (err error) {
		owned, err = v.LeftDeliveries(others, maxQueued+maxStarted)
		return err
	})
	if err != nil {
		return err
	}

	owned = slices.DeleteFunc(owned, func(d store.Due) bool { return d.Owner != h.Epoch })
	orphans := work.FindOrphans(&h.orphans, owned, func(d store.Due) store.Key { return d.Key }, h.inFlight.Has)
	if len(orphans) > 0 {
		h.Log.Warn("reclaimed orphaned deliveries", "count", len(orphans))
	}
	h.releaseAll(orphans)

	return nil
}

// reclaimLeft makes the deliveries of nodes that are gone wait again, and wakes their targets.
func (h *Hooks) reclaimLeft(ctx context.Context) error {
	for pass := (store.Pass[store.Due]{}); ctx.Err() == nil; {
		var left []store.Due
		nodes := h.Nodes.Members()
		err := h.Store.View(ctx, func(v store.Reader) (err error) {
			left, err = pass.Page(loadBatch, func(most int) ([]store.Due, error) { return v.LeftDeliveries(nodes, most) })
			return err
		})
		if err != nil || len(left) == 0 {
			return err
		}

		h.releaseAll(left)
	}

	return nil
}

// releaseAll releases rows of several accounts and owners.
func (h *Hooks) releaseAll(rows []store.Due) {
	type group struct {
		account id.Account //nolint:unused // part of a key
		owner   int64
	}

	groups := map[group][]store.Key{}
	for _, d := range rows {
		g := group{d.Key.Account, d.Owner}
		groups[g] = append(groups[g], d.Key)
	}

	for g, keys := range groups {
		h.release(keys, g.owner)
	}
}
