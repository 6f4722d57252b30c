package ledger_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/syssecure/syssecure/internal/ledger"
)

func TestPost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from   ledger.Balance
		kind   ledger.Kind
		amount int64
		want   ledger.Balance
		ok     bool
	}{
		"grant": {kind: ledger.Grant, amount: 100, want: ledger.Balance{Credits: 100}, ok: true},
		"take back": {
			from: ledger.Balance{Credits: 100}, kind: ledger.Grant, amount: -40, want: ledger.Balance{Credits: 60},
			ok: true,
		},
		"take back too much": {
			from: ledger.Balance{Credits: 100}, kind: ledger.Grant, amount: -101, want: ledger.Balance{Credits: 100},
		},
		"hold": {
			from: ledger.Balance{Credits: 8}, kind: ledger.Hold, amount: 8, want: ledger.Balance{Held: 8}, ok: true,
		},
		"hold more than there is": {
			from: ledger.Balance{Credits: 7}, kind: ledger.Hold, amount: 8, want: ledger.Balance{Credits: 7},
		},
		"capture": {
			from: ledger.Balance{Held: 8}, kind: ledger.Capture, amount: 5, want: ledger.Balance{Held: 3}, ok: true,
		},
		"capture more than is held": {
			from: ledger.Balance{Held: 4}, kind: ledger.Capture, amount: 5, want: ledger.Balance{Held: 4},
		},
		"give back to the hold": {
			from: ledger.Balance{Held: 3}, kind: ledger.Capture, amount: -5, want: ledger.Balance{Held: 8}, ok: true,
		},
		"release": {
			from: ledger.Balance{Held: 3}, kind: ledger.Release, amount: 3, want: ledger.Balance{Credits: 3}, ok: true,
		},
		"refund": {kind: ledger.Refund, amount: 5, want: ledger.Balance{Credits: 5}, ok: true},
		"a negative hold": {
			from: ledger.Balance{Held: 5}, kind: ledger.Hold, amount: -5, want: ledger.Balance{Held: 5},
		},
		"overflow": {
			from: ledger.Balance{Credits: math.MaxInt64}, kind: ledger.Grant, amount: 1,
			want: ledger.Balance{Credits: math.MaxInt64},
		},
		"no kind": {amount: 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _, ok := ledger.Post(c.from, c.kind, c.amount); got != c.want || ok != c.ok {
				t.Errorf("%+v, %v; want %+v, %v", got, ok, c.want, c.ok)
			}
		})
	}
}

// TestPost_EntriesSumToBalance posts anything in any order.
func TestPost_EntriesSumToBalance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b, sum ledger.Balance
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			kind := ledger.Kind(rapid.IntRange(0, 6).Draw(t, "kind"))
			next, e, ok := ledger.Post(b, kind, rapid.Int64Range(-20, 100).Draw(t, "amount"))
			if ok {
				sum.Credits += e.Credits
				sum.Held += e.Held
			} else if next != b {
				t.Fatalf("a refused entry changed %+v to %+v", b, next)
			}
			if b = next; b.Credits < 0 || b.Held < 0 || b != sum {
				t.Fatalf("balance %+v, entries sum to %+v", b, sum)
			}
		}
	})
}
