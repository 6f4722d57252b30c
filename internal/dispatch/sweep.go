package dispatch

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/queue"
	"github.com/syssecure/syssecure/internal/store"
)

// A sweep looks for rows that are due, carrier by carrier, and lets them wait for their turn in the carrier's queue. They
// are claimed in the database when they have a place, so a row that waits costs nothing but its memory, of which every
// account has a part, and a carrier that takes nothing holds up nobody else's.

// Sweep carries out one round of due work; more says that there was more of it.
func (d *Dispatcher) Sweep(ctx context.Context) (more bool, err error) {
	more, err = d.sweepWork(ctx)
	expired, err2 := d.sweepExpired(ctx)
	err = errors.Join(err, err2, d.sweepSandboxes(ctx))

	return err == nil && (more || expired), err
}

const (
	// widest bounds how many rows a sweep reads to find a batch that falls to this node.
	widest = 16
	// anyonesAfter is how late a code's row is when it is anyone's: whose it is may have died a moment ago. A text is taken
	// later: those of one second may take minutes to leave.
	anyonesAfter     = 3 * time.Second
	textAnyonesAfter = time.Minute
	// leastShare is how many jobs of one account a sweep lets wait in a room at least.
	leastShare = 64
	// accountsBatch is how many accounts of a room with a backlog one sweep asks for.
	accountsBatch = 1024
)

// roomClass is one class of a carrier's queue.
type roomClass struct {
	carrier string
	class   queue.Class
}

// found is a row that waits for a carrier.
type found struct {
	roomClass
	due store.Due
}

// sweep is what one round finds.
type sweep struct {
	d       *Dispatcher
	now     time.Time
	nodes   cluster.Members
	jobs    []found
	ends    []store.Due // wait for nothing but their end
	strange []store.Due // wait for a carrier that is not configured
	backlog []roomClass // rooms of which more is due than was read
	cursors map[roomClass]id.Account
}

// sweepWork lets what is due wait for its turn.
func (d *Dispatcher) sweepWork(ctx context.Context) (more bool, err error) {
	s := &sweep{d: d, now: d.Config.Now(), nodes: d.Config.Nodes.Members()}
	whole, err := d.Config.Store.Peek(ctx, s.read)
	if err == nil && !whole && s.any() {
		// Rows that were seen in passing may have been worked on since.
		err = d.Config.Store.View(ctx, s.read)
	}
	if err != nil {
		return false, err
	}

	for room, a := range s.cursors {
		d.lastAccount[room] = a
	}

	shares, queued := d.shares(s), 0
	for _, f := range s.jobs {
		if d.pool.Room(f.carrier, f.class).LenOf(f.due.Key.Account) < shares[f.carrier] && d.enqueueDue(f) {
			queued++
		}
	}

	for _, r := range s.backlog {
		d.pool.Room(r.carrier, r.class).Backlog(shares[r.carrier] / 2)
	}

	// One row that cannot be worked on must not keep the others waiting.
	return queued > 0 && len(s.backlog) > 0, errors.Join(
		abreast(s.ends, func(due store.Due) error { return d.claimEnd(ctx, due) }),
		abreast(s.strange, func(due store.Due) error { return d.replan(ctx, due) }))
}

// shares asks each carrier of a sweep for its share once: its limits lie behind locks, and a sweep finds thousands of rows.
func (d *Dispatcher) shares(s *sweep) map[string]int {
	out := map[string]int{}
	note := func(carrier string) {
		if _, known := out[carrier]; !known {
			out[carrier] = d.share(carrier)
		}
	}

	for _, f := range s.jobs {
		note(f.carrier)
	}

	for _, r := range s.backlog {
		note(r.carrier)
	}

	return out
}

// share is how many jobs of one account a sweep lets wait in a carrier's room: enough that the carrier is busy until the
// next sweep.
func (d *Dispatcher) share(carrier string) int {
	k := d.carriers[carrier]
	if k == nil {
		k = d.Config.Sandbox
	}
	l := k.Limits()

	return min(max(leastShare, l.InFlight+int(l.Rate/2)), queue.MaxPerAccount)
}

// enqueueDue lets a row wait for its turn. It is claimed, and looked at again, when it has a place.
func (d *Dispatcher) enqueueDue(f found) bool {
	j := job{due: f.due, class: f.class, swept: true}
	var ok bool
	if j.ticket, ok = d.inFlight.Begin(f.due.Key); !ok {
		return false
	}

	if !d.wait(message.Step{Carrier: f.carrier}, j) {
		d.inFlight.End(f.due.Key, j.ticket)
		return false
	}

	return true
}

func (s *sweep) any() bool { return len(s.jobs)+len(s.ends)+len(s.strange) > 0 }

// read looks for everything that is due. It may be called twice.
func (s *sweep) read(v store.Reader) error {
	s.jobs, s.ends, s.strange, s.backlog, s.cursors = nil, nil, nil, nil, map[roomClass]id.Account{}
	for _, class := range []queue.Class{queue.Codes, queue.Texts} {
		for _, name := range s.d.roomNames {
			if err := s.room(v, roomClass{name, class}); err != nil {
				return err
			}
		}
		if err := s.withoutCarrier(v, class); err != nil {
			return err
		}
	}

	return s.strangers(v)
}

// room looks for what a carrier's room can take of a class. When more is due than that, each account gets its part of it.
func (s *sweep) room(v store.Reader, room roomClass) error {
	share := s.d.share(room.carrier)
	q := s.query(room.carrier, room.class, share+sweepBatch)
	due, err := s.d.dueWork(v, q)
	if err != nil {
		return err
	}

	if len(due) < q.Limit {
		s.add(room, due)
		return nil
	}

	s.backlog = append(s.backlog, room)
	q.Limit = accountsBatch
	accounts, err := v.WorkAccounts(q, s.d.lastAccount[room])
	if err != nil {
		return err
	}

	s.cursors[room] = id.Account{}
	if len(accounts) == q.Limit {
		s.cursors[room] = accounts[len(accounts)-1] // the next sweep asks for the others
	}

	for _, a := range accounts {
		if s.d.pool.Room(room.carrier, room.class).LenOf(a) >= share {
			continue
		}
		q.Account, q.Limit = a, s.wide()*2*share
		if due, err = s.d.dueWork(v, q); err != nil {
			return err
		}
		s.add(room, due)
	}

	return nil
}

// withoutCarrier looks for messages of which nothing is left to be submitted: their time has come to an end.
func (s *sweep) withoutCarrier(v store.Reader, class queue.Class) error {
	due, err := s.d.dueWork(v, s.query("", class, sweepBatch))
	s.ends = append(s.ends, s.mine(due, class)...)

	return err
}

// strangers looks for messages that wait for a carrier which was taken out of the configuration, or renamed.
func (s *sweep) strangers(v store.Reader) error {
	names, err := v.WorkCarriers()
	for _, name := range names {
		if s.d.pool.Has(name) {
			continue
		}
		for _, class := range []queue.Class{queue.Codes, queue.Texts} {
			due, err := s.d.dueWork(v, s.query(name, class, sweepBatch))
			if err != nil {
				return err
			}
			s.strange = append(s.strange, s.mine(due, class)...)
		}
	}

	return err
}

// wide is how many times more rows are read than wanted, since the others fall to other nodes.
func (s *sweep) wide() int { return min(s.nodes.Size(), widest) }

func (s *sweep) query(carrier string, class queue.Class, limit int) store.WorkQuery {
	return store.WorkQuery{Carrier: carrier, Texts: class == queue.Texts, Before: s.now, Limit: s.wide() * limit}
}

func (s *sweep) add(room roomClass, due []store.Due) {
	for _, d := range s.mine(due, room.class) {
		s.jobs = append(s.jobs, found{room, d})
	}
}

// mine leaves out what falls to other nodes, unless it is late.
func (s *sweep) mine(due []store.Due, class queue.Class) []store.Due {
	late := s.now.Add(-anyonesAfter)
	if class == queue.Texts {
		late = s.now.Add(-textAnyonesAfter)
	}

	return slices.DeleteFunc(due, func(d store.Due) bool { return !s.nodes.Takes(d.Key.ID) && !d.At.Before(late) })
}

// sweepExpired ends verifications whose time has come.
func (d *Dispatcher) sweepExpired(ctx context.Context) (more bool, err error) {
	s := &sweep{d: d, now: d.Config.Now().Add(-expiryLag), nodes: d.Config.Nodes.Members()}
	var due []store.Due
	look := func(v store.Reader) (err error) {
		due, err = d.expired(v, s.now, id.Account{}, s.wide()*sweepBatch)
		return err
	}

	whole, err := d.Config.Store.Peek(ctx, look)
	if err == nil && !whole && len(due) > 0 {
		err = d.Config.Store.View(ctx, look)
	}
	if err != nil {
		return false, err
	}

	full := len(due) == s.wide()*sweepBatch
	mine := s.mine(due, queue.Codes)
	mine = mine[:min(len(mine), sweepBatch)]

	err = d.expireAll(ctx, mine)

	return err == nil && full && len(mine) > 0, err
}
