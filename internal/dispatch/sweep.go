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

// A sweep looks for rows that are due, carrier by carrier, and puts them into the carrier's queue. They are claimed in
// the database when they get a place, so a waiting row costs only memory, which the accounts share, and a carrier that
// accepts nothing does not delay the others.

// Sweep starts the work that is due now; more reports that some was left.
func (d *Dispatcher) Sweep(ctx context.Context) (more bool, err error) {
	more, err = d.sweepWork(ctx)
	expired, err2 := d.sweepExpired(ctx)
	err = errors.Join(err, err2, d.sweepSandboxes(ctx))

	return err == nil && (more || expired), err
}

const (
	// maxReadFactor bounds how many times more rows than wanted are read, to find those of this node.
	maxReadFactor = 16
	// codeLateAfter is how overdue a code's row must be before any node may take it, as the node that it is assigned to
	// may have died. It is longer for texts: texts that are due in the same second may take minutes to send.
	codeLateAfter = 3 * time.Second
	textLateAfter = time.Minute
	// minShare is how many jobs of one account a sweep puts into a queue at least.
	minShare = 64
	// accountsBatch is how many accounts of a queue with a backlog one sweep reads.
	accountsBatch = 1024
)

// queueClass is one class of a carrier's queue.
type queueClass struct {
	carrier string
	class   queue.Class
}

// waitingRow is a row that waits for a carrier.
type waitingRow struct {
	queueClass
	due store.Due
}

// sweep is what one call of Sweep finds.
type sweep struct {
	d            *Dispatcher
	now          time.Time
	nodes        cluster.Members
	jobs         []waitingRow
	paused       []waitingRow // those of jobs that wait for a carrier that is paused
	ends         []store.Due  // no step remains, only the end of the message
	unconfigured []store.Due  // wait for a carrier that is not configured
	backlog      []queueClass // queues with more due rows than were read
	cursors      map[queueClass]id.Account
}

// sweepWork puts what is due into the queues.
func (d *Dispatcher) sweepWork(ctx context.Context) (more bool, err error) {
	s := &sweep{d: d, now: d.Config.Now(), nodes: d.Config.Nodes.Members()}
	complete, err := d.Config.Store.Peek(ctx, s.read)
	if err == nil && !complete && s.anyFound() {
		// Peek may have seen old rows.
		err = d.Config.Store.View(ctx, s.read)
	}
	if err != nil {
		return false, err
	}

	for qc, a := range s.cursors {
		d.lastAccount[qc] = a
	}

	shares, queued := d.shares(s), 0
	for _, f := range s.jobs {
		if d.Watch.IsPaused(f.carrier) {
			s.paused = append(s.paused, f)
			continue
		}
		if d.pool.Queue(f.carrier, f.class).LenOf(f.due.Key.Account) < shares[f.carrier] && d.queueDue(f) {
			queued++
		}
	}

	for _, r := range s.backlog {
		d.pool.Queue(r.carrier, r.class).NotifyBelow(shares[r.carrier] / 2)
	}

	// A row that cannot be worked on must not stop the others.
	return queued > 0 && len(s.backlog) > 0, errors.Join(
		d.moveOrHold(ctx, s.paused), inParallel(s.ends, func(due store.Due) error { return d.claimEnd(ctx, due) }),
		inParallel(s.unconfigured, func(due store.Due) error { return d.replan(ctx, due) }))
}

// shares computes the share of each carrier of a sweep once, because a carrier's limits are behind locks and a sweep
// finds thousands of rows.
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

// share is how many jobs of one account a sweep puts into a carrier's queue: enough to keep the carrier busy until the
// next sweep.
func (d *Dispatcher) share(carrier string) int {
	k := d.carriers[carrier]
	if k == nil {
		k = d.Config.Sandbox
	}
	l := k.Limits()

	return min(max(minShare, l.InFlight+int(l.Rate/2)), queue.MaxPerAccount)
}

// queueDue puts a row into the queue. It is read again and claimed when it gets a place.
func (d *Dispatcher) queueDue(f waitingRow) bool {
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

func (s *sweep) anyFound() bool { return len(s.jobs)+len(s.ends)+len(s.unconfigured) > 0 }

// read finds everything that is due. It may be called twice.
func (s *sweep) read(v store.Reader) error {
	s.jobs, s.ends, s.unconfigured, s.backlog, s.cursors = nil, nil, nil, nil, map[queueClass]id.Account{}
	for _, class := range []queue.Class{queue.Codes, queue.Texts} {
		for _, name := range s.d.queueNames {
			if err := s.addDue(v, queueClass{name, class}); err != nil {
				return err
			}
		}
		if err := s.addEnds(v, class); err != nil {
			return err
		}
	}

	return s.addUnconfigured(v)
}

// addDue adds the due rows of a class for which a carrier's queue has space. If more are due, each account gets a
// share.
func (s *sweep) addDue(v store.Reader, qc queueClass) error {
	share := s.d.share(qc.carrier)
	q := s.query(qc.carrier, qc.class, share+sweepBatch)
	due, err := s.d.dueWork(v, q)
	if err != nil {
		return err
	}

	if len(due) < q.Limit {
		s.add(qc, due)
		return nil
	}

	s.backlog = append(s.backlog, qc)
	q.Limit = accountsBatch
	accounts, err := v.WorkAccounts(q, s.d.lastAccount[qc])
	if err != nil {
		return err
	}

	s.cursors[qc] = id.Account{}
	if len(accounts) == q.Limit {
		s.cursors[qc] = accounts[len(accounts)-1] // the next sweep reads the others
	}

	for _, a := range accounts {
		if s.d.pool.Queue(qc.carrier, qc.class).LenOf(a) >= share {
			continue
		}
		q.Account, q.Limit = a, s.readFactor()*2*share
		if due, err = s.d.dueWork(v, q); err != nil {
			return err
		}
		s.add(qc, due)
	}

	return nil
}

// addEnds adds messages of which no step remains, so that they have to end.
func (s *sweep) addEnds(v store.Reader, class queue.Class) error {
	due, err := s.d.dueWork(v, s.query("", class, sweepBatch))
	s.ends = append(s.ends, s.filterAssigned(due, class)...)

	return err
}

// addUnconfigured adds messages that wait for a carrier which was removed from the configuration, or renamed.
func (s *sweep) addUnconfigured(v store.Reader) error {
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
			s.unconfigured = append(s.unconfigured, s.filterAssigned(due, class)...)
		}
	}

	return err
}

// readFactor is how many times more rows than wanted are read, because some are assigned to other nodes.
func (s *sweep) readFactor() int { return min(s.nodes.Size(), maxReadFactor) }

func (s *sweep) query(carrier string, class queue.Class, limit int) store.WorkQuery {
	return store.WorkQuery{Carrier: carrier, Texts: class == queue.Texts, Before: s.now, Limit: s.readFactor() * limit}
}

func (s *sweep) add(qc queueClass, due []store.Due) {
	for _, d := range s.filterAssigned(due, qc.class) {
		s.jobs = append(s.jobs, waitingRow{qc, d})
	}
}

// filterAssigned removes rows that are assigned to other nodes, unless they are overdue.
func (s *sweep) filterAssigned(due []store.Due, class queue.Class) []store.Due {
	late := s.now.Add(-codeLateAfter)
	if class == queue.Texts {
		late = s.now.Add(-textLateAfter)
	}

	return slices.DeleteFunc(due, func(d store.Due) bool { return !s.nodes.Takes(d.Key.ID) && !d.At.Before(late) })
}

// sweepExpired ends verifications that have expired.
func (d *Dispatcher) sweepExpired(ctx context.Context) (more bool, err error) {
	s := &sweep{d: d, now: d.Config.Now().Add(-expiryLag), nodes: d.Config.Nodes.Members()}
	var due []store.Due
	read := func(v store.Reader) (err error) {
		due, err = d.expired(v, s.now, id.Account{}, s.readFactor()*sweepBatch)
		return err
	}

	complete, err := d.Config.Store.Peek(ctx, read)
	if err == nil && !complete && len(due) > 0 {
		err = d.Config.Store.View(ctx, read)
	}
	if err != nil {
		return false, err
	}

	full := len(due) == s.readFactor()*sweepBatch
	mine := s.filterAssigned(due, queue.Codes)
	mine = mine[:min(len(mine), sweepBatch)]

	err = d.expireAll(ctx, mine)

	return err == nil && full && len(mine) > 0, err
}
