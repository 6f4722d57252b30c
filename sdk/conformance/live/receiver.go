package live

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/internal/loopback"
)

// delivery is a webhook as it arrived.
type delivery struct {
	path, signature string
	body            []byte
	event           map[string]any
}

// receiver takes webhooks, as a user's program would.
type receiver struct {
	listener net.Listener
	server   *http.Server

	mu      sync.Mutex
	arrived []delivery
}

func startReceiver() (*receiver, error) {
	listener, err := loopback.Listen()
	if err != nil {
		return nil, err
	}
	r := &receiver{listener: listener}
	r.server = &http.Server{Handler: http.HandlerFunc(r.receive), ReadHeaderTimeout: 10 * time.Second}
	// It ends with ErrServerClosed.
	go func() { _ = r.server.Serve(listener) }()
	return r, nil
}

func (r *receiver) url(path string) string { return "http://" + r.listener.Addr().String() + path }

func (r *receiver) receive(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d := delivery{path: request.URL.Path, signature: request.Header.Get("X-SysSecure-Signature"), body: body}
	if err := json.Unmarshal(body, &d.event); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrived = append(r.arrived, d)
}

// wait returns the first delivery to a path in which these fields have these values.
func (r *receiver) wait(c *check, path string, fields object) delivery {
	var d delivery
	c.eventually(fmt.Sprintf("a webhook with %v at %s", fields, path), func() bool {
		var found bool
		d, found = r.find(path, fields)
		return found
	})
	return d
}

func (r *receiver) find(path string, fields object) (delivery, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range r.arrived {
		if d.path == path && d.has(fields) {
			return d, true
		}
	}
	return delivery{}, false
}

func (d delivery) has(fields object) bool {
	for name, want := range fields {
		if !(value{d.event[name]}).equals(want) {
			return false
		}
	}
	return true
}

// forget drops what arrived, so that a later wait sees only what comes then.
func (r *receiver) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrived = nil
}

func (r *receiver) close() error { return r.server.Close() }

// command makes a command of a delivery.
func (d delivery) command(cmd string, secrets ...string) object {
	return object{
		"cmd": cmd, "payload_b64": base64.StdEncoding.EncodeToString(d.body), "header": d.signature, "secrets": secrets,
	}
}
