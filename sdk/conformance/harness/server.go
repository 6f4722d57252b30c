package harness

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/syssecure/syssecure/sdk/conformance/internal/loopback"
)

// server gives the scripted answers of one case. It is a server on plain TCP, since no HTTP server makes these faults.
type server struct {
	script    *script
	authority *authority
	listener  net.Listener
	secure    net.Listener

	mu       sync.Mutex
	requests []*request
	faults   []string
	accepted int
	open     map[net.Conn]bool
	closed   bool
}

func startServer(a *authority, withTLS bool) (*server, error) {
	s := &server{authority: a, open: map[net.Conn]bool{}}
	var err error
	if s.listener, err = loopback.Listen(); err != nil {
		return nil, err
	}

	go s.accept(s.listener, nil)
	if !withTLS {
		return s, nil
	}

	config, err := s.tlsConfig()
	if err == nil {
		s.secure, err = loopback.Listen()
	}

	if err != nil {
		s.close()
		return nil, err
	}
	go s.accept(s.secure, config)
	return s, nil
}

// start sets the script, which holds the server's own address.
func (s *server) start(script *script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

func (s *server) tlsConfig() (*tls.Config, error) {
	certificate, err := s.authority.certificate()
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, nil
}

func (s *server) accept(listener net.Listener, config *tls.Config) {
	for {
		tcp, err := listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.accepted++
		number, closed := s.accepted, s.closed
		s.open[tcp] = true
		s.mu.Unlock()
		if closed {
			// Nobody waits for an answer any more.
			_ = tcp.Close()
			return
		}

		c := &connection{server: s, number: number, tcp: tcp, Conn: tcp}
		if config != nil {
			c.Conn = tls.Server(tcp, config)
		}
		c.in = bufio.NewReader(c.Conn)
		go func() {
			c.run()
			s.mu.Lock()
			delete(s.open, tcp)
			s.mu.Unlock()
		}()
	}
}

// close ends all connections.
func (s *server) close() {
	// What is closed twice, or by the client, is closed.
	_ = s.listener.Close()
	if s.secure != nil {
		_ = s.secure.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for tcp := range s.open {
		_ = tcp.Close()
	}
}

func (s *server) fault(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, text)
}

// unwanted is the answer to a request beyond the script. No SDK retries a 501.
var unwanted = &reply{Status: http.StatusNotImplemented, JSON: []byte(
	`{"code":"internal_error","message":"the case expects no further request"}`)}

// next compares a request with the script, and returns its answer.
func (s *server) next(r *request) *reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.requests)
	var first, previous *request
	if i > 0 {
		first, previous = s.requests[0], s.requests[i-1]
	}

	s.requests = append(s.requests, r)

	var e *expect
	var answer *reply
	switch serve := s.script.Serve; {
	case serve != nil && i < serve.Times:
		e, answer = &serve.Expect, &serve.Reply
	case serve == nil && i < len(s.script.Server):
		e, answer = &s.script.Server[i].Expect, &s.script.Server[i].Reply
	default:
		s.faults = append(s.faults, fmt.Sprintf("request %d (%s %s) is not expected", i+1, r.method, r.path))
		return unwanted
	}

	for _, d := range r.differences(e, first, previous) {
		s.faults = append(s.faults, fmt.Sprintf("request %d: %s", i+1, d))
	}
	return answer
}

// finish returns everything that was wrong with the requests.
func (s *server) finish() []string {
	s.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.faults)
	wanted := len(s.script.Server)
	if s.script.Serve != nil {
		wanted = s.script.Serve.Times
		out = append(out, s.serveFaults()...)
	}
	if got := len(s.requests); got < wanted {
		out = append(out, fmt.Sprintf("%d requests arrived, want %d", got, wanted))
	}
	return out
}

func (s *server) serveFaults() []string {
	var out []string
	serve := s.script.Serve
	if serve.MaxConnections > 0 && s.accepted > serve.MaxConnections {
		out = append(out, fmt.Sprintf("%d connections were opened, want at most %d", s.accepted, serve.MaxConnections))
	}

	for _, name := range serve.Distinct {
		seen := map[string]bool{}
		for _, r := range s.requests {
			value := fmt.Sprint(r.part(name))
			if seen[value] {
				out = append(out, fmt.Sprintf("two requests have the %s %s", name, value))
			}
			seen[value] = true
		}
	}

	return out
}
