package smpp

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// read takes PDUs off the link until it ends.
func (s *session) read(handlers *sync.WaitGroup) {
	for _, p := range s.early {
		s.on(p, handlers)
	}
	s.early = nil
	for {
		p, err := s.reader.Next()
		var unreadable *pdu.DecodeError
		switch {
		case errors.As(err, &unreadable):
			s.onUnreadable(p, unreadable, handlers)
		case errors.Is(err, pdu.ErrLength):
			s.reply(pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommandLength})
			s.finish(fmt.Errorf("%w: %w", errProtocol, err))
			<-s.done
			return
		case err != nil:
			if errors.Is(err, io.EOF) {
				err = errors.New("the other side closed the link")
			}
			s.fail(fmt.Errorf("read: %w", err))
			return
		default:
			s.on(p, handlers)
		}
		s.lastRead.Store(time.Now().UnixNano())
		s.received.Store(true)
	}
}

func (s *session) on(p pdu.PDU, handlers *sync.WaitGroup) {
	switch {
	case p.Command.IsResponse():
		s.onAnswer(p, handlers)
	case p.Command == pdu.EnquireLink:
		s.reply(pdu.PDU{Command: pdu.EnquireLinkResp, Sequence: p.Sequence})
	case p.Command == pdu.Unbind:
		s.reply(pdu.PDU{Command: pdu.UnbindResp, Sequence: p.Sequence})
		s.finish(errUnbound)
	case p.Command == pdu.DeliverSM, p.Command == pdu.DataSM:
		s.onDeliver(p, handlers)
	case p.Command == pdu.AlertNotification, p.Command == pdu.Outbind:
		// Neither has an answer (clauses 4.12 and 4.1.7).
		s.log.Debug("ignored a request that needs no answer", "command", p.Command.String())
	default:
		s.reply(pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommandID, Sequence: p.Sequence})
	}
}

// onDeliver answers only after the sink has stored the message. When too many wait already it asks for a repeat,
// because waiting here would delay reading the answers to submits.
func (s *session) onDeliver(p pdu.PDU, handlers *sync.WaitGroup) {
	select {
	case s.handling <- struct{}{}:
	default:
		s.reply(deliverAnswer(p, pdu.TemporaryReceiverError))
		return
	}

	handlers.Go(func() {
		s.reply(deliverAnswer(p, s.deliver(p)))
		<-s.handling
	})
}

func deliverAnswer(p pdu.PDU, status pdu.Status) pdu.PDU {
	return pdu.PDU{Command: p.Command.Response(), Status: status, Sequence: p.Sequence, Body: &pdu.MessageID{}}
}

func (s *session) onUnreadable(p pdu.PDU, e *pdu.DecodeError, handlers *sync.WaitGroup) {
	s.log.Warn("a PDU cannot be read", "error", e)
	switch {
	case p.Command.IsResponse():
		s.onAnswer(p, handlers)
	case p.Command == pdu.DeliverSM, p.Command == pdu.DataSM:
		s.reply(deliverAnswer(p, e.Status))
	default:
		s.reply(pdu.PDU{Command: pdu.GenericNack, Status: e.Status, Sequence: p.Sequence})
	}
}

// onAnswer passes an answer to the call that waits for it.
func (s *session) onAnswer(p pdu.PDU, handlers *sync.WaitGroup) {
	s.mu.Lock()
	c, known := s.pending[p.Sequence]
	if known && p.Command != c.command.Response() && p.Command != pdu.GenericNack {
		s.mu.Unlock()
		s.fail(fmt.Errorf("%w: %v answers %v", errProtocol, p.Command, c.command))
		return
	}

	var late lateSubmit
	isLate := false
	if known {
		delete(s.pending, p.Sequence)
		if c.command == pdu.SubmitSM {
			<-s.slots
		}
		if isLate = c.abandoned && c.command == pdu.SubmitSM; isLate {
			late = lateSubmit{submission: c.submission}
		} else if !c.abandoned {
			c.answer <- answer{pdu: p}
		}
	} else {
		late, isLate = s.late.take(p.Sequence, time.Now())
	}

	s.mu.Unlock()

	switch {
	case isLate:
		s.onLate(late, p, handlers)
	case !known:
		s.log.Warn("an answer belongs to no request", "command", p.Command.String(), "status", p.Status.String())
	}
}

// onLate handles a late answer on its own goroutine, as onDeliver does with a message.
func (s *session) onLate(l lateSubmit, p pdu.PDU, handlers *sync.WaitGroup) {
	select {
	case s.handling <- struct{}{}:
	default:
		s.log.Warn("a late answer was dropped, because too many are being stored", "ref", l.ref)
		return
	}

	handlers.Go(func() {
		s.answerLate(l, p)
		<-s.handling
	})
}

// sweep gives up on answers that are overdue and asks a silent link whether it is alive.
func (s *session) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return
		case now := <-tick.C:
			enquiring, dead := s.expire(now)
			if dead {
				s.fail(errSilent)
				return
			}
			if !enquiring && now.UnixNano()-s.lastRead.Load() >= int64(s.idle) {
				// An error means that the session is ending already.
				_, _ = s.begin(pdu.PDU{Command: pdu.EnquireLink}, submission{})
			}
		}
	}
}

// expire ends the calls whose answer is overdue. It reports whether an enquire_link waits for its answer, and whether
// one was not answered in time.
func (s *session) expire(now time.Time) (enquiring, dead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sequence, c := range s.pending {
		overdue := !now.Before(c.deadline)
		if c.command == pdu.EnquireLink {
			enquiring, dead = enquiring || !overdue, dead || overdue
		}
		if !overdue {
			continue
		}

		delete(s.pending, sequence)
		if c.command == pdu.SubmitSM {
			<-s.slots
			s.late.add(sequence, c.submission, now)
		}
		if !c.abandoned {
			c.answer <- answer{err: errNoAnswer}
		}
	}
	s.late.expire(now)

	return enquiring, dead
}
