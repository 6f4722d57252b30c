package carriertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
)

// WebCarrier is a carrier that sends by HTTP and is called back.
type WebCarrier interface {
	carrier.Carrier
	carrier.Sender
	carrier.CallbackHandler
}

// RunWeb runs the suite for a kind that sends by HTTP, against a Gateway that speaks its dialect. start makes the
// carrier,
// under this name: base is the Gateway's address, publicURL that under which the carrier's callbacks are served. It
// checks how
// forged and broken callbacks are taken, too.
func RunWeb(
	t *testing.T, name string, spoken Dialect, start func(t *testing.T, base, publicURL string) WebCarrier,
) {
	t.Helper()
	runCallbacks(t, name, spoken, start)
	Run(t, func(t *testing.T, sink carrier.Sink) Peer {
		var made WebCarrier
		callbacks := http.NewServeMux()
		callbacks.HandleFunc("/carriers/"+name+"/{callback}", func(w http.ResponseWriter, r *http.Request) {
			if f := made.ServeCallback(w, r, r.PathValue("callback"), sink); f != nil {
				w.WriteHeader(f.Status)
			}
		})
		server := httptest.NewServer(callbacks)

		g, err := StartGateway(GatewayOptions{Dialect: &spoken, Callbacks: server.URL + "/carriers/" + name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { g.Close(); server.Close() })
		made = start(t, strings.TrimSuffix(g.URL(), "/"), server.URL)

		peer := Peer{
			Carrier: made, From: made.From(), CodeOnly: spoken.CodeOnly, NoIDs: spoken.NoIDs, Rejects: spoken.Rejects,
			Script: g.Script, Release: g.Release, Submitted: g.Submitted, Streams: true, Streamed: g.Streamed, Stall: g.Stall,
			Receipt: g.Receipt, Inbound: g.Inbound, Stop: g.Close,
		}
		if spoken.Inbound == nil {
			peer.Inbound = nil
		}

		return peer
	})
}
