package verifiedrate

import (
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/store"
)

// MaxWays is maxWays.
const MaxWays = maxWays

// KeyOf is the key of a period's row.
func KeyOf(p route.Period) store.Key { return keyOf(p) }

// Decode reads a row's value.
func Decode(p route.Period, value []byte) map[route.Way]route.Conversion {
	k := keyOf(p)
	return decode(store.Rows{k: store.Meta{Name: k.ID, Value: value}}, p)
}

// Count adds to what was counted and is not stored yet.
func (r *Rates) Count(p route.Period, w route.Way, c route.Conversion) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added.AddTo(p, w, c)
}
