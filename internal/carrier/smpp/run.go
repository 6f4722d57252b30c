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
	minRebind     = time.Second
	maxRebind     = time.Minute
	refusedRebind = 30 * time.Second // a wrong password does not get better by asking often, and may lock the account
	healthyLink   = 30 * time.Second // a link that lived that long starts the waits from the beginning
	sinkTimeout   = 30 * time.Second
)

// Run keeps the configured number of links bound until ctx is cancelled, then waits for the answers that are due,
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

// keepConnection keeps what one connection of the configuration stands for: a link, or the two links of a pair. A pair
// comes and goes together; within it each link is bound again by itself, because a receiver that is lost is no reason to
// lose the answers that the transmitter waits for. The receiver goes last, so that it hears the receipts of the end.
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
		carried, err := c.serveLink(ctx, sink, as)
		if ctx.Err() != nil {
			return
		}

		// A link that worked starts the waits from the beginning. One that is accepted and dropped at once does not.
		if carried || time.Since(started) >= healthyLink {
			failures = 0
		}

		wait := rebindWait(failures, rand.Float64())
		failures++

		var refused *bindError
		if errors.As(err, &refused) && refused.credentials() {
			wait = max(wait, refusedRebind)
			log.Error("the message centre refuses the bind: "+refused.advice(), "status", refused.status.String(), "again_in", wait)
		} else {
			log.Warn("the link is down", "error", err, "again_in", wait)
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// rebindWait doubles from a second to a minute; the jitter in [0,1) takes up to half of it away, so that the links of
// many nodes do not come back in one moment.
func rebindWait(failures int, jitter float64) time.Duration {
	wait := maxRebind
	if failures < 6 {
		wait = min(minRebind<<failures, maxRebind)
	}
	return wait - time.Duration(jitter*float64(wait)/2)
}

// serveLink binds one link and serves it until it ends. carried reports whether the other side sent anything after the
// bind.
func (c *Carrier) serveLink(ctx context.Context, sink carrier.Sink, as role) (carried bool, err error) {
	b, err := c.bind(ctx, as)
	if err != nil {
		return false, err
	}

	s := newSession(b.conn, b.reader, 1, sessionOptions{
		window: c.cfg.Window, response: c.cfg.ResponseTimeout, idle: c.cfg.EnquireLink, log: c.log,
		// What was read must be stored even while we stop, so the sink's context outlives ctx.
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

	if as != receiver {
		c.addLink(s)
		defer c.dropLink(s)
	}

	stopped := context.AfterFunc(ctx, s.stop)
	defer stopped()
	err = s.run()

	return s.carried.Load(), err
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

// links returns what is bound, and a channel that is closed once something is. The slice is never changed in place.
func (c *Carrier) links() ([]*session, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bound, c.up
}

// sleep waits and reports whether it waited to the end.
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
