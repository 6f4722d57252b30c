package sip

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/media"
	"github.com/syssecure/syssecure/internal/carrier/sip/speech"
	"github.com/syssecure/syssecure/internal/message"
)

// call is one call, from its INVITE to its end. Until it is answered, one goroutine works on it; after that another.
type call struct {
	agent  *agent
	ref    string // of the message
	id     string // Call-ID
	tag    string // ours
	invite *sip.Request
	tx     sip.ClientTransaction
	sound  *media.Session
	player *speech.Player

	tried  bool // the trunk gave a provisional answer, so a CANCEL is possible
	asked  int  // how often the trunk asked for a password
	ctx    context.Context
	stop   context.CancelCauseFunc
	expiry *time.Timer // nil = the code does not expire
	ending sync.Once

	forksMu sync.Mutex
	forks   []string // the tags of other phones that answered, too
}

// newCall makes a call on a line that the caller has taken.
func (a *agent) newCall(m carrier.Message, reading []byte) (*call, *carrier.Result) {
	sound, err := a.ports.Open()
	if err != nil {
		return nil, &carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "rtp_ports",
			Cause: "no port of rtp_ports can be opened; check the range and local_addr",
		}
	}

	one := &call{
		agent: a, ref: m.Ref, id: rand.Text(), tag: rand.Text(), sound: sound, player: speech.NewPlayer(reading),
	}
	one.ctx, one.stop = context.WithCancelCause(a.ctx)
	if m.Validity > 0 {
		one.expiry = time.AfterFunc(m.Validity, func() { one.stop(errExpired) })
	}
	one.invite = one.request(m, netip.AddrPortFrom(a.own.Addr(), sound.Port()))
	a.mu.Lock()
	a.calls[one.id] = one
	a.mu.Unlock()

	return one, nil
}

// end gives back everything that the call holds.
func (c *call) end() {
	c.ending.Do(func() {
		c.stop(nil)
		if c.expiry != nil {
			c.expiry.Stop()
		}
		c.sound.Close()
		c.agent.mu.Lock()
		delete(c.agent.calls, c.id)
		c.agent.mu.Unlock()
		c.agent.c.lines.release()
	})
}

// request makes the INVITE.
func (c *call) request(m carrier.Message, at netip.AddrPort) *sip.Request {
	a, config := c.agent, c.agent.c.config
	params := sip.NewParams()
	params.Add("user", "phone")
	if config.Transport != UDP {
		params.Add("transport", config.Transport)
	}
	to := sip.Uri{Scheme: "sip", User: m.To.E164(), Host: a.host, Port: a.port, UriParams: params}
	r := sip.NewRequest(sip.INVITE, to)
	r.SetTransport(sip.NetworkToUpper(config.Transport))

	number, name := a.c.caller(m.From)
	from := sip.FromHeader{DisplayName: name, Address: sip.Uri{Scheme: "sip", User: number, Host: a.host}}
	from.Params = sip.NewParams()
	from.Params.Add("tag", c.tag)

	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	id := sip.CallIDHeader(c.id)
	r.AppendHeader(&from)
	r.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: to.User, Host: a.host}})
	r.AppendHeader(&id)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE})
	r.AppendHeader(c.contact())
	r.AppendHeader(sip.NewHeader("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS"))
	r.AppendHeader(sip.NewHeader("User-Agent", "SysSecure"))
	r.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	r.SetBody(media.Offer(at, binary.BigEndian.Uint64(random[:])>>2))

	return r
}

// caller is the number and the name that the phone shows, for the sender of a message. The number is the configured
// one, or
// the user of the trunk, when the sender is a name.
func (c *Carrier) caller(sender string) (number, name string) {
	number = c.config.Username
	for _, from := range []string{c.common.From, sender} {
		switch {
		case isNumber(from):
			number = from
		case from != "":
			name = from
		}
	}

	return number, name
}

func (c *call) contact() *sip.ContactHeader {
	params := sip.NewParams()
	if t := c.agent.c.config.Transport; t != UDP {
		params.Add("transport", t)
	}
	own := c.agent.own

	return &sip.ContactHeader{Address: sip.Uri{
		Scheme: "sip", User: "syssecure", Host: own.Addr().String(), Port: int(own.Port()), UriParams: params,
	}}
}

// dial sends the INVITE and waits until a person answers, or none will. It is our own loop, because that of the library
// gives up at the 11th provisional answer and lets the phone ring on.
func (c *call) dial(ctx context.Context) carrier.Result {
	timeouts := c.agent.c.common.AnswerTimeout
	sending, cancel := context.WithTimeout(ctx, timeouts)
	defer cancel()
	var err error
	if c.tx, err = c.agent.client.TransactionRequest(sending, c.invite); err != nil {
		c.end()
		return lost(c.mayHaveLeft(err), err)
	}

	timer := time.NewTimer(timeouts)
	defer timer.Stop()
	ended := c.ctx.Done()
	for {
		select {
		case r := <-c.tx.Responses():
			if result, over := c.response(sending, r, timer); over {
				return result
			}
		case <-c.tx.Done():
			return c.broke()
		case <-timer.C:
			if !c.tried {
				return c.giveUp(silent())
			}
			return c.giveUp(unanswered())
		case <-ctx.Done():
			return c.giveUp(silent())
		case <-ended:
			switch cause := context.Cause(c.ctx); {
			case errors.Is(cause, errExpired):
				return c.giveUp(unanswered())
			case errors.Is(cause, errRevoked):
				return c.giveUp(revoked())
			case !errors.Is(cause, errHungUp):
				return c.giveUp(silent())
			}
			ended = nil // the BYE has overtaken the answer
			timer.Reset(byeTimeout)
		}
	}
}

// broke ends a call whose link broke, or that was never answered.
func (c *call) broke() carrier.Result {
	c.end()
	if errors.Is(c.tx.Err(), sip.ErrTransactionTransport) {
		return lost(true, c.tx.Err())
	}
	return silent()
}

// mayHaveLeft reports whether a request that could not be sent may have arrived all the same. A datagram that the
// system refused has not; of a link, the system does not say how much of it left.
func (c *call) mayHaveLeft(err error) bool {
	return c.agent.c.config.Transport != UDP && errors.Is(err, sip.ErrTransactionTransport)
}

// response handles one answer to the INVITE; over says that the result is that of Send.
func (c *call) response(ctx context.Context, r *sip.Response, timer *time.Timer) (result carrier.Result, over bool) {
	switch {
	case r.IsProvisional():
		if !c.tried {
			timer.Reset(c.agent.c.config.RingTimeout)
		}
		c.tried = true
		return result, false
	case r.IsSuccess():
		return c.answer(r), true
	case c.asksPassword(r):
		err := c.authenticate(ctx, r)
		if err == nil {
			return result, false
		}
		c.end()
		return lost(c.mayHaveLeft(err), err), true
	}

	c.end()
	return outcome(r, time.Now()), true
}

// answer begins the talk of an answered call. When the trunk takes no sound, a person has picked up to silence: the
// outcome is unknown, because such a call is paid for, and must not be made again and again.
func (c *call) answer(r *sip.Response) carrier.Result {
	c.acknowledge(r)
	remote, err := media.Answer(r.Body())
	if err != nil {
		c.agent.tasks.Go(func() { c.bye(r); c.end() })
		return carrier.Result{
			Outcome: carrier.Unknown, Reason: message.CarrierError, CarrierCode: "SDP",
			Cause: err.Error() + "; compare the codecs and addresses that the trunk allows",
		}
	}

	c.agent.tasks.Go(func() { c.talk(r, remote) })
	return carrier.Result{Outcome: carrier.Accepted, IDs: []string{c.id}}
}

// giveUp ends the wait for an answer. The call is called off without Send, because the trunk may take long to confirm
// it.
func (c *call) giveUp(result carrier.Result) carrier.Result {
	c.agent.tasks.Go(func() {
		defer c.end()
		final := c.callOff()
		if final == nil || result.Outcome != carrier.Unknown || c.agent.sink.Answer == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), sinkTimeout)
		defer cancel()
		late := carrier.Answer{Carrier: c.agent.c.common.Name, Ref: c.ref, Result: *final}
		if err := c.agent.sink.Answer(ctx, late); err != nil {
			c.agent.c.log.Warn("the end of a call could not be stored", "carrier", late.Carrier, "error", err)
		}
	})

	return result
}

// callOff cancels a call, as soon as the trunk has given a provisional answer (RFC 3261 clause 9.1), and returns how it
// ended: nil when that is not known. A person who answers meanwhile is hung up on, else the call would stay up.
func (c *call) callOff() *carrier.Result {
	canceled := c.tried
	if canceled {
		c.cancel()
	}
	late := time.NewTimer(settleTime)
	defer late.Stop()
	stopped := c.agent.ctx.Done()
	for {
		select {
		case r := <-c.tx.Responses():
			result := withdrawn()
			switch {
			case r.IsProvisional():
				if !canceled {
					c.cancel()
				}
				canceled = true
				continue
			case r.IsSuccess():
				c.acknowledge(r)
				c.bye(r)
			case !canceled:
				result = outcome(r, time.Now())
			}
			return &result
		case <-stopped:
			stopped = nil
			late.Reset(byeTimeout)
		case <-c.tx.Done():
			return nil
		case <-late.C:
			c.tx.Terminate() // nobody reads what comes later
			return nil
		}
	}
}

// cancel sends the CANCEL.
func (c *call) cancel() {
	r := sip.NewRequest(sip.CANCEL, *c.invite.Recipient.Clone())
	for _, h := range []sip.Header{c.invite.Via(), c.invite.From(), c.invite.To(), c.invite.CallID()} {
		r.AppendHeader(sip.HeaderClone(h))
	}
	r.AppendHeader(&sip.CSeqHeader{SeqNo: c.invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	hops := sip.MaxForwardsHeader(70)
	r.AppendHeader(&hops)
	r.SetBody(nil)
	c.over(r)
	c.agent.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), byeTimeout)
		defer cancel()
		_, _ = c.agent.client.Do(ctx, r, asIs) // the answer to the INVITE says how the call ended
	})
}

// over sets what all requests of a call share: the socket and the transport.
func (c *call) over(r *sip.Request) {
	r.SetTransport(c.invite.Transport())
	r.Laddr = c.invite.Laddr
}

// asIs keeps the library from adding fields.
func asIs(*sipgo.Client, *sip.Request) error { return nil }
