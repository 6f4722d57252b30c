// Package restore decides what a restored copy of a database may do: nothing until the operator says so.
//
// A backup is a snapshot of the past. Codes that are pending in it may have been used since, pending messages may have
// been sent, and pending deliveries may have arrived. So before anything serves the copy, row by row and by the same
// rules as ever, codes end, and pending messages and deliveries are parked under an owner that no sweep finds, until the
// operator releases or discards them. Sessions and links are removed: one that ended or was used since the backup
// must not let anybody in. None of this causes an event.
package restore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// Restorer works on a database that is not served.
type Restorer struct {
	dispatch *dispatch.Dispatcher
	store    *store.Store
	now      func() time.Time
	// Progress is called now and then with what was done so far; nil = never.
	Progress func(Counts)
}

// New makes a Restorer from a dispatcher without an Outbox, so that its changes cause no events.
func New(d *dispatch.Dispatcher) Restorer {
	return Restorer{dispatch: d, store: d.Config.Store, now: d.Clock.Now}
}

// Counts are how many rows were ended, parked, released or discarded.
type Counts struct {
	Codes, Messages, Deliveries int64
	// Sessions is how many sessions and links were removed.
	Sessions int64
	// Scanned is how many codes were read, of about Of.
	Scanned, Of int64
}

// batch is how many rows are changed at the same time, so that few commits carry them.
const batch = 256

// Apply ends every code, session and link, and parks all messages and deliveries that wait or are under way. Applied
// again, it finds nothing to do.
func (r *Restorer) Apply(ctx context.Context) (n Counts, err error) {
	if err := r.removeSessions(ctx, &n); err != nil {
		return n, err
	}
	// Codes first: what happens to a code's message would otherwise change a code that is still open.
	if err := r.endCodes(ctx, &n); err != nil {
		return n, err
	}
	if err := r.parkMessages(ctx, &n); err != nil {
		return n, err
	}
	return n, r.parkDeliveries(ctx, &n)
}

// removeSessions also removes damaged rows, since nothing can be lost with them.
func (r *Restorer) removeSessions(ctx context.Context, n *Counts) error {
	for _, t := range []store.Table{store.TableSession, store.TableLink} {
		err := r.store.EachPage(ctx, t, batch, func(page []store.Record) error {
			keys := make([]store.Key, len(page))
			for i, row := range page {
				keys[i] = row.Key()
			}
			n.Sessions += int64(len(keys))
			return r.store.Restore(ctx, nil, keys)
		})
		if err != nil {
			return fmt.Errorf("remove rows of table %s: %w", t, err)
		}
	}

	return nil
}

// endCodes reads every code. The index of open codes would not do: a code whose message failed can be verified until it
// expires.
func (r *Restorer) endCodes(ctx context.Context, n *Counts) error {
	const page = 2000
	err := r.store.View(ctx, func(v store.Reader) (err error) {
		n.Of, err = v.Size(store.TableOTP)
		return err
	})

	for after := (*store.Key)(nil); err == nil; {
		var rows []store.Record
		err = r.store.View(ctx, func(v store.Reader) (err error) {
			rows, err = v.Scan(store.TableOTP, after, page)
			return err
		})

		var open []store.Key
		for _, record := range rows {
			row, ok := record.(store.OTP) // a damaged row cannot be verified
			if _, ends := otp.Void(row.OTP); ok && ends {
				open = append(open, record.Key())
			}
		}
		if err == nil {
			err = inParallel(open, func(k store.Key) error { return r.endCode(ctx, k) })
		}

		n.Scanned, n.Codes = n.Scanned+int64(len(rows)), n.Codes+int64(len(open))
		r.report(*n)
		if err != nil || len(rows) < page {
			break
		}
		k := rows[len(rows)-1].Key()
		after = &k
	}

	return err
}

func (r *Restorer) endCode(ctx context.Context, k store.Key) error {
	return r.store.Update(ctx, k.Account, []store.Key{k}, func(tx *store.Tx) error {
		row, ok := store.Get[store.OTP](tx, k)
		if ok {
			row.OTP, _ = otp.Void(row.OTP)
			tx.Put(row)
		}
		return nil
	})
}

// noMembers says that all nodes are gone, so all work that they own is found.
var noMembers = cluster.Members{Newest: math.MaxInt64}

func (r *Restorer) parkMessages(ctx context.Context, n *Counts) error {
	for _, list := range []func(store.Reader) ([]store.Due, error){
		func(v store.Reader) ([]store.Due, error) { return v.LeftMessages(noMembers, batch) },
		func(v store.Reader) ([]store.Due, error) { return v.WaitingMessages(batch) },
	} {
		err := r.each(ctx, list, n, func(k store.Key) (int64, error) {
			m, err := r.event(ctx, k, message.Park)
			if m.Parked() {
				return 1, err
			}
			return 0, err
		}, &n.Messages)
		if err != nil {
			return fmt.Errorf("park messages: %w", err)
		}
	}

	return nil
}

// event applies an event to a message, as the dispatcher does.
func (r *Restorer) event(ctx context.Context, k store.Key, kind message.InputKind) (m store.Message, err error) {
	now := r.now()
	err = r.store.Update(ctx, k.Account, []store.Key{k, store.AccountKey(k.Account)}, func(tx *store.Tx) (err error) {
		row, ok := store.Get[store.Message](tx, k)
		if !ok {
			return nil
		}
		// The messages of a damaged account are parked like any others, only at a time that may not be their sandbox's.
		at := now
		if account, sound := store.GetSound[store.Account](tx, store.AccountKey(k.Account)); sound && row.Mode == id.Test {
			at = at.Add(account.SandboxOffset)
		}
		m, _, err = r.dispatch.Apply(tx, row, at, message.Input{Kind: kind})

		return err
	})

	return m, err
}

func (r *Restorer) parkDeliveries(ctx context.Context, n *Counts) error {
	park := func(k store.Key) (int64, error) {
		d, err := r.delivery(ctx, k, func(d store.Delivery) store.Delivery {
			d.Delivery = d.Park(r.now())
			return d
		})
		if d.Parked() {
			return 1, err
		}

		return 0, err
	}

	owned := func(v store.Reader) ([]store.Due, error) { return v.LeftDeliveries(noMembers, batch) }
	for _, list := range []func(store.Reader) ([]store.Due, error){owned, r.waitingDeliveries} {
		if err := r.each(ctx, list, n, park, &n.Deliveries); err != nil {
			return fmt.Errorf("park deliveries: %w", err)
		}
	}

	return nil
}

// waitingDeliveries lists deliveries of the first target that has some waiting.
func (r *Restorer) waitingDeliveries(v store.Reader) ([]store.Due, error) {
	targets, err := v.WaitingTargets(store.TargetRef{}, 1)
	if err != nil || len(targets) == 0 {
		return nil, err
	}

	waiting, err := v.DueDeliveries(targets[0].TargetRef, nil, batch)
	due := make([]store.Due, len(waiting))
	for i, d := range waiting {
		due[i] = store.Due{Key: d.Key(), At: d.DueAt}
	}

	return due, err
}

func (r *Restorer) delivery(
	ctx context.Context, k store.Key, change func(store.Delivery) store.Delivery,
) (d store.Delivery, err error) {
	err = r.store.Update(ctx, k.Account, []store.Key{k}, func(tx *store.Tx) error {
		var ok bool
		if d, ok = store.Get[store.Delivery](tx, k); ok {
			d = change(d)
			tx.Put(d)
		}
		return nil
	})

	return d, err
}

// each changes the rows that list finds until it finds none: a row that was changed leaves the list. Damaged rows
// cannot be changed, and stay in it.
func (r *Restorer) each(
	ctx context.Context, list func(store.Reader) ([]store.Due, error), n *Counts,
	change func(store.Key) (int64, error), count *int64,
) error {
	var before store.Key
	var mu sync.Mutex
	damaged := map[store.Key]bool{}
	for {
		var due []store.Due
		err := r.store.View(ctx, func(v store.Reader) (err error) {
			due, err = list(v)
			return err
		})
		if err != nil {
			return err
		}

		found := len(due)
		due = slices.DeleteFunc(due, func(d store.Due) bool { return damaged[d.Key] })
		switch {
		case len(due) == 0 && found < batch:
			return nil
		case len(due) == 0:
			return fmt.Errorf("%d waiting rows are damaged, and the rows after them cannot be reached: delete the "+
				"damaged rows from the database", found)
		}
		if due[0].Key == before {
			return fmt.Errorf("a row of table %s was changed and is still listed as waiting; please report this bug",
				before.Table)
		}

		before = due[0].Key
		keys := make([]store.Key, len(due))
		for i, d := range due {
			keys[i] = d.Key
		}

		err = inParallel(keys, func(k store.Key) error {
			changed, err := change(k)
			mu.Lock()
			defer mu.Unlock()
			*count += changed
			if errors.Is(err, store.ErrDamaged) {
				damaged[k], err = true, nil
			}

			return err
		})
		if err != nil {
			return err
		}
		r.report(*n)
	}
}

func (r *Restorer) report(n Counts) {
	if r.Progress != nil {
		r.Progress(n)
	}
}

// inParallel calls change for up to batch keys at the same time, so that few commits carry the changes.
func inParallel(keys []store.Key, change func(store.Key) error) error {
	errs := make(chan error, len(keys))
	slots := make(chan struct{}, batch)
	for _, k := range keys {
		slots <- struct{}{}
		go func() {
			errs <- change(k)
			<-slots
		}()
	}

	var first error
	for range keys {
		if err := <-errs; first == nil {
			first = err
		}
	}

	return first
}
