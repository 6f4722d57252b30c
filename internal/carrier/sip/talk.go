package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/media"
	"github.com/syssecure/syssecure/internal/carrier/sip/speech"
	"github.com/syssecure/syssecure/internal/message"
)

// reportFor is how long a receipt is offered to a sink that cannot store it. After that the fallback timer decides.
const reportFor = 2 * time.Minute

// talk says the code to the person who answered, and reports a receipt: Delivered as soon as the code was said once to
// its
// end, Failed when the call ends before that, or when a machine answered, to which it is said all the same.
func (c *call) talk(r *sip.Response, remote media.Remote) {
	defer c.end()
	reported := false
	var quiet atomic.Bool
	var greeting speech.Greeting
	talk := media.Call{
		Remote: remote, Signalling: addrOf(r.Source()), Source: c.player,
		Sent: func() {
			quiet.Store(c.player.Quiet())
			if !reported && c.player.Said() {
				reported = true
				c.report(said(&greeting))
			}
		},
	}
	if c.agent.c.config.DetectVoicemail {
		talk.Heard = func(sound []byte) {
			if quiet.Load() {
				greeting.Hear(sound, remote.Codec == media.PCMA)
			}
		}
	}
	if remote.Codec == media.PCMA {
		talk.Convert = speech.ToA
	}

	err := c.sound.Run(c.ctx, talk)
	cause := context.Cause(c.ctx)
	if !reported && !errors.Is(cause, errRevoked) { // a canceled code has no receipt
		c.report(failed(cause))
	}
	if !errors.Is(cause, errHungUp) {
		c.bye(r)
	}
	if err != nil && cause == nil {
		c.agent.c.log.Error("a call broke off", "carrier", c.agent.c.common.Name, "error", err)
	}
}

// said is the receipt of a call in which the code was said to its end.
func said(greeting *speech.Greeting) carrier.Receipt {
	if greeting.Machine() {
		return carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "voicemail"}
	}
	return carrier.Receipt{Status: carrier.Delivered}
}

// failed is the receipt of a call that ended before the code was said.
func failed(cause error) carrier.Receipt {
	switch {
	case errors.Is(cause, errHungUp):
		return carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "hung_up"}
	case errors.Is(cause, errExpired):
		return carrier.Receipt{Status: carrier.Failed, Reason: message.ExpiredInTransit, CarrierCode: "expired"}
	case errors.Is(cause, errStopped):
		return carrier.Receipt{Status: carrier.Failed, Reason: message.CarrierError, CarrierCode: "stopped"}
	}
	return carrier.Receipt{Status: carrier.Failed, Reason: message.CarrierError, CarrierCode: "sound"}
}

// report gives a receipt to the sink, again when it could not be stored, because nobody repeats it.
func (c *call) report(r carrier.Receipt) {
	a := c.agent
	r.Carrier, r.ID, r.Ref = a.c.common.Name, c.id, c.ref
	a.tasks.Go(func() {
		for end, wait := time.Now().Add(reportFor), time.Second; ; wait *= 2 {
			ctx, cancel := context.WithTimeout(context.Background(), sinkTimeout)
			_, err := a.sink.Receipt(ctx, r)
			cancel()
			if err == nil {
				return
			}

			a.c.log.Warn("the receipt of a call could not be stored; it is tried again", "carrier", r.Carrier, "error", err)
			if time.Now().Add(wait).After(end) {
				return
			}
			select {
			case <-time.After(wait):
			case <-a.ctx.Done():
				return
			}
		}
	})
}

// addrOf is the IP of "IP:port"; zero when it is none.
func addrOf(hostPort string) netip.Addr {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		return netip.Addr{}
	}
	ip, _ := netip.ParseAddr(host)

	return ip.Unmap()
}
