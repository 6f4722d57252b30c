// Package restore is the shell for what a restored copy may do: nothing by itself.
//
// A copy is a picture of the past. Codes that are open in it may have been used since, messages that wait in it may have
// been sent, events that wait may have been told. Its one hard idea is that this is decided before anything serves the
// copy, row by row and by the rules' own events: codes end, and all that waits is parked under an owner that no sweep
// finds, until the operator says that it is to be sent or called off. Nobody is told of any of it.
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
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
)

// Shell works on a database that nobody serves. Its dispatcher must have no Outbox: nobody is told.
type Shell struct {
	dispatch *dispatch.Dispatcher
	store    *store.Store
	now      func() time.Time
	// Tell is called now and then with what was done so far.
	Tell func(Counts)
}

// New makes a Shell of a dispatcher that has no Outbox.
func New(d *dispatch.Dispatcher) Shell {
	return Shell{dispatch: d, store: d.Config.Store, now: d.Clock.Now}
}

// Counts are how many rows were ended, parked or decided about.
type Counts struct {
	Codes, Messages, Deliveries int64
	// Scanned is how many codes were looked at, of about Of.
	Scanned, Of int64
}

// batch is how many rows are changed side by side, so that few commits carry them.
const batch = 256

// Apply ends every code and parks whatever waits or is under way. Applied again it finds nothing to do.
func (s *Shell) Apply(ctx context.Context) (n Counts, err error) {
	// Codes first: the end of a code's message must not be told to a code that is still open.
	if err := s.voidAll(ctx, &n); err != nil {
		return n, err
	}
	if err := s.parkMessages(ctx, &n); err != nil {
		return n, err
	}
	return n, s.parkDeliveries(ctx, &n)
}

// voidAll looks at every code. Those that are open have an index, but a code whose message failed counts too until its
// time is over.
func (s *Shell) voidAll(ctx context.Context, n *Counts) error {
	const page = 2000
	err := s.store.View(ctx, func(v store.Reader) (err error) {
		n.Of, err = v.Size(store.TableOTP)
		return err
	})

	for after := (*store.Key)(nil); err == nil; {
		var rows []store.Record
		err = s.store.View(ctx, func(v store.Reader) (err error) {
			rows, err = v.Scan(store.TableOTP, after, page)
			return err
		})

		var open []store.Key
		for _, r := range rows {
			row, ok := r.(store.OTP) // a damaged row verifies nothing
			if _, ends := otp.Void(row.OTP); ok && ends {
				open = append(open, r.Key())
			}
		}
		if err == nil {
			err = abreast(open, func(k store.Key) error { return s.void(ctx, k) })
		}

		n.Scanned, n.Codes = n.Scanned+int64(len(rows)), n.Codes+int64(len(open))
		s.tell(*n)
		if err != nil || len(rows) < page {
			break
		}
		k := rows[len(rows)-1].Key()
		after = &k
	}

	return err
}

func (s *Shell) void(ctx context.Context, k store.Key) error {
	return s.store.Update(ctx, k.Account, []store.Key{k}, func(tx *store.Tx) error {
		row, ok := store.Get[store.OTP](tx, k)
		if ok {
			row.OTP, _ = otp.Void(row.OTP)
			tx.Put(row)
		}
		return nil
	})
}

// noMembers is how a copy sees the nodes: all of them are gone.
var noMembers = cluster.Members{Newest: math.MaxInt64}

func (s *Shell) parkMessages(ctx context.Context, n *Counts) error {
	for _, list := range []func(store.Reader) ([]store.Due, error){
		func(v store.Reader) ([]store.Due, error) { return v.LeftMessages(noMembers, batch) },
		func(v store.Reader) ([]store.Due, error) { return v.WaitingMessages(batch) },
	} {
		err := s.each(ctx, list, n, func(k store.Key) (int64, error) {
			m, err := s.event(ctx, k, message.Park)
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

// event gives a message an event, as every other of its events.
func (s *Shell) event(ctx context.Context, k store.Key, kind message.Kind) (m store.Message, err error) {
	real := s.now()
	err = s.store.Update(ctx, k.Account, []store.Key{k, store.AccountKey(k.Account)}, func(tx *store.Tx) (err error) {
		row, ok := store.Get[store.Message](tx, k)
		if ok {
			m, _, err = s.dispatch.Apply(tx, row, query.Clock(tx, k.Account, row.Mode, real), message.Event{Kind: kind})
		}
		return err
	})

	return m, err
}

func (s *Shell) parkDeliveries(ctx context.Context, n *Counts) error {
	park := func(k store.Key) (int64, error) {
		d, err := s.delivery(ctx, k, func(d store.Delivery) store.Delivery {
			d.Delivery = d.Park(s.now())
			return d
		})
		if d.Parked() {
			return 1, err
		}

		return 0, err
	}

	err := s.each(ctx, func(v store.Reader) ([]store.Due, error) { return v.LeftDeliveries(noMembers, batch) }, n, park, &n.Deliveries)
	if err == nil {
		err = s.each(ctx, s.firstWaiting, n, park, &n.Deliveries)
	}
	if err != nil {
		return fmt.Errorf("park deliveries: %w", err)
	}

	return nil
}

// firstWaiting lists deliveries of the first target that some wait for.
func (s *Shell) firstWaiting(v store.Reader) ([]store.Due, error) {
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

func (s *Shell) delivery(ctx context.Context, k store.Key, change func(store.Delivery) store.Delivery) (d store.Delivery, err error) {
	err = s.store.Update(ctx, k.Account, []store.Key{k}, func(tx *store.Tx) error {
		var ok bool
		if d, ok = store.Get[store.Delivery](tx, k); ok {
			d = change(d)
			tx.Put(d)
		}
		return nil
	})

	return d, err
}

// each changes what list finds until it finds nothing: every row that is changed leaves the list. Damaged rows stay in it as
// they are: whatever would work on one of them is refused.
func (s *Shell) each(ctx context.Context, list func(store.Reader) ([]store.Due, error), n *Counts, change func(store.Key) (int64, error), count *int64) error {
	var before store.Key
	var mu sync.Mutex
	damaged := map[store.Key]bool{}
	for {
		var due []store.Due
		err := s.store.View(ctx, func(v store.Reader) (err error) {
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
			return fmt.Errorf("%d rows that wait are damaged, and hide what is behind them: remove them from the database", found)
		}
		if due[0].Key == before {
			return fmt.Errorf("a row of table %s does not leave the list of work; please report this", before.Table)
		}

		before = due[0].Key
		keys := make([]store.Key, len(due))
		for i, d := range due {
			keys[i] = d.Key
		}

		err = abreast(keys, func(k store.Key) error {
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
		s.tell(*n)
	}
}

func (s *Shell) tell(n Counts) {
	if s.Tell != nil {
		s.Tell(n)
	}
}

// abreast changes rows side by side, so that few commits carry them.
func abreast(keys []store.Key, one func(store.Key) error) error {
	errs := make(chan error, len(keys))
	places := make(chan struct{}, batch)
	for _, k := range keys {
		places <- struct{}{}
		go func() {
			errs <- one(k)
			<-places
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
