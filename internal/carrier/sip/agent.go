package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/media"
)

// Times of an agent.
const (
	openTimeout = 2 * time.Second
	talkGrace   = 4 * time.Second // for talks that a stop of the server finds
	byeTimeout  = 2 * time.Second
	sinkTimeout = 30 * time.Second
	// settleTime is how long a call that was given up is watched: 64 × T1 (RFC 3261 clause 9.1).
	settleTime = 32 * time.Second
)

var (
	errHungUp  = errors.New("the other side hung up")
	errStopped = errors.New("the server stops")
	errRevoked = errors.New("the code was canceled")
	errExpired = errors.New("the code has expired")
)

// agent is an open SIP socket with its calls.
type agent struct {
	c       *Carrier
	sink    carrier.Sink
	ua      *sipgo.UserAgent
	client  *sipgo.Client
	server  *sipgo.Server
	closers []func() error
	host    string // of the trunk
	port    int
	own     netip.AddrPort // as the other side sees it
	ports   *media.Listener
	broken  chan error

	ctx   context.Context // ends when no call may go on
	stop  context.CancelCauseFunc
	tasks sync.WaitGroup

	mu    sync.Mutex
	calls map[string]*call // by Call-ID
}

// tlsConfig is that of connections to the trunk.
func tlsConfig(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
}

// open opens the socket.
func (c *Carrier) open(sink carrier.Sink) (*agent, error) {
	local, err := netip.ParseAddrPort(c.config.LocalAddr)
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(c.config.Server)
	if err != nil {
		return nil, err
	}
	ports, _ := parsePorts(c.config.RTPPorts)
	a := &agent{
		c: c, sink: sink, host: host, broken: make(chan error, 1), calls: map[string]*call{},
		ports: &media.Listener{IP: local.Addr(), Ports: ports},
	}
	if a.port, err = strconv.Atoi(port); err != nil {
		return nil, err
	}
	a.ctx, a.stop = context.WithCancelCause(context.Background())

	if err := a.start(local); err != nil {
		_ = a.shut()
		return nil, err
	}

	return a, nil
}

// start makes client and server over one socket. The library logs nothing, because it would log numbers.
func (a *agent) start(local netip.AddrPort) (err error) {
	quiet := slog.New(slog.DiscardHandler)
	a.ua, err = sipgo.NewUA(
		sipgo.WithUserAgent("SysSecure"),
		sipgo.WithUserAgenTLSConfig(tlsConfig(a.host)),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)),
		sipgo.WithUserAgentTransactionLayerOptions(
			sip.WithTransactionLayerLogger(quiet), sip.WithTransactionLayerTerminateOnConnClose(),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}),
		),
	)
	if err != nil {
		return err
	}
	if a.server, err = sipgo.NewServer(a.ua, sipgo.WithServerLogger(quiet)); err != nil {
		return err
	}
	a.handle()

	bound, err := a.listen(local)
	if err != nil {
		return err
	}
	if a.own, err = a.ownAddr(bound); err != nil {
		return err
	}
	options := []sipgo.ClientOption{
		sipgo.WithClientLogger(quiet), sipgo.WithClientNAT(), sipgo.WithClientHostname(a.own.Addr().String()),
		sipgo.WithClientPort(int(a.own.Port())),
	}
	if a.c.config.Transport == UDP {
		options = append(options, sipgo.WithClientConnectionAddr(bound.String()))
	}
	a.client, err = sipgo.NewClient(a.ua, options...)

	return err
}

// listen opens the socket of the transport and returns its address. Over TLS the trunk uses our connection, because for
// a
// socket we would need a certificate.
func (a *agent) listen(local netip.AddrPort) (netip.AddrPort, error) {
	switch a.c.config.Transport {
	case UDP:
		conn, err := (&net.ListenConfig{}).ListenPacket(a.ctx, "udp", local.String())
		if err != nil {
			return local, err
		}
		a.closers = append(a.closers, conn.Close)
		a.tasks.Go(func() { a.serve(func() error { return a.server.ServeUDP(conn) }) })
		bound := conn.LocalAddr().(*net.UDPAddr).AddrPort()

		return bound, a.await(bound)
	case TCP:
		listener, err := (&net.ListenConfig{}).Listen(a.ctx, "tcp", local.String())
		if err != nil {
			return local, err
		}
		a.closers = append(a.closers, listener.Close)
		a.tasks.Go(func() { a.serve(func() error { return a.server.ServeTCP(listener) }) })

		return listener.Addr().(*net.TCPAddr).AddrPort(), nil
	}

	return local, nil
}

func (a *agent) serve(f func() error) {
	err := f()
	if a.ctx.Err() == nil {
		a.broken <- fmt.Errorf("the socket broke: %w", errors.Join(err, net.ErrClosed))
	}
}

// await waits until the library sends over the socket: before that it would try to open a second one.
func (a *agent) await(bound netip.AddrPort) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for late := time.After(openTimeout); ; {
		if c, err := a.ua.TransportLayer().GetConnection(UDP, bound.String()); err == nil && c != nil {
			_, err = c.TryClose() // gives back the reference of GetConnection
			return err
		}
		select {
		case <-tick.C:
		case <-late:
			return errors.New("the SIP library did not begin to read")
		}
	}
}

// ownAddr is what SIP and SDP say for our address: the configured one, else the one from which packets reach the trunk.
func (a *agent) ownAddr(bound netip.AddrPort) (netip.AddrPort, error) {
	if a.c.config.PublicIP != "" {
		ip, err := netip.ParseAddr(a.c.config.PublicIP)
		return netip.AddrPortFrom(ip, bound.Port()), err
	}
	if !bound.Addr().IsUnspecified() {
		return netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port()), nil
	}

	// Connecting a UDP socket sends nothing.
	probe, err := (&net.Dialer{Timeout: openTimeout}).DialContext(a.ctx, "udp", a.c.config.Server)
	if err != nil {
		return bound, fmt.Errorf("the own address is not known: %w", err)
	}
	ip := probe.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()

	return netip.AddrPortFrom(ip, bound.Port()), probe.Close()
}

// handle answers requests of the trunk. Only BYE does something; others of a call are refused, which leaves it as it
// is.
func (a *agent) handle() {
	answer := func(r *sip.Request, tx sip.ServerTransaction, status int, reason string) {
		_ = tx.Respond(sip.NewResponseFromRequest(r, status, reason, nil))
	}
	a.server.OnBye(func(r *sip.Request, tx sip.ServerTransaction) {
		one := a.find(r)
		if one == nil {
			answer(r, tx, sip.StatusCallTransactionDoesNotExists, "Call Does Not Exist")
			return
		}
		answer(r, tx, sip.StatusOK, "OK")
		one.stop(errHungUp)
	})
	a.server.OnInvite(func(r *sip.Request, tx sip.ServerTransaction) {
		if a.find(r) == nil {
			answer(r, tx, sip.StatusNotFound, "Not Found")
			return
		}
		answer(r, tx, sip.StatusNotAcceptableHere, "Not Acceptable Here")
	})
	a.server.OnOptions(func(r *sip.Request, tx sip.ServerTransaction) { answer(r, tx, sip.StatusOK, "OK") })
	a.server.OnAck(func(*sip.Request, sip.ServerTransaction) {})
}

// find finds the call of a request in a dialog: it must know our tag.
func (a *agent) find(r *sip.Request) *call {
	id, to := r.CallID(), r.To()
	if id == nil || to == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	one := a.calls[id.Value()]
	if tag, _ := to.Params.Get("tag"); one == nil || tag != one.tag {
		return nil
	}

	return one
}

// close waits a moment for talks to end, hangs up the others, and closes the socket.
func (a *agent) close() {
	a.idle(a.c.grace)
	a.stop(errStopped)
	a.idle(2 * byeTimeout)
	_ = a.shut()
	a.tasks.Wait()
}

// idle waits until there is no call, at most so long.
func (a *agent) idle(most time.Duration) {
	busy := func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return len(a.calls) > 0
	}

	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(most); busy(); {
		select {
		case <-tick.C:
		case <-late:
			return
		}
	}
}

func (a *agent) shut() error {
	var errs []error
	if a.ua != nil {
		errs = append(errs, a.ua.Close())
	}
	for _, f := range a.closers {
		errs = append(errs, f())
	}

	return errors.Join(errs...)
}
