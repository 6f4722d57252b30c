package smpp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
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

// bindError is a bind that the message centre refused.
type bindError struct{ status pdu.Status }

func (e *bindError) Error() string { return "bind refused: " + e.status.String() }

// credentials reports whether somebody has to change something before a bind can succeed.
func (e *bindError) credentials() bool {
	switch e.status {
	case pdu.InvalidPassword, pdu.InvalidSystemID, pdu.AlreadyBound, pdu.InvalidSystemType, pdu.BindFailed:
		return true
	}
	return false
}

// advice says what to look at in the configuration.
func (e *bindError) advice() string {
	switch e.status {
	case pdu.InvalidPassword, pdu.InvalidSystemID:
		return "check system_id and password of this carrier"
	case pdu.InvalidSystemType:
		return "set system_type to what the message centre expects"
	case pdu.AlreadyBound:
		return "another program is bound with this system_id, or connections is above what the message centre allows"
	}
	return "check system_id, password, system_type and connections, and whether the message centre allows this address"
}

// Run keeps the configured number of links bound until ctx is cancelled, then waits for the answers that are due,
// unbinds, and returns nil. It must be called once.
func (c *Carrier) Run(ctx context.Context, sink carrier.Sink) error {
	var wg sync.WaitGroup
	for n := range c.cfg.Connections {
		wg.Go(func() { c.binds.keep(ctx, n, func(ctx context.Context) { c.keepBound(ctx, sink) }) })
	}
	wg.Go(func() { c.expireParts(ctx, sink) })
	wg.Wait()
	return nil
}

func (c *Carrier) keepBound(ctx context.Context, sink carrier.Sink) {
	for failures := 0; ctx.Err() == nil; {
		started := time.Now()
		err := c.serveLink(ctx, sink)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) >= healthyLink {
			failures = 0
		}
		wait := rebindWait(failures, rand.Float64())
		failures++
		var refused *bindError
		if errors.As(err, &refused) && refused.credentials() {
			wait = max(wait, refusedRebind)
			c.log.Error("the message centre refuses the bind: "+refused.advice(), "status", refused.status.String(), "again_in", wait)
		} else {
			c.log.Warn("the link is down", "error", err, "again_in", wait)
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

// serveLink binds one link and serves it until it ends.
func (c *Carrier) serveLink(ctx context.Context, sink carrier.Sink) error {
	conn, reader, err := c.bind(ctx)
	if err != nil {
		return err
	}
	s := newSession(conn, reader, 1, sessionOptions{
		window: c.cfg.Window, response: c.cfg.ResponseTimeout, idle: c.cfg.EnquireLink, log: c.log,
		// What was read must be stored even while we stop, so the sink's context outlives ctx.
		deliver: func(p pdu.PDU) pdu.Status {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sinkTimeout)
			defer cancel()
			return c.deliver(ctx, sink, p)
		},
		onLate: func(ref, id string) { c.late.add(c.ids.inAnswer(id), ref) },
	})
	c.log.Info("bound", "peer", conn.RemoteAddr().String())
	c.addLink(s)
	defer c.dropLink(s)
	stopped := context.AfterFunc(ctx, s.stop)
	defer stopped()
	return s.run()
}

// bind connects and binds within the bind time-out.
func (c *Carrier) bind(ctx context.Context) (net.Conn, *pdu.Reader, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.BindTimeout)
	defer cancel()
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	closed := context.AfterFunc(ctx, func() { _ = conn.Close() })
	reader := pdu.NewReader(conn)
	err = c.exchangeBind(conn, reader)
	if !closed() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = conn.Close() // nothing was sent on it
		return nil, nil, err
	}
	return conn, reader, nil
}

func (c *Carrier) exchangeBind(conn net.Conn, reader *pdu.Reader) error {
	request := c.cfg.bindPDU()
	b, err := request.Append(nil)
	if err != nil {
		return err
	}
	if _, err := conn.Write(b); err != nil {
		return fmt.Errorf("write the bind: %w", err)
	}
	p, err := reader.Next()
	switch {
	case err != nil:
		return fmt.Errorf("read the answer to the bind: %w", err)
	case p.Command != request.Command.Response() && p.Command != pdu.GenericNack:
		return fmt.Errorf("%w: %v answers the bind", errProtocol, p.Command)
	case p.Status != pdu.OK:
		return &bindError{p.Status}
	case p.Command == pdu.GenericNack:
		return fmt.Errorf("%w: generic_nack answers the bind", errProtocol)
	}
	return nil
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
