package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
)

// server is a program that is measured.
type server struct {
	name, url, key string
	cmd            *exec.Cmd
	keys           []string // of the clients, when they have different ones
	second         *server  // another node, for every other client
}

// forClient is the server with the key and the node of a client.
func (s *server) forClient(client int) *server {
	own := *s
	if len(s.keys) > 0 {
		own.key = s.keys[client%len(s.keys)]
	}
	if s.second != nil && client%2 == 1 {
		own.url = s.second.url
	}

	return &own
}

func startBare(ctx context.Context, program, carrier string) (*server, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return start(ctx, "bare", program, "http://"+listen, listen, carrier)
}

// installation is a configured data folder with an account and a key.
type installation struct {
	listen, conf, key string
	database, master  string
	account           id.Account
}

// open opens the installation while its server is stopped.
func (i *installation) open(ctx context.Context) (*install.Base, error) {
	c, err := app.LoadConfig(i.conf, nil)
	if err != nil {
		return nil, err
	}
	return install.Open(ctx, c)
}

// configure makes an installation on SQLite with fsync, without the limits that would stop a benchmark.
func configure(ctx context.Context, program, folder, carrierText string) (*installation, error) {
	return configureOn(ctx, program, folder, "", carrierText)
}

// configureOn is configure with the URL of a database; empty = SQLite.
func configureOn(ctx context.Context, program, folder, database, carrierText string) (*installation, error) {
	i, err := writeConfig(folder, database, filepath.Join(folder, "data", "master.key"), carrierText)
	if err != nil {
		return nil, err
	}
	i.account, i.key, err = i.newAccount(ctx, program)
	return i, err
}

// writeConfig writes the configuration.
func writeConfig(folder, database, master, carrierText string) (*installation, error) {
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}

	i := &installation{
		listen: listen, conf: filepath.Join(folder, "syssecure.toml"), database: database,
		master: master,
	}
	text := fmt.Sprintf("listen = %q\ndata = %q\ndatabase = %q\nmaster_key_file = %q\n"+
		"[limits]\nsends_per_number = []\nsend_gaps = []\nrequests_per_key = \"\"\n%s",
		listen, filepath.Join(folder, "data"), database, master, carrierText)

	return i, os.WriteFile(i.conf, []byte(text), 0o600)
}

// node is another server of the same installation.
func (i *installation) node(folder, carrierText string) (*installation, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}

	other, err := writeConfig(folder, i.database, i.master, carrierText)
	if err == nil {
		other.account, other.key = i.account, i.key
	}
	return other, err
}

// newAccount makes an account and a key of it.
func (i *installation) newAccount(ctx context.Context, program string) (a id.Account, secret string, err error) {
	var account, key struct{ ID, Secret string }
	if err := command(ctx, &account, program, "account", "create", "--name", "Bench", "--json", "--config",
		i.conf); err != nil {
		return a, "", err
	}
	if err := command(ctx, &key, program, "key", "create", "--account", account.ID, "--mode", "live", "--json",
		"--config", i.conf); err != nil {
		return a, "", err
	}
	a, err = id.ParseAccount(account.ID)

	return a, key.Secret, err
}

// newAccounts makes n accounts and returns a key of each.
func (i *installation) newAccounts(ctx context.Context, program string, n int) (keys []string, err error) {
	keys = make([]string, n)
	for k := range keys {
		if _, keys[k], err = i.newAccount(ctx, program); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func (i *installation) start(ctx context.Context, program string) (*server, error) {
	s, err := start(ctx, "syssecure", program, "http://"+i.listen, "serve", "--config", i.conf)
	if err == nil {
		s.key = i.key
	}
	return s, err
}

// startSysSecure starts the real program on a fresh installation.
func startSysSecure(ctx context.Context, program, folder, carrierText string) (*server, error) {
	i, err := configure(ctx, program, folder, carrierText)
	if err != nil {
		return nil, err
	}
	return i.start(ctx, program)
}

// httpCarrier configures the sink.
func httpCarrier(k *sink, o options) string {
	return fmt.Sprintf("[[carrier]]\nname = \"sink\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\n"+
		"token = \"bench\"\nreceipts = %v\n", k.url, o.receipts)
}

// smppCarrier configures a message centre. More keys of the carrier may follow.
func smppCarrier(centre *smsc.Server) string {
	return fmt.Sprintf("[[carrier]]\nname = \"centre\"\nkind = \"smpp\"\naddr = %q\nsystem_id = \"bench\"\n"+
		"password = \"bench\"\nfrom = \"Acme\"\n", centre.Addr())
}

func command(ctx context.Context, out any, program string, args ...string) error {
	b, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	return json.Unmarshal(b, out)
}

// start runs a program and waits for its first line, which it prints when it listens.
func start(ctx context.Context, name, program, url string, args ...string) (*server, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w (run make programs first)", program, err)
	}

	lines := bufio.NewReader(out)
	if _, err := lines.ReadString('\n'); err != nil {
		return nil, fmt.Errorf("%s ended before it listened: %w", name, err)
	}

	go func() {
		for {
			if _, err := lines.ReadString('\n'); err != nil {
				return
			}
		}
	}()

	return &server{name: name, url: url, cmd: cmd}, nil
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait() // it ends with the signal
}

// cpu is the processor time of the program so far.
func (s *server) cpu() (time.Duration, error) {
	own, _, _, err := processTime(s.cmd.Process.Pid)
	if err == nil && s.second != nil {
		var other time.Duration
		other, err = s.second.cpu()
		own += other
	}
	return own, err
}

// processTime is the processor time of a process, and of those of its children that have ended, from /proc/PID/stat:
// fields 14 to 17, in ticks of 10 ms.
func processTime(pid int) (own, children time.Duration, parent int, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, err
	}

	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	var ticks [4]int
	for i := range ticks {
		if ticks[i], err = strconv.Atoi(fields[11+i]); err != nil {
			return 0, 0, 0, fmt.Errorf("read the processor time of %d: %w", pid, err)
		}
	}
	if parent, err = strconv.Atoi(fields[1]); err != nil {
		return 0, 0, 0, fmt.Errorf("read the parent of %d: %w", pid, err)
	}
	const tick = 10 * time.Millisecond

	return time.Duration(ticks[0]+ticks[1]) * tick, time.Duration(ticks[2]+ticks[3]) * tick, parent, nil
}

// ownCPU is the processor time of the benchmark itself so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0 // cannot fail for RUSAGE_SELF
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory is the resident memory in MB.
func (s *server) memory() float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	pages, _ := strconv.Atoi(strings.Fields(string(b))[1])
	return float64(pages*os.Getpagesize()) / 1e6
}
