package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
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

// Serving is how a server is run.
type Serving struct {
	Log     *slog.Logger
	Version string
	// Ready is told of the server, once it listens.
	Ready func(*App)
	// Reload asks for the certificate files to be read again.
	Reload <-chan os.Signal
}

// Serve runs a server until ctx ends. A node that the others took for dead joins again, as a new one on the same socket: its
// database was away, or its machine stood still, and nothing is broken.
func Serve(ctx context.Context, c *config.Config, s Serving) error {
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
	defer func() { _ = socket.Close() }() // nobody waits on it any more
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

// reload reads the certificate files again whenever that is asked for, and keeps the old ones when the new are not good.
// Its lines count the reloads, so that none is held back as one that came before.
func (s Serving) reload(ctx context.Context, c *certificate) {
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-s.Reload:
		}

		log := s.Log.With("reload", n)
		if c == nil {
			log.Info("there are no certificate files to read again; all other changes of the configuration need a restart")
			continue
		}

		if err := c.reload(time.Now()); err != nil {
			log.Error("the new certificate files cannot be used; the certificate of before stays", "error", err,
				"valid_until", c.current.Load().Leaf.NotAfter)
			continue
		}
		log.Info("the certificate files were read again", "cert_file", c.files.CertFile,
			"valid_until", c.current.Load().Leaf.NotAfter)
	}
}

// rejoin opens the installation again, and waits while its database is away. Meanwhile whoever comes is told to come again.
func rejoin(ctx context.Context, c *config.Config, log *slog.Logger, version string, before *App) (a *App, err error) {
	stop, err := before.comeAgain()
	if err != nil {
		return nil, err
	}

	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for a == nil && err == nil {
		var closed *install.ClosedError
		a, err = open(ctx, c, log, version, before)
		if err == nil || errors.Is(err, postgres.ErrNewer) || errors.Is(err, install.ErrWrongMasterKey) || errors.As(err, &closed) {
			break
		}

		log.Warn("the database cannot be opened; it is tried again every second", "error", err)
		select {
		case <-ctx.Done():
		case <-tick.C:
			err = nil
		}
	}

	stop()
	if err == nil {
		_, err = reuse(before.socket) // stopping one that accepts ends all accepting
	}

	return a, err
}

// comeAgain answers on the socket of a server that has ended: the process lives, and has no place among the nodes now.
func (a *App) comeAgain() (stop func(), err error) {
	l, err := reuse(a.socket)
	if err != nil {
		return nil, err
	}

	waiting := &http.Server{ReadHeaderTimeout: 5 * time.Second, TLSConfig: a.server.TLSConfig, Handler: http.HandlerFunc(notNow)}
	waiting.DisableGeneralOptionsHandler = true
	unhandled := func(status int, message string) ([]byte, string) { return problem.Unhandled("", status, message) }
	listener.Configure(waiting, unhandled)
	a.crowd.Watch(waiting)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = waiting.Serve(a.speaking(l, unhandled)) // it ends when it is closed
	}()

	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if waiting.Shutdown(ctx) != nil {
			_ = waiting.Close() // whoever is still connected has had a second
		}
		<-done
	}, nil
}

func notNow(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close") // the next request is for the server that comes
	if r.URL.Path == "/healthz" {
		return
	}
	f := fault.Unavailable(nil)
	f.Message = "this node joins the others again; nothing was done, retry after the time in Retry-After"
	problem.Refuse(w, f)
}

// homeFile holds what tells this data folder from others.
const homeFile = "node"

// home is the name of the data folder among all nodes: a random id of its own, and where it lies, so that a copy on another
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

// join makes this server one of the database's nodes, and gives its epoch. The embedded database has no other.
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
	// From here on by the database's clock, so that what is due is due for all nodes alike.
	a.Base.Now = a.nodes.Now
	a.Base.Admin.Now = a.Base.Now

	return epoch, nil
}

// errNotHeld is why a node is not ready although its database answers.
var errNotHeld = errors.New("this node could not renew its heartbeat")

// ready reports whether requests are well served here.
func (a *App) ready(ctx context.Context) error {
	if !a.nodes.Holds() {
		return errNotHeld
	}
	return a.Base.Store.Ready(ctx)
}

// stillOpen looks again whether the database is closed, now that nobody can close it any more without seeing this server: a
// move may have ended between the first look and now.
func (a *App) stillOpen(ctx context.Context) error {
	there, err := install.Inspect(ctx, a.Base.Backend)
	if err == nil && there.Closed != nil {
		err = there.Closed
	}
	return err
}

// ErrDuplicateNode says that two servers take themselves for the same node.
var ErrDuplicateNode = errors.New("another server was started with a copy of this data folder, under the same host name and path, and each takes " +
	"the other for its former self: give each a data folder of its own, without the file " + homeFile)

// orDuplicate tells a node that was replaced by a duplicate from one that was taken for dead.
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

// leaveWithin is how long leaving may take. A node that could not leave is taken for dead a while later.
const leaveWithin = 3 * time.Second

func (a *App) leave() {
	if a.nodes == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
	defer cancel()
	if err := a.nodes.Leave(ctx); err != nil {
		a.log.Warn("the other nodes could not be told that this one ends; they take over what it left within half a minute", "error", err)
	}
}

// shareOut gives the carriers this node's part of what they allow all nodes together, whenever nodes come and go.
func (a *App) shareOut(ctx context.Context) error {
	tick := time.NewTicker(cluster.LookEvery)
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

// keptListener is a socket that outlives the server that accepts from it: closing it only ends the accepting, and who comes
// meanwhile waits.
type keptListener struct{ *net.TCPListener }

func (l keptListener) Close() error { return l.SetDeadline(time.Now()) }

// reuse makes l ready for another server.
func reuse(l net.Listener) (net.Listener, error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return l, nil
	}
	return keptListener{tcp}, tcp.SetDeadline(time.Time{})
}
