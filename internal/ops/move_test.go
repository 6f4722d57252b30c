package ops_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// on is the configuration with another kind of database, and the same folder and key.
func (s *site) on(c *config.Config, kind string) *config.Config {
	other := *c
	other.Database = secret.String{}
	if kind == "postgres" {
		other.Database = s.config("postgres", "").Database
	}
	return &other
}

// A server is moved in the middle of a load: the copy begins while it runs, and ends once it has stopped. Every
// acknowledged send is there, a pending code is valid once, and the old database is blocked.
func TestMove_UnderLoad(t *testing.T) {
	t.Parallel()
	for _, kinds := range [][2]string{{"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		t.Run(kinds[0]+" to "+kinds[1], func(t *testing.T) {
			t.Parallel()
			moveUnderLoad(t, kinds[0], kinds[1])
		})
	}
}

// load is clients that send codes until they are stopped.
type load struct {
	numbers atomic.Int64
	ending  chan struct{}
	clients sync.WaitGroup

	mu    sync.Mutex
	acked map[id.OTP]string // the number that each acknowledged code went to
}

func startLoad(a *app.App, c account.Caller) *load {
	l := &load{ending: make(chan struct{}), acked: map[id.OTP]string{}}
	for range 8 {
		l.clients.Go(func() {
			for {
				select {
				case <-l.ending:
					return
				default:
				}

				to := testworld.Number(int(l.numbers.Add(1)))
				o, _, err := a.Engine().SendOTP(context.Background(), c, testworld.To(to), nil)
				if err != nil {
					continue
				}
				l.mu.Lock()
				l.acked[o.OTP.ID] = to
				l.mu.Unlock()
			}
		})
	}

	return l
}

func (l *load) stop() {
	close(l.ending)
	l.clients.Wait()
}

func moveUnderLoad(t *testing.T, from, to string) {
	s := newSite(t)
	old := s.config(from, "")
	next := s.on(old, to)
	a, stop := s.start(old)
	c := s.caller(a)
	l := startLoad(a, c)
	waits := make(chan struct{})
	once := sync.OnceFunc(func() { close(waits) })
	done := make(chan error, 1)
	var moved ops.Moved
	go func() {
		var err error
		moved, err = ops.Move{From: old, To: next, Wait: true, Progress: func(step ops.Progress) {
			if step.Phase == ops.PhaseWaiting {
				once()
			}
		}}.Run(t.Context())
		done <- err
	}()

	select {
	case <-waits:
	case err := <-done:
		l.stop()
		t.Fatalf("the move did not wait for the server to end: %v", err)
	}

	later := l.numbers.Load()
	s.until("sends continued after the first copy", func() bool { return l.numbers.Load() > later+20 })
	l.stop()
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if moved.Changes.Written == 0 || moved.Accounts != 1 || moved.Already {
		t.Errorf("%+v", moved)
	}

	var blocked *install.BlockedError
	if _, err := install.Open(t.Context(), old); !errors.As(err, &blocked) || !strings.Contains(err.Error(),
		"restore --apply") || strings.Contains(err.Error(), "postgres@") {
		t.Errorf("the old database was opened: %v", err)
	}

	s.checkMoved(next, c, l)
	t.Logf("%d sends; the last pass and the first wrote %d rows", len(l.acked), moved.Changes.Written)
	again, err := ops.Move{From: old, To: next}.Run(t.Context())
	if err != nil || !again.Already {
		t.Errorf("moved again: %+v, %v", again, err)
	}
}

// checkMoved serves the new database: every acknowledged code is there and counts once, nothing was sent twice, and the
// ledger adds up.
func (s *site) checkMoved(next *config.Config, c account.Caller, l *load) {
	s.t.Helper()
	a, stop := s.start(next)
	defer stop()
	for o, to := range l.acked {
		got, err := a.Query().GetOTP(s.t.Context(), c, o)
		if err != nil || got.To.E164() != to {
			s.t.Errorf("an acknowledged send is not there: %v", err)
			continue
		}

		code := s.phone(to)
		if r := s.verify(a, c, o, code); r != otp.Valid {
			s.t.Errorf("a pending code: %q", r)
		}
		if r := s.verify(a, c, o, code); r != otp.AlreadyVerified {
			s.t.Errorf("a code was accepted twice: %q", r)
		}
	}

	times := map[string]int{}
	for _, m := range s.gateway.Submitted() {
		times[m.Ref]++
	}

	for ref, n := range times {
		if n != 1 {
			s.t.Errorf("%s was submitted %d times", ref, n)
		}
	}
	balanced(s.t, a.Base.Store)
}

// fill puts accounts, and rows enough for some batches, into an installation.
func fill(t *testing.T, c *config.Config, n int) {
	t.Helper()
	b := apptest.Open(t, c)
	defer b.Close()
	made, err := b.Admin.CreateAccount(t.Context(), "Acme", 100)
	if err != nil {
		t.Fatal(err)
	}

	var rows []store.Record
	for i := range n {
		rows = append(rows, store.Contact{
			Account: made.ID, ID: store.ContactID{1, 14: byte(i >> 8), 15: byte(i)},
			Mode: id.Live, Number: []byte{1},
		})
	}

	for some := range slices.Chunk(rows, 1000) {
		if err := b.Store.Restore(t.Context(), some, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// A move that is interrupted at random, several times, completes when it is run again; until then the old database is
// the one that counts, and no server starts on the new one.
func TestMove_Interrupted(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	s := newSite(t)
	for _, kinds := range [][2]string{{"sqlite", "postgres"}, {"postgres", "sqlite"}} {
		from := s.config(kinds[0], "")
		to := s.on(from, kinds[1])
		fill(t, from, 6000)
		for range testworld.Size(3, 8) {
			left := r.IntN(16)
			ctx, cancel := context.WithCancel(t.Context())
			_, err := ops.Move{From: from, To: to, Progress: func(s ops.Progress) {
				// Before the first row the new database is empty, or as it was.
				if s.Unit == "" {
					return
				}
				if left--; left < 0 {
					cancel()
				}
			}}.Run(ctx)

			cancel()
			if err == nil {
				break
			}
			if err := apptest.Open(t, from).Close(); err != nil {
				t.Error(err)
			}
			if _, err := install.Open(t.Context(), to); err == nil || !strings.Contains(err.Error(), "move again") {
				t.Errorf("a server would start on a half filled database: %v", err)
			}
		}

		done, err := ops.Move{From: from, To: to}.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, to); !slices.Equal(got, []string{"Acme"}) || !done.Already &&
			done.Sums[store.TableContact].Rows != 6000 {
			t.Errorf("%v, %+v", got, done)
		}
	}
}

// When a move is interrupted between blocking and unblocking, both databases are blocked, and the same move unblocks the new
// one.
func TestMove_InterruptedAtEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	from := s.config("sqlite", "")
	to := s.on(from, "postgres")
	fill(t, from, 10)
	if _, err := (ops.Move{From: from, To: to}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}

	closeMeta(t, apptest.Open(t, to), `{"Why":"moving","Other":"x"}`)
	for _, c := range []*config.Config{from, to} {
		if _, err := install.Open(t.Context(), c); err == nil {
			t.Error("a blocked database was opened")
		}
	}
	if _, err := (ops.Move{From: from, To: to}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, to); !slices.Equal(got, []string{"Acme"}) {
		t.Errorf("moved %v", got)
	}
}

// A move back brings along what has changed, and replaces the old rows.
func TestMove_Back(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	here := s.config("sqlite", "")
	there := s.on(here, "postgres")
	fill(t, here, 100)
	move := func(from, to *config.Config) {
		t.Helper()
		if _, err := (ops.Move{From: from, To: to}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	move(here, there)
	b := apptest.Open(t, there)
	if _, err := b.Admin.CreateAccount(t.Context(), "Later", 5); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	move(there, here)
	if got := names(t, here); !slices.Equal(got, []string{"Acme", "Later"}) {
		t.Errorf("back again are %v", got)
	}
	if _, err := install.Open(t.Context(), there); err == nil || !strings.Contains(err.Error(), install.DatabaseFile) {
		t.Errorf("the database that was left: %v", err)
	}
	// An operator who wants the old copy all the same can open it, and it revives nothing.
	if _, err := ops.MakeSafe(t.Context(), there, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := apptest.Open(t, there).Close(); err != nil {
		t.Error(err)
	}
}

func TestMove_Errors(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	here := s.config("sqlite", "")
	fill(t, here, 5)
	fails := func(name string, from, to *config.Config, says string) {
		t.Helper()
		if _, err := (ops.Move{From: from, To: to}).Run(t.Context()); err == nil || !strings.Contains(err.Error(),
			says) {
			t.Errorf("%s: %v, want %q", name, err, says)
		}
	}

	fails("into itself", here, here, "same database")
	strangers := s.config("postgres", "")
	holding(t, strangers, "Stranger")
	fails("into another installation's", here, &config.Config{
		Data: here.Data, MasterKeyFile: here.MasterKeyFile,
		Database: strangers.Database,
	}, "another installation")
	fails("into a folder of another", here, func() *config.Config {
		c := s.config("sqlite", "")
		holding(t, c,
			"Stranger")
		return c
	}(), "another installation")
	fails("from an empty folder", s.config("sqlite", ""), s.on(here, "postgres"), "no SysSecure installation")
	fails("from an empty database", s.on(here, "postgres"), s.config("sqlite", here.MasterKeyFile), "no SysSecure installation")
	// A copy of our own data that is not blocked may be in use.
	copied := s.config("sqlite", here.MasterKeyFile)
	b := apptest.Open(t, here)
	if err := os.MkdirAll(copied.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := ops.Backup(t.Context(), b, filepath.Join(copied.Data, install.DatabaseFile), nil); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}

	fails("into a copy", here, copied, "already has data of this installation")
	wrong := *here
	wrong.MasterKeyFile = strangers.MasterKeyFile
	fails("with another key", &wrong, s.on(here, "postgres"), "master key")
	// None of this has blocked the source.
	a, stop := s.start(here)
	defer stop()
	if _, err := (ops.Move{From: here, To: s.on(here, "postgres")}).Run(t.Context()); !errors.Is(err,
		ops.ErrStillRunning) {
		t.Errorf("while a server runs: %v", err)
	}
	s.code(a, s.caller(a), 1)
}

func TestWhere_HidesPassword(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://u:hush@db.internal:5432/syssecure?sslmode=verify-full&password=hush": "postgres://db.internal:5432/syssecure",
		"host=db password=hush": "PostgreSQL", "postgres://u:hush@[bad": "PostgreSQL", "": filepath.Join("d",
			install.DatabaseFile),
	} {
		if got := install.Where(&config.Config{Data: "d", Database: secret.NewString(url)}); got != want {
			t.Errorf("%s: %s", fmt.Sprint(len(url)), got)
		}
	}
}
