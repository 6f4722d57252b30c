// Package app builds a server from its parts, runs it, and closes in order what it has opened. It decides nothing.
package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/caddyserver/certmagic"
	"golang.org/x/sync/errgroup"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sandbox"
	"github.com/syssecure/syssecure/internal/carrier/testnumber"
	"github.com/syssecure/syssecure/internal/clockwatch"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/failpoint"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/inbound"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/janitor"
	"github.com/syssecure/syssecure/internal/listener"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/preflight"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/restore"
)

// drain is how long a shutdown waits for requests and submits under way. A fenced node cannot store their results, and
// waits less.
const (
	drain       = 25 * time.Second
	fencedDrain = 2 * time.Second
)

// App is a server.
type App struct {
	// Base is the installation that it serves.
	Base *install.Base

	log        *slog.Logger
	unlock     func() error
	dispatcher *dispatch.Dispatcher
	engine     *engine.Engine
	hooks      *hooks.Hooks
	carriers   []carrier.Carrier
	server     *http.Server
	nodes      *cluster.Membership
	janitor    *janitor.Janitor
	requests   *requestlog.Log
	// certificate is read from files; nil without them.
	certificate *certificate
	socket      net.Listener // what listener accepts from, before TLS and checks
	accepting   *keptListener
	kept        bool // the socket stays open for the next server
	listener    net.Listener
	connections *listener.ConnLimit
	people      *people.People
	// endStreams ends the streams of pages that are open, which a shutdown would wait for.
	endStreams func()
}

// New opens the installation and the socket. The caller must call Run, which closes both.
func New(ctx context.Context, c *config.Config, log *slog.Logger) (*App, error) {
	if err := preflight.Check(c); err != nil {
		return nil, err
	}

	return open(ctx, c, log, "", nil)
}

// open opens a server. It takes over the socket and the certificate of a server that ran before in this process.
func open(ctx context.Context, c *config.Config, log *slog.Logger, version string, before *App) (*App, error) {
	if before == nil { // no installation is created when the port is in use
		if err := preflight.TryListen(ctx, c.Listen); err != nil {
			return nil, preflight.ListenError(c.Listen, err)
		}
	}

	base, err := install.OpenLogged(ctx, c, log)
	if err != nil {
		return nil, err
	}

	a := &App{Base: base, log: log}
	if before != nil {
		a.socket, a.kept, a.certificate = before.socket, true, before.certificate
	}
	if a.unlock, err = install.LockData(c.Data); err != nil {
		return nil, errors.Join(err, base.Close())
	}
	if err := a.audit(ctx); err != nil {
		return nil, errors.Join(err, a.close())
	}
	if parked, err := restore.Parked(ctx, a.Base.Store); err != nil {
		log.Warn("the messages and deliveries that a restore parked could not be counted", "error", err)
	} else if notice := parked.Notice(); notice != "" {
		log.Warn(notice)
	}

	if err := a.build(ctx, version); err != nil {
		a.leave()
		return nil, errors.Join(err, a.close())
	}

	tuneHeap()
	return a, nil
}

// startAudit is how many ledger entries a start adds up, about a second's work. The rest is added up while it serves.
const startAudit = 1_000_000

// audit checks the ledger before anything is spent.
func (a *App) audit(ctx context.Context) error {
	found, err := a.Base.Admin.Audit(ctx, startAudit)
	found.Log(a.log)
	return err
}

// Addr is where the server listens.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// Engine is the API for callers within the process.
func (a *App) Engine() *engine.Engine { return a.engine }

// answers remembers responses by Idempotency-Key.
func (a *App) answers(epoch int64) *idempotency.Answers {
	return idempotency.New(idempotency.Config{
		Store: a.Base.Store, Keys: a.Base.Keys, Now: a.dispatcher.Clock.Now, Epoch: epoch,
		Log: a.log, Lost: engine.Lost(a.dispatcher.Query),
		Gone: func(epoch int64) bool { return a.dispatcher.Config.Nodes.Members().Gone(epoch) },
	})
}

// Query is the reading part of the API, for callers within the process.
func (a *App) Query() *query.Query { return a.dispatcher.Query }

func (a *App) build(ctx context.Context, version string) error {
	epoch, err := a.join(ctx, version)
	if err == nil {
		err = a.stillOpen(ctx)
	}
	if err != nil {
		return err
	}

	failpoint.Hit(failpoint.Started)
	callers, err := a.makeCarriers()
	if err != nil {
		return err
	}

	if err := a.openSocket(ctx); err != nil {
		return err
	}
	client := newWebhookClient(a.Base.Config, a.Base.Backend, a.socket.Addr())
	a.hooks = a.newHooks(epoch, client)
	if err := a.hooks.Load(ctx); err != nil {
		return err
	}

	a.dispatcher = a.newDispatcher(epoch)
	if err := a.dispatcher.Watch.ReadPauses(ctx); err != nil {
		return err
	}
	limits := a.Base.Config.Limits
	a.engine = engine.New(engine.Config{
		Dispatcher: a.dispatcher,
		Limits: engine.Limits{
			SendsPerNumber: limits.SendsPerNumber, SendGaps: limits.SendGaps,
			Keyed: a.Base.Config.KeyedLimits(), Scheduled: limits.Scheduled,
		},
		CheckURL: client.CheckURL,
	})

	a.janitor = &janitor.Janitor{
		Store: a.Base.Store, Now: a.Base.Now, Log: a.log, KeepMessages: a.Base.Config.Retention.Messages,
		KeepAudit: a.Base.Config.Retention.Audit, KeepRequests: a.Base.Config.Retention.Requests,
	}
	// First, because rows that are stored before would have to be moved.
	if err := a.janitor.RotateDays(ctx); err != nil {
		a.log.Warn("making the tables for the next days failed; it is retried", "error", err)
	}

	pages, err := a.newPages(epoch)
	if err != nil {
		return err
	}

	a.requests = requestlog.New(requestlog.Config{Store: a.Base.Store, Now: a.Base.Now, Log: a.log})
	api := a.newAPI(epoch, callers, pages)
	a.server = api.HTTPServer()
	a.server.RegisterOnShutdown(a.endStreams)
	files := openFiles()
	warnFewFiles(files, a.log)
	a.connections = listener.NewConnLimit(shareFiles(files).Requests)
	a.connections.Watch(a.server)

	return a.listen(ctx, api)
}

func (a *App) newDispatcher(epoch int64) *dispatch.Dispatcher {
	b, c := a.Base, a.Base.Config
	kinds := map[string]string{}
	for _, k := range c.Carriers {
		kinds[k.Common.Name] = k.Kind
	}

	return dispatch.New(dispatch.Config{
		Store: b.Store, Keys: b.Keys, Index: b.Index, Epoch: epoch, Nodes: a.nodes, Now: b.Now, Log: a.log,
		Carriers: a.carriers, Sandbox: sandbox.Carrier{}, TestNumberCarrier: testnumber.Carrier{},
		TestNumbers: c.CodesOfTestNumbers(), Routes: c.Routes, Prices: c.Prices, Costs: c.Costs, Kinds: kinds,
		Numbers:  c.Numbers.Policy(),
		SendWait: c.Limits.SendWait, SendsPerNumber: c.Limits.SendsPerNumber, Targets: a.hooks,
		Inbound: func(d *dispatch.Dispatcher) dispatch.ReceiveInbound { return inbound.New(d, optout.New(d)).Receive },
	})
}

func (a *App) newAPI(
	epoch int64, callers map[string]carrier.CallbackHandler, pages map[string]http.Handler,
) *httpapi.Server {
	b, c := a.Base, a.Base.Config
	return httpapi.New(httpapi.Config{
		Instance: a.instance(b.Now(), epoch), Engine: a.engine, Answers: a.answers(epoch), OptOuts: optout.New(a.dispatcher), Sink: a.dispatcher.Sink,
		Query: a.dispatcher.Query, Numbers: c.Numbers.Policy(), Keys: b.Keys, Admin: b.Admin, Hooks: a.hooks,
		Callbacks: callers, Log: a.log, Ready: a.ready, PublicURL: c.PublicURL, Proxies: c.TrustedProxies,
		Pages: pages, Requests: a.requests,
		Gate: &admin.Authenticator{
			Admin: b.Admin, Rate: c.Limits.RequestsPerKey,
			Share: func(total int) int { return a.nodes.Members().Share(total) },
		},
	})
}

// openSocket opens the socket. Nothing is accepted from it yet, because parts that need its address are made next.
func (a *App) openSocket(ctx context.Context) (err error) {
	if a.socket != nil {
		return nil // taken over from the server before
	}
	if a.socket, err = (&net.ListenConfig{}).Listen(ctx, "tcp", a.Base.Config.Listen); err != nil {
		return preflight.ListenError(a.Base.Config.Listen, err)
	}

	return nil
}

// listen makes the listener of the socket, with TLS when it is configured.
func (a *App) listen(ctx context.Context, api *httpapi.Server) error {
	t := a.Base.Config.TLS
	switch {
	case t.CertFile != "":
		if a.certificate == nil {
			var err error
			if a.certificate, err = newCertificate(t); err != nil {
				return err
			}
		}
		a.server.TLSConfig = &tls.Config{
			GetCertificate: a.certificate.get, MinVersion: tls.VersionTLS12,
			NextProtos: []string{"h2", "http/1.1"},
		}
	case len(t.ACMEDomains) > 0:
		certmagic.DefaultACME.Agreed, certmagic.DefaultACME.Email = true, t.ACMEEmail
		certmagic.Default.Storage = &certmagic.FileStorage{Path: a.Base.Config.Data + "/certificates"}
		magic := certmagic.NewDefault()
		if err := magic.ManageAsync(ctx, t.ACMEDomains); err != nil {
			return fmt.Errorf("tls: get certificates: %w", err)
		}
		a.server.TLSConfig = magic.TLSConfig()
		a.server.TLSConfig.NextProtos = append([]string{"h2", "http/1.1"}, a.server.TLSConfig.NextProtos...)
	}

	l, err := reuse(a.socket)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	a.accepting, a.listener = l, a.secured(l, api.Unhandled)

	return nil
}

// secured accepts connections with TLS, or without it plain HTTP from trusted peers only.
func (a *App) secured(l net.Listener, refuse listener.Refusal) net.Listener {
	l = a.connections.Listen(l)
	if a.Base.Config.TLS.Enabled() {
		return listener.TLS(l, a.server.TLSConfig, refuse, a.log)
	}
	return listener.Plain(plainListener{l, a.Base.Config.TrustedProxies, a.log}, refuse)
}

// Run serves until ctx ends, then shuts down in order: no new requests are accepted, those under way end, the loops
// stop, submits get their answers, carriers unbind, the database closes.
func (a *App) Run(ctx context.Context) error {
	// The loops and carriers outlive ctx: requests under way still need them.
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, broken := errgroup.WithContext(work)
	for _, k := range a.carriers {
		if r, ok := k.(carrier.Runner); ok {
			group.Go(func() error { return r.Run(work, a.dispatcher.Sink) })
		}
	}

	loops, stopLoops := context.WithCancel(work)
	defer stopLoops()
	group.Go(func() error { return a.nodes.Run(work) })
	a.startLoops(loops, group)
	group.Go(a.serve)
	select {
	case <-ctx.Done():
		a.log.Info("shutting down; requests under way are answered first")
	case <-broken.Done():
	}

	within := drain
	if errors.Is(context.Cause(broken), cluster.ErrFenced) {
		within = fencedDrain
	}

	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	if ctx.Err() != nil {
		a.accepting.end()
	}
	err := a.server.Shutdown(end)
	if err != nil {
		err = errors.Join(err, a.server.Close())
	}

	stopLoops()
	err = errors.Join(err, a.dispatcher.Drain(end), a.hooks.Drain(end))
	stop()
	if broke := group.Wait(); broke != nil {
		err = errors.Join(a.orDuplicate(broke), err)
	}
	a.dispatcher.LogUnmatched(0)
	a.leave()

	return errors.Join(err, a.close())
}

func (a *App) startLoops(ctx context.Context, group *errgroup.Group) {
	for _, loop := range []func(context.Context) error{
		a.shareOut, limitHeap, a.dispatcher.Run, a.dispatcher.Watch.Run, clockwatch.New(a.dispatcher).Run,
		a.janitor.Run, a.hooks.Run, a.requests.Run,
		func(ctx context.Context) error { return a.Base.Admin.RunAudits(ctx, a.log) },
	} {
		group.Go(func() error { return loop(ctx) })
	}
	if rates := a.dispatcher.Rates; rates != nil {
		group.Go(func() error { return rates.Run(ctx) })
	}
}

func (a *App) serve() error {
	err := a.server.Serve(a.listener)
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (a *App) close() error {
	var errs []error
	if a.listener != nil && !a.kept { // else the next server may accept on its socket already
		_ = a.listener.Close() // the server has closed it already when it ran
	}
	if a.socket != nil && !a.kept {
		_ = a.socket.Close()
	}
	errs = append(errs, a.Base.Close(), a.unlock())

	return errors.Join(errs...)
}
