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
		"grant":                     {ledger.Balance{}, ledger.Grant, 100, ledger.Balance{Credits: 100}, true},
		"take back":                 {ledger.Balance{Credits: 100}, ledger.Grant, -40, ledger.Balance{Credits: 60}, true},
		"take back too much":        {ledger.Balance{Credits: 100}, ledger.Grant, -101, ledger.Balance{Credits: 100}, false},
		"hold":                      {ledger.Balance{Credits: 8}, ledger.Hold, 8, ledger.Balance{Held: 8}, true},
		"hold more than there is":   {ledger.Balance{Credits: 7}, ledger.Hold, 8, ledger.Balance{Credits: 7}, false},
		"capture":                   {ledger.Balance{Held: 8}, ledger.Capture, 5, ledger.Balance{Held: 3}, true},
		"capture more than is held": {ledger.Balance{Held: 4}, ledger.Capture, 5, ledger.Balance{Held: 4}, false},
		"give back to the hold":     {ledger.Balance{Held: 3}, ledger.Capture, -5, ledger.Balance{Held: 8}, true},
		"release":                   {ledger.Balance{Held: 3}, ledger.Release, 3, ledger.Balance{Credits: 3}, true},
		"refund":                    {ledger.Balance{}, ledger.Refund, 5, ledger.Balance{Credits: 5}, true},
		"a negative hold":           {ledger.Balance{Held: 5}, ledger.Hold, -5, ledger.Balance{Held: 5}, false},
		"overflow":                  {ledger.Balance{Credits: math.MaxInt64}, ledger.Grant, 1, ledger.Balance{Credits: math.MaxInt64}, false},
		"no kind":                   {ledger.Balance{}, 0, 1, ledger.Balance{}, false},
	} {
		if got, _, ok := ledger.Post(c.from, c.kind, c.amount); got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %v; want %+v, %v", name, got, ok, c.want, c.ok)
		}
	}
}

// TestEntries_SumToTheBalance posts anything in any order.
func TestEntries_SumToTheBalance(t *testing.T) {
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
