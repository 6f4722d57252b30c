package dispatch_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// Of three nodes that sweep, one finds each row. Every node finds late rows, but texts later than codes.
func TestSweep_NodesShareRows(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := w.Dispatcher.Config.Store
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	random := rand.NewChaCha8([32]byte{2})
	const each = 60
	add := func(purpose message.Type, due time.Time) {
		for range each {
			m := store.Message{Number: []byte{1}, Message: message.Message{
				Account: id.Account{1}, Mode: id.Live, Type: purpose, DueAt: due, CreatedAt: now,
				Plan: []message.Step{{Channel: message.SMS, Carrier: "smsc"}},
			}}

			_, _ = random.Read(m.ID[:])
			if err := s.Update(t.Context(), m.Account, nil, func(tx *store.Tx) error { tx.Insert(m); return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}

	add(message.CodeMessage, now.Add(-time.Second))
	add(message.TextMessage, now.Add(-50*time.Second))
	live := []int64{4, 6, 9}
	found := map[store.Key]int{}
	sweep := func(now time.Time) (codes, texts int) {
		for _, mine := range live {
			c, x, err := w.Dispatcher.DueOf(t.Context(), cluster.Members{Mine: mine, Live: live, Newest: 9}, now)
			if err != nil {
				t.Fatal(err)
			}

			codes, texts = codes+len(c), texts+len(x)
			for _, d := range append(c, x...) {
				found[d.Key]++
			}
		}

		return codes, texts
	}
	if codes, texts := sweep(now); codes != each || texts != each || len(found) != 2*each {
		t.Errorf("%d codes and %d texts are found, %d rows; want %d of each, once", codes, texts, len(found), each)
	}
	if codes, texts := sweep(now.Add(5 * time.Second)); codes != 3*each || texts != each {
		t.Errorf("later %d codes and %d texts are found, want %d and %d", codes, texts, 3*each, each)
	}
	if codes, texts := sweep(now.Add(time.Minute)); codes != 3*each || texts != 3*each {
		t.Errorf("much later %d codes and %d texts are found, want %d of each", codes, texts, 3*each)
	}
}
