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
	// queueWait is how long a part may wait before its submit: for the rate, for a slot in the window, for a centre
	// that asks to slow down. The wait for its answer comes on top.
	queueWait = 15 * time.Second
	// maxSend bounds a message of many parts.
	maxSend = 3 * time.Minute
	// firstRetryWait is the first wait before a later part that was not accepted is submitted again.
	firstRetryWait = time.Second
)

// Send submits the message, part after part, and returns when every part is answered or ctx is done. A throttled part
// is tried again for a while. When any part is rejected for good, the whole message is Rejected: the parts before it
// must not be sent again. A later part that was not accepted leaves a Retry, and one without an answer an Unknown; the
// next Send under the same reference begins with that part.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	parts, failed := c.build(m)
	if failed != nil {
		return *failed
	}

	text := c.resume(m, parts)
	first, last := text.accepted, len(text.parts)-1
	for i := first; i <= last; i++ {
		part := submission{ref: m.Ref, part: i, ids: text.ids, last: i == last, life: m.Validity}
		r := c.sendPart(ctx, text.parts[i], part, i > first)
		switch {
		case r.Outcome == carrier.Accepted:
			text.accepted, text.ids = i+1, append(slices.Clone(text.ids), r.IDs...)
			continue
		case last > 0 && (r.Outcome == carrier.Unknown || r.Outcome == carrier.Retry && i > 0):
			c.unfinished.put(text, m.Validity, time.Now())
		}
		if i > 0 && r.Outcome == carrier.Retry {
			r.RetryAfter = max(r.RetryAfter, longestPause) // not sooner than after the longest wait here
		}

		return r
	}

	return carrier.Result{Outcome: carrier.Accepted, IDs: text.ids}
}

// sendPart submits one part until the answer is not "slow down". With retryAll, for a part after one that was just
// accepted, it retries after every other Retry too, with growing waits, while queueWait lasts.
func (c *Carrier) sendPart(ctx context.Context, sm *pdu.SM, part submission, retryAll bool) carrier.Result {
	turn, cancel := context.WithTimeout(ctx, queueWait)
	defer cancel()
	deadline, _ := turn.Deadline()
	var last carrier.Result // the answer to retry after
	for retryWait := firstRetryWait; ; {
		wait, ok := c.pace.wait(turn)
		if !ok {
			return notAccepted(last, max(wait, c.pace.pause(time.Now())))
		}

		r, throttled := c.submitPart(ctx, turn, sm, part)
		switch {
		case throttled:
			last = r
		case retryAll && r.Outcome == carrier.Retry && retryWait < time.Until(deadline) && sleep(turn, retryWait):
			last = r
			retryWait *= 2
		default:
			return r
		}
	}
}

// notAccepted is the result of a part that was throttled or not submitted in time. It repeats the code of the last
// answer.
func notAccepted(last carrier.Result, wait time.Duration) carrier.Result {
	return carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: last.CarrierCode, RetryAfter: wait,
		Throttled: true,
		Cause:     "the message centre accepts no more messages for now",
	}
}

// notConnected is the result of a part for which no link was bound.
func notConnected() carrier.Result {
	return carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError,
		Cause: "not connected to the message centre",
	}
}

// submitPart submits a part and turns the answer into a result. throttled is set when the centre asked to slow down.
func (c *Carrier) submitPart(
	ctx, turn context.Context, sm *pdu.SM, part submission,
) (r carrier.Result, throttled bool) {
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
		if c.pace.throttled(time.Now()) {
			c.log.Warn("the message centre asks to slow down", "status", p.Status.String())
		}
		return notAccepted(carrier.Result{CarrierCode: p.Status.Hex()}, 0), true
	}
	c.pace.notThrottled(time.Now())

	return c.answered(p), false
}

// withoutValidity submits a part again whose validity_period was rejected. When the centre accepts it without one, all
// later ones are sent without it.
func (c *Carrier) withoutValidity(ctx, turn context.Context, sm *pdu.SM, part submission) (pdu.PDU, error) {
	rejected := sm.ValidityPeriod
	sm.ValidityPeriod = ""
	p, err := c.submit(ctx, turn, sm, part)
	if err == nil && p.Status == pdu.OK && !c.noValidity.Swap(true) {
		c.log.Warn("the message centre rejects validity_period, so messages are sent without it from now on; "+
			"set validity = false",
			"rejected", rejected)
	}

	return p, err
}

// submit sends the part over a link; when that link ends before the part was sent, over another one.
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
		// The link is ending but still listed; let it end.
		if !sleep(turn, time.Millisecond) || time.Now().After(deadline) {
			return pdu.PDU{}, errNotSent
		}
	}
}

// pick chooses the links in turn and prefers one with a free slot. Without a link it waits for one until the deadline.
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

	first := int(c.turn.Add(1) % uint32(len(bound)))
	for i := range bound {
		if s := bound[(first+i)%len(bound)]; s.free() {
			return s, nil
		}
	}

	return bound[first], nil
}

// answered turns a submit_sm_resp into a result.
func (c *Carrier) answered(p pdu.PDU) carrier.Result {
	if p.Status != pdu.OK {
		outcome, reason := classify(p.Status)
		return carrier.Result{Outcome: outcome, Reason: reason, CarrierCode: p.Status.Hex()}
	}
	if p.Command == pdu.GenericNack {
		// A nack with "no error" contradicts itself.
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

// unanswered is the result of a submit that may have been sent.
func unanswered(err error) carrier.Result {
	r := carrier.Result{
		Outcome: carrier.Unknown, Reason: message.CarrierError,
		Cause: "the link to the message centre broke",
	}
	switch {
	case errors.Is(err, errNoAnswer):
		r.Reason, r.Cause = message.CarrierTimeout, "no answer in time"
	case errors.Is(err, errUnreadable):
		r.Cause = "the answer could not be read"
	case errors.Is(err, errLost):
	default:
		// The codec cannot write the fields: nothing was sent, and a retry would not help.
		r.Outcome, r.Reason, r.Cause = carrier.Rejected, message.CarrierRejected, ""
	}

	return r
}

// classify maps an error status to an outcome: errors of the message centre and vendor-specific ones are Retry, so that
// another carrier can try; errors of the message are Rejected.
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
