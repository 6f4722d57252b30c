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

// What other nodes do is seen by looking: endpoints that they changed, deliveries that they left, and rows that wait for
// longer than a node that knows of them would let them.

const (
	// followEvery bounds how long another node's change of an endpoint is not seen here.
	followEvery = 400 * time.Millisecond
	// lateAfter is how late a row is when another node than the one that should know of it may take it.
	lateAfter = 3 * time.Second
)

// lookAtOthers is one round of looking. What fails is tried again at the next.
func (h *Hooks) lookAtOthers(ctx context.Context) {
	err := h.follow(ctx)
	if nodes := h.Nodes.Members(); err == nil && !nodes.Equal(h.nodes) {
		if err = h.takeOver(ctx); err == nil {
			h.nodes = nodes
		}
	}
	if err != nil && ctx.Err() == nil {
		h.Log.Warn("looking after what other nodes do failed; it is tried again", "error", err)
	}
}

// late reports whether a target's rows wait longer than they should, so that nobody seems to know of them. Of several nodes
// one looks after each target.
func (h *Hooks) late(w store.WaitingTarget) bool {
	return h.Now().Sub(w.At) > lateAfter && h.Nodes.Members().Takes(string(w.Target[:]))
}

// adoptEvery is how often deliveries are looked for that this node owns and does not have in hand: a commit that was told as
// failed and was carried out all the same leaves some. Also nodes that are gone may have left what the last look did not see.
const adoptEvery = 30 * time.Second

// adoptAgain is one round of that.
func (h *Hooks) adoptAgain(ctx context.Context) {
	if err := errors.Join(h.adopt(ctx), h.takeLeft(ctx)); err != nil && ctx.Err() == nil {
		h.Log.Warn("looking for deliveries that nobody works on failed; it is tried again", "error", err)
	}
}

// adopt lets rows wait again that this node owns without having them in hand.
func (h *Hooks) adopt(ctx context.Context) error {
	others := h.Nodes.Members()
	others.Mine, others.Live = 0, slices.DeleteFunc(slices.Clone(others.Live), func(e int64) bool { return e == h.Epoch })
	var owned []store.Due
	err := h.Store.View(ctx, func(v store.Reader) (err error) {
		owned, err = v.LeftDeliveries(others, maxQueued+maxBegun)
		return err
	})
	if err != nil {
		return err
	}

	owned = slices.DeleteFunc(owned, func(d store.Due) bool { return d.Owner != h.Epoch })
	orphans := work.FindOrphans(&h.orphans, owned, func(d store.Due) store.Key { return d.Key }, h.inFlight.Has)
	found := map[id.Account][]store.Key{}
	for _, d := range orphans {
		found[d.Key.Account] = append(found[d.Key.Account], d.Key)
	}

	for _, keys := range found {
		h.Log.Warn("took up deliveries that nobody worked on", "count", len(keys))
		h.release(keys, h.Epoch)
	}

	return nil
}

// takeOver makes the deliveries of nodes that are gone wait again, and learns which targets have rows that wait.
func (h *Hooks) takeOver(ctx context.Context) error {
	if err := h.takeLeft(ctx); err != nil {
		return err
	}
	return h.seed(ctx, func(store.WaitingTarget) bool { return true })
}

// takeLeft makes the deliveries of nodes that are gone wait again, and wakes their targets.
func (h *Hooks) takeLeft(ctx context.Context) error {
	for pass := (store.Pass[store.Due]{}); ctx.Err() == nil; {
		var left []store.Due
		nodes := h.Nodes.Members()
		err := h.Store.View(ctx, func(v store.Reader) (err error) {
			left, err = pass.Page(loadBatch, func(most int) ([]store.Due, error) { return v.LeftDeliveries(nodes, most) })
			return err
		})
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return nil
		}

		type part struct {
			account id.Account //nolint:unused // part of a key
			owner   int64
		}

		groups := map[part][]store.Key{}
		for _, d := range left {
			p := part{d.Key.Account, d.Owner}
			groups[p] = append(groups[p], d.Key)
		}
		for p, keys := range groups {
			h.release(keys, p.owner)
		}
	}

	return nil
}

// seed makes a lane for every wanted target that rows wait for.
func (h *Hooks) seed(ctx context.Context, wanted func(store.WaitingTarget) bool) error {
	for after := (store.TargetRef{}); ctx.Err() == nil; {
		var page []store.WaitingTarget
		err := h.Store.View(ctx, func(v store.Reader) (err error) {
			page, err = v.WaitingTargets(after, loadBatch)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}

		for _, w := range page {
			if wanted(w) {
				h.Wake(w.TargetRef, soon(w.At, h.Now()))
			}
		}
		after = page[len(page)-1].TargetRef
	}

	return nil
}
