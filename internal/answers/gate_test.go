package answers

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// So many answers are made at once, so many of one account are held, and who finds no place is turned away in the end.
func TestGate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		one, other := id.Account{1}, id.Account{2}
		var made, written []func()
		for range Made {
			m, w, ok := g.Enter(t.Context(), one)
			if !ok {
				t.Fatal("no place in an empty gate")
			}
			made, written = append(made, m), append(written, w)
		}

		begun := time.Now()
		if _, _, ok := g.Enter(t.Context(), other); ok || time.Since(begun) != wait {
			t.Errorf("let in %v after %v, though every place is taken", ok, time.Since(begun))
		}

		for _, m := range made {
			m()
			m() // twice is once
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
			t.Errorf("%d accounts and %d places are left", len(g.by), len(g.made))
		}
	})
}
