package answers

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// Made and OfAccount are the limits, and a request that gets no slot is turned away after a while.
func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		one, other := id.Account{1}, id.Account{2}
		var made, written []func()
		for range Made {
			m, w, ok := g.Enter(t.Context(), one)
			if !ok {
				t.Fatal("no slot in an empty gate")
			}
			made, written = append(made, m), append(written, w)
		}

		begun := time.Now()
		if _, _, ok := g.Enter(t.Context(), other); ok || time.Since(begun) != wait {
			t.Errorf("let in %v after %v, though every slot is in use", ok, time.Since(begun))
		}

		for _, m := range made {
			m()
			m() // a second call does nothing
		}

		for range OfAccount - Made {
			m, w, ok := g.Enter(t.Context(), one)
			if !ok {
				t.Fatal("answers that are being read keep others of the account from being made")
			}
			m()
			written = append(written, w)
		}

		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, ok := g.Enter(ended, one); ok {
			t.Errorf("more than %d of one account are held", OfAccount)
		}

		if m, w, ok := g.Enter(t.Context(), other); !ok {
			t.Error("an account that reads slowly holds up another")
		} else {
			m()
			written = append(written, w)
		}

		for _, w := range written {
			w()
		}
		if len(g.by) != 0 || len(g.made) != 0 {
			t.Errorf("%d accounts and %d slots are left", len(g.by), len(g.made))
		}
	})
}
