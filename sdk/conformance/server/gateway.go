package server

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/internal/loopback"
)

// gateway is the carrier of live keys: it accepts every message, and keeps the last text for each number.
type gateway struct {
	listener net.Listener
	server   *http.Server
	accepted atomic.Int64
	texts    sync.Map
}

func startGateway() (*gateway, error) {
	listener, err := loopback.Listen()
	if err != nil {
		return nil, err
	}
	g := &gateway{listener: listener}
	g.server = &http.Server{Handler: http.HandlerFunc(g.accept), ReadHeaderTimeout: 10 * time.Second}
	// It ends with ErrServerClosed.
	go func() { _ = g.server.Serve(listener) }()
	return g, nil
}

func (g *gateway) url() string { return "http://" + g.listener.Addr().String() + "/" }

func (g *gateway) accept(w http.ResponseWriter, r *http.Request) {
	var message struct {
		To   string `json:"to"`
		Body string `json:"body"`
	}
	if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g.texts.Store(message.To, message.Body)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id": "gw-%d"}`, g.accepted.Add(1))
}

func (g *gateway) close() error { return g.server.Close() }
