package live

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/internal/loopback"
)

// restarter stands between an SDK and the server. During one request it kills the server and starts it again. As far as
// the SDK can see, all connections from before are dead then, and the request has no answer. The SDK's next attempt
// waits here until the server is back, because a driver does not really wait between attempts.
type restarter struct {
	session *session
	// doomed is the request, counted from 1, that has the server killed.
	doomed   int
	listener net.Listener
	http     *http.Server

	mu       sync.Mutex
	requests int
	// runs counts the restarts; a connection belongs to the run in which it was accepted.
	runs int
	err  error
	// answer is what the server answered to the doomed request.
	answer []byte
}

type runKey struct{}

func (s *session) startRestarter(doomed int) (*restarter, error) {
	listener, err := loopback.Listen()
	if err != nil {
		return nil, err
	}

	r := &restarter{session: s, doomed: doomed, listener: listener}
	r.http = &http.Server{
		Handler: r, ReadHeaderTimeout: 10 * time.Second,
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			r.mu.Lock()
			defer r.mu.Unlock()
			return context.WithValue(ctx, runKey{}, r.runs)
		},
	}

	// It ends with ErrServerClosed.
	go func() { _ = r.http.Serve(listener) }()
	return r, nil
}

func (r *restarter) url() string { return "http://" + r.listener.Addr().String() }

func (r *restarter) close() error {
	err := r.http.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.err, err)
}

// ServeHTTP passes one request at a time on. Those that come during the restart wait.
func (r *restarter) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	if request.Context().Value(runKey{}) != r.runs {
		// The server that accepted this connection is dead.
		panic(http.ErrAbortHandler)
	}

	answer, header, status, err := r.pass(request, body)
	if err != nil {
		r.err = err
		panic(http.ErrAbortHandler)
	}

	if r.requests == r.doomed {
		r.answer = answer
		r.err = r.restart()
		panic(http.ErrAbortHandler)
	}
	for name, values := range header {
		w.Header()[name] = values
	}

	w.WriteHeader(status)
	// The client may be gone.
	_, _ = w.Write(answer)
}

func (r *restarter) restart() error {
	r.runs++
	if err := r.session.server.Kill(); err != nil {
		return err
	}
	return r.session.server.Run(r.session.ctx)
}

func (r *restarter) pass(request *http.Request, body []byte) ([]byte, http.Header, int, error) {
	url := r.session.server.URL + request.URL.RequestURI()
	out, err := http.NewRequestWithContext(request.Context(), request.Method, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, 0, err
	}

	out.Header = request.Header.Clone()
	// A connection for each request, because none outlives the server.
	out.Close = true
	response, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return nil, nil, 0, err
	}
	answer, err := io.ReadAll(response.Body)
	return answer, response.Header, response.StatusCode, errors.Join(err, response.Body.Close())
}

// throughRestart runs a command during which the server is killed and started again.
func (c *check) throughRestart(doomed int, command object) (result value, answer value) {
	r, err := c.session.startRestarter(doomed)
	if err != nil {
		c.failOn(err)
		return value{}, value{}
	}
	command["client"] = object{"api_key": c.session.server.TestKey, "base_url": r.url()}
	result = c.result("a call during a restart", c.send(command))
	c.failOn(r.close())
	c.must(r.runs == 1, "the server was restarted %d times", r.runs)
	return result, c.decode(r.answer)
}

// restart sends a text whose answer is lost in a crash, and wants one message and the client's connections replaced.
func restart(c *check) {
	to := c.session.number()
	results, answer := c.throughRestart(2, object{"cmd": "sequence", "steps": []object{
		{"op": "balance.get", "args": object{}},
		{"op": "sms.send", "args": object{"to": to, "body": "Only once"}},
		{"op": "balance.get", "args": object{}},
	}})
	c.equal("id, after the restart,", results.get("1.id"), answer.get("message_id").v)
	c.equal("credits, after the restart,", results.get("2.credits"), 1000000)
	c.equal("the number of messages", value{len(c.iterate("messages.list", object{"to": to}, 0))}, 1)
}

// restartParallel kills the server while a client has eight connections open.
func restartParallel(c *check) {
	const n = 8
	if slices.Contains(c.session.driver.Hello.Lacks, "parallel") {
		c.err = &skipError{"the SDK lacks parallel"}
		return
	}
	results, _ := c.throughRestart(n+2, object{
		"cmd": "parallel", "op": "balance.get", "args": object{}, "n": n, "rounds": 2,
	})
	c.equal("the number of calls that succeeded", results.get("ok"), 2*n)
}
