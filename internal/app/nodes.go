package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/listener"
	"github.com/syssecure/syssecure/internal/preflight"
	"github.com/syssecure/syssecure/internal/problem"
	"github.com/syssecure/syssecure/internal/store/postgres"
)

// ServeOptions is how a server is run.
type ServeOptions struct {
	Log     *slog.Logger
	Version string
	// Ready is called once the server listens.
	Ready func(*App)
	// Reload makes the server read the certificate files again.
	Reload <-chan os.Signal
}

// Serve runs a server until ctx ends. A node that was fenced, because its database was unavailable or its machine stood
// still, rejoins as a new node on the same socket.
func Serve(ctx context.Context, c *config.Config, s ServeOptions) error {
	if err := preflight.Check(c); err != nil {
		return err
	}
	log, version := s.Log, s.Version
	a, err := open(ctx, c, log, version, nil)
	if err != nil {
		return err
	}

	reloading, stop := context.WithCancel(ctx)
	defer stop()
	go s.reload(reloading, a.certificate)
	socket := a.socket
	defer func() { _ = socket.Close() }() // only its reader would care about an error, and that has ended
	s.Ready(a)
	for {
		a.kept = true
		if err = a.Run(ctx); !errors.Is(err, cluster.ErrFenced) || ctx.Err() != nil {
			return err
		}

		log.Warn("this node is rejoining the cluster", "because", err)
		if a, err = rejoin(ctx, c, log, version, a); err != nil {
			return err
		}
	}
}

// reload reads the certificate files again at each request, and keeps the old certificate when the new files cannot be
// used. Its log lines have the number of the reload, so that none is suppressed as a repeated one.
func (s ServeOptions) reload(ctx context.Context, c *certificate) {
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-s.Reload:
		}

		log := s.Log.With("reload", n)
		if c == nil {
			log.Info("there are no certificate files to read again; all other changes of the configuration need a " +
				"restart")
			continue
		}

		if err := c.reload(time.Now()); err != nil {
			log.Error("the new certificate files cannot be used; the old certificate stays in use", "error", err,
				"valid_until", c.current.Load().Leaf.NotAfter)
			continue
		}
		log.Info("the certificate files were read again", "cert_file", c.files.CertFile,
			"valid_until", c.current.Load().Leaf.NotAfter)
	}
}

// rejoin opens the installation again, and waits until its database is available. Meanwhile requests get 503.
func rejoin(ctx context.Context, c *config.Config, log *slog.Logger, version string, before *App) (a *App, err error) {
	stop, err := before.serveUnavailable()
	if err != nil {
		return nil, err
	}

	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for a == nil && err == nil {
		var blocked *install.BlockedError
		a, err = open(ctx, c, log, version, before)
		if err == nil || errors.Is(err, postgres.ErrNewer) || errors.Is(err, install.ErrWrongMasterKey) ||
			errors.As(err, &blocked) {
			break
		}

		log.Warn("the database cannot be opened; retrying every second", "error", err)
		select {
		case <-ctx.Done():
		case <-tick.C:
			err = nil
		}
	}

	stop()
	if err == nil {
		_, err = reuse(before.socket) // stop has ended accepting on the socket, for the new server as well
	}

	return a, err
}

// serveUnavailable answers with 503 on the socket of a server that has ended, while this process is not a node.
func (a *App) serveUnavailable() (stop func(), err error) {
	l, err := reuse(a.socket)
	if err != nil {
		return nil, err
	}

	waiting := &http.Server{
		ReadHeaderTimeout: 5 * time.Second, TLSConfig: a.server.TLSConfig,
		Handler: http.HandlerFunc(unavailable),
	}
	waiting.DisableGeneralOptionsHandler = true
	unhandled := func(status int, message string) ([]byte, string) { return problem.Unhandled("", status, message) }
	listener.Configure(waiting, unhandled)
	a.connections.Watch(waiting)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = waiting.Serve(a.secured(l, unhandled)) // it ends when it is closed
	}()

	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if waiting.Shutdown(ctx) != nil {
			_ = waiting.Close() // its clients have had a second
		}
		<-done
	}, nil
}

func unavailable(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close") // the next request is for the new server
	if r.URL.Path == "/healthz" {
		return
	}
	f := fault.Unavailable(nil)
	f.Message = "this node is rejoining the cluster; nothing was done; wait as long as Retry-After says, then retry"
	problem.Refuse(w, f)
}

// homeFile has the random id of the data folder.
const homeFile = "node"

// home identifies the data folder among all nodes: by a random id, and by its host and path, so that a copy on another
// machine is another home.
func home(folder string) (own []byte, name string, err error) {
	path := filepath.Join(folder, homeFile)
	if own, err = os.ReadFile(path); errors.Is(err, fs.ErrNotExist) {
		if err = install.CreateWhole(path, []byte(rand.Text())); err == nil || errors.Is(err, fs.ErrExist) {
			own, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("name this node: %w", err)
	}

	host, err := os.Hostname()
	if err != nil {
		return nil, "", fmt.Errorf("name this node: %w", err)
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, "", fmt.Errorf("name this node: %w", err)
	}
	name = host + ":" + folder

	return append(own, "\x00"+name...), name, nil
}

// join makes this server one of the database's nodes, and returns its epoch. With the embedded database it is the only
// one.
func (a *App) join(ctx context.Context, version string) (epoch int64, err error) {
	p, ok := a.Base.Backend.(*postgres.Backend)
	if !ok {
		if epoch, err = install.NextEpoch(ctx, a.Base.Store); err == nil {
			a.nodes = cluster.Alone(epoch)
		}
		return epoch, err
	}

	own, name, err := home(a.Base.Config.Data)
	if err != nil {
		return 0, err
	}

	epoch, slot, err := p.Join(ctx, postgres.Self{Home: own, Name: name, Version: version})
	if err != nil {
		return 0, err
	}

	a.Base.Store.SetSlot(slot)
	if a.nodes, err = cluster.Join(ctx, p, epoch, a.log); err != nil {
		return 0, err
	}
	// From here on the database's clock counts, so that work is due at the same time on all nodes.
	a.Base.Now = a.nodes.Now
	a.Base.Admin.Now = a.Base.Now

	return epoch, nil
}

// errNotHeld is why a node is not ready although its database answers.
var errNotHeld = errors.New("this node could not renew its heartbeat")

// ready returns nil when the node can serve requests.
func (a *App) ready(ctx context.Context) error {
	if !a.nodes.MaySubmit() {
		return errNotHeld
	}
	return a.Base.Store.Ready(ctx)
}

// stillOpen checks again that the database is open, now that no command can close it without seeing this server: a move
// may have ended since the first check.
func (a *App) stillOpen(ctx context.Context) error {
	there, err := install.Inspect(ctx, a.Base.Backend)
	if err == nil && there.Blocked != nil {
		err = there.Blocked
	}
	return err
}

// ErrDuplicateNode says that two servers take themselves for the same node.
var ErrDuplicateNode = errors.New("another server was started with a copy of this data folder, under the same host " +
	"name and path, and each replaces the other as the same node: give every server its own data folder, without the " +
	"file " + homeFile)

// orDuplicate is ErrDuplicateNode when a duplicate has replaced this node, else the error that it is given.
func (a *App) orDuplicate(broke error) error {
	p, ok := a.Base.Backend.(*postgres.Backend)
	if !ok || !errors.Is(broke, cluster.ErrFenced) {
		return broke
	}

	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
	defer cancel()
	if replaced, err := p.Replaced(ctx, a.nodes.Members().Mine); err == nil && replaced {
		return ErrDuplicateNode
	}

	return broke
}

// leaveWithin is how long leaving may take. A node that does not leave is fenced a while later.
const leaveWithin = 3 * time.Second

func (a *App) leave() {
	if a.nodes == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
	defer cancel()
	if err := a.nodes.Leave(ctx); err != nil {
		a.log.Warn("the other nodes could not be notified that this one ends; they take over its work within half a "+
			"minute", "error", err)
	}
}

// shareOut divides the limits that carriers set for all nodes together, again whenever nodes join or leave.
func (a *App) shareOut(ctx context.Context) error {
	tick := time.NewTicker(cluster.PollEvery)
	defer tick.Stop()
	for last := (cluster.Members{}); ; {
		if now := a.nodes.Members(); !now.Equal(last) {
			last = now
			for _, k := range a.carriers {
				if s, ok := k.(carrier.Shared); ok {
					s.Share(now.Share)
				}
			}
			a.dispatcher.RefreshLimits()
		}

		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
