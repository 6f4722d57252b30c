// Package pgtest starts PostgreSQL for tests: a separate cluster in a temporary folder, on a Unix socket, which is
// stopped and removed with the test process, however that ends.
//
// This is done by a shell that waits for the end of a pipe, which the kernel closes when the test process is gone, also
// after a panic or a kill. Only tests import this package.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Cluster is a running PostgreSQL.
type Cluster struct {
	dir, bin string
	user     *syscall.Credential // nil: that of this process
	alive    *os.File            // closing it stops the cluster
	options  Options
}

// Options change a cluster. The zero value is the fast one that most tests use.
type Options struct {
	// Durable keeps fsync and full page writes on.
	Durable bool
	// Log is a folder to create for the write-ahead log; empty = with the data.
	Log string
	// Settings are "name=value", and override all others.
	Settings []string
}

var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
	schemas atomic.Int64
}

// URL returns the URL of an empty database: a new schema in the cluster of the test process.
func URL(t testing.TB) string {
	t.Helper()
	require(t)
	shared.once.Do(func() { shared.cluster, shared.err = start(Options{}) })
	if shared.err != nil {
		t.Fatalf("start PostgreSQL: %v", shared.err)
	}
	name := "s" + strconv.FormatInt(shared.schemas.Add(1), 10)
	shared.cluster.Exec(t, "CREATE SCHEMA "+name)

	return shared.cluster.url() + "&search_path=" + name
}

// Start starts a cluster for one test.
func Start(t testing.TB) *Cluster {
	t.Helper()
	return StartWith(t, Options{})
}

// StartWith is Start with options.
func StartWith(t testing.TB, o Options) *Cluster {
	t.Helper()
	require(t)
	c, err := start(o)
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() { _ = c.alive.Close() })

	return c
}

// Deadlocks is how many deadlocks the server of URL has resolved.
func Deadlocks(t testing.TB) int {
	t.Helper()
	n, err := strconv.Atoi(shared.cluster.Exec(t, "SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// URL returns the URL of the cluster's database.
func (c *Cluster) URL() string { return c.url() }

func require(t testing.TB) {
	t.Helper()
	switch {
	case binaries() != "":
	case os.Getenv("CI") != "":
		t.Fatal("PostgreSQL is not installed, and in CI nothing may be skipped: apt-get install postgresql")
	default:
		t.Skip("PostgreSQL is not installed: apt-get install postgresql")
	}
}

// binaries finds the folder of initdb: POSTGRES_BIN, else that of the newest version that Debian installed, else the
// one in the path.
func binaries() string {
	if folder := os.Getenv("POSTGRES_BIN"); folder != "" {
		return folder
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.Sort(found)
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}

	path, err := exec.LookPath("initdb")
	if err != nil {
		return ""
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return ""
	}

	return filepath.Dir(path)
}

// New starts a cluster for a benchmark. It is stopped by Stop, or at the end of the program.
func New(o Options) (*Cluster, error) {
	if binaries() == "" {
		return nil, errors.New("PostgreSQL is not installed: apt-get install postgresql")
	}
	return start(o)
}

func start(o Options) (*Cluster, error) {
	c, err := prepare(o)
	if err != nil {
		return nil, err
	}

	// The kernel keeps what a killed server wrote, so no fsync is needed.
	args := []string{"--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale", "C", "-D", c.data()}
	if o.Log != "" {
		args = append(args, "--waldir", o.Log)
	}
	if err := c.run("initdb", args...); err != nil {
		return nil, err
	}

	return c, c.Up()
}

// prepare creates the folder of a cluster, and starts the shell that removes it.
func prepare(o Options) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}

	c := &Cluster{dir: dir, bin: binaries(), options: o}
	if os.Getuid() == 0 { // PostgreSQL does not run as root
		if c.user, err = unprivileged(); err != nil {
			return nil, err
		}
		if err := c.Own(dir); err != nil {
			return nil, err
		}
	}

	return c, c.reap()
}

// Own makes the user that the server runs as the owner of a folder.
func (c *Cluster) Own(folder string) error {
	if c.user == nil {
		return nil
	}
	return os.Chown(folder, int(c.user.Uid), int(c.user.Gid))
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }
func (c *Cluster) url() string  { return "postgres://postgres@/postgres?host=" + c.dir + "&port=5432" }

func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
			gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
		}
	}

	return nil, errors.New("there is neither a user postgres nor a user nobody to run the server")
}

// reap starts the shell that stops and removes the cluster when this process is gone.
func (c *Cluster) reap() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}

	defer r.Close()
	c.alive = w
	script := `read gone; "$1/pg_ctl" stop -D "$2/data" -m immediate -t 20; rm -rf "$2"`
	reaper := exec.Command("/bin/sh", "-c", script, "reaper", c.bin, c.dir)
	reaper.Stdin, reaper.Dir = r, "/"
	reaper.SysProcAttr = &syscall.SysProcAttr{Credential: c.user, Setsid: true}

	return reaper.Start() // never waited for: it outlives this process
}

func (c *Cluster) run(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, program), args...)
	cmd.Dir, cmd.SysProcAttr = c.dir, &syscall.SysProcAttr{Credential: c.user}
	if program == "pg_ctl" { // the server inherits the pipe, so reading from it would not end
		if err := cmd.Run(); err != nil {
			text, _ := os.ReadFile(filepath.Join(c.dir, "log"))
			return fmt.Errorf("%s %v: %w\n%s", program, args, err, text)
		}
		return nil
	}
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, text)
	}

	return nil
}

// Socket is the Unix socket that the server listens on.
func (c *Cluster) Socket() string { return filepath.Join(c.dir, ".s.PGSQL.5432") }

// Up starts the server and waits for it.
func (c *Cluster) Up() error {
	options := "-c listen_addresses='' -c unix_socket_directories='" + c.dir + "'" +
		" -c max_connections=500 -c shared_buffers=64MB -c autovacuum=off -c restart_after_crash=on"
	if !c.options.Durable {
		options += " -c fsync=off -c full_page_writes=off"
	}

	for _, s := range c.options.Settings {
		options += " -c " + s
	}

	return c.run("pg_ctl", "start", "-w", "-t", "50", "-D", c.data(), "-l", filepath.Join(c.dir, "log"), "-o", options)
}

// PID returns the id of the server's process.
func (c *Cluster) PID() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// Stop shuts the server down and removes its files.
func (c *Cluster) Stop() { _ = c.alive.Close() }

// Kill ends the server without a checkpoint, as a crash would.
func (c *Cluster) Kill() error {
	return c.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", c.data())
}

// Exec runs SQL and returns the text of the first value, if there is one.
func (c *Cluster) Exec(t testing.TB, sql string) string {
	t.Helper()
	text, err := Ask(c.url(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// Ask runs SQL in the database that url names and returns the text of the first value, if there is one.
func Ask(url, sql string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	pg, err := pgconn.Connect(ctx, url)
	if err != nil {
		return "", err
	}

	defer func() { _ = pg.Close(ctx) }()
	results, err := pg.Exec(ctx, sql).ReadAll()
	if err != nil || len(results) == 0 || len(results[len(results)-1].Rows) == 0 {
		return "", err
	}

	return string(results[len(results)-1].Rows[0][0]), nil
}
