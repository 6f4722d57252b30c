package dispatch_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

func TestCreditsLow_Event(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 96})
	endpoint := hooks.NewEndpoint{URL: "https://example.com", Events: []webhook.Type{webhook.CreditsLow}}
	if _, _, err := w.Hooks.Create(t.Context(), w.Live, endpoint, nil); err != nil {
		t.Fatal(err)
	}

	k := store.AccountKey(w.Account)
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, []store.Key{k}, func(tx *store.Tx) error {
		a, _ := store.Get[store.Account](tx, k)
		dispatch.EnqueueCreditsLow(w.Dispatcher, tx, a, 100, w.Clock.Now())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	const want = `{"event":"credits.low","low_at":"2026-04-25T15:27:00Z","credits":96,"threshold":100}`
	if got := w.Receiver.Wait(t, 1)[0].Body; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A send and its verification are as many transactions with an endpoint as without.
func TestEvents_NoExtraTransaction(t *testing.T) {
	t.Parallel()
	count := func(subscribed bool) int64 {
		w := newTrio(t, testworld.Options{})
		if subscribed {
			endpoint := hooks.NewEndpoint{URL: "https://example.com", Events: []webhook.Type{webhook.ContactOptedIn}}
			if _, _, err := w.Hooks.Create(t.Context(), w.Live, endpoint, nil); err != nil {
				t.Fatal(err)
			}
		}

		before := w.Dispatcher.Config.Store.Updates()
		s := send(t, w.World, testworld.To(phoneA))
		if r := verify(t, w.World, s.OTP.ID, codeOf(w.SMS)); r != "" {
			t.Fatalf("verified: %s", r)
		}

		return w.Dispatcher.Config.Store.Updates() - before
	}
	if without, with := count(false), count(true); without != with {
		t.Errorf("%d updates without an endpoint, %d with one", without, with)
	}
}
