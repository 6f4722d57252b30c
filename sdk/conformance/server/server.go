// Package server runs the real program in a temporary folder, with keys for the sandbox and for live sends, which go to
// a gateway that only keeps them.
package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/internal/loopback"
)

// Server is one installation. It keeps its address and its data when it is restarted.
type Server struct {
	// URL is the address, without /v2.
	URL string
	// Program and Config are absolute paths.
	Program, Config string
	// TestKey and LiveKey have all scopes but operator.
	TestKey, LiveKey string
	// OperatorKey is a live key of the same account, which may read and has the scope operator.
	OperatorKey string
	// CallbackSecret signs what goes to the callback_url of a sandbox message.
	CallbackSecret string

	folder  string
	gateway *gateway
	process *exec.Cmd
	exited  chan struct{}
	log     bytes.Buffer
}

const (
	startLimit = 30 * time.Second
	stopLimit  = 30 * time.Second
	pollEvery  = 10 * time.Millisecond
)

// configuration has no limit on requests, because SDKs are measured against this server.
const configuration = `listen = %q
data = %q

[webhooks]
allow_cidrs = ["127.0.0.0/8"]

[limits]
requests_per_key = ""

[[carrier]]
name = "gateway"
kind = "http"
channel = "sms"
url = %q
token = "of-the-gateway"
from = "Acme"
receipts = false

[[price]]
channel = "sms"
prefix = "+32"
credits = 8

[[cost]]
channel = "sms"
prefix = "+32"
credits = 3
`

// Start makes an installation and starts it. Close removes it. The end of ctx ends its processes.
func Start(ctx context.Context, program string) (*Server, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}

	folder, err := os.MkdirTemp("", "syssecure-*")
	if err != nil {
		return nil, err
	}
	s := &Server{Program: program, Config: filepath.Join(folder, "syssecure.toml"), folder: folder}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}

	if err := s.Run(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) prepare(ctx context.Context) error {
	var err error
	if s.gateway, err = startGateway(); err != nil {
		return err
	}

	address, err := freeAddress()
	if err != nil {
		return err
	}
	s.URL = "http://" + address
	text := fmt.Sprintf(configuration, address, filepath.Join(s.folder, "data"), s.gateway.url())
	if err := os.WriteFile(s.Config, []byte(text), 0o600); err != nil {
		return err
	}

	var account struct {
		ID             string `json:"id"`
		CallbackSecret string `json:"test_callback_secret"`
	}

	if err := s.command(ctx, &account, "account", "create", "--name", "Acme", "--credits", "100000", "--json"); err != nil {
		return err
	}
	s.CallbackSecret = account.CallbackSecret
	return s.makeKeys(ctx, account.ID)
}

func (s *Server) makeKeys(ctx context.Context, account string) error {
	const customer = "send,verify,read,admin"
	for _, key := range []struct {
		mode, scopes string
		secret       *string
	}{{"test", customer, &s.TestKey}, {"live", customer, &s.LiveKey}, {"live", "read,operator", &s.OperatorKey}} {
		var created struct {
			Secret string `json:"secret"`
		}
		args := []string{"--account", account, "--mode", key.mode, "--scopes", key.scopes, "--json"}
		if err := s.command(ctx, &created, append([]string{"key", "create"}, args...)...); err != nil {
			return err
		}
		*key.secret = created.Secret
	}

	return nil
}

// freeAddress is one that nobody listens on now. Its port is below those that systems give to connections, so that it
// is still free when the server comes back from a restart.
func freeAddress() (string, error) {
	const lowest, count, tries = 20000, 10000, 100
	var err error
	for range tries {
		address := fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(count))
		var listener net.Listener
		if listener, err = loopback.ListenOn(address); err == nil {
			return address, listener.Close()
		}
	}
	return "", err
}

// command runs the program, and decodes the JSON that it prints.
func (s *Server) command(ctx context.Context, result any, args ...string) error {
	c := s.Command(ctx, args...)
	var failure bytes.Buffer
	c.Stderr = &failure
	out, err := c.Output()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", s.Program, strings.Join(args, " "), err, failure.String())
	}
	return json.Unmarshal(out, result)
}

// Command returns a command of the program with this installation's configuration, and nothing of ours besides.
func (s *Server) Command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, s.Program, args...)
	c.Env = append(slices.DeleteFunc(os.Environ(), isOurs), "SYSSECURE_CONFIG="+s.Config)
	return c
}

func isOurs(variable string) bool { return strings.HasPrefix(variable, "SYSSECURE_") }

// Environment returns what the commands of an SDK need to find this server, on top of this process's variables.
func (s *Server) Environment() []string {
	return append(slices.DeleteFunc(os.Environ(), isOurs),
		"SYSSECURE_BASE_URL="+s.URL, "SYSSECURE_API_KEY="+s.TestKey, "SYSSECURE_LIVE_API_KEY="+s.LiveKey,
		"SYSSECURE_SERVER="+s.Program, "SYSSECURE_CONFIG="+s.Config)
}

// Run starts the server again, and waits until it is ready.
func (s *Server) Run(ctx context.Context) error {
	s.log.Reset()
	s.process, s.exited = s.Command(ctx, "serve"), make(chan struct{})
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	// The end of the tests, by Ctrl-C for example, must not be the end of the server before that of its clients.
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.process.Start(); err != nil {
		return err
	}

	go func() {
		// How it ended does not matter to those who stop it, and its log tells it to the others.
		_ = s.process.Wait()
		close(s.exited)
	}()

	limit := time.After(startLimit)
	for {
		if s.isReady(ctx) {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended: %s", s.log.String())
		case <-limit:
			return errors.Join(fmt.Errorf("the server is not ready after %s", startLimit), s.Stop())
		case <-time.After(pollEvery):
		}
	}
}

func (s *Server) isReady(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// Stop ends the server as an operator would, and keeps its data.
func (s *Server) Stop() error { return s.end(syscall.SIGTERM) }

// Kill ends the server as a crash would, and keeps its data.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

func (s *Server) end(by syscall.Signal) error {
	if s.process == nil {
		return nil
	}
	// An error means that it has ended already.
	_ = s.process.Process.Signal(by)
	select {
	case <-s.exited:
		return nil
	case <-time.After(stopLimit):
	}
	_ = s.process.Process.Kill()
	<-s.exited
	return fmt.Errorf("the server did not stop within %s: %s", stopLimit, s.log.String())
}

// TextOf returns the last text that a live key sent to a number.
func (s *Server) TextOf(number string) string {
	text, _ := s.gateway.texts.Load(number)
	body, _ := text.(string)

	return body
}

// Close stops the server and removes its folder.
func (s *Server) Close() error {
	err := s.Stop()
	if s.gateway != nil {
		err = errors.Join(err, s.gateway.close())
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}
