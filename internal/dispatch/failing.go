package dispatch

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// failures is what this node saw of its carriers' failures.
type failures struct {
	mu sync.Mutex
	by map[string]*failure
}

type failure struct {
	route.Failing
	written   int64     // Count as it stands in the database; 0 = nothing stands there
	writtenAt time.Time // the newest write
}

const (
	tellCarriers = time.Second
	// A node writes a carrier's state when it begins and ends, and every writeCount the count, but never within writeLeast.
	writeLeast = 3 * time.Second
	writeCount = 10 * time.Second
)

func (b *failures) of(name string) *failure {
	if b.by == nil {
		b.by = map[string]*failure{}
	}
	if b.by[name] == nil {
		b.by[name] = &failure{}
	}
	return b.by[name]
}

// note adds the result of a submit.
func (b *failures) note(name string, r carrier.Result, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.of(name)
	cause := r.Cause
	if cause == "" && r.Outcome == carrier.Unknown {
		cause = "no readable answer"
	}
	switch {
	case r.Outcome == carrier.Accepted || r.Outcome == carrier.Rejected:
		f.Failing = f.Worked(now)
	case r.Throttled:
		f.Failing = f.Failing.Throttled(r.Code, cause, now)
	default:
		f.Failing = f.Failed(r.Code, cause, now)
	}
}

// WatchCarriers tells the operator of carriers that fail, and keeps their state in the database, until ctx ends.
func (d *Dispatcher) WatchCarriers(ctx context.Context) error {
	tick := time.NewTicker(tellCarriers)
	defer tick.Stop()
	nodes := d.Nodes.Set()
	d.lookAfter(ctx, d.adoptFailures)
	for {
		select {
		case <-ctx.Done():
			d.leaveFailures()
			return nil
		case <-tick.C:
		}
		if now := d.Nodes.Set(); !now.Equal(nodes) {
			nodes = now
			d.lookAfter(ctx, d.adoptFailures)
		}
		d.TellCarriers(ctx)
	}
}

// leaveFailures stores at the end which carriers have recovered a moment ago.
func (d *Dispatcher) leaveFailures() {
	ctx, cancel := context.WithTimeout(context.Background(), writeLeast)
	defer cancel()
	for _, k := range d.Carriers {
		d.failing.mu.Lock()
		f := d.failing.of(k.Name())
		recovered := f.written != 0 && f.Recovered()
		d.failing.mu.Unlock()
		if recovered {
			_ = d.writeFailure(ctx, k.Name(), route.Failing{}) // which logs it
		}
	}
}

// TellCarriers is one round of WatchCarriers.
func (d *Dispatcher) TellCarriers(ctx context.Context) {
	for _, k := range d.Carriers {
		d.tellCarrier(ctx, k.Name())
	}
}

func (d *Dispatcher) tellCarrier(ctx context.Context, name string) {
	now := d.Now()
	d.failing.mu.Lock()
	f := d.failing.of(name)
	before := f.Failing
	var tell route.Tell
	f.Failing, tell = f.Next(now)
	write := f.Count != f.written && now.Sub(f.writtenAt) >= writeLeast &&
		(f.written == 0 || f.Count == 0 || now.Sub(f.writtenAt) >= writeCount)
	after := f.Failing
	d.failing.mu.Unlock()

	switch tell {
	case route.Begins:
		d.Log.Warn("a carrier fails", failureAttrs(name, after)...)
	case route.GoesOn:
		d.Log.Warn("a carrier still fails", failureAttrs(name, after)...)
	case route.Works:
		d.Log.Info("a carrier works again", "carrier", name, "failed", before.Count, "since", before.Since.UTC().Format(time.RFC3339))
	}
	if !write {
		return
	}

	err := d.writeFailure(ctx, name, after)
	d.failing.mu.Lock()
	defer d.failing.mu.Unlock()
	if f.writtenAt = now; err == nil {
		f.written = after.Count
	}
}

func failureAttrs(name string, f route.Failing) []any {
	return []any{slog.String("carrier", name), slog.Int64("failed", f.Count), slog.String("since", f.Since.UTC().Format(time.RFC3339)),
		slog.String("code", f.Code), slog.String("cause", f.Cause)}
}

// CarrierFailure is a carrier's state as a node keeps it in the database while the carrier fails.
type CarrierFailure struct {
	Since time.Time `json:"since"`
	Last  time.Time `json:"last"`
	Count int64     `json:"count"`
	Code  string    `json:"code"`
	Cause string    `json:"cause"`
}

// String says it in a sentence without a subject, for the operator.
func (c CarrierFailure) String() string {
	text := fmt.Sprintf("fails since %s (%d submits, the last at %s): %s", c.Since.UTC().Format(time.RFC3339), c.Count,
		c.Last.UTC().Format(time.RFC3339), c.Code)
	if c.Cause != "" {
		text += ", " + c.Cause
	}
	return text
}

// failureKey is the row of a carrier: one for all nodes, in which each writes of itself alone.
func failureKey(name string) store.Key { return store.MetaKey("carrier:" + name) }

// failuresIn reads the row of a carrier, by epoch. What cannot be read is nothing.
func failuresIn(rows store.Getter, name string) map[string]CarrierFailure {
	by := map[string]CarrierFailure{}
	if row, ok := store.Get[store.Meta](rows, failureKey(name)); ok && json.Unmarshal(row.Value, &by) != nil {
		by = map[string]CarrierFailure{}
	}
	return by
}

// CarrierFailures is what the nodes say of a carrier that fails; none when it works.
func CarrierFailures(ctx context.Context, s *store.Store, name string) (list []CarrierFailure, err error) {
	rows, err := s.Find(ctx, failureKey(name))
	for _, f := range failuresIn(rows, name) {
		list = append(list, f)
	}
	return list, err
}

// writeFailure stores what this node says of a carrier; one that works is not mentioned. What nodes that are gone said was
// taken over by those that live, see adoptFailures.
func (d *Dispatcher) writeFailure(ctx context.Context, name string, f route.Failing) error {
	mine, nodes := epochText(d.Epoch), d.Nodes.Set()
	err := d.Store.Update(ctx, id.Account{}, []store.Key{failureKey(name)}, func(tx *store.Tx) error {
		by := failuresIn(tx, name)
		for epoch := range by {
			if n, err := strconv.ParseInt(epoch, 10, 64); err != nil || nodes.Gone(n) {
				delete(by, epoch)
			}
		}
		delete(by, mine)
		if !f.Since.IsZero() {
			by[mine] = CarrierFailure{f.Since, f.Last, f.Count, f.Code, f.Cause}
		}
		value, err := json.Marshal(by)
		if err != nil {
			return err
		}
		tx.Put(store.Meta{Name: failureKey(name).ID, Value: value})
		return nil
	})
	if err != nil && ctx.Err() == nil {
		d.Log.Warn("the state of a carrier was not stored; it is tried again", "carrier", name, "error", err)
	}
	return err
}

// adoptFailures goes on with what nodes that are gone said of their carriers, so that one that works again is told of.
func (d *Dispatcher) adoptFailures(ctx context.Context) error {
	nodes := d.Nodes.Set()
	for _, k := range d.Carriers {
		rows, err := d.Store.Find(ctx, failureKey(k.Name()))
		if err != nil {
			return err
		}
		for epoch, left := range failuresIn(rows, k.Name()) {
			if n, err := strconv.ParseInt(epoch, 10, 64); err == nil && nodes.Gone(n) {
				d.failing.adopt(k.Name(), left)
			}
		}
	}
	return nil
}

func (b *failures) adopt(name string, left CarrierFailure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.of(name)
	if f.written = left.Count; f.Since.IsZero() {
		f.Failing = f.Continue(left.Since, left.Last, left.Count, left.Code, left.Cause)
	}
}

func epochText(epoch int64) string { return strconv.FormatInt(epoch, 10) }
