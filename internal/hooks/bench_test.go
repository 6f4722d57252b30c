package hooks_test

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/outbox"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// BenchmarkDeliveries posts rows that wait in a SQLite file to a server in this process. CPU is that of both sides.
func BenchmarkDeliveries(b *testing.B) {
	w := newWorld(b, testworld.Options{Backend: testworld.OpenSQLite(b, b.TempDir()+"/bench.db"), Now: time.Now})
	var got atomic.Int64
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if got.Add(1) == int64(b.N) {
			close(done)
		}
	}))

	defer server.Close()
	p := egress.NewClient(egress.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	h := hooks.New(hooks.Config{Store: w.Dispatcher.Config.Store, Keys: w.Dispatcher.Config.Keys, Epoch: 1, Now: time.Now, Rand: rand.Float64, Log: w.Dispatcher.Config.Log, Post: p.Post, CheckURL: p.CheckURL})
	e, _, err := h.Create(b.Context(), w.Live, hooks.NewEndpoint{URL: server.URL, Disabled: true}, nil)
	if err != nil {
		b.Fatal(err)
	}

	body, now := webhook.Catalogue()[1].Example(), time.Now()
	for from := 0; from < b.N; from += 500 {
		err := w.Dispatcher.Config.Store.Update(b.Context(), w.Account, nil, func(tx *store.Tx) error {
			for n := from; n < min(b.N, from+500); n++ {
				at := now.Add(time.Duration(n-b.N) * time.Millisecond)
				event := webhook.EventID(at, []byte("bench"), n, webhook.MessageDelivered)
				tx.Insert(store.Event{Account: w.Account, Mode: id.Live, ID: event, Type: webhook.MessageDelivered, Payload: outbox.Seal(w.Dispatcher.Config.Keys, store.EventKey(w.Account, id.Live, event), body), CreatedAt: at})
				tx.Insert(store.Delivery{Delivery: webhook.Delivery{Account: w.Account, Target: webhook.Target(e.ID), Event: event, Mode: id.Live, State: webhook.Waiting, DueAt: at, CreatedAt: at}})
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}

	b.ResetTimer()
	on := true
	if _, err := h.Update(b.Context(), w.Live, e.ID, hooks.Change{Enabled: &on}); err != nil {
		b.Fatal(err)
	}
	<-done
	b.StopTimer()
	h.Settle()
}
