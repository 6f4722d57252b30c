package smpp

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

const (
	minRebind      = time.Second
	maxRebind      = time.Minute
	rejectedRebind = 30 * time.Second // repeating a wrong password often may lock the account
	healthyLink    = 30 * time.Second // after a link that lasted this long the waits begin with the shortest
	sinkTimeout    = 30 * time.Second
)

// Run keeps the configured number of links bound until ctx is canceled, then waits for the answers that are due,
// unbinds, and returns nil. It must be called once.
func (c *Carrier) Run(ctx context.Context, sink carrier.Sink) error {
	var wg sync.WaitGroup
	for n := range c.cfg.Connections {
		wg.Go(func() { c.binds.keep(ctx, n, func(ctx context.Context) { c.keepConnection(ctx, sink) }) })
	}
	wg.Go(func() { c.expireParts(ctx, sink) })
	wg.Wait()
	return nil
}

// keepConnection keeps one configured connection bound: a link, or the two links of a pair. The links of a pair are
// bound again one by one, because a lost receiver is no reason to lose the answers that the transmitter waits for. The
// receiver ends last, so that it gets the last receipts.
func (c *Carrier) keepConnection(ctx context.Context, sink carrier.Sink) {
	switch c.cfg.Bind {
	case BindTransmitter:
		c.keepBound(ctx, sink, transmitter)
	case BindPair:
		receiving, stop := context.WithCancel(context.WithoutCancel(ctx))
		var wg sync.WaitGroup
		wg.Go(func() { c.keepBound(receiving, sink, receiver) })
		c.keepBound(ctx, sink, transmitter)
		stop()
		wg.Wait()
	default:
		c.keepBound(ctx, sink, transceiver)
	}
}

func (c *Carrier) keepBound(ctx context.Context, sink carrier.Sink, as role) {
	log := c.log.With("bind", as.String())
	for failures := 0; ctx.Err() == nil; {
		started := time.Now()
		received, err := c.serveLink(ctx, sink, as)
		if ctx.Err() != nil {
			return
		}

		// After a link that worked the waits begin with the shortest, but not after one that was dropped at once.
		if received || time.Since(started) >= healthyLink {
			failures = 0
		}

		c.noteProblem(err)
		wait := rebindWait(failures, rand.Float64())
		failures++

		var rejected *bindError
		if errors.As(err, &rejected) && rejected.permanent() {
			wait = max(wait, rejectedRebind)
			log.Error("the message centre rejects the bind: "+rejected.advice(),
				"status", rejected.status.String(), "again_in", wait)
		} else {
			log.Warn("the link is down", "error", err, "again_in", wait)
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// rebindWait doubles from a second to a minute. The jitter in [0,1) takes up to half of it away, so that the links of
// many nodes are not bound at the same moment.
func rebindWait(failures int, jitter float64) time.Duration {
	wait := maxRebind
	if failures < 6 {
		wait = min(minRebind<<failures, maxRebind)
	}
	return wait - time.Duration(jitter*float64(wait)/2)
}

// serveLink binds one link and serves it until it ends. received reports whether the other side sent anything after the
// bind.
func (c *Carrier) serveLink(ctx context.Context, sink carrier.Sink, as role) (received bool, err error) {
	b, err := c.bind(ctx, as)
	if err != nil {
		return false, err
	}

	s := newSession(b.conn, b.reader, 1, sessionOptions{
		window: c.cfg.Window, response: c.cfg.ResponseTimeout, idle: c.cfg.EnquireLink, log: c.log,
		// What was read must be stored even while Run stops, so the sink's context outlives ctx.
		deliver: func(p pdu.PDU) pdu.Status {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sinkTimeout)
			defer cancel()
			return c.deliver(ctx, sink, p)
		},
		answerLate: func(l lateSubmit, p pdu.PDU) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sinkTimeout)
			defer cancel()
			c.answerLate(ctx, sink, l, p)
		},
	})

	s.early = b.early
	c.log.Info("bound", "bind", as.String(), "peer", b.conn.RemoteAddr().String())

	if as == receiver {
		c.countReceivers(1)
		defer c.countReceivers(-1)
	} else {
		c.addLink(s)
		defer c.dropLink(s)
	}

	stopped := context.AfterFunc(ctx, s.stop)
	defer stopped()
	err = s.run()

	return s.received.Load(), err
}

func (c *Carrier) addLink(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bound = append(slices.Clone(c.bound), s)
	if len(c.bound) == 1 {
		close(c.up)
	}
}

func (c *Carrier) dropLink(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bound = slices.DeleteFunc(slices.Clone(c.bound), func(x *session) bool { return x == s })
	if len(c.bound) == 0 {
		c.up = make(chan struct{})
	}
}

// links returns the bound links, and a channel that is closed once there is one. The slice is never changed in place.
func (c *Carrier) links() ([]*session, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bound, c.up
}

// sleep reports whether the whole wait passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
