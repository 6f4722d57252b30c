package smpp

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

const (
	// linkWait is how long a message waits for a link before it goes to the next carrier.
	linkWait = time.Second
	// queueWait is how long a part waits for its turn: for the rate, for a place in the window, for a centre that asks to
	// slow down. From its submit on it is the answer that is waited for.
	queueWait = 15 * time.Second
	// longestSend bounds a message of many parts.
	longestSend = 3 * time.Minute
	// repeatPart is the first wait before a later part, which was not taken, is submitted again.
	repeatPart = time.Second
)

// Send submits the message, part after part, and returns when every part is answered or ctx is done. A throttled part
// is tried again for a while. A part that is refused for good ends the whole message as Rejected, whichever it is: the
// parts before it must not be sent again. A later part that was not taken leaves a Retry, and one without an answer an
// Unknown; the next Send under the same reference begins with that part.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	parts, failed := c.build(m)
	if failed != nil {
		return *failed
	}

	text := c.resume(m, parts)
	first, last := text.taken, len(text.parts)-1
	for i := first; i <= last; i++ {
		part := submission{ref: m.Ref, part: i, ids: text.ids, last: i == last, life: m.Validity}
		r := c.sendPart(ctx, text.parts[i], part, i > first)
		switch {
		case r.Outcome == carrier.Accepted:
			text.taken, text.ids = i+1, append(slices.Clone(text.ids), r.IDs...)
			continue
		case last > 0 && (r.Outcome == carrier.Unknown || r.Outcome == carrier.Retry && i > 0):
			c.begun.put(text, m.Validity, time.Now())
		}
		if i > 0 && r.Outcome == carrier.Retry {
			r.RetryAfter = max(r.RetryAfter, longestPause) // not sooner than it was tried last
		}

		return r
	}

	return carrier.Result{Outcome: carrier.Accepted, IDs: text.ids}
}

// sendPart submits one part until it is answered with something other than "slow down". insist is for a part that follows
// one which was just taken: whatever keeps it from being taken is tried again too, with growing waits, for as long as a part
// may wait for its turn.
func (c *Carrier) sendPart(ctx context.Context, sm *pdu.SM, part submission, insist bool) carrier.Result {
	turn, cancel := context.WithTimeout(ctx, queueWait)
	defer cancel()
	deadline, _ := turn.Deadline()
	var last carrier.Result // the answer that asked for another try
	for again := repeatPart; ; {
		wait, ok := c.pace.wait(turn)
		if !ok {
			return notTaken(last, max(wait, c.pace.pause(time.Now())))
		}

		r, slow := c.submitOnce(ctx, turn, sm, part)
		switch {
		case slow:
			last = r
		case insist && r.Outcome == carrier.Retry && again < time.Until(deadline) && sleep(turn, again):
			last = r
			again *= 2
		default:
			return r
		}
	}
}

// notTaken is the result of a part that did not get its turn. It repeats what the centre said last.
func notTaken(last carrier.Result, wait time.Duration) carrier.Result {
	return carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: last.CarrierCode, RetryAfter: wait, Throttled: true,
		Cause: "the message centre takes no more for now",
	}
}

// notConnected is the result of a part that no link could take.
func notConnected() carrier.Result {
	return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, Cause: "not connected to the message centre"}
}

// submitOnce submits a part and reads the answer. slow is set when the centre asked to slow down.
func (c *Carrier) submitOnce(ctx, turn context.Context, sm *pdu.SM, part submission) (r carrier.Result, slow bool) {
	if sm.ValidityPeriod != "" && c.noValidity.Load() {
		sm.ValidityPeriod = ""
	}
	p, err := c.submit(ctx, turn, sm, part)
	if err == nil && p.Status == pdu.InvalidExpiry && sm.ValidityPeriod != "" {
		p, err = c.withoutValidity(ctx, turn, sm, part)
	}

	switch {
	case errors.Is(err, errNotSent):
		return notConnected(), false
	case err != nil:
		return unanswered(err), false
	case p.Status == pdu.Throttled || p.Status == pdu.QueueFull:
		if c.pace.slow(time.Now()) {
			c.log.Warn("the message centre asks to slow down", "status", p.Status.String())
		}
		return notTaken(carrier.Result{CarrierCode: p.Status.Hex()}, 0), true
	}
	c.pace.took(time.Now())

	return c.answered(p), false
}

// withoutValidity submits a part again whose validity_period was refused. When the centre takes it without one, so do all
// that follow.
func (c *Carrier) withoutValidity(ctx, turn context.Context, sm *pdu.SM, part submission) (pdu.PDU, error) {
	refused := sm.ValidityPeriod
	sm.ValidityPeriod = ""
	p, err := c.submit(ctx, turn, sm, part)
	if err == nil && p.Status == pdu.OK && !c.noValidity.Swap(true) {
		c.log.Warn("the message centre refuses validity_period, so messages are sent without it from now on; set validity = false",
			"refused", refused)
	}

	return p, err
}

// submit hands the part to a link; when that link ends before the part left, to another one.
func (c *Carrier) submit(ctx, turn context.Context, sm *pdu.SM, part submission) (pdu.PDU, error) {
	deadline := time.Now().Add(linkWait)
	for {
		s, err := c.pick(turn, deadline)
		if err != nil {
			return pdu.PDU{}, err
		}

		p, err := s.submit(ctx, turn, sm, part)
		if !errors.Is(err, errNotSent) || turn.Err() != nil {
			return p, err
		}
		// The link is ending but still listed; let it go.
		if !sleep(turn, time.Millisecond) || time.Now().After(deadline) {
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
		return carrier.Result{Outcome: outcome, Reason: reason, CarrierCode: p.Status.Hex()}
	}
	if p.Command == pdu.GenericNack {
		// "No error" in a nack says nothing.
		return unanswered(errUnreadable)
	}

	r := carrier.Result{Outcome: carrier.Accepted}
	if body, ok := p.Body.(*pdu.MessageID); ok {
		if id := cleanID(body.ID); id != "" {
			r.IDs = []string{id}
			c.answerIDs.learn(id)
		}
	}

	return r
}

// unanswered is the result of a submit that may have left.
func unanswered(err error) carrier.Result {
	r := carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierError, Cause: "the link to the message centre broke"}
	switch {
	case errors.Is(err, errNoAnswer):
		r.Reason, r.Cause = message.CarrierTimeout, "no answer in time"
	case errors.Is(err, errUnreadable):
		r.Cause = "the answer could not be read"
	case errors.Is(err, errLost):
	default:
		// The codec refused the fields: nothing left, and nothing ever will.
		r.Outcome, r.Reason, r.Cause = carrier.Rejected, message.CarrierRejected, ""
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
