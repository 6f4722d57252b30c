package smpp

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

const (
	// maxLate bounds the submits of a link that are remembered after their time-out, in case their answer still comes.
	maxLate = 10_000
	// maxLife is the life of a message without a validity.
	maxLife = 24 * time.Hour
)

// submission is one part of a message that is submitted.
type submission struct {
	ref  string
	part int           // its index
	ids  []string      // of the parts before it, which were accepted
	last bool          // no part follows
	life time.Duration // for which the message may still be delivered
}

// lateSubmit is a submission whose sender has stopped waiting.
type lateSubmit struct {
	submission
	until time.Time
}

// lateSubmits holds late submits by sequence number for the life of the message. At the bound the oldest is forgotten.
type lateSubmits struct {
	at    map[uint32]lateSubmit
	order []uint32
}

func (l *lateSubmits) add(sequence uint32, s submission, now time.Time) {
	if l.at == nil {
		l.at = map[uint32]lateSubmit{}
	}
	life := s.life
	if life <= 0 || life > maxLife {
		life = maxLife
	}

	for len(l.order) >= maxLate {
		delete(l.at, l.order[0])
		l.order = l.order[1:]
	}
	l.at[sequence] = lateSubmit{submission: s, until: now.Add(life)}
	l.order = append(l.order, sequence)
}

// take returns and removes the submission that an answer belongs to.
func (l *lateSubmits) take(sequence uint32, now time.Time) (lateSubmit, bool) {
	s, ok := l.at[sequence]
	if !ok {
		return s, false
	}
	l.forget(sequence)
	return s, now.Before(s.until)
}

// forget drops a sequence number, which is about to be used again or has been answered.
func (l *lateSubmits) forget(sequence uint32) {
	if _, ok := l.at[sequence]; !ok {
		return
	}
	delete(l.at, sequence)
	if i := slices.Index(l.order, sequence); i >= 0 {
		l.order = slices.Delete(l.order, i, i+1)
	}
}

// expire drops the submissions whose message's life has ended.
func (l *lateSubmits) expire(now time.Time) {
	l.order = slices.DeleteFunc(l.order, func(sequence uint32) bool {
		over := !now.Before(l.at[sequence].until)
		if over {
			delete(l.at, sequence)
		}
		return over
	})
}

// answerLate reports an answer that came after Send had returned. When later parts were never sent, an accepted part
// does not settle the message, but a copy need not repeat it.
func (c *Carrier) answerLate(ctx context.Context, sink carrier.Sink, l lateSubmit, p pdu.PDU) {
	r := c.answered(p)
	c.log.Warn("an answer came after its time-out",
		"ref", l.ref, "outcome", r.Outcome.String(), "status", p.Status.String())
	switch {
	case r.Outcome == carrier.Accepted && !l.last:
		c.unfinished.noteAccepted(l.submission, r.IDs)
		return
	case sink.Answer == nil:
		return
	case r.Outcome == carrier.Accepted:
		r.IDs = append(slices.Clone(l.ids), r.IDs...)
	case r.Outcome != carrier.Rejected:
		return
	}
	if err := sink.Answer(ctx, carrier.Answer{Carrier: c.cfg.Name, Ref: l.ref, Result: r}); err != nil {
		c.log.Error("a late answer could not be stored and is lost", "ref", l.ref, "error", err)
	}
}
