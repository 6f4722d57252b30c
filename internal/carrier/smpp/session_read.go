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
	for {
		p, err := s.reader.Next()
		var unreadable *pdu.DecodeError
		switch {
		case errors.As(err, &unreadable):
			s.onUnreadable(p, unreadable)
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
		s.heard.Store(time.Now().UnixNano())
	}
}

func (s *session) on(p pdu.PDU, handlers *sync.WaitGroup) {
	switch {
	case p.Command.IsResponse():
		s.onAnswer(p, nil)
	case p.Command == pdu.EnquireLink:
		s.reply(pdu.PDU{Command: pdu.EnquireLinkResp, Sequence: p.Sequence})
	case p.Command == pdu.Unbind:
		s.reply(pdu.PDU{Command: pdu.UnbindResp, Sequence: p.Sequence})
		s.finish(errUnbound)
	case p.Command == pdu.DeliverSM, p.Command == pdu.DataSM:
		s.onDeliver(p, handlers)
	default:
		s.reply(pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommandID, Sequence: p.Sequence})
	}
}

// onDeliver answers only after the sink has stored what came. When too many wait already it asks for a repeat, because
// waiting here would keep the answers to our submits from being read.
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

func (s *session) onUnreadable(p pdu.PDU, e *pdu.DecodeError) {
	s.log.Warn("unreadable PDU", "error", e)
	switch {
	case p.Command.IsResponse():
		s.onAnswer(p, errUnreadable)
	case p.Command == pdu.DeliverSM, p.Command == pdu.DataSM:
		s.reply(deliverAnswer(p, e.Status))
	default:
		s.reply(pdu.PDU{Command: pdu.GenericNack, Status: e.Status, Sequence: p.Sequence})
	}
}

// onAnswer gives an answer to whoever waits for it.
func (s *session) onAnswer(p pdu.PDU, failure error) {
	s.mu.Lock()
	c, known := s.pending[p.Sequence]
	ref, late := s.late[p.Sequence]
	switch {
	case known && p.Command != c.command.Response() && p.Command != pdu.GenericNack:
		s.mu.Unlock()
		s.fail(fmt.Errorf("%w: %v answers %v", errProtocol, p.Command, c.command))
		return
	case known:
		delete(s.pending, p.Sequence)
		ref, late = c.ref, c.abandoned
		if c.command == pdu.SubmitSM {
			<-s.slots
		}
		if !late {
			c.answer <- answer{p, failure}
		}
	case late:
		delete(s.late, p.Sequence)
	}
	s.mu.Unlock()
	if !late && !known {
		s.log.Warn("an answer to nothing that was asked", "command", p.Command.String(), "status", p.Status.String())
	}
	if body, ok := p.Body.(*pdu.MessageID); ok && late && p.Status == pdu.OK && ref != "" {
		s.log.Warn("an answer came after its time", "ref", ref)
		s.onLate(ref, body.ID)
	}
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
			asking, dead := s.expire(now)
			if dead {
				s.fail(errSilent)
				return
			}
			if !asking && now.UnixNano()-s.heard.Load() >= int64(s.idle) {
				// A refusal means that the session is ending already.
				_, _ = s.begin(pdu.PDU{Command: pdu.EnquireLink}, "")
			}
		}
	}
}

// expire ends the calls whose answer is overdue. It reports whether an enquire_link is still out, and whether one was
// not answered.
func (s *session) expire(now time.Time) (asking, dead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sequence, c := range s.pending {
		overdue := !now.Before(c.deadline)
		if c.command == pdu.EnquireLink {
			asking, dead = asking || !overdue, dead || overdue
		}
		if !overdue {
			continue
		}
		delete(s.pending, sequence)
		if c.command == pdu.SubmitSM {
			<-s.slots
			if len(s.late) >= maxLate {
				clear(s.late)
			}
			s.late[sequence] = c.ref
		}
		if !c.abandoned {
			c.answer <- answer{err: errNoAnswer}
		}
	}
	return asking, dead
}
