package smpp

import (
	"context"
	"errors"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

// linkWait is how long a message waits for a link before it goes to the next carrier.
const linkWait = time.Second

// Send submits the message, part after part, and returns when every part is answered or ctx is done. A throttled part
// is tried again while ctx lasts. When a later part fails after an earlier one was taken, the outcome is Unknown: the
// phone may show a piece of the message.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	parts, failed := c.build(m)
	if failed != nil {
		return *failed
	}
	ids := make([]string, 0, len(parts))
	for i, part := range parts {
		r := c.sendPart(ctx, part, m.Ref)
		if r.Outcome != carrier.Accepted {
			if i > 0 {
				r.Outcome = carrier.Unknown
			}
			return r
		}
		ids = append(ids, r.IDs...)
	}
	return carrier.Result{Outcome: carrier.Accepted, IDs: ids}
}

// sendPart submits one part until it is answered with something other than "slow down".
func (c *Carrier) sendPart(ctx context.Context, sm *pdu.SM, ref string) carrier.Result {
	busy := carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError}
	for {
		wait, ok := c.pace.wait(ctx)
		if !ok {
			busy.RetryAfter = wait
			return busy
		}
		p, err := c.submit(ctx, sm, ref)
		switch {
		case errors.Is(err, errNotSent):
			return busy
		case err != nil:
			return unanswered(err)
		case p.Status == pdu.Throttled || p.Status == pdu.QueueFull:
			busy.Code = p.Status.Hex()
			if c.pace.slow(time.Now()) {
				c.log.Warn("the message centre asks to slow down", "status", p.Status.String())
			}
		default:
			return c.answered(p)
		}
	}
}

// submit hands the part to a link; when that link ends before the part left, to another one.
func (c *Carrier) submit(ctx context.Context, sm *pdu.SM, ref string) (pdu.PDU, error) {
	deadline := time.Now().Add(linkWait)
	for {
		s, err := c.pick(ctx, deadline)
		if err != nil {
			return pdu.PDU{}, err
		}
		p, err := s.submit(ctx, sm, ref)
		if !errors.Is(err, errNotSent) || ctx.Err() != nil {
			return p, err
		}
		// The link is ending but still listed; let it go.
		if !sleep(ctx, time.Millisecond) || time.Now().After(deadline) {
			return pdu.PDU{}, errNotSent
		}
	}
}

// pick takes the links in turn and prefers one with a free slot. Without a link it waits for one until the deadline.
func (c *Carrier) pick(ctx context.Context, deadline time.Time) (*session, error) {
	bound, up := c.links()
	if len(bound) == 0 {
		t := time.NewTimer(time.Until(deadline))
		defer t.Stop()
		select {
		case <-up:
			bound, _ = c.links()
		case <-t.C:
		case <-ctx.Done():
		}
		if len(bound) == 0 {
			return nil, errNotSent
		}
	}
	turn := int(c.turn.Add(1) % uint32(len(bound)))
	for i := range bound {
		if s := bound[(turn+i)%len(bound)]; s.free() {
			return s, nil
		}
	}
	return bound[turn], nil
}

// answered turns a submit_sm_resp into a result.
func (c *Carrier) answered(p pdu.PDU) carrier.Result {
	if p.Status != pdu.OK {
		outcome, reason := classify(p.Status)
		return carrier.Result{Outcome: outcome, Reason: reason, Code: p.Status.Hex()}
	}
	if p.Command == pdu.GenericNack {
		// "No error" in a nack says nothing.
		return unanswered(errUnreadable)
	}
	r := carrier.Result{Outcome: carrier.Accepted}
	if body, ok := p.Body.(*pdu.MessageID); ok {
		if id := c.ids.inAnswer(body.ID); id != "" {
			r.IDs = []string{id}
		}
	}
	return r
}

// unanswered is the result of a submit that may have left.
func unanswered(err error) carrier.Result {
	r := carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierError}
	switch {
	case errors.Is(err, errNoAnswer):
		r.Reason = message.CarrierTimeout
	case errors.Is(err, errLost), errors.Is(err, errUnreadable):
	default:
		// The codec refused the fields: nothing left, and nothing ever will.
		r.Outcome, r.Reason = carrier.Rejected, message.CarrierRejected
	}
	return r
}

// classify says what a refusal means. A status that speaks of the centre's own trouble, or that only its vendor knows,
// lets another carrier try; one that speaks of the message does not.
func classify(s pdu.Status) (carrier.Outcome, message.Reason) {
	switch s {
	case pdu.InvalidDestination, pdu.InvalidDestTON, pdu.InvalidDestNPI:
		return carrier.Rejected, message.InvalidDestination
	case pdu.InvalidSource, pdu.InvalidSourceTON, pdu.InvalidSourceNPI:
		return carrier.Rejected, message.SenderNotAllowed
	case pdu.SystemError, pdu.SubmitFailed, pdu.TemporaryReceiverError, pdu.UnknownError, pdu.Throttled, pdu.QueueFull,
		pdu.InvalidBindStatus, pdu.BindFailed, pdu.InvalidPassword, pdu.InvalidSystemID, pdu.InvalidSystemType:
		return carrier.Retry, message.CarrierError
	}
	if s >= pdu.FirstVendor {
		return carrier.Retry, message.CarrierError
	}
	return carrier.Rejected, message.CarrierRejected
}
