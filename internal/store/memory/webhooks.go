package memory

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

func (r reader) Endpoints(account id.Account, after id.Webhook, limit int) ([]store.Endpoint, error) {
	var out []store.Endpoint
	from := store.EndpointKey(account, after)
	err := each(r.b, store.TableEndpoint, func(e store.Endpoint) {
		if e.Key().Compare(from) > 0 {
			out = append(out, e)
		}
	})
	slices.SortFunc(out, func(a, b store.Endpoint) int { return a.Key().Compare(b.Key()) })

	return first(out, limit), err
}

func (r reader) Events(
	account id.Account, mode id.Mode, after, before id.Event, newestFirst bool, limit int,
) ([]store.Event, error) {
	var out []store.Event
	err := each(r.b, store.TableEvent, func(e store.Event) {
		if e.Account == account && e.Mode == mode && bytes.Compare(e.ID[:], after[:]) > 0 &&
			(before.IsZero() || bytes.Compare(e.ID[:], before[:]) < 0) {
			out = append(out, e)
		}
	})

	slices.SortFunc(out, func(a, b store.Event) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	if newestFirst {
		slices.Reverse(out)
	}

	return first(out, limit), err
}

func (r reader) Deliveries(
	account id.Account, target webhook.Target, before id.Event, limit int,
) ([]store.Delivery, error) {
	out := pick(r.b, store.TableDelivery, func(d store.Delivery) bool {
		return d.Account == account && d.Target == target && (before.IsZero() || bytes.Compare(d.Event[:], before[:]) < 0)
	})
	slices.SortFunc(out, func(a, b store.Delivery) int { return bytes.Compare(b.Event[:], a.Event[:]) })

	return first(out, limit), nil
}

func (r reader) WaitingTargets(after store.TargetRef, limit int) ([]store.WaitingTarget, error) {
	firsts := map[store.TargetRef]time.Time{}
	err := glance(r.b, store.TableDelivery, func(d store.Delivery) {
		ref := store.TargetRef{Account: d.Account, Target: d.Target}
		if at, known := firsts[ref]; d.Owner == 0 && !d.DueAt.IsZero() && (!known || d.DueAt.Before(at)) {
			firsts[ref] = d.DueAt
		}
	})

	compare := func(a, b store.TargetRef) int {
		return cmp.Or(bytes.Compare(a.Account[:], b.Account[:]), bytes.Compare(a.Target[:], b.Target[:]))
	}

	var out []store.WaitingTarget
	for ref, at := range firsts {
		if compare(ref, after) > 0 {
			out = append(out, store.WaitingTarget{TargetRef: ref, At: at})
		}
	}
	slices.SortFunc(out, func(a, b store.WaitingTarget) int { return compare(a.TargetRef, b.TargetRef) })

	return first(out, limit), err
}

func (r reader) DueDeliveries(t store.TargetRef, without map[id.Event]struct{}, limit int) ([]store.Delivery, error) {
	out := pick(r.b, store.TableDelivery, func(d store.Delivery) bool {
		_, left := without[d.Event]
		return d.Account == t.Account && d.Target == t.Target && d.Owner == 0 && !d.DueAt.IsZero() && !left
	})

	slices.SortFunc(out, func(a, b store.Delivery) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), bytes.Compare(a.Event[:], b.Event[:]))
	})

	return first(out, limit), nil
}

func (r reader) LeftDeliveries(nodes cluster.Members, limit int) ([]store.Due, error) {
	var out []store.Due
	err := glance(r.b, store.TableDelivery, func(d store.Delivery) {
		if nodes.Gone(d.Owner) {
			out = append(out, store.Due{Key: d.Key(), At: d.DueAt, Owner: d.Owner})
		}
	})
	slices.SortFunc(out, func(a, b store.Due) int { return cmp.Or(cmp.Compare(a.Owner, b.Owner), a.Key.Compare(b.Key)) })

	return first(out, limit), err
}
