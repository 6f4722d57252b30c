package smsc

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// link is one connection of a client.
type link struct {
	server *Server
	conn   net.Conn
	reader *pdu.Reader
	bound  bool // under server.mu

	mu       sync.Mutex
	out      []byte
	sequence uint32
	waiting  map[uint32]chan pdu.Status // unanswered requests, by sequence number
}

func (l *link) serve() {
	defer l.server.remove(l)
	defer l.cut()
	for {
		p, err := l.reader.Next()
		var unreadable *pdu.DecodeError
		switch {
		case errors.As(err, &unreadable):
			l.queue(pdu.PDU{Command: pdu.GenericNack, Status: unreadable.Status, Sequence: p.Sequence})
		case errors.Is(err, pdu.ErrLength):
			l.send(pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommandLength})
			return
		case err != nil:
			return
		default:
			if !l.handle(p) {
				l.flush()
				return
			}
		}
		if l.reader.Idle() {
			l.flush()
		}
	}
}

// handle handles one PDU; false ends the link.
func (l *link) handle(p pdu.PDU) bool {
	switch p.Command {
	case pdu.BindTransceiver, pdu.BindTransmitter, pdu.BindReceiver:
		return l.onBind(p)
	case pdu.SubmitSM:
		return l.onSubmit(p)
	case pdu.EnquireLink:
		l.queue(pdu.PDU{Command: pdu.EnquireLinkResp, Sequence: p.Sequence})
	case pdu.Unbind:
		l.queue(pdu.PDU{Command: pdu.UnbindResp, Sequence: p.Sequence})
		return false
	case pdu.DeliverSMResp, pdu.DataSMResp, pdu.GenericNack, pdu.EnquireLinkResp, pdu.UnbindResp:
		l.mu.Lock()
		if c, ok := l.waiting[p.Sequence]; ok {
			delete(l.waiting, p.Sequence)
			c <- p.Status
		}
		l.mu.Unlock()
	default:
		l.queue(pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommandID, Sequence: p.Sequence})
	}

	return true
}

func (l *link) onBind(p pdu.PDU) bool {
	b, o := p.Body.(*pdu.Bind), l.server.opts
	answer := pdu.PDU{Command: p.Command.Response(), Sequence: p.Sequence, Status: o.BindStatus}
	switch {
	case o.SystemID == "":
	case b.SystemID != o.SystemID:
		answer.Status = pdu.InvalidSystemID
	case b.Password.Reveal() != o.Password:
		answer.Status = pdu.InvalidPassword
	}

	if answer.Status != pdu.OK {
		l.queue(answer)
		return false
	}

	answer.Body = &pdu.BindResp{SystemID: "smsc", TLVs: []pdu.TLV{pdu.Octet(pdu.TagInterfaceVersion, pdu.Version34)}}
	l.queue(answer)
	l.flush()
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
	l.bound = true
	l.server.binds++

	return true
}

func (l *link) onSubmit(p pdu.PDU) bool {
	s := l.server
	in := Submit{N: s.submits.Add(1), SM: p.Body.(*pdu.SM)}
	if s.opts.Keep {
		s.mu.Lock()
		s.kept = append(s.kept, in)
		s.mu.Unlock()
	}

	var r Reaction
	if s.opts.React != nil {
		r = s.opts.React(in)
	}
	if r.Receipts == nil && s.opts.Receipts && in.SM.RegisteredDelivery&1 != 0 && r.Status == pdu.OK {
		r.Receipts = []Receipt{{Stat: "DELIVRD"}}
	}

	switch {
	case r.Drop:
		return false
	case r.Delay > 0 || r.Wait != nil:
		s.wg.Go(func() {
			if r.Wait != nil {
				r.Wait(s.done)
			}
			if s.sleep(r.Delay) {
				l.answer(p, r)
				l.flush()
			}
		})
	default:
		l.answer(p, r)
	}

	return true
}

// answer sends the answer, and the receipts before and after it.
func (l *link) answer(p pdu.PDU, r Reaction) {
	number := l.server.id()
	inAnswer, inReceipt := r.ID, r.ID
	if r.ID == "" {
		inAnswer = format(number, l.server.opts.HexIDs)
		inReceipt = format(number, l.server.opts.HexReceipts)
	}

	sm := p.Body.(*pdu.SM)
	l.receipts(sm, inReceipt, r, true)
	out := pdu.PDU{Command: pdu.SubmitSMResp, Status: r.Status, Sequence: p.Sequence}
	switch {
	case r.Garbage != nil:
		l.raw(r.Garbage)
	case r.Silent:
	case r.Status != pdu.OK:
		l.queue(out)
	default:
		out.Body = &pdu.MessageID{ID: inAnswer}
		l.queue(out)
	}
	l.receipts(sm, inReceipt, r, false)
}

func (l *link) receipts(sm *pdu.SM, id string, r Reaction, before bool) {
	for _, receipt := range r.Receipts {
		if receipt.Before != before {
			continue
		}
		p := pdu.PDU{Command: pdu.DeliverSM, Body: receiptSM(sm.Dest, sm.Source, id, receipt)}
		if receipt.Delay == 0 {
			l.request(p, nil)
			continue
		}

		l.server.wg.Go(func() {
			if l.server.sleep(receipt.Delay) {
				l.request(p, nil)
				l.flush()
			}
		})
	}
}

// request queues a request. The status of its answer is sent to c, which must have a buffer, unless c is nil.
func (l *link) request(p pdu.PDU, c chan pdu.Status) {
	l.mu.Lock()
	l.sequence = l.sequence%pdu.MaxSequence + 1
	p.Sequence = l.sequence
	if c != nil {
		l.waiting[p.Sequence] = c
	}
	l.mu.Unlock()
	l.queue(p)
}

func (l *link) queue(p pdu.PDU) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// The other side of a test that makes an impossible PDU does not get it.
	l.out, _ = p.Append(l.out)
}

func (l *link) raw(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out = append(l.out, b...)
}

func (l *link) send(p pdu.PDU) {
	l.queue(p)
	l.flush()
}

func (l *link) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.out) > 0 {
		// An error is not handled here, because a broken link ends the read loop.
		_, _ = l.conn.Write(l.out)
		l.out = l.out[:0]
	}
}

func (l *link) cut() { _ = l.conn.Close() }

// sleep waits, and reports false when the centre was closed meanwhile.
func (s *Server) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.done:
		return false
	}
}
